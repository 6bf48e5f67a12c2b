"""Rows that are no listings: hints under the header, examples, banners, totals, leftovers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from listlint.columns.evidence import SHAPES, is_numeric
from listlint.columns.layout import REASONS, ColumnMap, Layout, SkipCondition
from listlint.model import Text
from listlint.readers import notes as names
from listlint.readers.interface import Note
from listlint.slotted import replace

if TYPE_CHECKING:
    from listlint.columns.dialect import Dialect, RowTest
    from listlint.columns.header import Head
    from listlint.columns.library import ColumnLibrary
    from listlint.columns.mapping import Match

_NEAR = 6
"""Rows after the header that may be the template's own."""
_HINT_CELLS = 60
"""Cells of such a row that are asked whether they explain."""
_NUMERIC_FIELDS: Final = frozenset(("price", "list_price", "quantity", "weight"))
_ANCHOR_GROUPS: Final = frozenset(("text", "id", "seller", "register"))
_ANCHORS: Final = frozenset(("brand", "manufacturer", "image_url"))


def near_header(
    after: Head, matches: Sequence[Match | None], library: ColumnLibrary, data: int | None
) -> dict[int, str]:
    """Row number → reason for the rows under the header that explain it. `data`: where the file
    says that its data begin (an Amazon template), rows before it are the template's own."""
    found: dict[int, str] = {}
    for number, row in after[:_NEAR]:
        cells = [(i, c) for i, cell in enumerate(row) if (c := cell.strip())]
        texts = [c for _, c in cells]
        if any(library.rows.reserved.search(c) for c in texts[:3]):
            found[number] = "reserved"
        elif len(set(texts)) <= 2 and any(library.rows.banner.search(c) for c in texts):
            found[number] = "banner"
        elif _is_hint(cells, matches, library):
            found[number] = "hint"
        elif data is not None and number < data:
            found[number] = "example"
        else:
            # An example may stand between hints, a listing may not.
            if data is None and found:
                break
    return found


def _is_hint(
    cells: Sequence[tuple[int, str]], matches: Sequence[Match | None], library: ColumnLibrary
) -> bool:
    looked = cells[:_HINT_CELLS]
    hints = sum(1 for _, c in looked if library.rows.hint.search(c[:200]))
    if len(cells) >= 2 and hints >= 0.5 * len(looked):
        return True
    wrong = right = 0
    for index, cell in cells:
        match = matches[index] if index < len(matches) else None
        if match is None:
            continue
        if match.field in _NUMERIC_FIELDS:
            fits = any(ch.isdigit() for ch in cell) and (is_numeric(cell) or len(cell) < 16)
        elif match.field == "image_url":
            fits = SHAPES["url"](cell) or "." in cell
        else:
            continue
        right += fits
        wrong += not fits
    return right == 0 and (wrong >= 3 or (wrong >= 2 and hints >= 1))


def examples(after: Head, columns: Sequence[ColumnMap], dialect: Dialect | None) -> dict[int, str]:
    """Row number → reason for rows near the header that the dialect knows as its own."""
    if dialect is None or not dialect.body.skip:
        return {}
    tests = conditions(dialect, columns, after[0][0] + _NEAR if after else 0)
    probe = Layout("listings", dialect.id, conditions=tests)
    return {n: why for n, row in after[: _NEAR + 2] if (why := probe.skip(n, row))}


def conditions(
    dialect: Dialect, columns: Sequence[ColumnMap], near: int
) -> tuple[SkipCondition, ...]:
    """The dialect's tests of rows, on this sheet's columns; tests of columns it lacks fall away."""
    at: dict[str, int] = {}
    for column in columns:
        if column.field is not None:
            at.setdefault(column.field, column.index)
    found = (_condition(test, at, near) for test in dialect.body.skip)
    return tuple(c for c in found if c is not None)


def _condition(test: RowTest, at: dict[str, int], near: int) -> SkipCondition | None:
    tests: list[tuple[int, re.Pattern[str]]] = []
    for name, pattern in test.tests:
        if name == "cell":
            index = -1
        elif name == "first":
            index = 0
        elif name in at:
            index = at[name]
        else:
            return None
        tests.append((index, re.compile(pattern)))
    return SkipCondition(test.reason, tuple(tests), near if test.near else None)


def with_rules(
    layout: Layout,
    dialect: Dialect | None,
    library: ColumnLibrary,
    last: int,
    merged: Sequence[tuple[int, int, int, int]] = (),
) -> Layout:
    """The layout with what tells its rows apart. `last`: row number of the header's last row."""
    anchors = [
        c.index
        for c in layout.columns
        if c.field is not None
        and (library.groups.get(c.field) in _ANCHOR_GROUPS or c.field in _ANCHORS)
    ]
    shown = [c for c in layout.columns if c.field and c.header and c.index in anchors][:3]
    key: int | None = None
    blank: tuple[int, ...] = ()
    if dialect is not None and layout.kind == "listings":
        name, fields = dialect.body.inherit
        wanted = [c.index for c in layout.columns if c.field in fields]
        key = next((c.index for c in layout.columns if name and c.field == name), None)
        if wanted and (name is None or key is not None):
            blank = tuple(wanted)
    if not blank and layout.kind == "listings":
        blank = _under_merged_titles(layout, last, merged)
    return replace(
        layout,
        anchors=tuple(anchors),
        header_cells=tuple((c.index, c.header) for c in shown) if len(shown) > 1 else (),
        conditions=conditions(dialect, layout.columns, last + _NEAR) if dialect else (),
        note_pattern=library.rows.note,
        total_pattern=library.rows.total,
        inherit_key=key,
        inherit_blank=blank,
    )


def _under_merged_titles(
    layout: Layout, last: int, merged: Sequence[tuple[int, int, int, int]]
) -> tuple[int, ...]:
    """The title's column, where one cell of it reaches over several rows: the rows below its first
    are variants of that listing, and their title is blank."""
    title = next((c.index for c in layout.columns if c.field == "title"), None)
    if title is None:
        return ()
    tall = any(
        top > last and bottom > top and left <= title <= right
        for top, left, bottom, right in merged
    )
    return (title,) if tall else ()


def notes(skips: dict[int, str], sheet: str | None) -> tuple[Note, ...]:
    """One note for each reason, at its first row."""
    found: list[Note] = []
    for reason in dict.fromkeys(skips.values()):
        numbers = sorted(n for n, why in skips.items() if why == reason)
        listed = ", ".join(map(str, numbers))
        words = REASONS[reason]
        detail = Text(f"row {listed}: {words.en}", f"第 {listed} 行：{words.zh}")
        found.append(Note(names.SKIPPED_ROWS, detail, sheet=sheet, row=numbers[0]))
    return tuple(found)
