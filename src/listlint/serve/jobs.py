"""Checks in progress and done: a folder and a worker process each, gone when closed or old."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Literal

from listlint.model import Text
from listlint.slotted import field, slotted

State = Literal["waiting", "running", "done", "failed"]

_AT_ONCE = 2
_SWEEP = 2.0
_LINE = 1 << 20
"""Longest line that a worker may say, bytes."""

FAILED = Text("The check could not be done: {why}", "检查未能完成：{why}")
TIMED_OUT = Text("The check took too long and was stopped.", "检查时间过长，已停止。")


@slotted(frozen=True, slots=True)
class Limits:
    """Bytes of one upload, seconds of one check, seconds that a result is kept, checks kept."""

    upload: int = 200 << 20
    seconds: float = 600.0
    kept: float = 3600.0
    grace: float = 10.0
    """Seconds between a page's farewell and the end of its files: it may only have been reloaded."""
    jobs: int = 20


@slotted(slots=True)
class Job:
    """One check. `id` can't be guessed; nothing in a path comes from the browser but that."""

    id: str
    folder: Path
    lang: str
    state: State = "waiting"
    rows: int = 0
    file: str = ""
    failure: Text | None = None
    names: dict[str, str] = field(default_factory=dict)
    """Output in the folder → what to call it when it is downloaded."""
    born: float = field(default_factory=time.monotonic)
    farewell: float | None = None
    task: asyncio.Task[None] | None = None

    @property
    def inputs(self) -> Path:
        """Where the uploaded files are."""
        return self.folder / "in"

    @property
    def outputs(self) -> Path:
        """Where the worker writes."""
        return self.folder / "out"


class Full(Exception):  # noqa: N818
    """There are as many checks as are kept; some must end first."""


class Jobs:
    """All checks of a server."""

    def __init__(self, limits: Limits, config: Path | None) -> None:
        self.limits = limits
        self._config = config
        self._root = Path(tempfile.mkdtemp(prefix="listlint-serve-"))
        self._jobs: dict[str, Job] = {}
        self._turns = asyncio.Semaphore(_AT_ONCE)

    def new(self, lang: str) -> Job:
        """A check without files yet. Raises `Full`."""
        if len(self._jobs) >= self.limits.jobs:
            raise Full
        name = secrets.token_urlsafe(16)
        job = Job(name, self._root / name, lang)
        job.inputs.mkdir(parents=True)
        job.outputs.mkdir()
        self._jobs[name] = job
        return job

    def get(self, name: str) -> Job | None:
        """The check of that id; asking for it says that its page is open (again)."""
        job = self._jobs.get(name)
        if job is not None:
            job.farewell = None
        return job

    def start(self, job: Job, marketplaces: list[str]) -> None:
        """Begin; the job's state tells how it goes."""
        job.task = asyncio.create_task(self._run(job, marketplaces))

    def close(self, name: str) -> None:
        """The page was left: its files go soon, unless it is asked for again."""
        job = self._jobs.get(name)
        if job is not None:
            job.farewell = time.monotonic()

    async def drop(self, job: Job) -> None:
        """Stop the check and delete its files."""
        self._jobs.pop(job.id, None)
        if job.task is not None:
            job.task.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await job.task
        await asyncio.to_thread(shutil.rmtree, job.folder, ignore_errors=True)

    async def sweep(self) -> None:
        """Drop what is old or was left, for ever."""
        while True:
            await asyncio.sleep(min(_SWEEP, self.limits.grace))
            now = time.monotonic()
            for job in list(self._jobs.values()):
                left = job.farewell is not None and now - job.farewell > self.limits.grace
                if left or now - job.born > self.limits.kept:
                    await self.drop(job)

    async def end(self) -> None:
        """Drop everything."""
        for job in list(self._jobs.values()):
            await self.drop(job)
        shutil.rmtree(self._root, ignore_errors=True)

    async def _run(self, job: Job, marketplaces: list[str]) -> None:
        async with self._turns:
            job.state = "running"
            try:
                async with asyncio.timeout(self.limits.seconds):
                    await self._work(job, marketplaces)
            except TimeoutError:
                job.state, job.failure = "failed", TIMED_OUT
            except (OSError, ValueError) as error:
                _fail(job, type(error).__name__)

    async def _work(self, job: Job, marketplaces: list[str]) -> None:
        # -P: a file that somebody uploads must not be imported for its name.
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            "-m",
            "listlint.serve.worker",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=_LINE,
            start_new_session=os.name == "posix",
        )
        assert process.stdin is not None
        assert process.stdout is not None
        order = {
            "id": job.id,
            "folder": str(job.folder),
            "lang": job.lang,
            "marketplaces": marketplaces,
            "config": None if self._config is None else str(self._config),
            "timeout": self.limits.seconds,
        }
        try:
            process.stdin.write(json.dumps(order).encode())
            process.stdin.close()
            async for line in process.stdout:
                _hear(job, json.loads(line))
            await process.wait()
            if job.state == "running":
                _fail(job, f"exit code {process.returncode}")
        finally:
            _kill(process)
            await process.wait()


def _hear(job: Job, said: dict[str, Any]) -> None:
    """What a worker says, a line of JSON at a time."""
    if "rows" in said:
        job.rows += said["rows"]
        job.file = said["file"]
    elif "done" in said:
        job.names = said["done"]
        job.state = "done"
    elif "failed" in said:
        _fail(job, said["failed"])


def _fail(job: Job, why: str) -> None:
    job.state = "failed"
    job.failure = Text(FAILED.en.format(why=why), FAILED.zh.format(why=why))


def _kill(process: asyncio.subprocess.Process) -> None:
    """End the worker and the readers it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        elif process.returncode is None:
            process.kill()
