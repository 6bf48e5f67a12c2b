"""Short texts are checked in this process: a child takes longer to start than they take to check.

What a child is for can't happen to them. No foreign parser reads them, a few hundred kilobytes of
text need no memory to speak of, and time is bounded here as well.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from listlint.pipeline import SHEETS_PER_FILE, Message, check_source, unread
from listlint.readers import sniff

if TYPE_CHECKING:
    from listlint.pipeline import Session
    from listlint.readers import Source

MOST = 256 << 10
"""Bytes of all the texts that are checked here."""


class _TimeIsUpError(BaseException):
    """Passes by whoever takes an exception for a fault of the file or of a rule."""


def is_enough_for(paths: Sequence[str]) -> bool:
    """Whether the files, taken together, are a short text, and time can be bounded here."""
    if (
        not hasattr(signal, "setitimer")
        or threading.current_thread() is not threading.main_thread()
    ):
        return False
    if signal.getsignal(signal.SIGALRM) is not signal.SIG_DFL:
        return False  # whoever calls us rings for himself
    try:
        return sum(os.stat(path).st_size for path in paths) <= MOST and all(map(_is_text, paths))
    except OSError:
        return False


def _is_text(path: str) -> bool:
    with open(path, "rb") as file:
        return sniff.kind_of(file.read(sniff.HEAD)) == "text"


def messages(
    numbers: Sequence[int], sources: Sequence[Source], sessions: Mapping[int, Session]
) -> Iterator[tuple[int, Message]]:
    """(file number, message) of the files with these numbers, in their order."""
    for at, number in enumerate(numbers):
        session = sessions[number]
        run = session.engine.run
        said: list[Message] = []
        death = None
        try:
            with _bell(session.limits.timeout):
                said.extend(check_source(sources[number], number * SHEETS_PER_FILE, session))
        except (Exception, _TimeIsUpError) as error:
            from listlint.readers.death import Death, death_by

            is_late = isinstance(error, _TimeIsUpError)
            death = Death("timeout") if is_late else death_by(error)
        # Registers in a file are its own.
        session.engine.run = run
        yield from ((number, message) for message in said)
        if death is not None:
            yield number, death.note()
            yield number, unread(sources[number].shown)
            yield from _elsewhere(numbers[at + 1 :], sources, sessions)
            return


def _elsewhere(
    numbers: Sequence[int], sources: Sequence[Source], sessions: Mapping[int, Session]
) -> Iterator[tuple[int, Message]]:
    """The files after one that was broken off: what it left in its session may be half done."""
    from listlint.parallel import messages as apart

    distinct = {id(sessions[n]): sessions[n] for n in numbers}
    fresh = {key: s.rebuild() if s.rebuild is not None else s for key, s in distinct.items()}
    return apart(numbers, sources, {n: fresh[id(sessions[n])] for n in numbers}, 1)


@contextmanager
def _bell(seconds: float) -> Iterator[None]:
    """Raises `_TimeIsUpError` after so many seconds, and again where something swallows it."""

    def ring(*_: Any) -> None:
        raise _TimeIsUpError

    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
