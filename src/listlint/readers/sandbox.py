"""Jobs in a child process with limits of memory and time, their messages streamed back.

A parser may abort the process, be killed for want of memory, or never end. In a child each of
these is an answer like any other. One child does job after job; after a death a new one goes on
with the next job, so an ordinary run pays for one start.
"""

from __future__ import annotations

import faulthandler
import gc
import multiprocessing
import os
import pickle
import shutil
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from listlint.model import Text
from listlint.readers import notes
from listlint.readers.interface import Limits, Note

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from multiprocessing.connection import Connection

J = TypeVar("J")
M = TypeVar("M")

_GRACE = 1.0
_OUT_OF_MEMORY = ("memory allocation", "MemoryError", "bad_alloc")
_TELLING = (*_OUT_OF_MEMORY, "panicked at", "Fatal Python error")
_MARGIN = 768 << 20
"""Address space that a parent may use already, on top of the limit: the child inherits it."""


@dataclass(frozen=True, slots=True)
class Death:
    """How a job ended that did not end well; `detail` is the child's last words, if any."""

    reason: Literal["timeout", "memory", "crashed"]
    detail: str = ""

    def note(self, path: str | None = None) -> Note:
        """What to say about the file whose job it was."""
        name, text = {
            "timeout": (
                notes.TIMED_OUT,
                Text("reading took longer than --timeout allows", "读取时间超过 --timeout 的限制"),
            ),
            "memory": (
                notes.OUT_OF_MEMORY,
                Text(
                    "reading needed more than --max-memory allows",
                    "读取所需内存超过 --max-memory 的限制",
                ),
            ),
            "crashed": (
                notes.CRASHED,
                Text(f"the parser crashed: {self.detail}", f"解析器崩溃：{self.detail}"),
            ),
        }[self.reason]
        return Note(name, text, path=path)


@dataclass(frozen=True, slots=True)
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
        child = _Child(function, jobs, begin, limits)
        try:
            yield from child.messages()
        finally:
            child.end()
        begin = child.job


class _Child(Generic[J, M]):
    """One child process and the pipe from it."""

    def __init__(
        self, function: Callable[[J], Iterator[M]], jobs: Sequence[J], begin: int, limits: Limits
    ) -> None:
        # fork is cheap and hands everything over; elsewhere the function must be importable.
        method = "fork" if sys.platform.startswith(("linux", "freebsd")) else "spawn"
        context: Any = multiprocessing.get_context(method)
        self._jobs = len(jobs)
        self.job = begin
        """The job that is being done, or is next."""
        self._limits = limits
        self._folder = tempfile.mkdtemp(prefix="listlint-")
        self._pipe, theirs = context.Pipe(duplex=False)
        todo = jobs if method == "fork" else list(jobs)
        self._process = context.Process(
            target=_serve,
            args=(function, todo, begin, limits, theirs, self._folder),
            daemon=True,
        )
        # A child must not write what the parent still holds in its buffers.
        sys.stdout.flush()
        sys.stderr.flush()
        self._process.start()
        theirs.close()

    def messages(self) -> Iterator[tuple[int, M | Death]]:
        """Everything until the last job is done or the child has died; `job` is the next to do."""
        left = self._limits.timeout
        while self.job < self._jobs:
            began = time.monotonic()
            try:
                ready = self._pipe.poll(max(0.0, left))
                message = self._receive() if ready else _Message(self.job, "died", Death("timeout"))
            except (EOFError, OSError):
                message = _Message(self.job, "died", self._death())
            left -= time.monotonic() - began
            if message.kind != "message":
                self.job += 1
                left = self._limits.timeout
            if message.payload is not None:
                yield self.job - (message.kind != "message"), message.payload
            if message.kind == "died":
                return

    def _receive(self) -> _Message[M | Death]:
        message: _Message[M | Death] = pickle.loads(self._pipe.recv_bytes())
        return message

    def _death(self) -> Death:
        """Why the pipe closed before the job was done."""
        self._process.join(_GRACE)
        words = self._last_words()
        code = self._process.exitcode
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
            with open(os.path.join(self._folder, "stderr"), "rb") as file:
                lines = file.read(1 << 16).decode("utf-8", "replace").split("\n")
        except OSError:
            return ""
        said = [line.strip()[:200] for line in lines if line.strip()]
        telling = (line for line in said if any(word in line for word in _TELLING))
        return next(telling, said[-1] if said else "")

    def end(self) -> None:
        """Stop the child, whatever it does, and delete its files."""
        self._pipe.close()
        if self.job >= self._jobs:
            self._process.join(_GRACE)
        if self._process.is_alive():
            self._process.kill()
        self._process.join()
        self._process.close()
        shutil.rmtree(self._folder, ignore_errors=True)


def _serve(
    function: Callable[[Any], Iterator[Any]],
    jobs: Sequence[Any],
    begin: int,
    limits: Limits,
    pipe: Connection,
    folder: str,
) -> None:
    """What the child does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Files made here are deleted with the folder, even after a kill.
    tempfile.tempdir = folder
    words = os.open(os.path.join(folder, "stderr"), os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
    os.dup2(words, 2)
    faulthandler.disable()
    # Objects of the parent are never freed here; looking through them would copy their pages.
    gc.freeze()
    _limit_memory(limits.max_memory)

    def send(job: int, kind: Literal["message", "done"], payload: object = None) -> None:
        pipe.send_bytes(pickle.dumps(_Message(job, kind, payload), pickle.HIGHEST_PROTOCOL))

    for job in range(begin, len(jobs)):
        _limit_cpu(limits.timeout)
        os.ftruncate(words, 0)
        try:
            for message in function(jobs[job]):
                send(job, "message", message)
        except BrokenPipeError:
            os._exit(0)
        except MemoryError:
            send(job, "done", Death("memory"))
        except BaseException as error:
            said = " ".join(f"{type(error).__name__}: {error}".split())[:200]
            send(job, "done", Death("crashed", said))
        else:
            send(job, "done")
    pipe.close()
    # No clean-up of what belongs to the parent: its atexit handlers, its files.
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
