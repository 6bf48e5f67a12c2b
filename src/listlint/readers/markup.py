"""HTML tables, which many shops' and ERPs' “Excel” exports are."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING

from listlint.model import Text
from listlint.readers import encoding, notes
from listlint.readers.interface import Block, Grid, Limits, Note

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_CHUNK = 1 << 18
_BREAKS = frozenset({"br", "p", "div", "li", "tr"})
_MAX_SPAN = 16_384


class _Tables(HTMLParser):
    """Collects the cells of all outermost tables; rows are numbered on through the document, as
    a spreadsheet program lays them out. Merged cells have their text in the first of them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[str]] = []
        self._depth = 0
        self._row: list[str] | None = None
        self._cell: list[str] | None = None
        self._span = 1
        self._below: dict[int, int] = {}
        self._next_below: dict[int, int] = {}
        self._rowspan = 1
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("style", "script"):
            self._silent += 1
        elif tag == "table":
            self._depth += 1
        elif self._depth == 1 and tag == "tr":
            self._end_row()
            self._row = []
        elif self._depth == 1 and tag in ("td", "th"):
            self._end_cell()
            if self._row is None:
                self._row = []
            values = dict(attrs)
            self._span = _span(values.get("colspan"))
            self._rowspan = _span(values.get("rowspan"))
            self._cell = []
        elif tag in _BREAKS and self._cell:
            self._cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("style", "script"):
            self._silent = max(0, self._silent - 1)
        elif tag == "table":
            if self._depth == 1:
                self._end_row()
            self._depth = max(0, self._depth - 1)
        elif self._depth == 1 and tag in ("td", "th"):
            self._end_cell()
        elif self._depth == 1 and tag == "tr":
            self._end_row()

    def handle_data(self, data: str) -> None:
        if self._cell is not None and not self._silent:
            self._cell.append(data)

    def _end_cell(self) -> None:
        if self._cell is None or self._row is None:
            return
        self._fill_from_above()
        if self._rowspan > 1:
            for column in range(len(self._row), len(self._row) + self._span):
                self._next_below[column] = self._rowspan - 1
        self._row.append("".join(self._cell).strip())
        self._row.extend([""] * (self._span - 1))
        self._cell = None

    def _fill_from_above(self) -> None:
        assert self._row is not None
        while self._below.get(len(self._row), 0) > 0:
            self._row.append("")

    def _end_row(self) -> None:
        self._end_cell()
        if self._row is None:
            return
        self.rows.append(self._row)
        self._row = None
        left = {column: rows - 1 for column, rows in self._below.items() if rows > 1}
        self._below = left | self._next_below
        self._next_below = {}

    def close(self) -> None:
        """End what the document left open."""
        super().close()
        self._end_row()


def _span(value: str | None) -> int:
    return min(int(value), _MAX_SPAN) if value and value.isdecimal() else 1


def grids(source: str, path: str, limits: Limits, note: Callable[[Note], None]) -> Iterator[Grid]:
    """The tables of an HTML page as one sheet; see `Reader.grids`."""
    found = encoding.detect(source)
    parser = _Tables()
    cells = 0
    with open(source, encoding=found.name, errors="replace", newline="") as stream:
        while chunk := stream.read(_CHUNK):
            before = len(parser.rows)
            parser.feed(chunk)
            cells += sum(map(len, parser.rows[before:]))
            if cells > limits.max_cells:
                raise notes.unreadable(
                    notes.TOO_LARGE, "the table has too many cells", "表格的单元格过多"
                )
    parser.close()
    rows = parser.rows
    if not any(map(any, rows)):
        raise notes.unreadable(
            notes.NOT_A_SPREADSHEET,
            "a web page without a table of cells",
            "网页中没有带内容的表格",
        )
    if not found.is_unicode:
        note(Note(notes.ENCODING, Text(found.name, found.name)))

    def blocks() -> Iterator[Block]:
        numbers = [number for number, row in enumerate(rows, 1) if any(row)]
        yield Block(numbers, [rows[number - 1] for number in numbers])

    yield Grid(path, None, "html", blocks)
