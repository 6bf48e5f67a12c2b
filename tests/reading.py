"""Helpers of the reader tests: a file read whole, in this process or in the sandbox."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from listlint.readers import Limits, Note, UnreadableError, open_source

if TYPE_CHECKING:
    from collections.abc import Iterator

Cells = dict[tuple[str | None, int, int], str]
"""(sheet, row number, 0-based column) → text, empty cells left out."""

LIMITS = Limits()


def read(
    path: Path | str, shown: str | None = None, limits: Limits = LIMITS
) -> tuple[Cells, list[Note]]:
    """Every cell with text, and everything said; the note of an unreadable file is the last."""
    said: list[Note] = []
    cells: Cells = {}
    try:
        for grid in open_source(str(path), shown or str(path), limits, said.append):
            for block in grid.blocks():
                for number, row in zip(block.numbers, block.rows, strict=True):
                    for column, text in enumerate(row):
                        if text:
                            assert (grid.name, number, column) not in cells
                            cells[grid.name, number, column] = text
    except UnreadableError as error:
        said.append(error.note)
    return cells, said


def names(said: list[Note]) -> set[str]:
    """The rule names of notes."""
    return {note.name for note in said}


def outcome(path: str) -> Iterator[tuple[str, object]]:
    """A job for the sandbox: how many cells with text were read, and what was said."""
    said: list[Note] = []
    cells = 0
    try:
        for grid in open_source(path, path, LIMITS, said.append):
            for block in grid.blocks():
                cells += sum(1 for row in block.rows for text in row if text)
    except UnreadableError as error:
        said.append(error.note)
    yield "cells", cells
    for note in said:
        yield "note", note


def shared(*parts: str) -> Path:
    """A path in the folder of given files; skips the test where it is missing."""
    root = Path(os.environ.get("LISTLINT_SHARED", Path(__file__).parents[2] / "shared"))
    path = root.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"{path} is missing (set LISTLINT_SHARED)")
    return path
