"""What a reader promises: any file in, sheets of text cells out, oddities said.

A reader knows nothing of headers, listings or rules. It yields grids; each grid streams blocks
of rows whose cells are all `str`, exactly as the spreadsheet program would number them.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, Protocol

from listlint.model import Edit, Text
from listlint.slotted import field, slotted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from listlint.readers.dialect import TextForm


@slotted(frozen=True, slots=True)
class Limits:
    """Bounds of one file: bytes of memory, cells of one sheet, seconds of wall time."""

    max_memory: int = 4 * 1024**3
    max_cells: int = 200_000_000
    timeout: float = 600.0


_NO_DETAIL = Text("", "")


@slotted(frozen=True, slots=True)
class Note:
    """Something to say about the file itself; becomes a `FILE` finding.

    `name` is a rule name of policies/file/*.toml (`encrypted`, `decoded-with-loss`, …); `detail`
    fills `{detail}` of its message. `row`/`column_index` (0-based) point at a cell where one is meant.
    """

    name: str
    detail: Text = _NO_DETAIL
    sheet: str | None = None
    row: int | None = None
    column_index: int | None = None
    path: str | None = None
    """What to call the file when it is not the one being read: a member of a zip."""
    edit: Edit | None = None
    """What would mend the cell, whose text is `excerpt`."""
    excerpt: str | None = None


class UnreadableError(Exception):
    """The file, or one sheet of it, can't be read; carries the note that says why."""

    def __init__(self, note: Note) -> None:
        super().__init__(f"{note.name}: {note.detail.en}")
        self.note = note


@slotted(slots=True)
class Block:
    """Consecutive non-empty rows. `numbers[i]` is the row number a person sees for `rows[i]`.

    Cells are `str`; rows may be ragged. Rows with no text at all may be left out, which is why
    the numbers are explicit.
    """

    numbers: Sequence[int]
    rows: list[list[str]]

    def until(self, cells: int) -> Block:
        """The rows from the top that have at most so many cells together."""
        count = bisect_right(list(accumulate(map(len, self.rows))), cells)
        return Block(self.numbers[:count], self.rows[:count])


@slotted(slots=True)
class Grid:
    """One sheet. `blocks()` may be called once, before the next grid is asked for, and streams the
    rows from the top.

    `name` is None for formats without sheets. `path` is as given by the user, with `/`; a file
    inside a zip is `outer.zip/inner.csv`. Trouble in the middle of a grid ends its blocks and is
    said by a note; `blocks()` of a grid that `open_source` gave does not raise.
    """

    path: str
    name: str | None
    format: str
    blocks: Callable[[], Iterator[Block]]
    hidden: bool = False
    numeric_columns: frozenset[int] = field(default_factory=frozenset)
    """0-based columns in which some cell was stored as a number; grows as blocks are read."""
    merged: tuple[tuple[int, int, int, int], ...] = ()
    """Merged cells as (first row number, first column, last row number, last column), the rows as
    a person counts them, the columns 0-based, both ends included; the text is in the first cell."""
    hidden_rows: frozenset[int] = frozenset()
    """Row numbers that the program does not show (hidden by hand or by a filter)."""
    hidden_columns: frozenset[int] = frozenset()
    """0-based columns that the program does not show."""
    text: TextForm | None = None
    """How a delimited text is written; None for other formats."""


class Reader(Protocol):
    """A file format. Chosen by content first, extension second."""

    name: str

    def accepts(self, head: bytes, suffix: str) -> bool:
        """Whether this reader takes a file that begins with `head` (≥ 4 kB unless shorter)."""

    def grids(
        self, source: str, path: str, limits: Limits, note: Callable[[Note], None]
    ) -> Iterator[Grid]:
        """The sheets of the file at `source` (a real path); `path` is what to call it.

        Says oddities through `note`; raises `UnreadableError` when nothing can be read.
        """
