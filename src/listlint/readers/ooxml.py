"""What calamine does not tell of an xlsx sheet, read from the XML at the speed of `bytes.find`.

Error values, formulas that were never calculated, hidden rows and columns, and number formats that
show leading zeros or percent. Each is looked for only where a cheap test says that it is there.
Element and attribute names: ECMA-376 part 1, SpreadsheetML.
"""

from __future__ import annotations

import html
import posixpath
import queue
import re
import threading
import zipfile
import zlib
from typing import TYPE_CHECKING, TypeVar

from listlint.later import expression
from listlint.readers.container import read_bounded
from listlint.readers.values import NumberFormat
from listlint.slotted import field, slotted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")

_CHUNK = 4 << 20
_MAX_PART = 64 << 20
_MAX_PATCHES = 3_000_000

_ATTRIBUTE = expression(rb'([\w:]+)\s*=\s*(?:"([^"]*)"|\'([^\']*)\')')
_SHEET = expression(rb"<(?:\w+:)?sheet\s[^>]*>")
_RELATION = expression(rb"<(?:\w+:)?Relationship\s[^>]*>")
_FORMAT = expression(rb"<(?:\w+:)?numFmt\s[^>]*>")
_XF = expression(rb"<(?:\w+:)?xf\s[^>]*>")
_CELL_XFS = expression(rb"<(?:\w+:)?cellXfs[\s>].*?</(?:\w+:)?cellXfs>", re.S)
_ROWS_END = expression(rb"</(?:[\w.-]+:)?sheetData\s*>|<(?:[\w.-]+:)?sheetData\s*/>")
_FAR_COLUMN = expression(rb'\br="([A-Z]{2,3})\d')
_ROW = expression(rb'row\s[^>]*?\br="(\d{1,7})"')
_ROW_TAIL = 2 << 20
_LETTERS = 26
"""Columns of one letter, which no sheet is looked through for."""
_LARGE_BOX = 30_000_000
_CELL_BYTES = 2
"""So few bytes of XML for a cell of the box, and most of it is empty: the shortest takes 20."""

_FIXED = expression(r'"([^"]*)"|\\(.)')
_LITERAL_PREFIX = expression(r"^(?:\[[^\]]*\])?")
_SPACING = expression(r"[_*].")
_ELAPSED = expression(r"\[[hms]+\]", re.IGNORECASE)
_BRACKETS = expression(r"\[[^\]]*\]")
_DATE_LETTER = expression(r"[dmhys]", re.IGNORECASE)
_BUILT_IN_DATES = {**dict.fromkeys([*range(14, 23), 45, 47], False), 46: True}
_BUILT_IN = {9: NumberFormat("percent", 0), 10: NumberFormat("percent", 2)}


@slotted(slots=True)
class SheetDetails:
    """Rows and columns are 0-based here; `hidden_rows` are row numbers."""

    shown: dict[int, list[tuple[int, NumberFormat | str]]] = field(default_factory=dict)
    """Row → (column, the format to show the value by, or the text of an error value)."""
    error: tuple[int, int, str] | None = None
    errors: int = 0
    no_value: tuple[int, int] | None = None
    no_values: int = 0
    formulas: bool = False
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    sparse: bool = False
    """Whether the box around the cells is large and hardly filled: a stray cell far off."""


class Package:
    """The parts of an xlsx that this module needs.

    The sheets are looked through in a thread: calamine, which meanwhile loads the strings, does
    so without holding the interpreter.
    """

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._names = {
            name.replace("\\", "/").lstrip("/").lower(): name for name in archive.namelist()
        }
        self.sheets = self._sheet_parts()
        """Sheet name → zip member."""
        self._formats = number_formats(self._part("xl/styles.xml"))
        self._found: dict[str, queue.SimpleQueue[SheetDetails | Exception]] = {
            name: queue.SimpleQueue() for name in self.sheets
        }
        threading.Thread(target=self._look_through, daemon=True).start()

    def _look_through(self) -> None:
        for name, answer in self._found.items():
            try:
                answer.put(self._details(name))
            except Exception as error:
                answer.put(error)

    def details(self, sheet: str) -> SheetDetails:
        """What there is to say of a sheet; to be asked once. Nothing where it wasn't found."""
        answer = self._found.get(sheet)
        if answer is None:
            return SheetDetails()
        found = answer.get()
        if isinstance(found, Exception):
            raise found
        return found

    def _part(self, path: str) -> bytes:
        name = self._names.get(path.lower())
        return read_bounded(self._archive, name, _MAX_PART) if name else b""

    def _sheet_parts(self) -> dict[str, str]:
        targets: dict[str, str] = {}
        for match in _RELATION.finditer(self._part("xl/_rels/workbook.xml.rels")):
            attributes = _attributes(match[0])
            target = attributes.get("Target", "").replace("\\", "/")
            path = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
            targets[attributes.get("Id", "")] = path
        found: dict[str, str] = {}
        for match in _SHEET.finditer(self._part("xl/workbook.xml")):
            attributes = _attributes(match[0])
            key = next((v for k, v in attributes.items() if k.endswith(":id")), "")
            name = self._names.get(targets.get(key, "").lower())
            if name:
                found[attributes.get("name", "")] = name
        return found

    def _details(self, sheet: str) -> SheetDetails:
        """Look through one sheet's XML, as far as it can be read."""
        found = SheetDetails()
        patterns: Patterns | None = None
        last_row, last_column, size = 0, _LETTERS, 0
        for piece in self._pieces(self.sheets[sheet]):
            if patterns is None:
                patterns = Patterns(prefix_of(piece), self._formats)
                found.hidden_columns |= hidden_columns(piece[: piece.find(b"sheetData")])
            # Conditions and validations, which hold formulas too, stand after the rows.
            close = _ROWS_END.search(piece) if b"sheetData" in piece else None
            patterns.look(piece[: close.start()] if close else piece, found)
            size += len(piece)
            rows = _ROW.findall(piece, max(0, len(piece) - _ROW_TAIL))
            last_row = max(last_row, int(rows[-1]) if rows else 0)
            far = set(_FAR_COLUMN.findall(piece))
            last_column = max(last_column, *(_column(c) + 1 for c in far)) if far else last_column
        box = last_row * last_column
        found.sparse = box > _LARGE_BOX and size < box * _CELL_BYTES
        return found

    def _pieces(self, name: str) -> Iterator[bytes]:
        """The member's bytes in pieces that end with a row's end tag (the last one apart)."""
        try:
            with self._archive.open(name) as member:
                rest = b""
                while chunk := member.read(_CHUNK):
                    rest += chunk
                    cut = rest.rfind(b"row>") + 4
                    if cut > 3:
                        yield rest[:cut]
                        rest = rest[cut:]
                    elif len(rest) > _MAX_PART:
                        return
                yield rest
        except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError,
                zlib.error, ValueError):  # fmt: skip
            return


def prefix_of(piece: bytes) -> bytes:
    """The namespace prefix of a sheet's elements with its colon, by the sheet's beginning."""
    match = re.search(rb"<(\w+:)worksheet[\s>]", piece[:4096])
    return match[1] if match else b""


def _attributes(tag: bytes) -> dict[str, str]:
    return {
        name.decode(): html.unescape((double or single).decode("utf-8", "replace"))
        for name, double, single in _ATTRIBUTE.findall(tag)
    }


def hidden_columns(head: bytes) -> set[int]:
    """0-based hidden columns, by the sheet's XML before its rows."""
    found: set[int] = set()
    for match in re.finditer(rb"<(?:\w+:)?col\s[^>]*>", head):
        attributes = _attributes(match[0])
        if attributes.get("hidden") in ("1", "true"):
            first, last = attributes.get("min", ""), attributes.get("max", "")
            if first.isdecimal() and last.isdecimal():
                # A run of hidden columns to the sheet's end says nothing about data.
                found.update(range(int(first) - 1, min(int(last), 2048)))
    return found


class Patterns:
    """Expressions for one sheet, whose elements may carry a namespace prefix."""

    def __init__(self, prefix: bytes, formats: dict[int, NumberFormat]) -> None:
        self.prefix = prefix
        self._formula = b"<" + prefix + b"f"
        cell = b"<" + prefix + rb"c\s([^>]*?)"
        value, formula, end = prefix + b"v", prefix + b"f", b"</" + prefix + b"c>"
        self._error = re.compile(
            cell + rb">(?:<" + formula + rb"[^>]*?(?:/>|>[^<]*</" + formula + rb">))?\s*<"
            + value + rb">([^<]*)<"
        )  # fmt: skip
        self._uncalculated = re.compile(
            cell + rb">\s*<" + formula + rb"(?:\s[^>]*?)?(?:/>|>[^<]*</" + formula + rb">)\s*"
            rb"(<" + value + rb"\s*/>|<" + value + rb">\s*</" + value + rb">)?\s*" + end
        )
        self._hidden = re.compile(b"<" + prefix + rb'row\s[^>]*?\bhidden="(?:1|true)"[^>]*>')
        self._formats = formats
        styles = b"|".join(b"%d" % index for index in formats)
        self._styled = re.compile(
            b"<" + prefix + rb'c r="([A-Z]{1,3})(\d{1,7})" s="(' + styles + rb')"[^>]*>'
        )

    def look(self, piece: bytes, found: SheetDetails) -> None:
        """Add what a piece of the sheet says."""
        if b't="e"' in piece:
            self._errors(piece, found)
        if self._formula in piece:
            self._formulas(piece, found)
        if b'hidden="' in piece:
            for match in self._hidden.finditer(piece):
                number = _attributes(match[0]).get("r", "")
                if number.isdecimal():
                    found.hidden_rows.add(int(number))
        if self._formats:
            for column, row, style in self._styled.findall(piece):
                if len(found.shown) < _MAX_PATCHES:
                    found.shown.setdefault(int(row) - 1, []).append(
                        (_column(column), self._formats[int(style)])
                    )

    def _errors(self, piece: bytes, found: SheetDetails) -> None:
        for attributes, value in self._error.findall(piece):
            if b't="e"' not in attributes:
                continue
            place = _place(attributes)
            if place is None:
                continue
            text = html.unescape(value.decode("utf-8", "replace"))
            found.errors += 1
            found.error = found.error or (*place, text)
            if found.errors < _MAX_PATCHES:
                found.shown.setdefault(place[0], []).append((place[1], text))

    def _formulas(self, piece: bytes, found: SheetDetails) -> None:
        # `<f` begins nothing else inside a row.
        found.formulas = True
        for match in self._uncalculated.finditer(piece):
            attributes, value = match[1], match[2]
            # An empty value of type "str" is the formula's own answer: empty text.
            if value is not None and b't="str"' in attributes:
                continue
            place = _place(attributes)
            if place is not None:
                found.no_values += 1
                found.no_value = found.no_value or place


def _place(attributes: bytes) -> tuple[int, int] | None:
    match = re.search(rb'\br="([A-Z]{1,3})(\d{1,7})"', attributes)
    return (int(match[2]) - 1, _column(match[1])) if match else None


def _column(letters: bytes) -> int:
    """0-based column of its letters."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def number_formats(styles: bytes) -> dict[int, NumberFormat]:
    """Cell style (index in cellXfs) → a format that matters; most workbooks have none."""
    return _by_style(styles, _BUILT_IN, parse_format)


def date_styles(styles: bytes) -> dict[int, bool]:
    """Cell styles that show a number as a date (False) or as a length of time (True)."""
    return _by_style(styles, _BUILT_IN_DATES, _parse_date)


def _by_style(
    styles: bytes, built_in: dict[int, T], parse: Callable[[str], T | None]
) -> dict[int, T]:
    if not styles:
        return {}
    codes = dict(built_in)
    for match in _FORMAT.finditer(styles):
        attributes = _attributes(match[0])
        shown = parse(attributes.get("formatCode", ""))
        number = attributes.get("numFmtId", "")
        if number.isdecimal():
            if shown is not None:
                codes[int(number)] = shown
            else:
                codes.pop(int(number), None)
    section = _CELL_XFS.search(styles)
    found: dict[int, T] = {}
    for index, match in enumerate(_XF.finditer(section[0]) if section else ()):
        number = _attributes(match[0]).get("numFmtId", "")
        if number.isdecimal() and int(number) in codes:
            found[index] = codes[int(number)]
    return found


def _parse_date(code: str) -> bool | None:
    """Whether a format shows a length of time (`[h]:mm`) rather than a date; None for neither."""
    bare = _FIXED.sub("", _SPACING.sub("", code)).split(";")[0]
    if _ELAPSED.search(bare):
        return True
    return False if _DATE_LETTER.search(_BRACKETS.sub("", bare)) else None


def parse_format(code: str) -> NumberFormat | None:
    """A number format that shows leading zeros or percent, or None for any other."""
    first = _LITERAL_PREFIX.sub("", code.split(";")[0]).strip()
    if re.fullmatch(r"0{2,40}", first):
        return NumberFormat("pad", len(first))
    percent = re.fullmatch(r"[#,]*0(?:\.([0#]+))?\s?%", first)
    if percent:
        return NumberFormat("percent", len(percent[1] or ""))
    # Digits in groups, or with fixed text around them: 000-00-0000, "SKU"0000.
    fixed = "".join(match[1] or match[2] for match in _FIXED.finditer(first))
    digits = _FIXED.sub("", first)
    if "0" not in fixed and re.fullmatch(r"[ ()/\-]*0[0 ()/\-]*0[ ()/\-]*", digits):
        return NumberFormat("pad", digits.count("0"), mask=_FIXED.sub(r"\1\2", first))
    return None
