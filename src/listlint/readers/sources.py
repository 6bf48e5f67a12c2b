"""From what was written on the command line to the files to read: files, folders, globs, stdin."""

from __future__ import annotations

import os
import stat
import sys
from typing import TYPE_CHECKING, BinaryIO

from listlint.later import expression
from listlint.model import Text
from listlint.readers import notes
from listlint.readers.interface import Note
from listlint.readers.sniff import KNOWN_SUFFIXES
from listlint.slotted import slotted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

STDIN = "-"
MAX_STDIN = 4 << 30
"""Bytes of standard input: it may never end, and is kept in a temporary file."""

# Feeds, JSON and pages that lie about in a folder are rarely inventories; they are read when named.
_FOLDER_SUFFIXES = KNOWN_SUFFIXES - {".html", ".htm", ".gz"}
_OWN_NAMES = frozenset({"listlint.toml", "listlint-baseline.json", "package.json", "tsconfig.json"})
_OWN_MARKS = (".listlint.", ".listlint-", "listlint-report")
_OWN_REPORT = expression(
    rb'\s*(?:\{\s*"(?:run": \{")?schema": "listlint/(?:report|baseline)/'
    rb'|\{"\$schema": "[^"]*sarif[^{]*\{"tool": \{"driver": \{"name": "listlint"'
    rb'|\{"source": \{"name": "listlint"\}|<\?xml[^>]*>\s*<testsuites name="listlint")'
)
"""How the reports begin that listlint writes as JSON and XML."""
_SKIPPED_FOLDERS = frozenset({"node_modules", "__pycache__", "__MACOSX", "venv"})


_OWN = Text(
    "listlint wrote it; name it to have it read", "由 listlint 生成；如需检查请直接指定该文件"
)


@slotted(frozen=True, slots=True)
class Source:
    """A file to read. `path` is where it is, `shown` what to call it (as given, with `/`)."""

    path: str
    shown: str
    temporary: bool = False
    """The file was made for this run (standard input); `discard` deletes it."""

    def discard(self) -> None:
        """Delete the file if it was made for this run."""
        if self.temporary:
            import shutil

            shutil.rmtree(os.path.dirname(self.path), ignore_errors=True)


def expand(
    inputs: Sequence[str], note: Callable[[Note], None], stdin: BinaryIO | None = None
) -> list[Source]:
    """The files that `inputs` name, in order, each once.

    A path is taken as it stands if it exists, else as a glob. What is missing, empty as a glob or
    no ordinary file is said through `note`. In folders only files with a data extension are taken;
    hidden files and office lock files are not, and of what listlint itself wrote only that is said.
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
        yield from _spool(stdin or getattr(sys.stdin, "buffer", None), note)
        return
    try:
        status = os.stat(given)
    except (OSError, ValueError) as error:
        # A broken link or a loop of links is there, whatever a glob might find.
        from glob import has_magic

        if not os.path.lexists(given.replace("\0", "?")) and has_magic(given):
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
    from glob import glob

    matches = sorted(glob(pattern, recursive=True))
    folders = [match for match in matches if os.path.isdir(match)]
    if folders and len(folders) == len(matches):
        # As where the shell expands it.
        for folder in folders:
            yield from _folder(folder, note)
        return
    taken = 0
    for match in matches:
        if os.path.isdir(match) or _is_passed_over(os.path.basename(match)):
            continue
        taken += 1
        if not os.path.isfile(match):
            note(_not_a_file(match))
        elif _is_own_output(match):
            note(Note(notes.PASSED_OVER, _OWN, path=_shown(match)))
        else:
            yield Source(match, _shown(match))
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
            if not _may_be_data(name) or _is_passed_over(name):
                continue
            taken += 1
            # A link out of the folder would put a stranger's choice of file into the report.
            if os.path.islink(path) and not _inside(os.path.realpath(path), root):
                note(_not_a_file(path, outside=True))
            elif not os.path.isfile(path):
                note(_not_a_file(path))
            elif _is_own_output(path):
                note(Note(notes.PASSED_OVER, _OWN, path=_shown(path)))
            else:
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


def _may_be_data(name: str) -> bool:
    stem, suffix = os.path.splitext(name.lower())
    return (os.path.splitext(stem)[1] if suffix == ".gz" else suffix) in _FOLDER_SUFFIXES


def _is_passed_over(name: str) -> bool:
    """Hidden files, office lock files, and settings."""
    low = name.lower()
    return low.startswith((".", "~$")) or low in _OWN_NAMES


def _is_own_output(path: str) -> bool:
    """What listlint wrote: its name says so, or its JSON or XML begins as listlint's does."""
    low = os.path.basename(path).lower()
    if any(mark in low for mark in _OWN_MARKS):
        return True
    if os.path.splitext(low)[1] not in (".json", ".jsonl", ".xml"):
        return False
    try:
        with open(path, "rb") as file:
            return _OWN_REPORT.match(file.read(512)) is not None
    except OSError:
        return False


def _spool(stdin: BinaryIO | None, note: Callable[[Note], None]) -> Iterator[Source]:
    """Standard input in a file of its own, since formats need to seek."""
    import tempfile

    source = Source(os.path.join(tempfile.mkdtemp(prefix="listlint-"), "stdin"), STDIN, True)
    left = MAX_STDIN
    with open(source.path, "wb") as file:
        while stdin is not None and left >= 0 and (chunk := stdin.read(1 << 20)):
            file.write(chunk)
            left -= len(chunk)
    if left >= 0:
        yield source
        return
    source.discard()
    detail = Text(
        f"more than {MAX_STDIN >> 30} GB on standard input; name a file instead",
        f"标准输入超过 {MAX_STDIN >> 30} GB，请改为指定文件",
    )
    note(Note(notes.TOO_LARGE, detail, path=STDIN))


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
