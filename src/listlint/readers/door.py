"""Any file in, grids out: chooses the reader by content first and by extension second.

Whatever goes wrong here ends as a note or as `UnreadableError`, never as another exception. What
may end the process itself (memory, a crash in a parser) is for `sandbox`.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from listlint.model import Text
from listlint.readers import notes, sniff
from listlint.readers.interface import Block, Grid, Limits, Note, UnreadableError
from listlint.slotted import replace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_MAX_BASE64 = 256 << 20


def open_source(
    source: str, path: str, limits: Limits, note: Callable[[Note], None]
) -> Iterator[Grid]:
    """The sheets of the file at `source` (a real path); `path` is what to call it.

    Oddities go through `note`, and so does whatever ends a grid early. Raises `UnreadableError`
    when nothing of the file can be read. Grids are to be read one after the other.
    """
    seen: list[bool] = []
    said: list[Note] = []

    def noted(what: Note) -> None:
        said.append(what)
        note(what)

    for grid in _guarded(source, path, limits, noted, 0):
        yield _counted(grid, seen)
    if not any(seen) and not any(what.name in notes.NOT_READ for what in said):
        raise notes.unreadable(notes.EMPTY, "no cell has text in it", "没有任何带文字的单元格")


def _counted(grid: Grid, seen: list[bool]) -> Grid:
    """The grid, which tells whether it had a row (or was left unread by the caller)."""
    inner = grid.blocks
    place = len(seen)
    seen.append(True)

    def counted() -> Iterator[Block]:
        seen[place] = False
        for block in inner():
            seen[place] = True
            yield block

    grid.blocks = counted
    return grid


def _guarded(
    source: str, path: str, limits: Limits, note: Callable[[Note], None], depth: int
) -> Iterator[Grid]:
    grids = _grids(source, path, limits, note, depth)
    while True:
        try:
            grid = next(grids)
        except StopIteration:
            return
        except UnreadableError:
            raise
        except BaseException as error:
            raise _unexpected(error) from error
        yield _watched(grid, limits, note)


def _watched(grid: Grid, limits: Limits, note: Callable[[Note], None]) -> Grid:
    """The grid with blocks that say what ended them instead of raising, and end at max_cells."""
    inner = grid.blocks
    if inner.__name__ == "watched":  # came through an archive, by this way already
        return grid

    def watched() -> Iterator[Block]:
        blocks = within(inner(), limits.max_cells)
        while True:
            try:
                block = next(blocks)
            except StopIteration:
                return
            except UnreadableError as error:
                note(replace(error.note, sheet=grid.name))
                return
            except BaseException as error:
                note(replace(_unexpected(error).note, sheet=grid.name))
                return
            yield block

    grid.blocks = watched
    return grid


def within(blocks: Iterator[Block], limit: int) -> Iterator[Block]:
    """The blocks until there are too many cells, then `UnreadableError`."""
    left = limit
    for block in blocks:
        cells = sum(map(len, block.rows))
        if cells > left:
            yield block.until(left)
            raise notes.too_many_cells(limit)
        left -= cells
        yield block


def _unexpected(error: BaseException) -> UnreadableError:
    """What any other exception of a parser means; what is no fault of the file is raised again."""
    if isinstance(error, MemoryError):
        return notes.unreadable(
            notes.OUT_OF_MEMORY, "not enough memory (--max-memory)", "内存不足（--max-memory）"
        )
    if isinstance(error, PermissionError):
        return notes.unreadable(notes.NO_ACCESS, "permission denied", "没有访问权限")
    if isinstance(error, FileNotFoundError):
        return notes.unreadable(notes.MISSING, "no such file", "没有这个文件")
    # A panic of a Rust parser is a BaseException of its own (pyo3).
    if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
        raise error
    reason = " ".join(f"{type(error).__name__}: {error}".split())[:200]
    return notes.unreadable(notes.BROKEN, reason, reason)


def _grids(
    source: str, path: str, limits: Limits, note: Callable[[Note], None], depth: int
) -> Iterator[Grid]:
    with open(source, "rb") as file:
        head = file.read(sniff.HEAD)
    kind = sniff.kind_of(head)
    if kind == "zip":
        kind = _zip_kind(source, limits)
    elif kind == "ole":
        kind = sniff.ole_kind(source)
    _refuse(kind, head, source)
    if kind == "base64":
        yield from _base64(source, path, limits, note, depth)
        return
    if not sniff.agrees(kind, path):
        note(Note(notes.WRONG_EXTENSION, _NAMES.get(kind, Text(kind, kind))))
    yield from _read(kind, source, path, limits, note, depth)


def _read(
    kind: str, source: str, path: str, limits: Limits, note: Callable[[Note], None], depth: int
) -> Iterator[Grid]:
    """The readers by kind; each is imported only when it is needed."""
    if kind in ("xlsx", "xlsb", "xls", "ods"):
        from listlint.readers import workbook

        yield from workbook.grids(source, path, kind, limits, note)
    elif kind in ("zip", "gzip"):
        from listlint.readers import archive

        reader = archive.zip_grids if kind == "zip" else archive.gzip_grids
        yield from reader(source, path, limits, note, depth, _guarded)
    elif kind == "html":
        from listlint.readers import markup

        yield from markup.grids(source, path, limits, note)
    elif kind == "xml":
        from listlint.readers import xmlfeed

        yield from xmlfeed.grids(source, path, limits, note)
    elif kind == "json":
        from listlint.readers import records

        yield from records.json_grids(source, path, limits, note)
    elif kind == "parquet":
        from listlint.readers import parquet

        yield from parquet.grids(source, path, limits, note)
    else:
        from listlint.readers import delimited

        yield from delimited.grids(source, path, limits, note)


_NAMES = {
    "xlsx": Text("an Excel workbook (xlsx)", "Excel 工作簿（xlsx）"),
    "xlsb": Text("an Excel workbook (xlsb)", "Excel 工作簿（xlsb）"),
    "xls": Text("an Excel workbook (xls)", "Excel 工作簿（xls）"),
    "ods": Text("an OpenDocument sheet (ods)", "OpenDocument 表格（ods）"),
    "html": Text("an HTML table", "HTML 表格"),
    "xml": Text("XML", "XML"),
    "json": Text("JSON", "JSON"),
    "parquet": Text("Parquet", "Parquet"),
    "zip": Text("a zip archive", "zip 压缩包"),
    "gzip": Text("a gzip file", "gzip 文件"),
    "text": Text("delimited text", "分隔文本"),
    "word": Text("a Word document", "Word 文档"),
    "powerpoint": Text("a PowerPoint presentation", "PowerPoint 演示文稿"),
    "numbers": Text("a Numbers sheet", "Numbers 表格"),
    "ole": Text("an old Office file of another kind", "其他类型的旧版 Office 文件"),
}


def _refuse(kind: str, head: bytes, source: str) -> None:
    """Raise for what is recognised and not read."""
    if kind == "empty":
        raise notes.unreadable(notes.EMPTY, "the file has no bytes", "文件大小为零")
    if kind == "encrypted":
        raise notes.unreadable(
            notes.ENCRYPTED, "the file is protected by a password", "文件设有打开密码"
        )
    if kind in ("word", "powerpoint", "ole"):
        what = _NAMES[kind]
        raise notes.unreadable(notes.NOT_A_SPREADSHEET, what.en, what.zh)
    if kind == "numbers":
        what = _NAMES[kind]
        raise notes.unreadable(notes.UNSUPPORTED, what.en, what.zh)
    known = sniff.refused(head)
    if known is not None and kind in ("binary", "text"):
        raise notes.unreadable(notes.NOT_A_SPREADSHEET, known.en, known.zh)
    if kind == "binary":
        raise notes.unreadable(
            notes.NOT_A_SPREADSHEET, "binary data of no known kind", "未知的二进制数据"
        )


def _zip_kind(source: str, limits: Limits) -> str:
    import zipfile

    from listlint.readers.container import open_zip

    with open_zip(source, limits) as archive:
        try:
            return sniff.zip_kind(archive)
        except (zipfile.BadZipFile, ValueError) as error:
            raise notes.unreadable(notes.BROKEN, str(error), str(error)) from error


def _base64(
    source: str, path: str, limits: Limits, note: Callable[[Note], None], depth: int
) -> Iterator[Grid]:
    """A file that some program wrote as base64 text: decoded, and through the door again."""
    import tempfile

    if os.stat(source).st_size > _MAX_BASE64 or depth:
        raise notes.unreadable(notes.TOO_LARGE, "base64 text of this size", "base64 文本过大")
    with open(source, "rb") as file:
        decoded = sniff.decode_base64(file.read())
    if not decoded:
        raise notes.unreadable(notes.BROKEN, "damaged base64 text", "base64 文本损坏")
    note(Note(notes.WRONG_EXTENSION, Text("base64 text", "base64 文本")))
    with tempfile.TemporaryDirectory(prefix="listlint-") as folder:
        target = os.path.join(folder, "member")
        with open(target, "wb") as file:
            file.write(decoded)
        yield from _guarded(target, path, limits, note, depth + 1)
