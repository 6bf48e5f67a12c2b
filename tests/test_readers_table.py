"""The tables of docs/readers.md are what the command makes."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

for needed in ("pyarrow", "xlsxwriter"):
    pytest.importorskip(needed)
sys.path.insert(0, str(ROOT / "benchmarks"))

import readers_table  # noqa: E402


def test_the_committed_tables_are_what_the_command_makes() -> None:
    committed = readers_table.DOCS.read_text(encoding="utf-8")
    assert readers_table.page(committed) == committed


def test_a_workbook_is_read_in_every_respect() -> None:
    lines = readers_table.formats_table().splitlines()
    (workbook,) = (line for line in lines if line.startswith("| Excel workbook"))
    assert "no" not in workbook.replace("xlsx, xlsm, xltx", "").split(" | ")
