"""Records of named texts laid out as a sheet: a header of the names, then a row for each record."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from listlint.readers import notes
from listlint.readers.interface import Block, Limits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_COLUMNS = 16_384
_BLOCK_ROWS = 5000

Record = list[tuple[str, str]]
"""Path of names below the record → text, in document order; a path may occur several times."""


def widths_of(records: Iterable[Record], limits: Limits) -> dict[str, int]:
    """Name → columns it needs, in order of appearance. Raises `UnreadableError`: none, too many."""
    widths: dict[str, int] = {}
    seen = 0
    for record in records:
        seen += 1
        for name, count in Counter(name for name, _ in record).items():
            widths[name] = max(widths.get(name, 0), count)
    if not widths:
        raise notes.unreadable(notes.EMPTY, "no record with anything in it", "没有任何带内容的记录")
    columns = sum(widths.values())
    if columns > MAX_COLUMNS or columns * seen > limits.max_cells:
        raise notes.unreadable(notes.TOO_LARGE, f"{columns:,} columns", f"{columns:,} 列")
    return widths


def flat_blocks(records: Iterator[Record], widths: dict[str, int]) -> Iterator[Block]:
    """A header of the names, each as often as `widths` says, then a row for each record."""
    place: dict[str, int] = {}
    header: list[str] = []
    for name, width in widths.items():
        place[name] = len(header)
        header.extend([name] * width)
    rows, numbers = [header], [1]
    for number, record in enumerate(records, 2):
        row = [""] * len(header)
        used: Counter[str] = Counter()
        for name, text in record:
            at = used[name]
            used[name] += 1
            if at < widths.get(name, 0):
                row[place[name] + at] = text
        rows.append(row)
        numbers.append(number)
        if len(rows) >= _BLOCK_ROWS:
            yield Block(numbers, rows)
            rows, numbers = [], []
    if rows:
        yield Block(numbers, rows)
