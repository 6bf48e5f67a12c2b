"""Parquet: one sheet, read by row groups, which can be read apart; needs the extra `parquet`.

The header is row 1, the n-th record row n + 1. A row group that is damaged is told with its rows,
and the others are read all the same: the footer says where each begins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from listlint.model import Text
from listlint.readers import notes
from listlint.readers.interface import Block, Grid, Limits, Note
from listlint.readers.records import texts, whole
from listlint.slotted import slotted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_BLOCK_ROWS = 5000
_PART_ROWS = (5_000, 50_000)
"""Least and most records of a part, as far as the row groups allow."""


@slotted(frozen=True, slots=True)
class RowGroups:
    """Row groups `first:end` of a file; the first record is row `number`, and there are `records`."""

    source: str
    first: int
    end: int
    number: int
    records: int


def grids(source: str, path: str, limits: Limits, note: Callable[[Note], None]) -> Iterator[Grid]:
    """The one sheet of a Parquet file; see `Reader.grids`."""
    file = _opened(source)
    records, columns = file.metadata.num_rows, file.metadata.num_columns
    if records * columns > limits.max_cells:
        raise notes.unreadable(notes.TOO_LARGE, "too many cells", "单元格过多")
    names = [whole(name) for name in file.schema_arrow.names]
    everything = RowGroups(source, 0, file.metadata.num_row_groups, 2, records)

    def blocks() -> Iterator[Block]:
        yield Block([1], [names])
        yield from _blocks(file, everything, note)

    yield Grid(path, None, "parquet", blocks)


def parts(source: str, jobs: int) -> list[RowGroups]:
    """The file as parts for so many workers; one where its row groups are too few or too uneven.

    Raises `UnreadableError`.
    """
    metadata = _opened(source).metadata
    counts = [metadata.row_group(n).num_rows for n in range(metadata.num_row_groups)]
    total = sum(counts)
    least, most = _PART_ROWS
    wanted = min(max(total // (4 * jobs), least), most)
    found: list[RowGroups] = []
    first, number, records = 0, 2, 0
    for n, count in enumerate(counts, 1):
        records += count
        if records >= wanted or n == len(counts):
            found.append(RowGroups(source, first, n, number, records))
            first, number, records = n, number + records, 0
    even = all(part.records * jobs <= total for part in found)
    return found if even else [RowGroups(source, 0, len(counts), 2, total)]


def read(part: RowGroups, note: Callable[[Note], None]) -> Iterator[Block]:
    """The rows of a part. Raises `UnreadableError` when the file can't be opened any more."""
    yield from _blocks(_opened(part.source), part, note)


def _opened(source: str) -> Any:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise notes.unreadable(
            notes.MISSING_EXTRA,
            "pip install 'listlint[parquet]'",
            "pip install 'listlint[parquet]'",
        ) from error
    try:
        return pq.ParquetFile(source)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise notes.unreadable(notes.BROKEN, str(error)[:200], str(error)[:200]) from error


def _blocks(file: Any, part: RowGroups, note: Callable[[Note], None]) -> Iterator[Block]:
    import pyarrow as pa

    begin = part.number
    for group in range(part.first, part.end):
        number, end = begin, begin + file.metadata.row_group(group).num_rows
        begin = end
        try:
            for batch in file.iter_batches(_BLOCK_ROWS, row_groups=[group], use_threads=False):
                columns = [texts(column) for column in batch.columns]
                rows = list(map(list, zip(*columns, strict=True)))
                yield Block(range(number, number + len(rows)), rows)
                number += len(rows)
        except (pa.ArrowException, OSError, ValueError) as error:
            said = " ".join(str(error).split())[:200]
            detail = Text(f"rows {number}–{end - 1}: {said}", f"第 {number}–{end - 1} 行：{said}")
            note(Note(notes.BROKEN, detail, row=number))
