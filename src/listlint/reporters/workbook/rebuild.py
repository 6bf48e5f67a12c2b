"""A workbook written anew from what the readers see: for CSV, old formats, and several files at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils import get_column_letter

from listlint.later import expression
from listlint.model import Finding, Lang, Location, Report, SheetEntry, Text
from listlint.readers import UnreadableError, open_source
from listlint.readers.interface import Block, Limits
from listlint.reporters.workbook import words
from listlint.reporters.workbook.own import OWN_TITLES, pages
from listlint.reporters.workbook.plan import (
    MAX_COLUMN,
    MAX_NOTES,
    MAX_ROW,
    Mark,
    Place,
    SheetKey,
    clean,
    marks_of,
    notes_left_out,
    reference,
    sheet_title,
)
from listlint.reporters.workbook.sheets import FILLS, Looks, fill_page, note, text_cell

# A number that a cell shows exactly as the text stands; longer ones are identifiers.
_NUMBER = expression(r"-?(?:0|[1-9][0-9]{0,9})(?:\.([0-9]{1,4}))?")
_NARROWEST, _WIDEST = 8, 48


def rebuild(report: Report, sources: Sequence[str], path: Path, lang: Lang) -> Iterator[Text]:
    """Write the sheets of all `sources`, marked, to `path`. Yields what can't be shown, beforehand.

    A file that can't be read has no sheet, and its findings stand in the sheet of all findings.
    """
    book = _Book(report, lang)
    several = len(sources) > 1
    for source in sources:
        if any(e.kind != "unread" for e in report.files if _belongs(e.path, source)):
            yield from book.add_source(source, several)
    yield from book.finish(path)


def rows_only(report: Report, path: Path, lang: Lang, reasons: Mapping[str, str]) -> Iterator[Text]:
    """Write the flagged cells alone to `path`, for files that can't be opened again, and why."""
    book = _Book(report, lang)
    for shown, reason in reasons.items():
        text = words.ONLY_ROWS
        said = Text(
            text.en.format(path=shown, reason=reason), text.zh.format(path=shown, reason=reason)
        )
        book.notes.append(said)
        yield said
    book.add_findings()
    yield from book.finish(path)


def _belongs(path: str, source: str) -> bool:
    """Whether `path` is the file, or a member of it (`outer.zip/inner.csv`)."""
    return path == source or path.startswith(f"{source}/")


class _Book:
    """A write-only workbook that grows by sheets; listlint's own come last and stand first and last."""

    def __init__(self, report: Report, lang: Lang) -> None:
        self._report = report
        self._lang = lang
        self._book: Any = Workbook(write_only=True)
        self._taken: set[str] = set()
        # Its own names are the shortest to type; they are not given to a seller's sheet.
        self._own = [sheet_title(title, self._taken) for title in OWN_TITLES]
        self._marks = marks_of(report, lang)
        self._at: dict[SheetKey, Callable[[Location], str | None]] = {}
        self._entries: Mapping[SheetKey, SheetEntry] = {(e.path, e.sheet): e for e in report.files}
        self._looks: Looks | None = None
        self.notes: list[Text] = []

    def add_source(self, source: str, several: bool) -> Iterator[Text]:
        """The sheets of one file; yields what is left out."""
        added = False
        try:
            for grid in open_source(source, source, Limits(), lambda _: None):
                key = (grid.path, grid.name)
                entry = self._entries.get(key)
                if entry is None and len(self._entries) > MAX_NOTES:
                    continue
                stem = PurePosixPath(grid.path).stem
                wanted = stem if grid.name is None else grid.name
                if several and grid.name is not None:
                    wanted = f"{stem[:15]} {grid.name}"
                self._sheet(key, wanted, entry, grid.blocks())
                added = True
        except UnreadableError as error:
            self.notes.append(error.note.detail)
            yield error.note.detail
        if added:
            text = words.REBUILT
            self.notes.append(Text(text.en.format(path=source), text.zh.format(path=source)))

    def _sheet(
        self, key: SheetKey, wanted: str, entry: SheetEntry | None, blocks: Iterable[Block]
    ) -> None:
        sheet, looks = self._new(key, wanted)
        title = sheet.title
        self._at[key] = lambda at: (
            reference(title, at.cell or f"A{at.row or 1}") if (at.row or 1) <= MAX_ROW else None
        )
        marks = self._marks.get(key, {})
        by_row: defaultdict[int, dict[int, Mark]] = defaultdict(dict)
        for (row, column), mark in marks.items():
            by_row[row][column] = mark
        headers = {*entry.columns, *entry.unmapped} if entry else set()
        written, head = 0, 0
        for n, block in enumerate(blocks):
            if n == 0:
                head = _prepare(sheet, block, headers)
            for number, texts in zip(block.numbers, block.rows, strict=True):
                if number > MAX_ROW:
                    self._say(words.TOO_MANY_ROWS, sheet=title, limit=MAX_ROW)
                    break
                for _ in range(number - written - 1):
                    sheet.append([])
                written = number
                look = "bold" if number == head else "plain"
                sheet.append(_cells(sheet, looks, texts, by_row.pop(number, {}), look))
        left = notes_left_out(marks)
        if left:
            self._say(words.TOO_MANY_NOTES, sheet=title, n=left, limit=MAX_NOTES)

    def add_findings(self) -> None:
        """A sheet per flagged sheet with its flagged cells, the row number before them."""
        groups: defaultdict[SheetKey, list[Finding]] = defaultdict(list)
        for finding in self._report.counted:
            if finding.location.row is not None:
                groups[finding.location.path, finding.location.sheet].append(finding)
        for key, findings in groups.items():
            self._flagged(key, findings)

    def _flagged(self, key: SheetKey, findings: Sequence[Finding]) -> None:
        sheet, looks = self._new(key, key[1] or PurePosixPath(key[0]).stem or "rows")
        headers = {
            f.location.column_index: f.location.column or f.location.cell or ""
            for f in findings
            if f.location.column_index is not None
        }
        # The row number has the first column, and with it what is about the whole row.
        columns = {index: n for n, index in enumerate(sorted(headers), start=2)}
        order = sorted({f.location.row for f in findings if f.location.row is not None})
        numbers = {row: n for n, row in enumerate(order[: MAX_ROW - 1], start=2)}
        texts: dict[Place, str] = {}
        marks: defaultdict[int, dict[int, Mark]] = defaultdict(dict)
        for finding in findings:
            at = finding.location
            place = (at.row or 0, columns.get(at.column_index or 0, 1))
            if at.column_index is not None:
                texts.setdefault(place, finding.excerpt or finding.match or "")
        for (row, column), mark in self._marks[key].items():
            marks[row][columns.get(column - 1, 1)] = mark
        title = sheet.title
        self._at[key] = lambda at: (
            reference(
                title,
                f"{get_column_letter(columns.get(at.column_index, 1))}{numbers[at.row]}"
                if at.column_index is not None
                else f"A{numbers[at.row]}",
            )
            if at.row in numbers
            else None
        )
        sheet.freeze_panes = "B2"
        for n in columns.values():
            sheet.column_dimensions[get_column_letter(n)].width = _WIDEST
        head = [words.ROW.get(self._lang), *(headers[index] for index in columns)]
        sheet.append([text_cell(sheet, looks, text, "head") for text in head])
        for row in numbers:
            line = [str(row), *(texts.get((row, n), "") for n in columns.values())]
            sheet.append(_cells(sheet, looks, line, marks[row], "plain"))

    def finish(self, path: Path) -> Iterator[Text]:
        """Listlint's own sheets, then the file itself."""
        yield from ()

        def target(at: Location) -> str | None:
            place = self._at.get((at.path, at.sheet))
            return place(at) if place else None

        data = len(self._book.sheetnames)
        own = pages(self._report, self._lang, self._own, target, self.notes)
        places = (0, data + 1, data + 2)
        for page, place in zip(own, places, strict=True):
            sheet = self._book.create_sheet(page.title, place)
            fill_page(sheet, page, self._looks_for(sheet))
        self._book.active = 0
        self._book.save(path)

    def _new(self, key: SheetKey, wanted: str) -> tuple[Any, Looks]:
        sheet = self._book.create_sheet(sheet_title(wanted, self._taken))
        return sheet, self._looks_for(sheet)

    def _looks_for(self, sheet: Any) -> Looks:
        self._looks = self._looks or Looks(sheet)
        return self._looks

    def _say(self, text: Text, **params: object) -> None:
        self.notes.append(Text(text.en.format(**params), text.zh.format(**params)))


def _prepare(sheet: Any, block: Block, headers: set[str]) -> int:
    """Widths by the first rows, the header frozen; returns the header's row number, 0 for none."""
    widths: dict[int, int] = {}
    best, head = 0, 0
    for number, row in zip(block.numbers[:100], block.rows[:100], strict=True):
        known = sum(cell in headers for cell in row)
        if known > best:
            best, head = known, number
        for n, cell in enumerate(row[:MAX_COLUMN], start=1):
            widths[n] = max(widths.get(n, _NARROWEST), min(len(cell) + 2, _WIDEST))
    for n, width in widths.items():
        sheet.column_dimensions[get_column_letter(n)].width = width
    if head:
        sheet.freeze_panes = f"A{head + 1}"
    return head


def _cells(
    sheet: Any, looks: Looks, row: Sequence[str], marks: Mapping[int, Mark], look: str
) -> list[Any]:
    made = [_value(sheet, looks, text, look) for text in row[:MAX_COLUMN]]
    for column, mark in marks.items():
        made += [None] * (column - len(made))
        cell = made[column - 1]
        if not hasattr(cell, "fill"):
            cell = WriteOnlyCell(sheet, cell)
            made[column - 1] = cell
        cell.fill = FILLS[mark.severity]
        if mark.note is not None:
            cell.comment = note(mark.note)
    return made


def _value(sheet: Any, looks: Looks, text: str, look: str) -> Any:
    """Text as text; what is plainly a number as a number that shows the same digits."""
    if not text:
        return None
    if look != "plain" or text[0] in "=+@":
        return text_cell(sheet, looks, text, look)
    if text[0] in "-0123456789":
        found = _NUMBER.fullmatch(text)
        if found is None or text == "-0":
            return text_cell(sheet, looks, text)
        decimals = found.group(1)
        if decimals is None:
            return int(text)
        cell = WriteOnlyCell(sheet, float(text))
        cell.number_format = f"0.{'0' * len(decimals)}"
        return cell
    return clean(text)
