"""A child process whose end is an answer: how it is started, bounded, diagnosed and cleaned up after."""

from __future__ import annotations

import faulthandler
import gc
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
from typing import TYPE_CHECKING, Any

from listlint.readers.death import Death

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

GRACE = 1.0
"""Seconds that a child has to end by itself."""
_OUT_OF_MEMORY = ("memory allocation", "MemoryError", "bad_alloc")
_TELLING = (*_OUT_OF_MEMORY, "panicked at", "Fatal Python error")
_MARGIN = 768 << 20
"""Address space that a parent may use already, on top of the limit: the child inherits it."""

_open_ends: set[Connection] = set()
"""Our ends of the pipes to children: a forked child inherits those of its siblings."""


class Child:
    """One child process, the pipe to it, and a folder for its files that goes when it goes."""

    def __init__(
        self,
        target: Callable[..., None],
        args: Callable[[Connection, str], tuple[Any, ...]],
        *,
        duplex: bool = False,
    ) -> None:
        """Start `target(*args(its end of the pipe, its folder))`."""
        self.folder = tempfile.mkdtemp(prefix="listlint-")
        try:
            self._start(target, args, duplex=duplex)
        except BaseException:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise

    def _start(
        self,
        target: Callable[..., None],
        args: Callable[[Connection, str], tuple[Any, ...]],
        *,
        duplex: bool,
    ) -> None:
        context: Any = multiprocessing.get_context(START)
        self.pipe, theirs = context.Pipe(duplex=duplex)
        _open_ends.add(self.pipe)
        self.process = context.Process(target=target, args=args(theirs, self.folder), daemon=True)
        # A child must not write what the parent still holds in its buffers.
        sys.stdout.flush()
        sys.stderr.flush()
        self.process.start()
        theirs.close()

    def death(self) -> Death:
        """Why the pipe closed before the work was done."""
        self.process.join(GRACE)
        words = self._last_words()
        code = self.process.exitcode
        if any(word in words for word in _OUT_OF_MEMORY):
            return Death("memory", words)
        if code is not None and -code == getattr(signal, "SIGXCPU", None):
            return Death("timeout")
        if code is not None and -code == getattr(signal, "SIGKILL", None):
            # Nobody here sends it before the job ended: it is the system, out of memory.
            return Death("memory")
        if code is not None and code < 0:
            words = words or signal.Signals(-code).name
        return Death("crashed", words or f"exit code {code}")

    def _last_words(self) -> str:
        """What the child's libraries said last, or the line of it that tells the most."""
        try:
            with open(os.path.join(self.folder, "stderr"), "rb") as file:
                lines = file.read(1 << 16).decode("utf-8", "replace").split("\n")
        except OSError:
            return ""
        said = [line.strip()[:200] for line in lines if line.strip()]
        telling = (line for line in said if any(word in line for word in _TELLING))
        return next(telling, said[-1] if said else "")

    def end(self, *, wait: bool) -> None:
        """Stop the child, whatever it does (`wait`: it is about to), and delete its files."""
        _open_ends.discard(self.pipe)
        self.pipe.close()
        if wait:
            self.process.join(GRACE)
        if self.process.is_alive():
            self.process.kill()
        self.process.join()
        self.process.close()
        shutil.rmtree(self.folder, ignore_errors=True)


# fork is cheap and hands everything over; elsewhere what is handed over must be picklable.
START = "fork" if sys.platform.startswith(("linux", "freebsd")) else "spawn"


class Inside:
    """What a child does first, and between jobs: its own folder, its own words, its limits."""

    def __init__(self, folder: str, max_memory: int) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        # Else a child would wait for its parent as long as a sibling lives, parent or no parent.
        for end in _open_ends:
            end.close()
        # Files made here are deleted with the folder, even after a kill.
        tempfile.tempdir = folder
        flags = os.O_CREAT | os.O_WRONLY | os.O_APPEND
        try:
            self._words = os.open(os.path.join(folder, "stderr"), flags, 0o600)
        except FileNotFoundError:
            # The parent was stopped before this began, and took the folder with it.
            os._exit(1)
        os.dup2(self._words, 2)
        faulthandler.disable()
        # Objects of the parent are never freed here; looking through them would copy their pages.
        gc.freeze()
        _limit_memory(max_memory)

    def begin(self, timeout: float) -> None:
        """A new job, of so many seconds at most."""
        _limit_cpu(timeout)
        os.ftruncate(self._words, 0)

    @staticmethod
    def leave() -> None:
        """End the process: no clean-up of what belongs to the parent, its atexit handlers, its files."""
        os._exit(0)


def _limit_memory(size: int) -> None:
    try:
        import resource
    except ImportError:
        return
    used = _address_space()
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = max(size, used + min(size, _MARGIN))
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    try:
        resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ValueError, OSError):
        return


def _address_space() -> int:
    """Bytes of address space in use, 0 where the system does not tell."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0


def _limit_cpu(seconds: float) -> None:
    """End a child whose parent is gone: the parent's own clock is the first to stop a job."""
    try:
        import resource
    except ImportError:
        return
    usage = resource.getrusage(resource.RUSAGE_SELF)
    allowed = int(usage.ru_utime + usage.ru_stime + 4 * seconds + 10)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    if hard == resource.RLIM_INFINITY or allowed < hard:
        resource.setrlimit(resource.RLIMIT_CPU, (allowed, hard))
