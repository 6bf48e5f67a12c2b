"""Where the header is: the rows of a sheet's head that hold labels and keys.

A head is the list of non-empty rows as (row number, cells). A title line, blank lines, instructions
or an attribute-group row above the header, and two- or three-row headers, are normal.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from listlint.columns.dialect import Dialect
from listlint.columns.evidence import is_numeric
from listlint.columns.keys import clean, is_keylike, key
from listlint.columns.library import ColumnLibrary
from listlint.later import expression
from listlint.slotted import slotted

Head = Sequence[tuple[int, list[str]]]

_ROWS = 40
_CELLS = 6_000
"""Rows and cells of the head in which a header is looked for."""
_NEAR = 5
"""Rows between which a header of several rows extends."""
_WIDTH = 300
"""Cells of a row that are looked at: a wide sheet begins with what every listing has."""
_MAX_LABEL = 160
_CODED = expression(r"^[a-z0-9.:-]+[_|#\[]")


@slotted(frozen=True, slots=True)
class Header:
    """Positions in the head. `keys` is the row that a program wrote, `labels` what a person reads."""

    positions: tuple[int, ...]
    keys: int | None
    label_first: tuple[int, ...]
    hits: int
    data: int | None = None
    """Row number of the first row of data, where the file itself says so."""


@slotted(frozen=True, slots=True)
class _Row:
    position: int
    filled: int
    hits: int
    keylike: float
    coded: float
    """Share of cells that can only be a program's: `item_sku`, `ps_price|1|1`."""
    numeric: float


def find(head: Head, library: ColumnLibrary, dialect: Dialect | None) -> Header | None:
    """The header rows; None when no row says anything that is known."""
    if dialect is not None and (told := _told(head, library, dialect)):
        return told
    seen = _look(head, library)
    if not seen:
        return None
    best = max(seen, key=lambda r: (r.hits, -r.position))
    if not best.hits:
        return None
    # A lone known word in prose or data is no header.
    if best.hits < 2 and (best.hits < 0.5 * best.filled or best.position > 3):
        return None
    # Beside keys that a program wrote stand labels in any language, few of them known.
    lone = best.keylike >= 0.8
    least = max(2, 0.5 * best.hits)
    texts = {_cleaned(head[best.position][1])}
    positions = [best.position]
    for row in seen:
        if row.position == best.position or abs(row.position - best.position) > _NEAR:
            continue
        cells = _cleaned(head[row.position][1])
        labels = row.hits >= least and row.hits >= 0.25 * row.filled and row.numeric <= 0.2
        written = row.keylike >= 0.8 and row.filled >= 0.6 * best.filled
        written = written and (row.hits >= 2 or row.coded >= 0.4)
        above = lone and row.position < best.position and row.filled >= 0.6 * best.filled
        beside = above and row.hits >= 2 and row.keylike < 0.75 and row.numeric <= 0.1
        if (labels or written or beside) and cells not in texts:
            texts.add(cells)
            positions.append(row.position)
    return _arranged(sorted(positions), seen, best.hits)


def _cleaned(row: Sequence[str]) -> tuple[str, ...]:
    return tuple(map(clean, row))


def _look(head: Head, library: ColumnLibrary) -> list[_Row]:
    found: list[_Row] = []
    budget = _CELLS
    best = 0
    for position, (_, row) in enumerate(head[:_ROWS]):
        budget -= min(len(row), _WIDTH)
        if budget < 0 and position > 8:
            break
        measured = _measure(position, row, library)
        found.append(measured)
        if measured.hits >= 5 and measured.hits >= 0.5 * measured.filled:
            best = best or position + 1
        if best and position >= best + _NEAR:
            break
    return [r for r in found if r.hits or r.coded]


def _measure(position: int, row: Sequence[str], library: ColumnLibrary) -> _Row:
    row = row[:_WIDTH]
    cells = [c for cell in row if len(cell) <= _MAX_LABEL * 2 and (c := clean(cell))]
    known = {
        k for c in cells if len(c) <= _MAX_LABEL or "#" in c for k in (known_key(c, library),) if k
    }
    filled = sum(1 for cell in row if cell.strip())
    if not cells or (not known and not all(map(is_keylike, cells[:3]))):
        return _Row(position, filled, 0, 0.0, 0.0, 0.0)
    keylike = sum(map(is_keylike, cells)) / len(cells)
    coded = sum(1 for c in cells if _CODED.search(c)) / len(cells) if keylike >= 0.8 else 0.0
    numeric = sum(1 for c in cells if c[0] in "0123456789$€£¥￥-+" and is_numeric(c)) / len(cells)
    return _Row(position, filled, len(known), keylike, coded, numeric)


def known_key(cell: str, library: ColumnLibrary) -> str:
    """The key under which a header cell is known, looking past brackets and digits; '' if none."""
    folded = key(cell)
    if library.knows(folded):
        return folded
    if folded and not folded[-1].isalpha() and library.knows(bare := folded.rstrip("0123456789")):
        return bare
    for mark in "(（\n[【:/":
        if (at := cell.find(mark)) > 0 and library.knows(bare := key(cell[:at])):
            return bare
    return ""


def _arranged(positions: list[int], seen: Sequence[_Row], hits: int) -> Header:
    rows = {r.position: r for r in seen}
    keys = None
    if len(positions) > 1:
        most = max(positions, key=lambda p: rows[p].keylike)
        others = [rows[p].keylike for p in positions if p != most]
        if rows[most].keylike >= 0.8 and max(others) < 0.75:
            keys = most
    labels = tuple(p for p in reversed(positions) if p != keys)
    return Header(tuple(positions), keys, labels or tuple(positions), hits)


def settings(head: Head) -> dict[str, str]:
    """What an Amazon template says of itself in its first row: `settings=attributeRow=4&dataRow=7…`."""
    if not head:
        return {}
    found: dict[str, str] = {}
    for cell in head[0][1][:40]:
        if cell.startswith("settings="):
            found.update(
                (name, value) for name, _, value in (p.partition("=") for p in cell[9:].split("&"))
            )
        elif re.match(r"^\w+=[\w.-]*$", cell):
            name, _, value = cell.partition("=")
            found.setdefault(name, value)
    return found


def _told(head: Head, library: ColumnLibrary, dialect: Dialect) -> Header | None:
    """The rows that the file's own settings, or the dialect, name; None where they are not so."""
    labels, keys, data = dialect.body.label_row, dialect.body.key_row, None
    if dialect.body.settings:
        said = settings(head)
        labels, keys, data = (_int(said.get(n)) for n in ("labelRow", "attributeRow", "dataRow"))
    at = {number: position for position, (number, _) in enumerate(head)}
    if keys not in at:
        return None
    measured = _measure(at[keys], head[at[keys]][1], library)
    if measured.hits < 2:
        return None
    label = at.get(labels) if labels is not None else None
    positions = tuple(sorted({p for p in (label, at[keys]) if p is not None}))
    label_first = (label,) if label is not None else (at[keys],)
    return Header(positions, at[keys], label_first, measured.hits, data)


def _int(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 5 else None
