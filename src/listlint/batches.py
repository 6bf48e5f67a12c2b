"""From blocks of rows to batches of listings: rows that are none are left out and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from listlint.batch import Batch
from listlint.counters import WORK
from listlint.readers.interface import Block
from listlint.slotted import field, slotted

if TYPE_CHECKING:
    from listlint.batch import Sheet
    from listlint.columns import ColumnMap, Layout
    from listlint.policy.library import Library

BATCH_ROWS = 5_000


@slotted(slots=True)
class SheetCount:
    """Rows of a sheet that were checked, listings among them, and other rows by the reason."""

    rows: int = 0
    listings: int = 0
    skipped: Counter[str] = field(default_factory=Counter)

    def add(self, later: SheetCount) -> None:
        """The part of the sheet that follows."""
        self.rows += later.rows
        self.listings += later.listings
        self.skipped += later.skipped


def batches(
    layout: Layout,
    sheet: Sheet,
    blocks: Iterable[Block],
    library: Library | None,
    count: SheetCount,
) -> Iterator[Batch]:
    """The rows that are listings, cut into batches; `count` counts them, and the others by reason.

    With `library`, a row's own marketplace column wins over what the sheet says.
    """
    indexes = [c.index for c in sheet.columns]
    shared = _shared(layout, sheet)
    for block in _regroup(blocks):
        numbers: list[int] = []
        rows: list[list[str]] = []
        for number, row in zip(block.numbers, block.rows, strict=True):
            if number < layout.data_row:
                continue
            reason = layout.skip(number, row)
            if reason is None:
                numbers.append(number)
                rows.append(row)
            else:
                count.skipped[reason] += 1
        if not rows:
            continue
        values = _columns(rows, indexes)
        for position, column in shared:
            values[position] = column.own(values[position])
        batch = Batch(sheet, numbers, values, layout.inherits(rows))
        if library is not None:
            _row_marketplaces(batch, library)
        count.rows += len(batch)
        WORK.rows += len(batch)
        WORK.cells += len(batch) * len(indexes)
        if layout.kind == "listings":
            count.listings += len(batch) - sum(batch.inherits)
        yield batch


def _shared(layout: Layout, sheet: Sheet) -> list[tuple[int, ColumnMap]]:
    """Positions in the batch of fields that have only some of their column's cells."""
    found = {(c.index, c.field): c for c in layout.columns if c.shared}
    return [
        (position, found[at])
        for position, column in enumerate(sheet.columns)
        if (at := (column.index, column.field)) in found
    ]


def _regroup(blocks: Iterable[Block]) -> Iterator[Block]:
    """Blocks of at most `BATCH_ROWS` rows."""
    for block in blocks:
        if len(block.rows) <= BATCH_ROWS:
            yield block
            continue
        for at in range(0, len(block.rows), BATCH_ROWS):
            part = slice(at, at + BATCH_ROWS)
            yield Block(block.numbers[part], block.rows[part])


def _columns(rows: list[list[str]], indexes: Sequence[int]) -> list[list[str]]:
    """The columns at `indexes`; '' where a row is short."""
    width = max(indexes, default=-1) + 1
    if any(len(row) < width for row in rows):
        rows = [row if len(row) >= width else row + [""] * (width - len(row)) for row in rows]
    return [[row[index] for row in rows] for index in indexes]


def _row_marketplaces(batch: Batch, library: Library) -> None:
    columns = batch.of("marketplace")
    if not columns:
        return
    known: dict[str, tuple[str, ...]] = {"": batch.sheet.marketplaces}
    for value in set(columns[0][1]) - known.keys():
        found = [library.profile(part) for part in _split(value)]
        ids = tuple(dict.fromkeys(p.id for p in found if p is not None))
        known[value] = ids or batch.sheet.marketplaces
    batch.extra["marketplaces"] = [known[value] for value in columns[0][1]]


def _split(value: str) -> list[str]:
    for mark in ("|", ";", "；", "，", "、", "\n"):
        value = value.replace(mark, ",")
    return [part.strip() for part in value.split(",") if part.strip()]
