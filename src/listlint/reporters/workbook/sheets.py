"""Putting cells into openpyxl worksheets, ordinary or write-only, so that nothing in them can run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any

from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties

from listlint.model import Severity
from listlint.reporters.workbook.own import Cell, Page
from listlint.reporters.workbook.plan import NOTE_WIDTH, clean, columns_of, note_height

AUTHOR = "listlint"
COLOURS: Mapping[Severity, str] = {
    Severity.ERROR: "FFFFB3B3",
    Severity.WARNING: "FFFFE28A",
    Severity.INFO: "FFCFE4FA",
}
"""Fills by severity (ARGB); black text on each has a contrast above 10:1."""
FILLS = {severity: PatternFill("solid", fgColor=colour) for severity, colour in COLOURS.items()}
_FONT = "Calibri"
"""What a workbook's cells have unless told otherwise."""
_BRAND, _ALARM, _QUIET = "FF0F5F6B", "FFA01C14", "FF51606B"
_FONTS: Mapping[str, Mapping[str, Any]] = {
    "head": {"bold": True, "color": "FFFFFFFF"},
    "bold": {"bold": True},
    "title": {"bold": True, "size": 18, "color": _BRAND},
    "verdict": {"bold": True, "size": 13},
    "quiet": {"color": _QUIET},
    "alarm": {"bold": True, "color": _ALARM},
    "link": {"color": "FF0B57D0", "underline": "single"},
}
_HEIGHTS = {"title": 30.0, "verdict": 21.0}
_LINE, _HIGHEST = 15.0, 150.0
"""Points: the height of a line, and of the highest row of listlint's own."""
_RISKY = ("=", "+", "-", "@")
"""What a program may take for a formula when the cell is typed anew."""


class Looks:
    """Styles by name, each made once for a workbook; a cell gets a copy of the finished style."""

    def __init__(self, sheet: Any) -> None:
        self._styles: dict[tuple[str, bool], Any] = {}
        self._sheet = sheet

    def apply(self, cell: Any, look: str, *, literal: bool = False) -> None:
        """Style `cell`; `literal` says that its text stays text even when typed anew.

        A look is names with spaces between: a severity (its fill), one of `_FONTS`, `count`
        (centred), `wrap`, `top`.
        """
        if look == "plain" and not literal:
            return
        key = (look, literal)
        if key not in self._styles:
            self._styles[key] = self._make(look, literal)
        cell._style = copy(self._styles[key])

    def _make(self, look: str, literal: bool) -> Any:
        model = WriteOnlyCell(self._sheet)
        names = look.split()
        for name in names:
            if name in _FONTS:
                model.font = Font(name=_FONT, **_FONTS[name])
            if name in tuple(Severity):
                model.fill = FILLS[Severity(name)]
        if "head" in names:
            model.fill = PatternFill("solid", fgColor=_BRAND)
        model.alignment = Alignment(
            horizontal="center" if "count" in names else None,
            vertical="center" if "head" in names else "top",
            wrap_text="wrap" in names,
        )
        if literal:
            model.quotePrefix = True
        return model._style


def text_cell(sheet: Any, looks: Looks, text: str, look: str = "plain") -> Any:
    """A cell that holds `text` as text, whatever it begins with."""
    cell = WriteOnlyCell(sheet)
    cell.value = clean(text)
    cell.data_type = "s"
    looks.apply(cell, look, literal=text.startswith(_RISKY))
    return cell


def note(text: str) -> Comment:
    """A note of listlint's, large enough to be read."""
    return Comment(text, AUTHOR, width=NOTE_WIDTH, height=note_height(text))


def fill_page(sheet: Any, page: Page, looks: Looks) -> None:
    """Write a sheet of listlint's own into a new worksheet of either sort."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    for n, width in enumerate(page.widths, start=1):
        sheet.column_dimensions[get_column_letter(n)].width = width
    sheet.sheet_view.showGridLines = page.table
    sheet.sheet_properties.tabColor = _BRAND
    if page.table:
        sheet.freeze_panes = "A2"
    count = 0
    for row in page.rows:
        lines = max(
            (_lines(c.value, page.widths[n]) for n, c in enumerate(row) if c.look == "wrap"),
            default=1,
        )
        height = max((_HEIGHTS.get(c.look, 0.0) for c in row), default=0.0)
        if lines > 1 or height:
            # Not every program fits the height to the text by itself.
            sheet.row_dimensions[count + 1].height = max(min(lines * _LINE, _HIGHEST), height)
        sheet.append(_row(sheet, looks, row, count + 1))
        count += 1
    if page.table:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(page.widths))}{max(count, 1)}"


def _lines(value: str | int | None, width: int) -> int:
    """Lines that a wrapped text takes in a column as wide as `width` figures; letters are narrower."""
    return -(-columns_of(str(value or "")) * 10 // (width * 11))


def _row(sheet: Any, looks: Looks, row: Sequence[Cell], number: int) -> list[Any]:
    made: list[Any] = []
    for n, cell in enumerate(row, start=1):
        if cell.value is None or (cell.value == "" and cell.look != "head"):
            made.append(None)
        elif isinstance(cell.value, str):
            made.append(text_cell(sheet, looks, cell.value, cell.look))
        else:
            made.append(_number(sheet, looks, cell))
        if made[-1] is not None and (cell.link or cell.url):
            at = f"{get_column_letter(n)}{number}"
            # The number of the row is known here only: both sorts of sheet are appended to.
            made[-1]._hyperlink = Hyperlink(ref=at, location=cell.link, target=cell.url)
    return made


def _number(sheet: Any, looks: Looks, cell: Cell) -> Any:
    made = WriteOnlyCell(sheet, cell.value)
    looks.apply(made, cell.look)
    return made
