"""Jobs in a child process with limits of memory and time, their messages streamed back.

A parser may abort the process, be killed for want of memory, or never end. In a child each of
these is an answer like any other. One child does job after job; after a death a new one goes on
with the next job, so an ordinary run pays for one start.
"""

from __future__ import annotations

import pickle
import time
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from listlint.readers.child import START, Child, Inside
from listlint.readers.death import Death, death_by
from listlint.slotted import slotted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from multiprocessing.connection import Connection

    from listlint.readers.interface import Limits

J = TypeVar("J")
M = TypeVar("M")


@slotted(frozen=True, slots=True)
class _Message(Generic[M]):
    job: int
    kind: Literal["message", "done", "died"]
    payload: M | None = None


def run_bounded(
    function: Callable[[J], Iterator[M]], jobs: Sequence[J], limits: Limits
) -> Iterator[tuple[int, M | Death]]:
    """Run `function(job)` for each job in a child; yield `(job index, message)` as they come.

    `function` is a generator of picklable messages. A job that dies yields a `Death` in the place
    of its remaining messages, and the jobs after it go on in a new child. An exception that
    `function` raises is a `Death` of reason crashed (memory for MemoryError).

    `limits.timeout` is seconds of one job, the time the caller takes over a message not counted;
    `limits.max_memory` bounds the child's address space, where the system can bound it.
    """
    begin = 0
    while begin < len(jobs):
        child = _Run(function, jobs, begin, limits)
        try:
            yield from child.messages()
        finally:
            child.end()
        begin = child.job


class _Run(Generic[J, M]):
    """One child and the jobs that it does."""

    def __init__(
        self, function: Callable[[J], Iterator[M]], jobs: Sequence[J], begin: int, limits: Limits
    ) -> None:
        self._jobs = len(jobs)
        self.job = begin
        """The job that is being done, or is next."""
        self._limits = limits
        todo = jobs if START == "fork" else list(jobs)
        self._child = Child(_serve, lambda *own: (function, todo, begin, limits, *own))

    def messages(self) -> Iterator[tuple[int, M | Death]]:
        """Everything until the last job is done or the child has died; `job` is the next to do."""
        left = self._limits.timeout
        while self.job < self._jobs:
            began = time.monotonic()
            try:
                ready = self._child.pipe.poll(max(0.0, left))
                message = self._receive() if ready else _Message(self.job, "died", Death("timeout"))
            except (EOFError, OSError):
                message = _Message(self.job, "died", self._child.death())
            left -= time.monotonic() - began
            if message.kind != "message":
                self.job += 1
                left = self._limits.timeout
            if message.payload is not None:
                yield self.job - (message.kind != "message"), message.payload
            if message.kind == "died":
                return

    def _receive(self) -> _Message[M | Death]:
        message: _Message[M | Death] = pickle.loads(self._child.pipe.recv_bytes())
        return message

    def end(self) -> None:
        """Stop the child, whatever it does."""
        self._child.end(wait=self.job >= self._jobs)


def _serve(
    function: Callable[[Any], Iterator[Any]],
    jobs: Sequence[Any],
    begin: int,
    limits: Limits,
    pipe: Connection,
    folder: str,
) -> None:
    """What the child does."""
    inside = Inside(folder, limits.max_memory)

    def send(job: int, kind: Literal["message", "done"], payload: object = None) -> None:
        pipe.send_bytes(pickle.dumps(_Message(job, kind, payload), pickle.HIGHEST_PROTOCOL))

    for job in range(begin, len(jobs)):
        inside.begin(limits.timeout)
        try:
            for message in function(jobs[job]):
                send(job, "message", message)
        except BrokenPipeError:
            inside.leave()
        except BaseException as error:
            send(job, "done", death_by(error))
        else:
            send(job, "done")
    pipe.close()
    inside.leave()
