"""Files of blocks on disk: keyed by what they were made of, made anew where that is not what is there."""

from __future__ import annotations

import hashlib
import mmap
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from listlint import __version__
from listlint.kept.blocks import Blocks, Buffer
from listlint.policy.cache import cache_folder

_MONTH = 30 * 86_400


def key_of(paths: Iterable[Path | str], packages: Iterable[str], below: str = "") -> str:
    """A key of the files' names and content, of the program (these packages of it) and of `below`."""
    digest = hashlib.sha256(f"{__version__} {sys.byteorder} {below}".encode())
    for path in paths:
        digest.update(str(path).encode())
        with open(path, "rb") as file:
            digest.update(file.read())
    program = Path(__file__).resolve().parent.parent
    for package in packages:
        for entry in sorted(os.scandir(program / package), key=lambda e: e.name):
            if entry.name.endswith(".py"):
                status = entry.stat()
                digest.update(f"{entry.name}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:32]


def opened(name: str, key: str, make: Callable[[str], bytes]) -> Blocks:
    """The file of blocks `name` with that key; `make(key)` gives its bytes where there is none."""
    path = cache_folder() / f"{name}-{key}.bin"

    def load(again: bool) -> Buffer:
        if not again and (found := _mapped(path)) is not None:
            return found
        made = make(key)
        _write(path, made)
        return made

    return Blocks(key, load)


def _mapped(path: Path) -> mmap.mmap | None:
    try:
        with path.open("rb") as file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError):
        return None


def _write(path: Path, data: bytes) -> None:
    """Best effort: without a writable cache folder runs are only slower."""
    import tempfile

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".tmp", delete=False) as file:
            file.write(data)
        os.replace(file.name, path)
        for old in path.parent.glob("*-*.bin"):
            if old != path and old.stat().st_mtime < path.stat().st_mtime - _MONTH:
                old.unlink(missing_ok=True)
    except OSError:
        return
