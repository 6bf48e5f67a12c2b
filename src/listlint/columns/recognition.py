"""What a sheet is: header, dialect, kind, columns, and the rows that are no listings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from listlint.batch import column_letters
from listlint.columns import form, header, markets, rows
from listlint.columns.assign import assign, match_headers
from listlint.columns.evidence import Samples, is_numeric
from listlint.columns.header import Header
from listlint.columns.keys import clean
from listlint.columns.layout import BY_VALUES, CLEAR, SELLER_MARKS, ColumnMap, Kind, Layout
from listlint.columns.mapping import Mapper, Match
from listlint.slotted import replace, slotted

if TYPE_CHECKING:
    from listlint.columns.dialect import Dialect
    from listlint.columns.header import Head
    from listlint.columns.library import ColumnLibrary

Merged = Sequence[tuple[int, int, int, int]]
"""(first row number, first 0-based column, last row number, last column) of merged cells."""
GENERIC = "generic"
_SHOWN = frozenset(("title", "description", "bullet_points"))
_NAMED = 3
"""What a telling sheet name is worth, in mapped columns."""


@slotted(frozen=True, slots=True)
class _Sheet:
    """What is asked about throughout."""

    head: Head
    path: str
    name: str | None
    said: str | None
    """What the sheet's name, or the file's where the sheet's says nothing, makes of it."""
    hidden: bool
    library: ColumnLibrary
    merged: Merged = ()


def recognise(
    head: list[tuple[int, list[str]]],
    *,
    path: str,
    sheet: str | None,
    hidden: bool,
    library: ColumnLibrary,
    merged: Merged = (),
) -> Layout:
    """The layout of one sheet. `head`: its first non-empty rows (row number, text cells); `merged`:
    its merged cells, as `Grid.merged` tells them."""
    filled = [(n, row) for n, row in head if any(cell.strip() for cell in row)]
    if not filled:
        return Layout("empty", GENERIC, hidden=hidden)
    one = _Sheet(filled, path, sheet, _said(path, sheet, library), hidden, library, merged)
    early = _dialect(one, None)
    found = header.find(filled, library, early)
    dialect = _dialect(one, found) or early
    if dialect is not None and dialect.kind == "instructions":
        return Layout("instructions", dialect.id, hidden=hidden)
    if one.said == "instructions" and (dialect is None or dialect is not early):
        return Layout("instructions", GENERIC, hidden=hidden)
    if one.said == "perhaps" and (found is None or found.positions[0] > 2):
        return Layout("instructions", GENERIC, hidden=hidden)
    named = one.said == "seller"
    may_be_form = named or (dialect is None and (found is None or found.hits < 4))
    if may_be_form and (cells := form.read(filled, library, named=named)):
        return Layout("seller", GENERIC, data_row=filled[0][0], form=cells, hidden=hidden)
    if found is None:
        return _without_header(one)
    listings = _mapped(one, found, dialect, "listings")
    if _surely_listings(one, listings):
        return listings
    registers = [_mapped(one, found, None, c) for c in library.contexts if c != "listings"]
    chosen = _choose(one, listings, registers)
    if chosen is None:
        kind: Kind = "instructions" if one.said == "perhaps" or _is_list(one) else "unknown"
        return replace(listings, kind=kind)
    return chosen


def _said(path: str, sheet: str | None, library: ColumnLibrary) -> str | None:
    if sheet:
        said = library.sheet_kind(sheet)
        if said != "plain":
            return said
    said = library.sheet_kind(PurePosixPath(path).stem)
    return said if said in ("seller", "licences", "authorisations") else None


def _dialect(sheet: _Sheet, found: Header | None) -> Dialect | None:
    """The dialect that fits best: by marker cells alone, or by header row too."""
    library, head = sheet.library, sheet.head
    cells = [cell for _, row in head[:5] for cell in row[:12] if 0 < len(cell) < 400]
    headers: frozenset[str] = frozenset()
    if found is not None:
        texts = [clean(c) for p in found.positions for c in head[p][1] if c]
        headers = frozenset(k for c in texts if (k := header.known_key(c, library)))

    @cache
    def fields() -> frozenset[str]:
        index = library.contexts["listings"]
        return frozenset(index[k].field for k in headers if k in index)

    scored = [
        (dialect.fits(
            cells=cells, headers=headers, fields=fields,
            sheet=sheet.name or "", path=PurePosixPath(sheet.path).name,
        ), dialect)
        for dialect in library.dialects
    ]  # fmt: skip
    best, dialect = max(scored, key=lambda s: s[0], default=(0, None))
    return dialect if best else None


def _mapped(sheet: _Sheet, found: Header, dialect: Dialect | None, context: str) -> Layout:
    """The sheet's layout if it were of this kind."""
    library, head = sheet.library, sheet.head
    order = ((found.keys,) if found.keys is not None else ()) + found.label_first
    width = max(len(head[p][1]) for p in found.positions)
    after = [(n, row) for n, row in head if n > head[found.positions[-1]][0]]
    width = max([width, *(len(row) for _, row in after[:50])])
    cells = [_cells(head, order, i) for i in range(width)]
    shown = [_cells(head, found.label_first + order, i)[0] for i in range(width)]
    labels_too = found.keys is None or dialect is None or dialect.labels_too
    matches = match_headers(Mapper(library, context, dialect), cells, labels_too=labels_too)
    skips = rows.near_header(after, matches, library, found.data)
    data = [row for n, row in after if n not in skips]
    samples = Samples(data)
    columns = assign(library, shown, matches, samples, infer=context == "listings")
    if context == "listings":
        skips, columns = _without_examples(after, skips, columns, matches, shown, dialect, library)
    last = head[found.positions[-1]][0]
    first = next((n for n, _ in after if n not in skips), after[-1][0] + 1 if after else last + 1)
    layout = Layout(
        kind=context,  # type: ignore[arg-type]
        dialect=dialect.id if dialect else GENERIC,
        header_rows=tuple(head[p][0] for p in found.positions),
        data_row=first,
        columns=_trimmed(columns),
        marketplaces=markets.guess(head, found, dialect, library) if context == "listings" else (),
        notes=rows.notes(skips, sheet.name),
        hidden=sheet.hidden,
        known_skips=skips,
    )
    return rows.with_rules(layout, dialect, library, last, sheet.merged)


def _without_examples(
    after: Head,
    skips: dict[int, str],
    columns: tuple[ColumnMap, ...],
    matches: list[Match | None],
    shown: Sequence[str],
    dialect: Dialect | None,
    library: ColumnLibrary,
) -> tuple[dict[int, str], tuple[ColumnMap, ...]]:
    """The template's own example rows join the skipped ones, and their values tell nothing."""
    examples = rows.examples(after, columns, dialect)
    if not examples:
        return skips, columns
    skips = {**skips, **examples}
    samples = Samples([row for n, row in after if n not in skips])
    return skips, assign(library, shown, matches, samples, infer=True)


def _cells(head: Head, positions: Sequence[int], index: int) -> list[str]:
    """The header cells of one column, in this order, without blanks and repeats; [''] if none."""
    found: list[str] = []
    for position in positions:
        row = head[position][1]
        text = clean(row[index]) if index < len(row) else ""
        if text and text not in found:
            found.append(text)
    return found or [""]


def _trimmed(columns: tuple[ColumnMap, ...]) -> tuple[ColumnMap, ...]:
    """Without columns at the end that have neither header nor field."""
    end = len(columns)
    while end and not columns[end - 1].header and columns[end - 1].field is None:
        end -= 1
    return columns[:end]


def _surely_listings(sheet: _Sheet, layout: Layout) -> bool:
    """Whether nothing else needs to be tried: a clear title and more, and no name against it."""
    if sheet.said is not None and sheet.said not in ("perhaps", "others"):
        return False
    clear = {c.field for c in layout.columns if c.score >= CLEAR}
    return "title" in clear and (len(clear) >= 3 or layout.dialect != GENERIC)


def _choose(sheet: _Sheet, listings: Layout, registers: Sequence[Layout]) -> Layout | None:
    """The kind that the columns, and the sheet's name, speak for most; None where none does."""
    shown = {c.field for c in listings.columns if c.score >= CLEAR} & _SHOWN
    weakly = shown or _weakly(sheet, listings)
    known = sheet.library.dialects
    declared = any(d.id == listings.dialect and d.kind == "listings" for d in known)
    best, worth = None, 0.0
    for layout in registers:
        points = _points(layout) + (_NAMED if sheet.said == layout.kind else 0)
        if sheet.said == "others" or not _is_register(layout, named=sheet.said == layout.kind):
            continue
        if points > worth:
            best, worth = layout, points
    if best is not None:
        named = sheet.said == best.kind
        own = _points(listings)
        if named or not (declared or weakly) or (not shown and worth > own):
            return best
    return listings if weakly or declared else None


def _weakly(sheet: _Sheet, layout: Layout) -> bool:
    """Whether a column that only may be a title ("Name") stands among others that speak of goods."""
    fields = {c.field for c in layout.columns if c.field}
    clear = {
        c.field for c in layout.columns if c.field and (c.score >= CLEAR or c.score == BY_VALUES)
    }
    groups = {sheet.library.groups.get(f) for f in clear - _SHOWN}
    return bool(fields & _SHOWN) and bool(groups & {"id", "product", "commerce"})


def _points(layout: Layout) -> float:
    return sum(1.0 if c.score >= CLEAR else 0.5 for c in layout.columns if c.field)


def _is_register(layout: Layout, *, named: bool) -> bool:
    """Whether the columns that such a register can't do without are there."""
    fields = {c.field for c in layout.columns if c.field}
    clear = fields if named else {c.field for c in layout.columns if c.field and c.score >= CLEAR}
    enough = 2 if named else 3
    if len(fields) < enough:
        return False
    if layout.kind == "seller":
        return named or bool(clear & SELLER_MARKS)
    dates = {"valid_until", "valid_from"}
    if layout.kind == "licences":
        rest = fields & {"issuer", "holder", "document_file", *dates}
        covers = {f for f in fields if f.startswith("scope_")}
        what = clear & {"document", "document_number"}
        return bool(what) and bool(rest or (named and (covers or len(what) == 2)))
    rest = fields & {"authorised_by", "holder", "document_file", "document_number", *dates}
    strong = clear & {"authorised_by", "holder"}
    return "authorised_brand" in fields and bool(rest if named else strong or len(rest) >= 2)


def _is_list(sheet: _Sheet) -> bool:
    """A hidden sheet of short values: what a template's dropdowns choose from."""
    cells = [c for _, row in sheet.head for c in row if c.strip()]
    return sheet.hidden and bool(cells) and max(map(len, cells)) <= 80


def _without_header(sheet: _Sheet) -> Layout:
    """A sheet of which no row is a known header: values must tell, else it is unknown."""
    head, library = sheet.head, sheet.library
    if sheet.said in ("instructions", "perhaps") or _is_list(sheet):
        return Layout("instructions", GENERIC, hidden=sheet.hidden)
    titled = _looks_like_header(head)
    data = head[1:] if titled else head
    width = max(len(row) for _, row in data) if data else 0
    shown = [
        clean(head[0][1][i]) if titled and i < len(head[0][1]) else column_letters(i)
        for i in range(width)
    ]
    samples = Samples([row for _, row in data])
    columns = assign(library, shown, [None] * width, samples, infer=True)
    told = any(c.field == "title" for c in columns) and len(data) >= 2
    layout = Layout(
        kind="listings" if told else "unknown",
        dialect=GENERIC,
        header_rows=(head[0][0],) if titled else (),
        data_row=data[0][0] if data else head[0][0] + 1,
        columns=columns,
        hidden=sheet.hidden,
    )
    return rows.with_rules(layout, None, library, head[0][0], sheet.merged) if told else layout


def _looks_like_header(head: Head) -> bool:
    """Whether the first row only labels: words over columns of which some hold numbers."""
    first = [clean(c) for c in head[0][1]]
    if len(head) < 3 or sum(map(bool, first)) < 2 or any(c and is_numeric(c) for c in first):
        return False
    if any(len(c) > 50 or re.match(r"https?:", c) for c in first):
        return False
    samples = Samples([row for _, row in head[1:]])
    kinds = ("number", "url", "money", "gtin")
    return any(samples.share(i, kind) > 0.8 for i, c in enumerate(first) if c for kind in kinds)
