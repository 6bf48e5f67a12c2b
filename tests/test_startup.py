"""What a command loads before it has anything to do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from listlint import plain
from listlint.cli import main
from listlint.cli_group import ELSEWHERE


def loaded_by(*arguments: str) -> set[str]:
    """The modules that `python -m listlint ARGUMENTS` loads."""
    code = (
        "import atexit, runpy, sys\n"
        "atexit.register(lambda: print(*sys.modules, file=sys.stderr))\n"
        f"sys.argv = ['listlint', *{list(arguments)!r}]\n"
        "runpy.run_module('listlint', run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, encoding="utf-8"
    )
    return set(done.stderr.split())


def test_the_version_is_told_without_loading_the_command_line() -> None:
    loaded = loaded_by("--version")
    assert "listlint" in loaded
    assert not any(name.split(".")[0] == "click" for name in loaded)


def test_help_loads_the_command_line_and_no_command() -> None:
    loaded = {name for name in loaded_by("--help") if name.startswith("listlint.")}
    assert "listlint.cli" in loaded
    assert loaded <= {
        "listlint.cli", "listlint.cli_group", "listlint.cli_options", "listlint.plain",
    }  # fmt: skip


@pytest.mark.parametrize(
    "arguments",
    [
        ["a.csv"],
        ["-q", "a.csv", "--no-cache", "b.csv"],
        ["-", "--exit-zero", "--timing", "--statistics", "--isolated", "--quiet"],
    ],
)
def test_a_plain_run_is_what_the_command_line_makes_of_it(arguments: list[str]) -> None:
    said = plain.parsed(arguments)
    assert said is not None
    inputs, options = said
    command = main.commands["check"].make_context("check", list(arguments)).params
    assert {**options, "inputs": inputs, "outputs": ()} == command


@pytest.mark.parametrize(
    "arguments",
    [[], ["rules"], ["why-not", "IP101", "a.csv"], ["-q"], ["a.csv", "--lang", "zh"], ["--", "a.csv"], ["a.csv", "--fix"], [""]],
)  # fmt: skip
def test_what_is_not_plain_is_left_to_the_command_line(arguments: list[str]) -> None:
    assert plain.parsed(arguments) is None


def test_a_short_file_is_checked_without_what_it_has_no_use_for(tmp_path: Path) -> None:
    path = tmp_path / "short.csv"
    path.write_text("sku,title,brand,price\nA-1,Linen apron,Harrowfield,5.50\n", "utf-8")
    arguments = (str(path), "-q", "--isolated", "--no-cache")
    loaded_by(*arguments)  # keeps the packs
    loaded = loaded_by(*arguments)
    assert "listlint.pipeline" in loaded
    unused = {
        "click", "dataclasses", "inspect", "tomllib", "tempfile", "zipfile", "multiprocessing",
        "numpy", "pydantic", "listlint.parallel",
    }  # fmt: skip
    assert loaded & unused == set()


def test_help_says_of_each_command_what_the_command_says_itself() -> None:
    import click

    context = click.Context(main)
    for name, (_, _, sentence) in ELSEWHERE.items():
        command = main.get_command(context, name)
        assert command is not None
        assert " ".join((command.help or "").split("\n\n")[0].split()) == sentence
