"""Files checked by several processes: whole files side by side, large ones in parts.

A large delimited text is cut into ranges of bytes (`listlint.readers.ranges`), Parquet into row
groups (`listlint.readers.parquet`); of any other large file one process reads and the others check
its batches. The parent only counts bytes, hands out
parts and puts what they say in order, so that the answer is the same with any number of workers.
A part whose process died is tried once more; then a `FILE` finding says which rows were not checked.
"""

from __future__ import annotations

import os
import pickle
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from multiprocessing.connection import wait
from typing import TYPE_CHECKING

from listlint.counters import WORK
from listlint.parts import LongFile, RangeDone, RangeTask, tally_of
from listlint.pipeline import Message, sheet_end, unchecked_rows, unread
from listlint.readers import sniff
from listlint.readers.death import Death
from listlint.readers.interface import Note
from listlint.readers.parquet import RowGroups
from listlint.readers.ranges import TextRange, survey
from listlint.slotted import field, replace, slotted
from listlint.worker import APART, BATCH, ENDS, LEAVES, PART, WHOLE, Worker, dumps, warm

if TYPE_CHECKING:
    from listlint.pipeline import Session
    from listlint.readers import Source

_TEXT_FROM, _ZIPPED_FROM = 1 << 20, 1 << 18
"""Bytes from which a file is checked in parts; a workbook has several times as much in it."""
_RANGE = (1 << 20, 8 << 20)
"""Least and most bytes of a range."""
_AHEAD = 3
"""Parts for each worker that may wait: for a worker, or to be delivered."""


@slotted(slots=True, eq=False)
class _Slot:
    """A place in the order of a file's messages."""

    messages: list[Message] = field(default_factory=list)
    done: bool = False
    task: _Task | None = None
    """The range whose messages these are."""


@slotted(slots=True, eq=False)
class _Task:
    """Something for a worker to do."""

    file: _File
    told: bytes
    slot: _Slot
    """Where its messages go."""
    rows: tuple[int, int | None] | None = None
    """First row and number of rows of a part; None for whole files."""
    part: TextRange | RowGroups | None = None
    died: bool = False
    received: int = 0
    known: int = 0
    """Messages that came before the worker died, passed over when they come again."""
    result: RangeDone | None = None
    """What a part came to; None where it was given up."""

    @property
    def is_bounded(self) -> bool:
        """Whether it is a range that must have proved to be one before anything of it counts."""
        return isinstance(self.part, TextRange) and self.part.end is not None


@slotted(slots=True, eq=False)
class _File:
    """A file that was begun and of which not everything was delivered."""

    number: int
    slots: deque[_Slot] = field(default_factory=deque)
    long: LongFile | None = None
    parts: Iterator[TextRange | RowGroups] | None = None
    total: RangeDone | None = None


def messages(
    numbers: Sequence[int],
    sources: Sequence[Source],
    sessions: Mapping[int, Session],
    jobs: int,
) -> Iterator[tuple[int, Message]]:
    """(file number, message) of the files with these numbers, in their order, by `jobs` workers."""
    scheduler = _Scheduler(numbers, sources, sessions, jobs)
    try:
        yield from scheduler.run()
    finally:
        scheduler.end()


class _Scheduler:
    """Hands out tasks, gathers messages, gives them in order. One thread, no locks."""

    def __init__(
        self,
        numbers: Sequence[int],
        sources: Sequence[Source],
        sessions: Mapping[int, Session],
        jobs: int,
    ) -> None:
        self._sources, self._sessions, self._jobs = sources, sessions, jobs
        self._to_begin = deque(numbers)
        self._files: deque[_File] = deque()
        self._to_read: deque[_Task] = deque()
        """Large files that wait for the one worker that reads for others."""
        self._to_check: deque[_Task] = deque()
        self._workers: list[Worker[_Task]] = []
        self._reader: Worker[_Task] | None = None

    def run(self) -> Iterator[tuple[int, Message]]:
        """Everything, in order."""
        while self._files or self._to_begin:
            self._begin()
            self._hand_out()
            yield from self._deliver()
            if self._files:
                self._hand_out()
                self._listen()

    def end(self) -> None:
        """Stop all workers."""
        for worker in self._workers:
            worker.end()

    # --- tasks -----------------------------------------------------------------------------------

    def _begin(self) -> None:
        """Begin as many files as keep the workers busy."""
        while (
            self._to_begin
            and len(self._to_check) < self._jobs
            and len(self._files) < _AHEAD * self._jobs
        ):
            file = _File(self._to_begin.popleft())
            self._files.append(file)
            large = is_large(self._sources[file.number].path, self._jobs)
            if large and not self._workers:
                warm(self._sessions[file.number])
            told = _told(APART, file, self._jobs.to_bytes(2)) if large else _told(WHOLE, file)
            task = _Task(file, told, self._slot(file))
            (self._to_read if large else self._to_check).append(task)

    @staticmethod
    def _slot(file: _File) -> _Slot:
        slot = _Slot()
        file.slots.append(slot)
        return slot

    def _hand_out(self) -> None:
        if self._reader is None and self._to_read:
            self._reader = self._free()
            self._give(self._reader, self._to_read.popleft())
        while self._to_check and self._checking < self._jobs:
            self._give(self._free(), self._to_check.popleft())

    @staticmethod
    def _give(worker: Worker[_Task], task: _Task) -> None:
        task.received = 0
        worker.give(task, task.told)

    @property
    def _checking(self) -> int:
        return sum(w.task is not None and w is not self._reader for w in self._workers)

    def _free(self) -> Worker[_Task]:
        for worker in self._workers:
            if worker.task is None:
                return worker
        limits = next(iter(self._sessions.values())).limits
        self._workers.append(Worker(self._sources, self._sessions, limits))
        return self._workers[-1]

    # --- answers ---------------------------------------------------------------------------------

    def _listen(self) -> None:
        """Wait for the next messages, no longer than a task may take, and take them in."""
        heard = [w for w in self._workers if w.task is not None and not self._is_paused(w)]
        began = time.monotonic()
        ready = wait([w.pipe for w in heard], max(0.0, min(w.left for w in heard)))
        took = time.monotonic() - began
        for worker in heard:
            worker.left -= took
            try:
                if worker.pipe in ready:
                    self._take(worker)
                elif worker.left <= 0:
                    self._died(worker, Death("timeout"))
            except (EOFError, OSError):
                self._died(worker, worker.death())

    def _is_paused(self, worker: Worker[_Task]) -> bool:
        """Whether the reader is so far ahead that what it says must wait in its pipe."""
        if worker is not self._reader or worker.task is None:
            return False
        waiting = len(worker.task.file.slots)
        return len(self._to_check) >= self._jobs or waiting > 2 * _AHEAD * self._jobs

    def _take(self, worker: Worker[_Task]) -> None:
        """One message of a worker."""
        task = worker.task
        assert task is not None
        said = worker.pipe.recv_bytes()
        if said[:1] == ENDS:
            self._release(worker)
            death, work = pickle.loads(said[1:])
            WORK.add(work)
            if death is not None:
                self._give_up(task, death)
            task.slot.done = True
            return
        batch = worker.pipe.recv_bytes() if said[:1] == LEAVES else None
        task.received += 1
        if task.received <= task.known:
            return
        message = pickle.loads(said[1:])
        if batch is not None:
            self._leave(task, message, batch)
        elif isinstance(message, RangeDone):
            task.result = message
        elif isinstance(message, LongFile):
            self._cut(task.file, message)
        else:
            task.slot.messages.append(message)

    def _leave(self, task: _Task, rows: tuple[int, int], batch: bytes) -> None:
        """A batch that the reader left to others: its messages come next, then the reader's own."""
        file = task.file
        task.slot.done = True
        self._to_check.append(_Task(file, _told(BATCH, file, batch), self._slot(file), rows))
        task.slot = self._slot(file)

    def _release(self, worker: Worker[_Task]) -> None:
        worker.task = None
        if worker is self._reader:
            self._reader = None

    def _died(self, worker: Worker[_Task], death: Death) -> None:
        """A worker's process has ended, or took too long; its task is tried again once."""
        task, was_reader = worker.task, worker is self._reader
        assert task is not None
        self._release(worker)
        self._workers.remove(worker)
        worker.end()
        if task.died or death.reason == "timeout":
            self._give_up(task, death)
            task.slot.done = True
            return
        task.died, task.known = True, max(task.known, task.received)
        (self._to_read if was_reader else self._to_check).appendleft(task)

    def _give_up(self, task: _Task, death: Death) -> None:
        task.result = None
        note = death.note()
        if task.rows is None:
            shown = self._sources[task.file.number].shown
            task.slot.messages += [note, unread(shown)]
            return
        first, count = task.rows
        last = None if count is None else first + count - 1
        task.slot.messages = [unchecked_rows(first, last, note.detail, name=note.name)]

    # --- parts of a long file --------------------------------------------------------------------

    def _cut(self, file: _File, long: LongFile) -> None:
        """From here on the file is a matter of its parts."""
        file.long = long
        file.total = RangeDone(tally_of(long))
        if long.form is None:
            file.parts = iter(long.groups)
        else:
            source = self._sources[file.number].path
            size = os.stat(source).st_size // (4 * self._jobs)
            file.parts = survey(source, long.form, min(max(size, _RANGE[0]), _RANGE[1]))
        file.slots[-1].messages += long.notes

    def _refill(self, file: _File) -> None:
        """Hand on the next parts, as many as keep the workers busy."""
        while file.parts is not None and len(file.slots) <= _AHEAD * self._jobs:
            part = next(file.parts, None)
            if part is None:
                file.parts = None
                return
            self._to_check.append(self._part(file, part))

    def _part(self, file: _File, part: TextRange | RowGroups) -> _Task:
        assert file.long is not None
        assert file.total is not None
        payload = dumps(RangeTask(file.long, part, file.total.cells))
        rows = (part.number, part.records)
        task = _Task(file, _told(PART, file, payload), self._slot(file), rows, part)
        task.slot.task = task
        return task

    def _is_proved(self, file: _File, task: _Task) -> bool:
        """Whether a range that was read was one, and the sheet is not too large by now."""
        if task.result is None:
            return True  # nobody can say; that it was not checked is said already
        assert file.total is not None
        cells = file.total.cells + task.result.cells
        return task.result.whole and cells <= self._sessions[file.number].limits.max_cells

    def _redo(self, file: _File, task: _Task) -> None:
        """Read on to the end from where the last good range ended; what came after is void."""
        assert isinstance(task.part, TextRange)
        file.slots.clear()
        file.parts = None
        self._to_check = deque(t for t in self._to_check if t.file is not file)
        for worker in [w for w in self._workers if w.task is not None and w.task.file is file]:
            self._workers.remove(worker)
            worker.end()
        rest = replace(task.part, end=None, records=None)
        self._to_check.appendleft(self._part(file, rest))

    # --- deliveries ------------------------------------------------------------------------------

    def _deliver(self) -> Iterator[tuple[int, Message]]:
        """Everything whose turn it is."""
        for file in self._files:
            self._refill(file)
        while self._files:
            file = self._files[0]
            while file.slots:
                slot = file.slots[0]
                if slot.task is not None and slot.task.is_bounded:
                    if not slot.done:
                        return
                    if not self._is_proved(file, slot.task):
                        self._redo(file, slot.task)
                        continue
                yield from ((file.number, message) for message in slot.messages)
                slot.messages = []
                if not slot.done:
                    return
                file.slots.popleft()
                if slot.task is not None and slot.task.result is not None:
                    assert file.total is not None
                    file.total.add(slot.task.result)
                self._refill(file)
            yield from ((file.number, message) for message in self._end_of(file))
            self._files.popleft()

    def _end_of(self, file: _File) -> Iterator[Message]:
        """What is said of a long file when all of it was read."""
        if file.long is None:
            return
        long, total, said = file.long, file.total, list[Note]()
        assert total is not None
        session = self._sessions[file.number]
        yield from sheet_end(long.layout, long.sheet, total.count, session)
        if long.form is not None:
            total.tally.say(long.form.encoding, said.append)
        yield from said


def _told(kind: bytes, file: _File, payload: bytes = b"") -> bytes:
    return kind + file.number.to_bytes(4) + payload


def is_large(path: str, jobs: int) -> bool:
    """Whether a file is long enough to be checked in parts (a text for its own sake, others by several),
    and to build the indexes of all words for."""
    try:
        size = os.stat(path).st_size
        if size < _ZIPPED_FROM:
            return False
        with open(path, "rb") as file:
            kind = sniff.kind_of(file.read(sniff.HEAD))
    except OSError:
        return False
    return size >= _TEXT_FROM if kind == "text" else jobs > 1
