"""From what was written on the command line to the files to read: files, folders, globs, stdin."""

from __future__ import annotations

import glob
import os
import shutil
import stat
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from listlint.model import Text
from listlint.readers import notes
from listlint.readers.interface import Note
from listlint.readers.sniff import KNOWN_SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

STDIN = "-"

# Feeds, JSON and pages that lie about in a folder are rarely inventories; they are read when named.
_FOLDER_SUFFIXES = KNOWN_SUFFIXES - {".html", ".htm", ".gz"}
_OWN_NAMES = frozenset({"listlint.toml", "listlint-baseline.json", "package.json", "tsconfig.json"})
_OWN_MARKS = (".listlint.", ".listlint-", "listlint-report")
_SKIPPED_FOLDERS = frozenset({"node_modules", "__pycache__", "__MACOSX", "venv"})


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read. `path` is where it is, `shown` what to call it (as given, with `/`)."""

    path: str
    shown: str
    temporary: bool = False
    """The file was made for this run (standard input); `discard` deletes it."""

    def discard(self) -> None:
        """Delete the file if it was made for this run."""
        if self.temporary:
            shutil.rmtree(os.path.dirname(self.path), ignore_errors=True)


def expand(
    inputs: Sequence[str], note: Callable[[Note], None], stdin: BinaryIO | None = None
) -> list[Source]:
    """The files that `inputs` name, in order, each once.

    A path is taken as it stands if it exists, else as a glob. What is missing, empty as a glob or
    no ordinary file is said through `note`. In folders only files with a data extension are taken;
    hidden files, office lock files and what listlint itself writes are not.
    """
    found: list[Source] = []
    seen: set[tuple[int, int] | str] = set()

    def add(source: Source) -> None:
        key: tuple[int, int] | str = os.path.realpath(source.path)
        try:
            status = os.stat(source.path)
        except OSError:
            return
        if status.st_ino:  # some file systems number no files
            key = (status.st_dev, status.st_ino)
        if key not in seen:
            seen.add(key)
            found.append(source)

    for given in inputs:
        for source in _one(given, note, stdin):
            add(source)
    return found


def _one(given: str, note: Callable[[Note], None], stdin: BinaryIO | None) -> Iterator[Source]:
    if given == STDIN:
        yield _spool(stdin)
        return
    try:
        status = os.stat(given)
    except (OSError, ValueError) as error:
        # A broken link or a loop of links is there, whatever a glob might find.
        if not os.path.lexists(given.replace("\0", "?")) and glob.has_magic(given):
            yield from _glob(given, note)
        else:
            note(_missing(given, error))
        return
    if stat.S_ISDIR(status.st_mode):
        yield from _folder(given, note)
    elif stat.S_ISREG(status.st_mode):
        yield Source(given, _shown(given))
    else:
        note(_not_a_file(given))


def _glob(pattern: str, note: Callable[[Note], None]) -> Iterator[Source]:
    matches = sorted(glob.glob(pattern, recursive=True))
    taken = 0
    for match in matches:
        if os.path.isdir(match):
            continue
        if _is_passed_over(os.path.basename(match)):
            continue
        if os.path.isfile(match):
            taken += 1
            yield Source(match, _shown(match))
        else:
            note(_not_a_file(match))
            taken += 1
    if not taken:
        note(
            Note(
                notes.MISSING,
                Text("the pattern matches no file", "没有与该模式匹配的文件"),
                path=_shown(pattern),
            )
        )


def _folder(folder: str, note: Callable[[Note], None]) -> Iterator[Source]:
    root = os.path.realpath(folder)
    taken = 0

    def denied(error: OSError) -> None:
        note(_missing(error.filename or folder, error))

    # os.walk does not follow links to folders, so a loop of links ends here.
    for where, folders, files in os.walk(folder, onerror=denied):
        folders[:] = sorted(
            name for name in folders if name[0] != "." and name not in _SKIPPED_FOLDERS
        )
        for name in sorted(files):
            path = os.path.join(where, name)
            if os.path.splitext(name)[1].lower() not in _FOLDER_SUFFIXES or _is_passed_over(name):
                continue
            taken += 1
            # A link out of the folder would put a stranger's choice of file into the report.
            if os.path.islink(path) and not _inside(os.path.realpath(path), root):
                note(_not_a_file(path, outside=True))
            elif not os.path.isfile(path):
                note(_not_a_file(path))
            elif not _is_own_output(path):
                yield Source(path, _shown(path))
    if not taken:
        note(
            Note(
                notes.MISSING,
                Text(
                    "the folder holds no file that listlint reads",
                    "文件夹中没有 listlint 能读取的文件",
                ),
                path=_shown(folder),
            )
        )


def _inside(path: str, root: str) -> bool:
    try:
        return os.path.commonpath([path, root]) == root
    except ValueError:
        return False


def _is_passed_over(name: str) -> bool:
    """Hidden files, office lock files, and what listlint reads or writes for itself."""
    low = name.lower()
    return (
        low.startswith((".", "~$")) or low in _OWN_NAMES or any(mark in low for mark in _OWN_MARKS)
    )


def _is_own_output(path: str) -> bool:
    """A report of listlint's: its JSON and XML formats name it in their first lines."""
    if os.path.splitext(path)[1].lower() not in (".json", ".jsonl", ".xml"):
        return False
    try:
        with open(path, "rb") as file:
            return b"listlint" in file.read(512)
    except OSError:
        return False


def _spool(stdin: BinaryIO | None) -> Source:
    """Standard input in a file of its own, since formats need to seek."""
    folder = tempfile.mkdtemp(prefix="listlint-")
    path = os.path.join(folder, "stdin")
    with open(path, "wb") as file:
        if stdin is not None:
            shutil.copyfileobj(stdin, file, 1 << 20)
    return Source(path, STDIN, temporary=True)


def _shown(path: str) -> str:
    return path.replace(os.sep, "/") if os.sep != "/" else path


def _missing(path: str, error: Exception) -> Note:
    if isinstance(error, PermissionError):
        name, detail = notes.NO_ACCESS, Text("permission denied", "没有访问权限")
    elif isinstance(error, FileNotFoundError):
        if os.path.islink(path):
            detail = Text("a link to a file that does not exist", "链接指向的文件不存在")
        else:
            detail = Text("no such file or folder", "没有这个文件或文件夹")
        name = notes.MISSING
    else:
        reason = getattr(error, "strerror", None) or str(error)
        name, detail = notes.MISSING, Text(reason, reason)
    return Note(name, detail, path=_shown(path))


def _not_a_file(path: str, *, outside: bool = False) -> Note:
    if outside:
        detail = Text("a link that leads out of the folder", "链接指向文件夹之外")
    elif os.path.islink(path):
        detail = Text("a link that leads to no ordinary file", "链接没有指向普通文件")
    else:
        detail = Text("a pipe, device or socket, not a file", "是管道、设备或套接字，而不是文件")
    return Note(notes.NOT_A_FILE, detail, path=_shown(path))
