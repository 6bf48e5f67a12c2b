"""The library of a run, from packs as they are kept on disk.

The file is keyed by the content of every policy file and by the program: what is damaged, foreign or
stale is made anew.
"""

from __future__ import annotations

import hashlib
import mmap
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from listlint import __version__
from listlint.kept.blocks import Blocks, Buffer
from listlint.kept.data import LaterMapping, RuleData
from listlint.model import PackInfo
from listlint.policy.cache import cache_folder
from listlint.policy.library import Library, Profile, RuleSpec, meta_of

_PROGRAM = ("identifiers", "kept", "kinds", "match", "policy", "registers", "rules", "text")
"""Packages whose code has a say in what is kept."""
_MONTH = 30 * 86_400


def kept_library(files: Sequence[Path], profiles: Mapping[str, Profile]) -> Library:
    """The packs and contexts among `files`. Raises `PolicyError` where they must be compiled first."""
    key = _key(files)
    path = cache_folder() / f"packs-{key}.bin"

    def load(again: bool) -> Buffer:
        if not again and (found := _mapped(path)) is not None:
            return found
        from listlint.kept.write import file_of
        from listlint.policy.load import compile_files

        made = file_of(key, compile_files(files))
        _write(path, made)
        return made

    return library_of(Blocks(key, load), profiles)


def library_of(blocks: Blocks, profiles: Mapping[str, Profile]) -> Library:
    """What a file of blocks holds, most of it read when it is asked for."""
    rules = tuple(
        RuleSpec(meta_of(head, head["pack"]), RuleData(blocks, number, head.get("run")))
        for number, head in enumerate(blocks.section("heads"))
    )
    packs = tuple(
        PackInfo(p["id"], p["version"], p["updated"], p["review_by"])
        for p in blocks.section("packs")
    )
    return Library(packs, rules, LaterMapping(blocks, "contexts"), profiles)


def _key(files: Sequence[Path]) -> str:
    digest = hashlib.sha256(f"{__version__} {sys.byteorder}".encode())
    beside = {p for f in files for part in ("*.csv", "words/*.toml") for p in f.parent.glob(part)}
    for path in sorted({*files, *beside}):
        digest.update(str(path).encode())
        digest.update(path.read_bytes())
    program = Path(__file__).resolve().parent.parent
    for folder in _PROGRAM:
        for entry in sorted(os.scandir(program / folder), key=lambda e: e.name):
            if entry.name.endswith(".py"):
                status = entry.stat()
                digest.update(f"{entry.name}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:32]


def _mapped(path: Path) -> mmap.mmap | None:
    try:
        with path.open("rb") as file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError):
        return None


def _write(path: Path, data: bytes) -> None:
    """Best effort: without a writable cache folder runs are only slower."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".tmp", delete=False) as file:
            file.write(data)
        os.replace(file.name, path)
        for old in (*path.parent.glob("packs-*.bin"), *path.parent.glob("policies-*.json")):
            if old != path and old.stat().st_mtime < path.stat().st_mtime - _MONTH:
                old.unlink(missing_ok=True)
    except OSError:
        return
