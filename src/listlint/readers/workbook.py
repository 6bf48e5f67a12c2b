"""Workbooks (xlsx, xlsm, xlsb, xls, ods) through calamine, which holds one sheet at a time.

calamine loads a sheet whole and, for a hostile file, may ask for more memory than there is and end
the process: run it inside `sandbox`. What it leaves out of an xlsx comes from `ooxml`; a large or
sparse xlsx, or one that calamine refuses, goes through `stream`.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import ExitStack, closing, contextmanager
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

from listlint.model import Text
from listlint.readers import notes, sniff
from listlint.readers.container import open_zip
from listlint.readers.interface import Block, Grid, Limits, Note, UnreadableError
from listlint.readers.ooxml import Package, SheetDetails
from listlint.readers.said import patch, say, text_block
from listlint.readers.streamed import StreamedBook, is_large
from listlint.readers.values import Converter

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Callable, Iterator

    from python_calamine import CalamineSheet, CalamineWorkbook, SheetMetadata

BLOCK_ROWS = 5000


def grids(
    source: str, path: str, kind: str, limits: Limits, note: Callable[[Note], None]
) -> Iterator[Grid]:
    """The sheets of a workbook with cells in them; `kind` as `sniff` says. See `Reader.grids`."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum

    archive: zipfile.ZipFile | None = None
    if kind != "xls":
        archive = open_zip(source, limits)
    with ExitStack() as stack:
        if archive is not None:
            stack.enter_context(archive)

        @cache
        def streamed() -> StreamedBook:
            assert archive is not None
            return stack.enter_context(closing(StreamedBook(archive)))

        if archive is not None and kind == "xlsx" and is_large(archive):
            yield from _streamed(streamed(), path, note)
            return
        package = Package(archive) if archive is not None and kind == "xlsx" else None
        try:
            with _named(source, kind) as named:
                workbook = CalamineWorkbook.from_path(named)
        except PasswordError as error:
            raise encrypted() from error
        except (CalamineError, OSError) as error:
            if package is None:
                raise _broken(error) from error
            yield from _second_try(streamed, path, note, error)
            return
        read, failed = 0, None
        for meta in workbook.sheets_metadata:
            if meta.typ not in (SheetTypeEnum.WorkSheet, SheetTypeEnum.MacroSheet):
                continue
            try:
                grid = _grid(workbook, meta, path, kind, package, streamed, limits, note)
            except (CalamineError, OSError) as error:
                failed = _broken(error)
                said = failed.note
                note(Note(said.name, said.detail, sheet=meta.name))
                continue
            except UnreadableError as error:
                failed = error
                note(Note(error.note.name, error.note.detail, sheet=meta.name))
                continue
            if grid is not None:
                read += 1
                yield grid
        if not read and failed is None:
            raise notes.unreadable(
                notes.EMPTY, "no sheet has a cell with something in it", "所有工作表都没有内容"
            )


def _streamed(book: StreamedBook, path: str, note: Callable[[Note], None]) -> Iterator[Grid]:
    grids = (book.grid(name, path, note) for name in book.sheets)
    yield from (grid for grid in grids if grid is not None)


def _second_try(
    streamed: Callable[[], StreamedBook],
    path: str,
    note: Callable[[Note], None],
    error: Exception,
) -> Iterator[Grid]:
    """The sheets of a workbook that calamine refuses, where it is well written all the same."""
    try:
        book = streamed()
    except UnreadableError:
        raise _broken(error) from error
    if not book.sheets:
        raise _broken(error) from error
    yield from _streamed(book, path, note)


@contextmanager
def _named(source: str, kind: str) -> Iterator[str]:
    """A path to the file that ends as its content says: calamine chooses its parser by that."""
    if os.path.splitext(source)[1].lower() in sniff.SUFFIXES[kind]:
        yield source
        return
    with tempfile.TemporaryDirectory(prefix="listlint-") as folder:
        named = os.path.join(folder, f"book.{kind}")
        try:
            os.symlink(os.path.abspath(source), named)
        except (OSError, NotImplementedError):  # not everyone may make links on Windows
            shutil.copyfile(source, named)
        yield named


def encrypted() -> UnreadableError:
    """The error for a file that asks for a password."""
    return notes.unreadable(
        notes.ENCRYPTED, "the file is protected by a password", "文件设有打开密码"
    )


def _broken(error: BaseException) -> UnreadableError:
    reason = " ".join(str(error).split())[:200] or type(error).__name__
    return notes.unreadable(notes.BROKEN, reason, reason)


def _grid(
    workbook: CalamineWorkbook,
    meta: SheetMetadata,
    path: str,
    kind: str,
    package: Package | None,
    streamed: Callable[[], StreamedBook],
    limits: Limits,
    note: Callable[[Note], None],
) -> Grid | None:
    from python_calamine import SheetVisibleEnum

    details = SheetDetails()
    if package is not None:
        details = package.details(meta.name)
        if details.sparse:
            return streamed().grid(meta.name, path, note)
    sheet = workbook.get_sheet_by_name(meta.name)
    if sheet.start is None or sheet.end is None:
        say(details, meta.name, note)
        return None
    cells = (sheet.end[0] + 1 - sheet.start[0]) * (sheet.end[1] + 1)
    _check_span(cells, limits)
    hidden = meta.visible is not SheetVisibleEnum.Visible
    if hidden:
        note(Note(notes.HIDDEN_SHEET, Text(meta.name, meta.name), sheet=meta.name))
    say(details, meta.name, note)
    grid = Grid(
        path,
        meta.name,
        kind,
        lambda: iter(()),
        hidden=hidden,
        merged=_merged(sheet),
        hidden_rows=frozenset(details.hidden_rows),
        hidden_columns=frozenset(details.hidden_columns),
    )
    grid.blocks = lambda: _blocks(sheet, grid, details, note)
    return grid


def _check_span(cells: int, limits: Limits) -> None:
    if cells > limits.max_cells:
        raise notes.unreadable(
            notes.TOO_LARGE,
            f"the sheet spans {cells:,} cells (--max-cells allows {limits.max_cells:,})",
            f"工作表跨 {cells:,} 个单元格（--max-cells 允许 {limits.max_cells:,}）",
        )


def _merged(sheet: CalamineSheet) -> tuple[tuple[int, int, int, int], ...]:
    return tuple(
        (top + 1, left, bottom + 1, right)
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
    )


def _blocks(
    sheet: CalamineSheet, grid: Grid, details: SheetDetails, note: Callable[[Note], None]
) -> Iterator[Block]:
    assert sheet.start is not None
    first_row, first_column = sheet.start
    left = [""] * first_column
    convert = Converter()
    rows = sheet.iter_rows()
    at = 0  # iter_rows gives the empty rows above the first cell, but no empty columns beside it
    while values := list(islice(rows, BLOCK_ROWS)):
        if at + len(values) <= first_row:
            at += len(values)
            continue
        if left:
            values = [left + row for row in values]
        patch(values, range(at, at + len(values)), details)
        numbers = range(at + 1, at + 1 + len(values))
        at += len(values)
        block = text_block(values, numbers, convert, grid, note)
        if block is not None:
            yield block
