"""Parts of a file that are checked apart: batches handed on by a reader, ranges of a long text.

The worker's side of `listlint.parallel`: functions that run in a child, and what they say beside
the messages of `listlint.pipeline`. All of it is picklable.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from listlint.batches import SheetCount, batches
from listlint.counters import WORK
from listlint.pipeline import (
    HEAD_ROWS,
    Message,
    asked,
    checked,
    read_source,
    recognise_grid,
    sheet_of,
)
from listlint.readers import notes, open_source, sniff
from listlint.readers.delimited import Tally
from listlint.readers.interface import Note, UnreadableError
from listlint.readers.ranges import NotARangeError, TextRange, divisible, read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from listlint.batch import Batch, Sheet
    from listlint.columns import Layout
    from listlint.pipeline import Rows, Session
    from listlint.readers import Source
    from listlint.readers.dialect import TextForm
    from listlint.readers.interface import Block
    from listlint.registers import Registers


@dataclass(frozen=True, slots=True)
class Unchecked:
    """A batch that its reader left to others. `registers`: what the file itself holds, if anything."""

    batch: Batch
    registers: Registers | None


@dataclass(frozen=True, slots=True)
class LongText:
    """A text whose one sheet was recognised, to be read by ranges; `notes` are of its beginning."""

    form: TextForm
    layout: Layout
    sheet: Sheet
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class RangeTask:
    """A range of a long text. `cells` is how many the ranges before it had, where it reads on to
    the end of the text."""

    text: LongText
    part: TextRange
    cells: int = 0


@dataclass(slots=True)
class RangeDone:
    """What a range came to. Without `whole` it was no range, and what it said means nothing."""

    tally: Tally
    count: SheetCount = field(default_factory=SheetCount)
    cells: int = 0
    whole: bool = True

    def add(self, later: RangeDone) -> None:
        """The range that follows."""
        self.tally.add(later.tally)
        self.count.add(later.count)
        self.cells += later.cells


def read_apart(
    source: Source, first_number: int, session: Session, *, alone: bool
) -> Iterator[Message | Unchecked | LongText]:
    """`check_source` for a large file, with the checking left to others, if there are any."""
    text = _long_text(source, first_number, session)
    if text is not None:
        yield text
        return

    if alone:
        yield from read_source(source, first_number, session, checked)
        return

    def leave(batch: Batch, session: Session) -> Unchecked:
        found = session.engine.run.registers
        return Unchecked(batch, None if found == session.registers else found)

    yield from read_source(source, first_number, session, leave)


def _long_text(source: Source, first_number: int, session: Session) -> LongText | None:
    """The file as a long text, if it is one of listings and can be cut."""
    with open(source.path, "rb") as file:
        if sniff.kind_of(file.read(sniff.HEAD)) != "text":
            return None
    said: list[Note] = []
    try:
        for grid in open_source(source.path, source.shown, session.limits, said.append):
            if grid.text is None or not divisible(grid.text):
                return None
            # What is said from here on is of the blocks, and the ranges say it again.
            early = tuple(said)
            opened = recognise_grid(grid, first_number, session.columns)
            if opened.layout.kind != "listings" or len(opened.head) < HEAD_ROWS:
                return None
            return LongText(grid.text, opened.layout, sheet_of(opened, session), early)
    except UnreadableError:
        return None
    return None


def check_unchecked(task: Unchecked, session: Session) -> Iterator[Rows | Note]:
    """What the rules say of a batch that another process read."""
    registers = session.registers if task.registers is None else task.registers
    session.engine.run = replace(session.engine.run, registers=registers)
    yield checked(task.batch, session)


def check_range(task: RangeTask, session: Session) -> Iterator[Rows | Note | RangeDone]:
    """Read and check a range; `RangeDone` comes last."""
    session.engine.run = replace(session.engine.run, registers=session.registers)
    text = task.text
    done = RangeDone(Tally(text.form.layout.width))
    said: list[Note] = []
    blocks = _blocks(task, done, session.limits.max_cells, said.append)
    try:
        found = batches(text.layout, text.sheet, blocks, asked(session), done.count)
        for batch in WORK.timed(found, "read"):
            yield checked(batch, session)
    except NotARangeError:
        done.whole = False
    except UnreadableError as error:
        said.append(error.note)
    yield from said
    yield done


def _blocks(
    task: RangeTask, done: RangeDone, limit: int, note: Callable[[Note], None]
) -> Iterator[Block]:
    """The blocks of a range, up to the limit of cells where it reads on to the end."""
    for block in read(task.part, done.tally, note):
        cells = sum(map(len, block.rows))
        if task.part.end is None and task.cells + done.cells + cells > limit:
            yield block.until(limit - task.cells - done.cells)
            raise notes.too_many_cells(limit)
        done.cells += cells
        yield block
