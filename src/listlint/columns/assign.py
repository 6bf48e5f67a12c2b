"""All columns of a sheet → fields: what headers say, what values add, refute and decide."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from listlint.columns.evidence import Samples
from listlint.columns.layout import BY_VALUES, GIVEN, KNOWN, ColumnMap
from listlint.columns.library import ColumnLibrary
from listlint.columns.mapping import Mapper, Match
from listlint.model import Text
from listlint.slotted import replace

_TYPO_COLUMNS = 120
"""A sheet with more columns was written by a program, which makes no slips."""
_UNKNOWN = Text("unknown header", "未知表头")
_EMPTY = Text("no header", "无表头")


def match_headers(
    mapper: Mapper, headers: Sequence[Sequence[str]], *, labels_too: bool
) -> list[Match | None]:
    """What each column's header says. `headers[i]`: its cells, the most telling first."""
    typos = len(headers) <= _TYPO_COLUMNS
    found: list[Match | None] = []
    for cells in headers:
        match = None
        for cell in cells if labels_too else cells[:1]:
            one = mapper.match(cell, typos=typos)
            if one is not None and (match is None or (not match.field and one.field)):
                match = one
                if one.field:
                    break
        found.append(match)
    return found


def assign(
    library: ColumnLibrary,
    shown: Sequence[str],
    matches: Sequence[Match | None],
    samples: Samples,
    *,
    infer: bool,
) -> tuple[ColumnMap, ...]:
    """The columns. `shown`: headers as they stand; `infer`: let values tell unknown columns."""
    columns: list[ColumnMap] = []
    weak: set[int] = set()
    for index, (header, match) in enumerate(zip(shown, matches, strict=True)):
        if match is None:
            columns.append(ColumnMap(index, header, None, _UNKNOWN if header else _EMPTY))
        elif not match.field:
            columns.append(ColumnMap(index, header, None, match.because))
        else:
            column = _decide(library, index, header, match, samples)
            columns.append(_veto(library, column, samples))
            if match.weak:
                weak.add(index)
    columns = _compete(library, columns, weak, samples)
    if infer:
        _infer(library, columns, matches, samples)
    return tuple(_split(library, columns))


def _decide(
    library: ColumnLibrary, index: int, header: str, match: Match, samples: Samples
) -> ColumnMap:
    """The one of several fields that the values tell; the last where there are no values."""
    fields = match.field.split("|")
    if len(fields) == 1:
        return ColumnMap(index, header, match.field, match.because, match.score)
    share = library.evidence.share
    for field in fields:
        shape = library.evidence.tells.get(field)
        if shape is not None and samples.mostly(index, shape, share):
            because = Text(
                f"{match.because.en}; values look like {field}", f"{match.because.zh}；值像 {field}"
            )
            return ColumnMap(index, header, field, because, match.score)
    told = [field for field in fields if field in library.evidence.tells]
    shapes = [library.evidence.tells[field] for field in told]
    if len(told) > 1 and samples.any_of(index, (*shapes, "code_type"), share):
        return ColumnMap(index, header, "|".join(told), match.because, match.score)
    last = fields[-1]
    if last in library.evidence.tells and samples.values(index):
        because = Text(
            f"{match.because.en}: values are neither {' nor '.join(fields)} throughout",
            f"{match.because.zh}：值并非都是 {'、'.join(fields)}",
        )
        return ColumnMap(index, header, None, because)
    return ColumnMap(index, header, last, match.because, match.score)


def _split(library: ColumnLibrary, columns: Sequence[ColumnMap]) -> Iterator[ColumnMap]:
    """A column whose cells are of several kinds ("asin|gtin") as a map for each kind; a cell that
    is of none is the last's. A kind that has a column of its own is left to that."""
    held = {c.field for c in columns}
    for column in columns:
        kinds = (column.field or "").split("|")
        if len(kinds) == 1:
            yield column
            continue
        shapes = tuple(library.evidence.tells[kind] for kind in kinds[:-1])
        for kind, shape in zip(kinds, (*shapes, None), strict=True):
            if kind in held and kind not in library.repeats:
                continue
            because = Text(
                f"{column.because.en}; cells that look like {kind}",
                f"{column.because.zh}；其中像 {kind} 的单元格",
            )
            having = (shape,) if shape else ()
            yield replace(
                column, field=kind, because=because, having=having, without=() if shape else shapes
            )


def _veto(library: ColumnLibrary, column: ColumnMap, samples: Samples) -> ColumnMap:
    """The column without its field where the values refute it."""
    evidence = library.evidence
    field = column.field
    if (
        field is None
        or column.score == GIVEN
        or len(samples.values(column.index)) < evidence.min_values
    ):
        return column
    # Where the layout leaves no doubt, text that looks odd (nothing but links) is shown all the same.
    if column.score >= KNOWN and library.groups.get(field) == "text":
        return column
    for shape in evidence.veto.get(field, ()):
        if samples.mostly(column.index, shape, evidence.share):
            instead = evidence.instead.get(field, {}).get(shape)
            because = Text(
                f"{column.because.en}, but the values look like {shape}",
                f"{column.because.zh}，但值像 {shape}",
            )
            return replace(column, field=instead, because=because, score=80 if instead else 0)
    return column


def _compete(
    library: ColumnLibrary, columns: list[ColumnMap], weak: set[int], samples: Samples
) -> list[ColumnMap]:
    """Leave each field that can be held once to the column that fits best."""
    claims: dict[str, list[ColumnMap]] = {}
    for column in columns:
        if column.field is not None and column.field not in library.repeats:
            claims.setdefault(column.field, []).append(column)
    for field, rivals in claims.items():
        if len(rivals) == 1:
            continue
        best = max(
            rivals,
            key=lambda c: (c.index not in weak, c.score, len(samples.values(c.index)), -c.index),
        )
        other = library.evidence.overflow.get(field)
        for column in rivals:
            if column is best:
                continue
            because = Text(
                f"{column.because.en}; {field} is column {best.header!r}",
                f"{column.because.zh}；{field} 已由“{best.header}”列提供",
            )
            moved = other if column.index not in weak else None
            columns[column.index] = replace(
                column, field=moved, because=because, score=column.score if moved else 0
            )
    return columns


def _infer(
    library: ColumnLibrary,
    columns: list[ColumnMap],
    matches: Sequence[Match | None],
    samples: Samples,
) -> None:
    """Let values tell columns of which no header says anything."""
    held = {c.field for c in columns if c.field}
    free = [i for i, match in enumerate(matches) if match is None]
    for field, (shape, share, least) in library.evidence.infer.items():
        if field in held:
            continue
        for index in free:
            enough = columns[index].field is None and len(samples.values(index)) >= least
            if enough and samples.mostly(index, shape, share):
                columns[index] = _by_values(columns[index], field)
                held.add(field)
                if field not in library.repeats:
                    break
    if not held & {"title", "description", "bullet_points"} and _sells(columns, samples):
        best = max(free, key=samples.title_likeness, default=None)
        if best is not None and samples.title_likeness(best) > 0 and columns[best].field is None:
            columns[best] = _by_values(columns[best], "title")


def _by_values(column: ColumnMap, field: str) -> ColumnMap:
    because = Text(f"values look like {field}", f"值像 {field}")
    return replace(column, field=field, because=because, score=BY_VALUES)


_TELLING = frozenset(
    ("gtin", "asin", "price", "list_price", "image_url", "sku", "brand", "quantity")
)


def _sells(columns: Sequence[ColumnMap], samples: Samples) -> bool:
    """Whether something besides a text column says that these rows are products for sale."""
    fields = {c.field for c in columns if c.field} & _TELLING
    by_header = sum(1 for c in columns if c.field in _TELLING and c.score > BY_VALUES)
    dated = any(samples.mostly(c.index, "date", 0.8) for c in columns)
    by_value = fields & {"gtin", "asin", "price", "image_url"}
    return by_header >= 2 or (
        bool(by_value) and not dated and (len(columns) > 2 or len(by_value) > 1)
    )
