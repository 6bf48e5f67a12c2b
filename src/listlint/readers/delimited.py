"""Delimited text (csv, tsv, psv, txt): streamed, in any encoding, with quotes that may be wrong.

Memory is bounded by a block of rows and by the longest cell. The fast path is the csv module in
its strict mode; only a block in which a quote is wrong is read again record by record.
"""

from __future__ import annotations

import csv
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Literal

from listlint.later import expression
from listlint.model import Text
from listlint.readers import encoding, notes
from listlint.readers.dialect import Layout, TextForm, sniff
from listlint.readers.interface import Block, Grid, Limits, Note
from listlint.slotted import slotted

if TYPE_CHECKING:
    import io
    from collections.abc import Callable, Iterable, Iterator

BLOCK_ROWS = 5000
MAX_CELL = 1_000_000
"""Code points of one cell; a spreadsheet cell ends at 32,767, the longest HTML seen was 200,000."""
MAX_LINE = 16_000_000
_MAX_CELL_LINES = 2_000
_MAX_MENDED = 100
"""So many quotes that never close, and the rest of the file is read without quoting."""
_SAMPLE = 64 * 1024
_SAMPLE_LINES = 8
_MAX_SAMPLE = 4 << 20
_MOJIBAKE = expression(
    "(?:[ÃÂ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|â€[\u0080-\u00bf™œ“”¦\u009d]"
    "|(?:[ÐÑ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]){2}|锟斤拷|烫烫烫|ï»¿)"
)


def grids(source: str, path: str, limits: Limits, note: Callable[[Note], None]) -> Iterator[Grid]:
    """The one sheet of a delimited text; see `Reader.grids`."""
    found = encoding.detect(source)
    with _open(source, found.name) as stream:
        sample = stream.read(_SAMPLE)
        while sample.count("\n") < _SAMPLE_LINES and len(sample) < _MAX_SAMPLE:
            more = stream.read(_SAMPLE)
            if not more:
                break
            sample += more
        whole = not stream.read(1)
    if not sample.strip("\ufeff\0 \t\r\n"):
        raise notes.unreadable(notes.EMPTY, "there is no text in it", "文件中没有文字")
    _say(sample, found, note)
    layout = sniff(sample, path, whole=whole)
    form = TextForm(found.name, layout)
    tally = Tally(layout.width)
    yield Grid(path, None, "text", lambda: _blocks(source, form, tally, note), text=form)


def _say(sample: str, found: encoding.Encoding, note: Callable[[Note], None]) -> None:
    """Notes that the sample is enough for."""
    if not found.is_unicode:
        note(Note(notes.ENCODING, Text(found.name, found.name)))
    broken = _MOJIBAKE.search(sample)
    if broken:
        around = sample[max(0, broken.start() - 12) : broken.end() + 12]
        shown = " ".join(around.split())
        note(Note(notes.MOJIBAKE, Text(f"“{shown}”", f"“{shown}”")))
    if "\0" in sample:
        note(Note(notes.NULS, Text("NUL characters in the text", "文字中有 NUL 字符")))
    if "\ufeff" in sample[1:]:
        note(Note(notes.STRAY_BOM, Text("not at the beginning", "不在文件开头")))


def _open(source: str, name: str) -> io.TextIOWrapper:
    return open(source, encoding=name, errors=encoding.LOSS_HANDLER, newline="")


class Lines:
    """The lines of a stream, remembering those of the block being read."""

    def __init__(self, stream: io.TextIOWrapper) -> None:
        self._stream = stream
        self.recent: list[str] = []

    def __iter__(self) -> Iterator[str]:
        readline, keep = self._stream.readline, self.recent.append
        while True:
            line = readline(MAX_LINE)
            if not line:
                return
            if len(line) == MAX_LINE:
                raise notes.unreadable(
                    notes.TOO_LARGE,
                    f"a line is longer than {MAX_LINE:,} characters",
                    f"有一行超过 {MAX_LINE:,} 个字符",
                )
            keep(line)
            yield line


def _blocks(
    source: str, form: TextForm, tally: Tally, note: Callable[[Note], None]
) -> Iterator[Block]:
    csv.field_size_limit(MAX_CELL)
    with _open(source, form.encoding) as stream:
        lines = Lines(stream)
        for _ in range(form.layout.skip):
            next(iter(lines), None)
        lines.recent.clear()
        yield from mended_blocks(lines, form.layout, 1, tally, note)
    tally.say(form.encoding, note)


def mended_blocks(
    lines: Lines, layout: Layout, number: int, tally: Tally, note: Callable[[Note], None]
) -> Iterator[Block]:
    """The records of `lines`, the first of which is row `number`; wrong quotes are mended."""
    csv.field_size_limit(MAX_CELL)
    iterator = iter(lines)
    mender = _Mender(layout)
    with tally.losses():
        while True:
            try:
                rows = list(islice(mender.reader(iterator), BLOCK_ROWS))
            except csv.Error:
                rows = []
                for row, where in mender.records(lines.recent, iterator):
                    rows.append(row)
                    if where is not None:
                        note(_unbalanced(number + len(rows) - 1, where))
            if not rows:
                break
            block = block_of(rows, number, tally)
            number += len(rows)
            lines.recent.clear()
            if block.rows:
                yield block


def block_of(rows: list[list[str]], number: int, tally: Tally) -> Block:
    """Rows with text in them, numbered from `number`."""
    if number == 1 and rows[0]:
        # A mark that the encoding left in front of the first header.
        rows[0][0] = rows[0][0].lstrip("\ufeff")
    tally.see(rows, number)
    numbers: list[int] | range = range(number, number + len(rows))
    if not all(map(any, rows)):
        kept = [(n, row) for n, row in zip(numbers, rows, strict=True) if any(row)]
        numbers, rows = [n for n, _ in kept], [row for _, row in kept]
    return Block(numbers, rows)


class _Mender:
    """Reads records of which a quote may be wrong.

    A record that runs on over too many lines, or to the end of the text, or whose closing quote is
    followed by text, is tried leniently; where that gives an unlikely record, its first line is
    taken with the quotes as ordinary characters, and the next line begins a new record.
    """

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._literal = 0

    def reader(self, lines: Iterable[str]) -> Iterator[list[str]]:
        """The csv module, strict about quotes; without quoting once too many were wrong."""
        quoting: Literal[0, 3] = (
            csv.QUOTE_NONE if self._literal > _MAX_MENDED else csv.QUOTE_MINIMAL
        )
        return csv.reader(
            lines,
            delimiter=self._layout.delimiter,
            escapechar=self._layout.escape,
            quoting=quoting,
            strict=True,
        )

    def records(
        self, recent: list[str], rest: Iterator[str]
    ) -> Iterator[tuple[list[str], str | None]]:
        """A block of records of the lines in `recent`, then of `rest` (which appends to `recent`),
        each with what was wrong with its quotes."""
        at = 0

        def upcoming() -> Iterator[str]:
            nonlocal at
            while at < len(recent) or next(rest, None) is not None:
                at += 1
                yield recent[at - 1]

        # Whatever was looked at belongs to this block: nothing may be left over in `recent`.
        done = 0
        while done < BLOCK_ROWS or at < len(recent):
            begin = at
            try:
                row = next(self.reader(upcoming()))
            except StopIteration:
                return
            except csv.Error as error:
                unclosed = "unexpected end" in str(error) or "field larger" in str(error)
                row, used, what = self._lenient(recent[begin:at], unclosed=unclosed)
                at = begin + used
                yield row, what
            else:
                yield row, None
            done += 1
            if at > 4 * BLOCK_ROWS:
                del recent[:at]
                at = 0

    def _lenient(self, lines: list[str], *, unclosed: bool) -> tuple[list[str], int, str | None]:
        """(the record that these lines begin with, how many lines it is, what was wrong)."""
        delimiter, width = self._layout.delimiter, self._layout.width
        first = lines[0]
        if not unclosed:
            loose = csv.reader(lines, delimiter=delimiter, escapechar=self._layout.escape)
            row = next(loose)
            used = loose.line_num
            # `"6" pipe"` in one line: what Excel makes of it. In a text with tabs Amazon means
            # the quotes as they stand.
            if used == 1 and delimiter != "\t":
                return row, 1, None
            # Over several lines only if it gives the usual record and swallows none.
            swallows = any(line.count(delimiter) >= width - 1 for line in lines[1:used])
            if 1 < used <= _MAX_CELL_LINES and len(row) == width > 3 and not swallows:
                return row, used, None
        self._literal += 1
        return first.rstrip("\r\n").split(delimiter), 1, first.strip()[:60]


def _unbalanced(number: int, where: str) -> Note:
    return Note(notes.UNBALANCED_QUOTES, Text(where, where), row=number)


@slotted(slots=True)
class Tally:
    """What is said of a text when all of it was read: odd records, places that did not decode.

    `width` is that of the usual record. Tallies of parts of a text add up.
    """

    width: int
    records: int = 0
    odd: int = 0
    first_odd: int = 0
    lost: int = 0

    def see(self, rows: list[list[str]], number: int) -> None:
        """Look at a block of records that begins at row `number`."""
        self.records += len(rows)
        widths = list(map(len, rows))
        odd = len(rows) - widths.count(self.width) - widths.count(0)
        if odd and not self.odd:
            self.first_odd = number + next(
                place for place, width in enumerate(widths) if width not in (0, self.width)
            )
        self.odd += odd

    @contextmanager
    def losses(self) -> Iterator[None]:
        """Count what does not decode meanwhile."""
        before = encoding.losses()
        yield
        self.lost += encoding.losses() - before

    def add(self, later: Tally) -> None:
        """The tally of the part that follows."""
        self.records += later.records
        self.first_odd = self.first_odd if self.odd else later.first_odd
        self.odd += later.odd
        self.lost += later.lost

    def say(self, codec: str, note: Callable[[Note], None]) -> None:
        """At most one note for each oddity."""
        if self.odd:
            en = f"{self.odd} rows do not have {self.width} fields, the first in row {self.first_odd}"
            zh = f"{self.odd} 行的字段数不是 {self.width}，第一处在第 {self.first_odd} 行"
            note(Note(notes.RAGGED, Text(en, zh), row=self.first_odd))
        if self.lost:
            what = Text(
                f"{self.lost} places are not {codec}", f"有 {self.lost} 处不是 {codec} 编码"
            )
            note(Note(notes.DECODED_WITH_LOSS, what))
