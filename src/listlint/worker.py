"""A worker: a child process that is told a task, says its messages, and is told the next.

What is told and said are bytes whose first byte tells the kind, so that a batch on its way from the
process that reads to one that checks passes through the parent unread.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping, Sequence
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import listlint.wire  # noqa: F401
from listlint.batch import Batch, Column, Sheet
from listlint.counters import WORK
from listlint.match.place import TEXT_FIELDS
from listlint.parts import Unchecked, check_range, check_unchecked, read_apart
from listlint.pipeline import SHEETS_PER_FILE, check_source
from listlint.readers.child import Child, Inside
from listlint.readers.death import Death, death_by

if TYPE_CHECKING:
    from listlint.pipeline import Session
    from listlint.readers import Source
    from listlint.readers.interface import Limits

Task = TypeVar("Task")

WHOLE, APART, BATCH, PART = b"w", b"a", b"b", b"r"
"""What a worker is told: check a file; read a large one for others; check a batch; check a range.

Then come four bytes of the file's number and what the task needs: for a large file the number of
workers (one checks what it reads itself), a pickled `Unchecked`, a pickled `RangeTask`.
"""
SAYS, LEAVES, ENDS = b"s", b"l", b"e"
"""What it says: a pickled message; (first row, rows) of a batch that it leaves to others, which
follows; that it has ended: (None, or a `Death` if not well; the `Work` that was done)."""


def warm(session: Session) -> None:
    """Have built what a long file needs (indexes of words), for all workers to inherit."""
    columns = tuple(Column(n, name, name) for n, name in enumerate(TEXT_FIELDS))
    sheet = Sheet("", None, "generic", columns)
    with WORK.stage("engine"):
        session.engine.scanner.expect_much()
        session.engine.check(Batch(sheet, [1], [["N1ke r e p l i c a"] for _ in columns], [False]))


class Worker(Generic[Task]):
    """A child process that does task after task."""

    def __init__(
        self, sources: Sequence[Source], sessions: Mapping[int, Session], limits: Limits
    ) -> None:
        self._limits = limits
        self._child = Child(
            _serve, lambda *own: (sources, dict(sessions), limits, *own), duplex=True
        )
        self.pipe: Connection = self._child.pipe
        self.task: Task | None = None
        self.left = 0.0
        """Seconds that the task may still take."""

    def give(self, task: Task, told: bytes) -> None:
        """Hand over a task."""
        self.task, self.left = task, self._limits.timeout
        self.pipe.send_bytes(told)

    def death(self) -> Death:
        """Why the process ended."""
        return self._child.death()

    def end(self) -> None:
        """Stop the process."""
        self._child.end(wait=False)


def _serve(
    sources: Sequence[Source],
    sessions: Mapping[int, Session],
    limits: Limits,
    pipe: Connection,
    folder: str,
) -> None:
    """What a worker does: a task comes, its messages go, until the parent hangs up."""
    inside = Inside(folder, limits.max_memory)
    WORK.take()  # what the parent did is the parent's
    try:
        while True:
            told = pipe.recv_bytes()
            inside.begin(limits.timeout)
            number = int.from_bytes(told[1:5])
            try:
                for said in _do(told[:1], number, told[5:], sources, sessions[number]):
                    pipe.send_bytes(said)
            except (BrokenPipeError, EOFError):
                raise
            except BaseException as error:
                pipe.send_bytes(ENDS + dumps((death_by(error), WORK.take())))
            else:
                pipe.send_bytes(ENDS + dumps((None, WORK.take())))
    except (EOFError, OSError):
        inside.leave()


def _do(
    kind: bytes, number: int, payload: bytes, sources: Sequence[Source], session: Session
) -> Iterator[bytes]:
    """The messages of a task, as bytes. Batches that are left to others stay bytes on their way."""
    first = number * SHEETS_PER_FILE
    messages: Iterator[Any]
    if kind == WHOLE:
        messages = check_source(sources[number], first, session)
    elif kind == APART:
        messages = read_apart(sources[number], first, session, int.from_bytes(payload))
    elif kind == BATCH:
        messages = check_unchecked(pickle.loads(payload), session)
    else:
        messages = check_range(pickle.loads(payload), session)
    for message in messages:
        if isinstance(message, Unchecked):
            rows = message.batch.numbers
            yield LEAVES + dumps((rows[0], len(rows)))
            yield dumps(message)
        else:
            yield SAYS + dumps(message)


def dumps(value: object) -> bytes:
    """Pickled, with findings and keys the fast way (`listlint.wire`)."""
    return pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
