"""The seller's own workbook with its cells marked: loaded whole by openpyxl, marked, saved."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.worksheet._reader import WorksheetReader
from openpyxl.worksheet.merge import MergedCellRange

from listlint.model import Lang, Location, Report, Text
from listlint.reporters.workbook import losses, words
from listlint.reporters.workbook.own import OWN_TITLES, SUMMARY_TITLE, pages
from listlint.reporters.workbook.plan import (
    MAX_NOTES,
    MAX_TEXT,
    Mark,
    Place,
    marks_of,
    notes_left_out,
    reference,
    sheet_title,
)
from listlint.reporters.workbook.sheets import AUTHOR, COLOURS, FILLS, Looks, fill_page, note

_SUFFIXES = frozenset({".xlsx", ".xlsm", ".xltx", ".xltm"})


def can_annotate(path: str) -> bool:
    """Whether the file is of a kind that openpyxl loads and saves: its name says so, and it is a zip."""
    source = Path(path)
    if source.suffix.lower() not in _SUFFIXES or not source.is_file():
        return False
    with source.open("rb") as file:
        return file.read(4) == b"PK\x03\x04"


def annotate(report: Report, source: str, path: Path, lang: Lang) -> Iterator[Text]:
    """Write the workbook `source`, marked, to `path`. Yields what can't be kept, before it writes.

    Findings of `report` about other files are listed and linked to nothing. Macros are kept when `path` has the ending for them: a program
    refuses a workbook whose ending and kind differ. Raises whatever openpyxl does for a file that
    it can't load.
    """
    macros = path.suffix.lower() in (".xlsm", ".xltm")
    with warnings.catch_warnings(record=True) as caught, _plain_merges():
        warnings.simplefilter("always")
        book = openpyxl.load_workbook(
            source, keep_vba=macros, rich_text=losses.has_rich_text(source)
        )
    book.template = False
    _forget_last_check(book)
    lost = losses.together(
        losses.in_file(source, macros),
        losses.in_warnings(str(w.message) for w in caught),
    )
    shown = Path(source).name
    notes = [
        Text(
            words.CANT_KEEP.en.format(path=shown, what=", ".join(t.en for t in lost)),
            words.CANT_KEEP.zh.format(path=shown, what="、".join(t.zh for t in lost)),
        )
    ]
    notes = notes if lost else []
    yield from notes
    by_sheet = {
        sheet: cells for (file, sheet), cells in marks_of(report, lang).items() if file == source
    }
    for sheet in book.worksheets:
        marks = by_sheet.get(sheet.title, {})
        _mark(sheet, marks)
        left = notes_left_out(marks)
        if left:
            text = words.TOO_MANY_NOTES
            params = {"sheet": sheet.title, "n": left, "limit": MAX_NOTES}
            notes.append(Text(text.en.format(**params), text.zh.format(**params)))
    _add_own(book, source, report, lang, notes)
    book.save(path)


@contextmanager
def _plain_merges() -> Iterator[None]:
    """Merged ranges stay ranges while openpyxl loads.

    It would make a cell for each place in them otherwise: a million for a whole merged column, as
    Amazon's own templates have, which takes minutes to load and to save.
    """

    def bind(reader: Any) -> None:
        merged = reader.parser.merged_cells
        if merged is not None:
            ranges = [MergedCellRange(reader.ws, each.ref) for each in merged.mergeCell]
            reader.ws.merged_cells.ranges = ranges

    original = WorksheetReader.bind_merged_cells
    WorksheetReader.bind_merged_cells = bind
    try:
        yield
    finally:
        WorksheetReader.bind_merged_cells = original


def _forget_last_check(book: Any) -> None:
    """Take away what an earlier check put into the same workbook: its sheets, notes and colours.

    What colour a cell had before that check is not known any more; it gets none.
    """
    if SUMMARY_TITLE not in book.sheetnames:
        return
    if book[SUMMARY_TITLE]["A1"].value not in words.CHECKED:
        return
    for title in OWN_TITLES:
        if title in book.sheetnames:
            del book[title]
    ours = set(COLOURS.values())
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.has_style and cell.fill.fgColor.rgb in ours:
                    cell.fill = openpyxl.styles.PatternFill()
                comment = cell.comment
                if comment is not None and comment.author == AUTHOR:
                    cell.comment = None


def _mark(sheet: Any, marks: Mapping[Place, Mark]) -> None:
    if not marks:
        return
    for (row, column), mark in marks.items():
        cell = _shown_at(sheet, row, column)
        cell.fill = FILLS[mark.severity]
        if mark.note is None:
            continue
        text, old = mark.note, cell.comment
        if old is not None and old.text:
            text = f"{text}\n\n— {old.author or ''}\n{old.text}"[:MAX_TEXT]
        cell.comment = note(text)


def _shown_at(sheet: Any, row: int, column: int) -> Any:
    """The cell, or the first one of the merged range that covers it."""
    for merged in sheet.merged_cells.ranges:
        if merged.min_row <= row <= merged.max_row and merged.min_col <= column <= merged.max_col:
            return sheet.cell(merged.min_row, merged.min_col)
    return sheet.cell(row, column)


def _add_own(book: Any, source: str, report: Report, lang: Lang, notes: list[Text]) -> None:
    taken = {title.casefold() for title in book.sheetnames}
    titles = [sheet_title(title, taken) for title in OWN_TITLES]
    known = {sheet.title for sheet in book.worksheets}

    def target(at: Location) -> str | None:
        if at.path != source or at.sheet is None or at.sheet not in known:
            return None
        if at.cell is None and at.row is None:
            return reference(at.sheet, "A1")
        return reference(at.sheet, at.cell or f"A{at.row}")

    for sheet in book.worksheets:
        # Several selected sheets would all be edited at once.
        sheet.sheet_view.tabSelected = False
    places = (0, len(book.sheetnames) + 1, len(book.sheetnames) + 2)
    looks = None
    for page, place in zip(pages(report, lang, titles, target, notes), places, strict=True):
        sheet = book.create_sheet(page.title, place)
        looks = looks or Looks(sheet)
        fill_page(sheet, page, looks)
    book.active = 0
    book.active.sheet_view.tabSelected = True
