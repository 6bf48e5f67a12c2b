"""Zip files before anything opens them: whole, and of bearable size when unpacked.

The sizes a zip declares may lie; whoever unpacks a member therefore counts (`copy_bounded`).
"""

from __future__ import annotations

import os
import zipfile
import zlib
from typing import IO, TYPE_CHECKING, Protocol

from listlint.readers import notes

if TYPE_CHECKING:
    from listlint.readers.interface import Limits

MAX_MEMBERS = 20_000


class Readable(Protocol):
    """What bytes come out of."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes."""


_SUSPECT_RATIO = 150
"""Unpacked : packed. Sheet XML of a million like rows reaches about 60; bombs begin at 1,000."""
_SUSPECT_SIZE = 512 * 1024**2


def open_zip(path: str, limits: Limits) -> zipfile.ZipFile:
    """The archive, inspected. Raises `UnreadableError` when it is broken or would be too large."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, UnicodeError) as error:
        if not _has_directory(path):
            raise notes.unreadable(
                notes.TRUNCATED,
                "the end of the file is missing; download or save it again",
                "文件末尾缺失，请重新下载或保存",
            ) from error
        raise notes.unreadable(
            notes.BROKEN, f"damaged zip: {error}", f"zip 结构损坏：{error}"
        ) from error
    members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    packed = max(1, os.stat(path).st_size)
    allowed = limits.max_memory * 2
    if unpacked > allowed or (unpacked > _SUSPECT_SIZE and unpacked > packed * _SUSPECT_RATIO):
        archive.close()
        raise notes.unreadable(
            notes.TOO_LARGE,
            f"{packed:,} bytes unpack to {unpacked:,}",
            f"{packed:,} 字节解压后为 {unpacked:,} 字节",
        )
    if len(members) > MAX_MEMBERS:
        archive.close()
        raise notes.unreadable(
            notes.TOO_LARGE, f"{len(members):,} files in it", f"包含 {len(members):,} 个文件"
        )
    return archive


def _has_directory(path: str) -> bool:
    """Whether the end-of-central-directory record is where a zip has it."""
    with open(path, "rb") as file:
        file.seek(max(0, os.stat(path).st_size - 65_557))
        return b"PK\x05\x06" in file.read()


def read_bounded(archive: zipfile.ZipFile, name: str, limit: int) -> bytes:
    """At most `limit` bytes of a member; b"" where there is none or it is broken."""
    try:
        with archive.open(name) as member:
            return member.read(limit)
    except (KeyError, zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError,
            zlib.error, ValueError):  # fmt: skip
        return b""


def copy_bounded(source: Readable, target: IO[bytes], limit: int) -> None:
    """Copy, and raise `UnreadableError` past `limit` bytes."""
    total = 0
    while chunk := source.read(1 << 20):
        total += len(chunk)
        if total > limit:
            raise notes.unreadable(
                notes.TOO_LARGE,
                f"unpacks to more than {limit:,} bytes",
                f"解压后超过 {limit:,} 字节",
            )
        target.write(chunk)
