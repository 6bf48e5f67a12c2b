"""Parts of a file that are checked apart: batches handed on by a reader, ranges of a long text,
row groups of a Parquet file.

The worker's side of `listlint.parallel`: functions that run in a child, and what they say beside
the messages of `listlint.pipeline`. All of it is picklable.
"""

from __future__ import annotations

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
    sheet_begin,
    sheet_of,
)
from listlint.readers import notes, open_source, parquet, sniff
from listlint.readers.delimited import Tally
from listlint.readers.interface import Note, UnreadableError
from listlint.readers.parquet import RowGroups
from listlint.readers.ranges import NotARangeError, TextRange, divisible, read
from listlint.slotted import field, replace, slotted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from listlint.batch import Batch, Sheet
    from listlint.columns import Layout
    from listlint.pipeline import Rows, Session
    from listlint.readers import Source
    from listlint.readers.dialect import TextForm
    from listlint.readers.interface import Block
    from listlint.registers import Registers


@slotted(frozen=True, slots=True)
class Unchecked:
    """A batch that its reader left to others. `registers`: what the file itself holds, if anything."""

    batch: Batch
    registers: Registers | None


@slotted(frozen=True, slots=True)
class LongFile:
    """A file whose one sheet was recognised, to be read by parts; `notes` are what was said so far.

    A text has a `form`, and its parts are yet to be found; of Parquet they are in `groups`.
    """

    layout: Layout
    sheet: Sheet
    notes: tuple[Note, ...]
    form: TextForm | None = None
    groups: tuple[RowGroups, ...] = ()


@slotted(frozen=True, slots=True)
class RangeTask:
    """A part of a long file. `cells` is how many the ranges before it had, where it reads on to
    the end of the text."""

    file: LongFile
    part: TextRange | RowGroups
    cells: int = 0


@slotted(slots=True)
class RangeDone:
    """What a part came to. Without `whole` it was no range, and what it said means nothing."""

    tally: Tally
    count: SheetCount = field(default_factory=SheetCount)
    cells: int = 0
    whole: bool = True

    def add(self, later: RangeDone) -> None:
        """The part that follows."""
        self.tally.add(later.tally)
        self.count.add(later.count)
        self.cells += later.cells


def read_apart(
    source: Source, first_number: int, session: Session, jobs: int
) -> Iterator[Message | Unchecked | LongFile]:
    """`check_source` for a large file, with the checking left to others, if there are any."""
    found = _long_file(source, first_number, session, jobs)
    if found is not None:
        yield found
        return

    if jobs == 1:
        yield from read_source(source, first_number, session, checked)
        return

    def leave(batch: Batch, session: Session) -> Unchecked:
        found = session.engine.run.registers
        return Unchecked(batch, None if found == session.registers else found)

    yield from read_source(source, first_number, session, leave)


def _long_file(source: Source, first_number: int, session: Session, jobs: int) -> LongFile | None:
    """The file as one that can be read by parts, if it is one of listings."""
    with open(source.path, "rb") as file:
        kind = sniff.kind_of(file.read(sniff.HEAD))
    if kind not in ("text", "parquet"):
        return None
    said: list[Note] = []
    groups: tuple[RowGroups, ...] = ()
    try:
        for grid in open_source(source.path, source.shown, session.limits, said.append):
            if kind == "parquet":
                groups = tuple(parquet.parts(source.path, jobs))
                if len(groups) < 2:
                    return None
            elif grid.text is None or not divisible(grid.text):
                return None
            # What is said from here on is of the blocks, and the ranges say it again.
            early = tuple(said)
            opened = recognise_grid(grid, first_number, session.columns)
            if opened.layout.kind != "listings" or len(opened.head) < HEAD_ROWS:
                return None
            said_early = (*early, *sheet_begin(opened.layout, grid.name))
            sheet = sheet_of(opened, session)
            return LongFile(opened.layout, sheet, said_early, grid.text, groups)
    except UnreadableError:
        return None
    return None


def check_unchecked(task: Unchecked, session: Session) -> Iterator[Rows | Note]:
    """What the rules say of a batch that another process read."""
    registers = session.registers if task.registers is None else task.registers
    session.engine.run = replace(session.engine.run, registers=registers)
    yield checked(task.batch, session)


def check_range(task: RangeTask, session: Session) -> Iterator[Rows | Note | RangeDone]:
    """Read and check a part; `RangeDone` comes last."""
    session.engine.run = replace(session.engine.run, registers=session.registers)
    file = task.file
    done = RangeDone(tally_of(file))
    said: list[Note] = []
    blocks = _blocks(task, done, session.limits.max_cells, said.append)
    try:
        found = batches(file.layout, file.sheet, blocks, asked(session), done.count)
        for batch in WORK.timed(found, "read"):
            yield checked(batch, session)
    except NotARangeError:
        done.whole = False
    except UnreadableError as error:
        said.append(error.note)
    yield from said
    yield done


def tally_of(file: LongFile) -> Tally:
    """An empty tally for a part of the file."""
    return Tally(file.form.layout.width if file.form is not None else 0)


def _blocks(
    task: RangeTask, done: RangeDone, limit: int, note: Callable[[Note], None]
) -> Iterator[Block]:
    """The blocks of a part, up to the limit of cells where it reads on to the end of a text."""
    if isinstance(task.part, RowGroups):
        yield from parquet.read(task.part, note)
        return
    for block in read(task.part, done.tally, note):
        cells = sum(map(len, block.rows))
        if task.part.end is None and task.cells + done.cells + cells > limit:
            yield block.until(limit - task.cells - done.cells)
            raise notes.too_many_cells(limit)
        done.cells += cells
        yield block
