"""Files inside a zip, and gzip files: each member unpacked, bounded, into a folder of its own.

Names in the archive are only ever shown; what is unpacked is called `member`, so no name can lead
anywhere.
"""

from __future__ import annotations

import gzip
import os
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

from listlint.readers import notes
from listlint.readers.container import copy_bounded, open_zip
from listlint.readers.interface import Grid, Limits, Note, UnreadableError
from listlint.readers.sniff import KNOWN_SUFFIXES
from listlint.slotted import replace

MAX_DEPTH = 3
_MAX_FILES = 1000

Opener = Callable[[str, str, Limits, Callable[[Note], None], int], Iterator[Grid]]
"""`(path on disk, shown path, limits, note, depth)` → grids: the door that members go through."""


def zip_grids(
    source: str,
    path: str,
    limits: Limits,
    note: Callable[[Note], None],
    depth: int,
    open_member: Opener,
) -> Iterator[Grid]:
    """The sheets of every data file in a zip. One that can't be read is said, the rest is read."""
    _check_depth(depth)
    with open_zip(source, limits) as archive:
        members = [member for member in archive.infolist() if _is_data(member)]
        if not members:
            raise notes.unreadable(
                notes.NOT_A_SPREADSHEET, "a zip without data files", "压缩包中没有数据文件"
            )
        if len(members) > _MAX_FILES:
            raise notes.unreadable(
                notes.TOO_LARGE, f"{len(members):,} data files", f"{len(members):,} 个数据文件"
            )
        for member in members:
            shown = f"{path}/{_clean(member.filename)}"
            said = _at(note, shown)
            try:
                yield from _member(archive, member, shown, limits, said, depth, open_member)
            except UnreadableError as error:
                said(error.note)


def _member(
    archive: zipfile.ZipFile,
    member: zipfile.ZipInfo,
    shown: str,
    limits: Limits,
    note: Callable[[Note], None],
    depth: int,
    open_member: Opener,
) -> Iterator[Grid]:
    if member.flag_bits & 0x1:
        raise notes.unreadable(
            notes.ENCRYPTED, "the file is protected by a password", "文件设有打开密码"
        )
    with tempfile.TemporaryDirectory(prefix="listlint-") as folder:
        target = os.path.join(folder, "member")
        try:
            with archive.open(member) as packed, open(target, "wb") as file:
                copy_bounded(packed, file, limits.max_memory)
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError,
                OSError, ValueError) as error:  # fmt: skip
            raise notes.unreadable(notes.BROKEN, str(error)[:200], str(error)[:200]) from error
        yield from open_member(target, shown, limits, note, depth + 1)


def gzip_grids(
    source: str,
    path: str,
    limits: Limits,
    note: Callable[[Note], None],
    depth: int,
    open_member: Opener,
) -> Iterator[Grid]:
    """The sheets of the one file in a gzip file."""
    _check_depth(depth)
    with tempfile.TemporaryDirectory(prefix="listlint-") as folder:
        target = os.path.join(folder, "member")
        try:
            with gzip.open(source) as packed, open(target, "wb") as file:
                copy_bounded(packed, file, limits.max_memory)
        except EOFError as error:
            raise notes.unreadable(
                notes.TRUNCATED, "the end of the file is missing", "文件末尾缺失"
            ) from error
        except (OSError, zlib.error) as error:
            raise notes.unreadable(notes.BROKEN, str(error)[:200], str(error)[:200]) from error
        shown = path[:-3] if path.lower().endswith(".gz") else path
        yield from open_member(target, shown, limits, note, depth + 1)


def _check_depth(depth: int) -> None:
    if depth >= MAX_DEPTH:
        raise notes.unreadable(
            notes.TOO_LARGE,
            f"archives within archives, more than {MAX_DEPTH} deep",
            f"压缩包嵌套超过 {MAX_DEPTH} 层",
        )


def _is_data(member: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(member.filename.replace("\\", "/"))
    return (
        not member.is_dir()
        and path.suffix.lower() in KNOWN_SUFFIXES
        and not path.name.startswith((".", "~$"))
        and "__MACOSX" not in path.parts
    )


def _clean(name: str) -> str:
    """A member's name for showing: no control characters, no way up."""
    parts = name.replace("\\", "/").split("/")
    shown = "/".join(part for part in parts if part not in ("", ".", ".."))
    return "".join(char if char.isprintable() else "\ufffd" for char in shown)


def _at(note: Callable[[Note], None], shown: str) -> Callable[[Note], None]:
    """`note`, saying which member is meant."""

    def said(what: Note) -> None:
        note(what if what.path is not None else replace(what, path=shown))

    return said
