"""What a command loads before it has anything to do."""

from __future__ import annotations

import subprocess
import sys

from listlint.cli import main
from listlint.cli_group import ELSEWHERE

HEAVY = ("pydantic", "numpy", "pyarrow", "openpyxl", "rapidfuzz", "ahocorasick_rs", "sqlite3")


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
    assert loaded <= {"listlint.cli", "listlint.cli_group", "listlint.cli_options"}


def test_help_says_of_each_command_what_the_command_says_itself() -> None:
    import click

    context = click.Context(main)
    for name, (_, _, sentence) in ELSEWHERE.items():
        command = main.get_command(context, name)
        assert command is not None
        assert " ".join((command.help or "").split("\n\n")[0].split()) == sentence
