"""Seller sheets that are a form: a label, and what belongs to it beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from listlint.columns.keys import clean
from listlint.columns.layout import SELLER_MARKS, FormCell
from listlint.columns.mapping import Mapper
from listlint.model import Text

if TYPE_CHECKING:
    from listlint.columns.header import Head
    from listlint.columns.library import ColumnLibrary

_ROWS = 80


def read(head: Head, library: ColumnLibrary, *, named: bool) -> tuple[FormCell, ...]:
    """The cells of a seller form; () where the sheet is none. `named`: its name says seller."""
    mapper = Mapper(library, "seller")
    found: list[FormCell] = []
    labels = 0
    narrow = 0
    for number, row in head[:_ROWS]:
        filled = [(i, c) for i, cell in enumerate(row) if (c := clean(cell))]
        narrow += len(filled) <= 3
        label = filled[0][1].rstrip(":： ")
        match = mapper.match(label)
        if match is None:
            continue
        labels += 1
        value = filled[1] if len(filled) > 1 else None
        if not match.field or value is None:
            continue
        beside = mapper.match(value[1])
        if beside is not None and len(filled) > 2:
            return ()  # a header row of a table
        found.append(FormCell(number, value[0], label, match.field, value[1], match.because))
    rows = min(len(head), _ROWS)
    fields = {c.field for c in found}
    enough = (len(fields) >= 3 and bool(fields & SELLER_MARKS)) or (named and len(fields) >= 2)
    if not enough or labels < 0.4 * rows or narrow < 0.7 * rows:
        return ()
    return tuple(_once(found, library))


def _once(cells: list[FormCell], library: ColumnLibrary) -> list[FormCell]:
    """Later lines of a field that can be held once keep their place without the field."""
    held: set[str | None] = set()
    kept: list[FormCell] = []
    for cell in cells:
        if cell.field in held and cell.field not in library.repeats:
            because = Text(f"{cell.because.en}; given before", f"{cell.because.zh}；前面已有")
            kept.append(FormCell(cell.row, cell.index, cell.header, None, cell.value, because))
        else:
            held.add(cell.field)
            kept.append(cell)
    return kept
