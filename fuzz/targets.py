"""What is fuzzed: each target takes any bytes and raises if a promise is broken.

Tests replay the corpus through the same functions, without a fuzzer.
"""

from __future__ import annotations

import os
import tempfile
from functools import cache
from typing import TYPE_CHECKING

from listlint.columns import ColumnLibrary, load_library, recognise
from listlint.columns.mapping import Mapper
from listlint.policy.paths import builtin
from listlint.readers import Limits, UnreadableError, notes, open_source, sniff
from listlint.readers.dialect import sniff as sniff_dialect
from listlint.readers.ooxml import Patterns, SheetDetails, prefix_of
from listlint.readers.stream import EPOCH, Sheet
from listlint.readers.strings import SharedStrings
from listlint.text.fold import Folded, fold_cells

if TYPE_CHECKING:
    from collections.abc import Callable

    from listlint.readers import Note

LIMITS = Limits(max_memory=1 << 30, max_cells=1_000_000, timeout=20)
MOST = 64 * 1024
"""Bytes of an input that are looked at."""


@cache
def _library() -> ColumnLibrary:
    return load_library(builtin())


@cache
def _file() -> str:
    folder = "/dev/shm" if os.path.isdir("/dev/shm") else None
    handle, path = tempfile.mkstemp(prefix="listlint-fuzz-", dir=folder)
    os.close(handle)
    return path


def reading(data: bytes) -> None:
    """Any bytes end in cells or a note; cells are whole text, rows come in order."""
    with open(_file(), "wb") as file:
        file.write(data[:MOST])
    said: list[Note] = []
    cells = 0
    try:
        for grid in open_source(_file(), "input", LIMITS, said.append):
            last = 0
            for block in grid.blocks():
                assert len(block.numbers) == len(block.rows)
                for number, row in zip(block.numbers, block.rows, strict=True):
                    assert number > last, "rows out of order"
                    last = number
                    for text in row:
                        text.encode()
                        cells += bool(text)
    except UnreadableError as error:
        said.append(error.note)
    assert cells or said, "nothing read and nothing said"
    assert {note.name for note in said} <= set(notes.NAMES)


def sniffing(data: bytes) -> None:
    """Kinds, separators and escapes are guessed from any beginning."""
    assert isinstance(sniff.kind_of(data), str)
    text = data[:MOST].decode("utf-8", "replace")
    for whole in (True, False):
        layout = sniff_dialect(text, "input.csv", whole=whole)
        assert len(layout.delimiter) == 1
        assert layout.width >= 1


def columns(data: bytes) -> None:
    """Any small table is recognised as something, and its rows are judged."""
    text = data[:8192].decode("utf-8", "replace")
    table = [line.split("\t") for line in text.split("\n")]
    head = [(n, row) for n, row in enumerate(table, 1)]
    layout = recognise(head, path="input.csv", sheet="S", hidden=False, library=_library())
    assert layout.kind == "empty" or any(any(c.strip() for c in row) for row in table)
    width = max(map(len, table))
    assert all(0 <= column.index < width for column in layout.columns)
    rows = [row for number, row in head if number >= layout.data_row]
    for number, row in head:
        layout.skip(number, row)
    assert len(layout.inherits(rows)) == len(rows)


def headers(data: bytes) -> None:
    """Any header means a field or nothing."""
    library = _library()
    for line in data[:2048].decode("utf-8", "replace").split("\n")[:20]:
        for context in library.contexts:
            found = Mapper(library, context).match(line, typos=True)
            assert (
                found is None or set(filter(None, found.field.split("|"))) <= library.groups.keys()
            )


def folding(data: bytes) -> None:
    """Folded text leads back to characters of the original."""
    text = data[:8192].decode("utf-8", "replace")
    folded = Folded(text)
    shown = folded.text
    assert shown[0] == shown[-1] == " "
    assert "  " not in shown
    for start in range(0, len(shown), 7):
        begin, end = folded.source_span(start, min(len(shown), start + 3))
        assert 0 <= begin <= end <= len(text)
    cells = text.split("\n")
    assert fold_cells(cells) == [Folded(cell).text for cell in cells]


def streaming(data: bytes) -> None:
    """Any XML for a sheet gives rows, or says that it is damaged."""
    piece = data[:MOST]
    said = ""
    try:
        strings = SharedStrings(iter([piece]))
        found = SheetDetails()
        sheet = Sheet(iter([piece]), strings, {1: False, 2: True}, EPOCH)
        for rows in sheet.pieces(lambda head: Patterns(prefix_of(head), {}), found):
            assert all(number >= 1 and values for number, values in rows)
        strings.close()
    except UnreadableError as error:
        said = error.note.name
    assert said in ("", *notes.NAMES)


TARGETS: dict[str, Callable[[bytes], None]] = {
    target.__name__: target for target in (reading, sniffing, columns, headers, folding, streaming)
}
