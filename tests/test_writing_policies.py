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
    path.parent.mkdir(exist_ok=True, parents=True)
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


QUESTION = """\
schema = 1

[pack]
id = "house"
version = "1"
updated = 2026-11-23
review_by = 2027-02-23

[[rule]]
code = "BEH901"
name = "mug-offered"
kind = "terms"
severity = "error"
confidence = "high"
suspension_reason = "code"
basis = "expert"
message.en = "{match!r} beside an offer"
message.zh = "“{match}”"
why.en = "A mug."
why.zh = "杯子。"
fix.en = "No mug."
fix.zh = "删除。"
source = [{ url = "https://example.com/mugs", retrieved = 2026-11-23 }]
[rule.terms]
en = ["happy"]
[[rule.when]]
near = ["mug"]
within = 6
MARK
[[rule.bad]]
listing = { title = "Oak stool", description = "Happy with your stool: pick a mug." }
[[rule.bad]]
listing = { title = "Oak stool", description = "Happy? We add a mug." }
[[rule.good]]
listing = { title = "Oak stool", description = "Happy. We add a mug." }
"""


@pytest.mark.parametrize(("mark", "code"), [('across = "?"', 0), ("", 1)])
def test_a_question_and_its_answer(tmp_path: Path, run_cli: RunCli, mark: str, code: int) -> None:
    (tmp_path / "house.toml").write_text(QUESTION.replace("MARK", mark), "utf-8")
    ran = run_cli("test", str(tmp_path), cwd=tmp_path)
    assert ran.code == code, (ran.stdout, ran.stderr)
    assert ("bad example 2" in ran.stdout + ran.stderr) == bool(code)
