"""The page that teaches how to write a rule, followed step by step as a reader would."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from conftest import ROOT, Ran, RunCli

PAGE = (ROOT / "docs" / "writing-policies.md").read_text("utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.M | re.S)


def put(folder: Path, block: str) -> None:
    """Do with a block of TOML what its first line says: a whole file, an addition, a change."""
    said, _, text = block.partition("\n")
    what, name = re.fullmatch(r"# (add to |change in |)(\S+\.toml)", said).groups()  # type: ignore[union-attr]
    path = folder / name
    if what == "add to ":
        text = path.read_text("utf-8") + text
    elif what:
        first, _, _ = text.partition("\n")
        before = path.read_text("utf-8")
        assert before.count(first) == 1
        text = before.replace(f"{first}\n", text)
    path.write_text(text, "utf-8")


def test_the_page_step_by_step(tmp_path: Path, run_cli: RunCli) -> None:
    ran: Ran | None = None
    commands = 0
    for language, block in BLOCK.findall(PAGE):
        if language == "toml":
            put(tmp_path, block)
        elif language == "csv":
            (tmp_path / "inventory.csv").write_text(block, "utf-8")
        elif language == "text":
            assert ran is not None
            assert block.strip() in ran.stdout
        else:
            for line in block.splitlines():
                command, _, wanted = line.partition("# exit ")
                ran = run_cli(*shlex.split(command)[1:], cwd=tmp_path)
                assert ran.code == int(wanted), (line, ran.stdout, ran.stderr)
                commands += 1
    assert commands > 10


@pytest.mark.parametrize("context", re.findall(r"`([a-z-]+)` \(", PAGE.split("ready-made one")[1]))
def test_the_contexts_it_names_are_there(context: str) -> None:
    shared = "".join(p.read_text("utf-8") for p in (ROOT / "policies" / "contexts").glob("*.toml"))
    assert f'name = "{context}"' in shared
