"""Changing cells of an xlsx or xlsm workbook and nothing else.

The new text is put into the sheet's XML in place of the cell's; all other bytes of it, and all
other parts (styles, macros, charts, validation, other sheets), stay as they are. Libraries that
load and save a workbook lose what they don't know. Element names: ECMA-376 part 1, SpreadsheetML.
"""

from __future__ import annotations

import math
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from html import escape
from xml.parsers import expat

from listlint.batch import column_letters
from listlint.fix.refusal import CANT_ENCODE, DIFFERENT, FORMULA, MALFORMED, NOT_THERE, Refused
from listlint.later import expression
from listlint.model import Text
from listlint.readers.container import open_zip, read_bounded
from listlint.readers.interface import Limits
from listlint.readers.package import Parts
from listlint.slotted import field, slotted

_REFERENCE = expression(r"([A-Z]{1,3})(\d{1,7})$")
_ESCAPED = expression(r"_x([0-9A-Fa-f]{4})_")
_CALCULATION = expression(rb"<((?:\w+:)?calcPr)\b")
_SPANS = expression(rb"""\sspans=(?:"[^"]*"|'[^']*')""")
_DIMENSION = expression(rb"""<(?:[\w.-]+:)?dimension\b[^>]*?/>""")
_CELL_OR_ROW_END = expression(rb"<(?:[\w.-]+:)?c\b|</(?:[\w.-]+:)?row\b")
_ILLEGAL = expression("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

Cells = Mapping[tuple[int, int], tuple[str, str]]
"""(row, 0-based column) → (text as it is, text to be); a cell that was empty may be a new one."""


@slotted(slots=True)
class _Cell:
    """A `<c>` element: where it stands in the XML, and what it says."""

    start: int
    end: int
    attributes: dict[str, str]
    formula: bool = False
    value: str = ""
    inline: str = ""


def change(
    source: str, target: str, sheets: Mapping[str, Cells], limits: Limits
) -> dict[tuple[str, int, int], Refused]:
    """Write the workbook to `target` with the cells changed; those that could not be, with reasons.

    Raises `Refused` where the workbook can't be changed, `UnreadableError` where it is unsafe.
    """
    refused: dict[tuple[str, int, int], Refused] = {}
    with open_zip(source, limits) as archive:
        package = Parts(archive)
        parts = {sheet: package.names.get(part.lower()) for sheet, part in package.sheets()}
        new: dict[str, bytes] = {}
        for sheet, cells in sheets.items():
            name = parts.get(sheet)
            data = read_bounded(archive, name, limits.max_memory) if name else b""
            if name is None or not data:
                refused.update(((sheet, *place), Refused(NOT_THERE)) for place in cells)
                continue
            new[name], wrong = _sheet(data, cells, archive, limits)
            refused.update(((sheet, *place), why) for place, why in wrong.items())
        _rewrite(archive, target, new)
    return refused


def _rewrite(archive: zipfile.ZipFile, target: str, new: Mapping[str, bytes]) -> None:
    """Copy every member; those in `new` with other content."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for info in archive.infolist():
            try:
                data = new.get(info.filename)
                data = archive.read(info) if data is None else data
            except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError):
                raise Refused(MALFORMED) from None
            if info.filename.lower().endswith("xl/workbook.xml"):
                # Formulas that look at a changed cell are worked out again when it is opened.
                data = _recalculated(data)
            out.writestr(info, data)


def _recalculated(workbook: bytes) -> bytes:
    if b"fullCalcOnLoad" in workbook:
        return workbook
    return _CALCULATION.sub(rb'<\1 fullCalcOnLoad="1"', workbook, count=1)


def _sheet(
    xml: bytes, cells: Cells, archive: zipfile.ZipFile, limits: Limits
) -> tuple[bytes, dict[tuple[int, int], Refused]]:
    finder = _find(xml, cells)
    found = finder.found
    wanted = {int(c.value) for c in found.values() if _shared(c)}
    strings = _shared_strings(archive, wanted, limits) if wanted else {}
    refused: dict[tuple[int, int], Refused] = {}
    splices: list[tuple[int, int, bytes]] = []
    for place, (old, new) in cells.items():
        cell = found.get(place)
        gap = finder.gaps.get(place)
        if cell is None and gap is not None and not old:
            splices.append((gap, gap, _new_element(xml, gap, place, new)))
            finder.widened.add(place[0])
            continue
        why = NOT_THERE if cell is None else _why_not(cell, old, new, strings)
        if cell is None or why is not None:
            refused[place] = Refused(why or NOT_THERE)
            continue
        splices.append((cell.start, cell.end, _element(xml, cell, new)))
    splices += _loosened(xml, finder)
    pieces, at = [], 0
    for start, end, text in sorted(splices):
        pieces += [xml[at:start], text]
        at = end
    pieces.append(xml[at:])
    return b"".join(pieces), refused


def _shared(cell: _Cell) -> bool:
    return cell.attributes.get("t") == "s" and cell.value.strip().isdecimal()


def _why_not(cell: _Cell, old: str, new: str, strings: Mapping[int, str]) -> Text | None:
    if cell.formula:
        return FORMULA
    kind = cell.attributes.get("t", "n")
    if kind in ("b", "e"):
        return DIFFERENT
    if kind == "n":
        if (cell.value or old) and not _same_number(cell.value, old):
            return DIFFERENT
    else:
        said = cell.inline if kind == "inlineStr" else cell.value
        if kind == "s":
            said = strings.get(int(cell.value), "") if _shared(cell) else ""
        if _lines(_unescaped(said)) != _lines(_unescaped(old)):
            return DIFFERENT
    with suppress(UnicodeEncodeError):
        new.encode("utf-8")
        return None
    return CANT_ENCODE


def _same_number(value: str, shown: str) -> bool:
    """Whether a stored number is what was shown; a format may show zeros before it."""
    try:
        return float(value) == float(shown.strip())
    except ValueError:
        return False


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda m: chr(int(m[1], 16)), text)


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _element(xml: bytes, cell: _Cell, text: str) -> bytes:
    """The cell with its own style, holding `text`."""
    tag = re.match(rb"<((?:[\w.-]+:)?)c\b", xml[cell.start : cell.start + 80])
    return _inline(tag[1].decode() if tag else "", cell.attributes, text)


def _new_element(xml: bytes, gap: int, place: tuple[int, int], text: str) -> bytes:
    """A cell that was not there; it goes where the row's next cell, or its end, stands."""
    tag = re.match(rb"</?((?:[\w.-]+:)?)\w", xml[gap : gap + 80])
    name = f"{column_letters(place[1])}{place[0]}"
    return _inline(tag[1].decode() if tag else "", {"r": name}, text)


def _loosened(xml: bytes, finder: _Finder) -> Iterator[tuple[int, int, bytes]]:
    """Take away what says how wide the sheet and its widened rows are: readers need neither."""
    for row in finder.widened:
        start = finder.rows[row]
        end = xml.index(b">", start)
        for found in _SPANS.finditer(xml, start, end):
            yield found.start(), found.end(), b""
    if finder.widened:
        for found in _DIMENSION.finditer(xml, 0, min(finder.rows.values())):
            yield found.start(), found.end(), b""


def _inline(prefix: str, attributes: Mapping[str, str], text: str) -> bytes:
    """A cell's XML with its text in it."""
    kept = "".join(
        f' {k}="{escape(v)}"' for k, v in attributes.items() if k not in ("t", "vm", "cm")
    )
    # What looks like an escape in the text must not be read as one.
    text = re.sub(r"_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", text)
    text = _ILLEGAL.sub(lambda m: f"_x{ord(m[0]):04X}_", text).replace("\r", "_x000D_")
    inner = f'<{prefix}t xml:space="preserve">{escape(text, quote=False)}</{prefix}t>'
    made = f'<{prefix}c{kept} t="inlineStr"><{prefix}is>{inner}</{prefix}is></{prefix}c>'
    return made.encode("utf-8")


def _find(xml: bytes, cells: Iterable[tuple[int, int]]) -> _Finder:
    """The cells of a sheet that are wanted, by their place, and where those would stand that are not."""
    finder = _Finder(set(cells))
    _parse(xml, finder.start, finder.end, finder.text, lambda p: setattr(finder, "parser", p))
    for cell in finder.found.values():
        # The parser gives where the end tag begins; of `<c …/>` where the element ends.
        if xml.startswith(b"</", cell.end):
            cell.end = xml.index(b">", cell.end) + 1
    # Of `<row …/>` the parser gives what follows it, where no cell may stand.
    finder.gaps = {k: at for k, at in finder.gaps.items() if _CELL_OR_ROW_END.match(xml, at)}
    return finder


def _parse(
    xml: bytes,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
    prepare: Callable[[expat.XMLParserType], None],
) -> None:
    """Run a parser that knows no entities over the XML. Raises `Refused`."""
    if xml[:2] in (b"\xff\xfe", b"\xfe\xff") or b"<!DOCTYPE" in xml[:1024]:
        raise Refused(MALFORMED)
    parser = expat.ParserCreate()
    prepare(parser)
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    try:
        parser.Parse(xml, True)
    except expat.ExpatError:
        raise Refused(MALFORMED) from None


@slotted(slots=True)
class _Finder:
    """Follows rows and cells; remembers those that are wanted."""

    wanted: set[tuple[int, int]]
    found: dict[tuple[int, int], _Cell] = field(default_factory=dict)
    gaps: dict[tuple[int, int], int] = field(default_factory=dict)
    """Where in the XML a wanted cell that is not there would have to stand."""
    rows: dict[int, int] = field(default_factory=dict)
    """Where in the XML the rows begin that have wanted cells."""
    widened: set[int] = field(default_factory=set)
    """Rows that got a new cell."""
    parser: expat.XMLParserType | None = None
    _row: int = 0
    _column: int = -1
    _cell: _Cell | None = None
    _into: str = ""
    _left: list[int] = field(default_factory=list)
    _columns: dict[int, list[int]] = field(default_factory=dict)
    _phonetic: bool = False

    def __post_init__(self) -> None:
        for row, column in sorted(self.wanted):
            self._columns.setdefault(row, []).append(column)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "row":
            given = attributes.get("r", "")
            self._row = int(given) if given.isdecimal() else self._row + 1
            self._column = -1
            self._left = self._columns.get(self._row, [])
            if self._left:
                assert self.parser is not None
                self.rows.setdefault(self._row, self.parser.CurrentByteIndex)
        elif local == "c":
            self._begin(attributes)
        elif self._cell is None:
            return
        elif local == "f":
            self._cell.formula = True
        elif local == "rPh":
            self._phonetic = True
        elif local in ("v", "t") and not self._phonetic:
            self._into = local

    def _begin(self, attributes: dict[str, str]) -> None:
        place = _REFERENCE.match(attributes.get("r", ""))
        if place is None:
            self._column += 1
        else:
            self._row, self._column = int(place[2]), 0
            for letter in place[1]:
                self._column = self._column * 26 + ord(letter) - 64
            self._column -= 1
        key = (self._row, self._column)
        self._pass(self._column)
        if key in self.wanted and key not in self.found:
            assert self.parser is not None
            self._cell = _Cell(self.parser.CurrentByteIndex, 0, attributes)
            self.found[key] = self._cell

    def _pass(self, column: float) -> None:
        """What is wanted before `column` of this row, and was not met, would stand here."""
        while self._left and self._left[0] <= column:
            missed = self._left.pop(0)
            if missed < column and (self._row, missed) not in self.found:
                assert self.parser is not None
                self.gaps.setdefault((self._row, missed), self.parser.CurrentByteIndex)

    def end(self, name: str) -> None:
        local = name.rpartition(":")[2]
        if local == "row":
            self._pass(math.inf)
        if local in ("v", "t"):
            self._into = ""
        elif local == "rPh":
            self._phonetic = False
        elif local == "c" and self._cell is not None:
            assert self.parser is not None
            self._cell.end = self.parser.CurrentByteIndex
            self._cell = None

    def text(self, data: str) -> None:
        if self._cell is None:
            return
        if self._into == "v":
            self._cell.value += data
        elif self._into == "t":
            self._cell.inline += data


def _shared_strings(archive: zipfile.ZipFile, wanted: set[int], limits: Limits) -> dict[int, str]:
    """The shared strings with these numbers."""
    names = {n.lower(): n for n in archive.namelist()}
    name = names.get("xl/sharedstrings.xml")
    data = read_bounded(archive, name, limits.max_memory) if name else b""
    found: dict[int, str] = {}
    number, inside, phonetic = -1, False, False

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal number, inside, phonetic
        local = tag.rpartition(":")[2]
        if local == "si":
            number += 1
            if number in wanted:
                found[number] = ""
        elif local == "rPh":
            phonetic = True
        inside = local == "t" and not phonetic

    def end(tag: str) -> None:
        nonlocal inside, phonetic
        if tag.rpartition(":")[2] == "rPh":
            phonetic = False
        inside = False

    def text(piece: str) -> None:
        if inside and number in found:
            found[number] += piece

    if data:
        _parse(data, start, end, text, lambda parser: None)
    return found
