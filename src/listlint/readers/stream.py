"""Large xlsx sheets, row by row: memory holds a block of rows, never a sheet.

calamine is faster, and holds a sheet whole. This reader takes over where that would cost too much
(`workbook` decides), and gives the same cells. Rows as every program writes them are taken apart by
expressions, all others by expat. Elements and attributes: ECMA-376 part 1, SpreadsheetML.
"""

from __future__ import annotations

import codecs
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from listlint.later import expression
from listlint.readers import notes
from listlint.readers.ooxml import SheetDetails, hidden_columns
from listlint.readers.strings import SharedStrings, parse_fragment, pieces, text_of, unescape
from listlint.readers.values import Value

if TYPE_CHECKING:
    from listlint.readers.ooxml import Patterns

_CHUNK = 1 << 20
_LAST_COLUMN = 16_384
_LAST_ROW = 1_048_576
_MAX_PLANS = 2_000
_BLANKS = " \t\r\n"

_PLAIN_CELL = expression(
    rb'<c r="([A-Z]{1,3})\d{1,7}"([^<>]*?)(?:/>|>(?:<f[^<>]*?(?:/>|>[^<]*</f>))?'
    rb'(?:(<v>|<is><t>|<is><t xml:space="preserve">)([^<]*)(?:</v>|</t></is>)|<v ?/>)?</c>)'
)
_NUMBER = expression(rb'\sr\s*=\s*["\'](\d{1,7})["\']')
_TYPE = expression(rb'\st="(\w+)"')
_STYLE = expression(rb'\ss="(\d+)"')
_PLACE = expression(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})$")
_ENCODING = expression(rb'^<\?xml[^>]*?encoding\s*=\s*["\']([\w.-]+)["\']')
_BEGIN = expression(rb"<(?:[\w.-]+:)?sheetData\s*(/?)>")
_CLOSE = expression(rb"</(?:[\w.-]+:)?sheetData\s*>")
_MERGED = expression(rb'<(?:[\w.-]+:)?mergeCell\s[^>]*?ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')

Row = tuple[int, list[Value]]
Convert = Callable[[bytes], Value]
DateStyles = dict[int, bool]
"""Cell styles that show a number as a date (False) or as a length of time (True)."""


class Sheet:
    """The rows of one sheet's XML; what stands around them is known when they have been read."""

    def __init__(
        self, chunks: Iterator[bytes], strings: SharedStrings, dates: DateStyles, epoch: date
    ) -> None:
        self._chunks = chunks
        self._strings = strings
        self._dates = dates
        self._epoch = epoch
        self._converters: dict[tuple[bytes, bytes], Convert] = {}
        self._plans: dict[tuple[tuple[bytes, ...], ...], _Plan] = {}
        self.merged: tuple[tuple[int, int, int, int], ...] = ()

    def pieces(
        self, patterns: Callable[[bytes], Patterns], found: SheetDetails
    ) -> Iterator[list[Row]]:
        """Rows with cells in the order of the file, some thousand at a time; `found` is filled with
        what `patterns` says of the same rows."""
        look: Patterns | None = None
        number, head = 0, b""
        tail: bytes | None = None
        for piece in pieces(self._chunks, b"row"):
            if tail is not None:
                tail += piece
                continue
            if look is None:
                head += piece
                begin = _BEGIN.search(head)
                if begin is None:
                    continue
                before, piece = head[: begin.start()], head[begin.end() :]
                if b"<!DOCTYPE" in before or b"<!ENTITY" in before:
                    raise notes.unreadable(
                        notes.UNSAFE, "the XML declares entities", "XML 中声明了实体"
                    )
                look = patterns(before)
                found.hidden_columns |= hidden_columns(before)
                if begin[1]:
                    tail = piece
                    continue
            close = _CLOSE.search(piece) if b"sheetData" in piece else None
            if close is not None:
                piece, tail = piece[: close.start()], piece[close.end() :]
            look.look(piece, found)
            rows = list(self._rows(piece, number, look.prefix))
            if rows:
                number = rows[-1][0]
                yield rows
        if tail is None:
            raise notes.unreadable(
                notes.TRUNCATED, "the end of the sheet is missing", "工作表末尾缺失"
            )
        self.merged = tuple(
            (int(top), _column(left), int(bottom), _column(right))
            for left, top, right, bottom in _MERGED.findall(tail)
        )

    def _rows(self, piece: bytes, number: int, prefix: bytes) -> Iterator[Row]:
        if prefix:
            yield from _Rows(piece, number, self).found
            return
        for part in piece.split(b"</row>"):
            at = part.rfind(b"<row")
            if at < 0:
                continue
            end = part.find(b">", at)
            told = _NUMBER.search(part, at, end)
            number = _row_number(told[1].decode()) if told else number + 1
            cells = _PLAIN_CELL.findall(part, end)
            if part.count(b"<c ", end) + part.count(b"<c>", end) != len(cells) or b"<!" in part:
                yield from _Rows(part[at:] + b"</row>", number - 1, self).found
            elif cells:
                yield number, self._plain(cells)

    def _plain(self, cells: list[tuple[bytes, bytes, bytes, bytes]]) -> list[Value]:
        letters, attributes, opens, texts = zip(*cells, strict=True)
        key = (letters, attributes, opens)
        plan = self._plans.get(key)
        if plan is None:
            if len(self._plans) >= _MAX_PLANS:
                self._plans.clear()
            converters = [self.converter(a, o) for a, o in zip(attributes, opens, strict=True)]
            plan = self._plans[key] = _Plan(list(map(_column, letters)), converters)
        return plan.row(texts)

    def converter(self, attributes: bytes, opening: bytes) -> Convert:
        """What turns the text of a cell with these attributes, and this tag before it, to a value."""
        key = (attributes, opening)
        found = self._converters.get(key)
        if found is None:
            if len(self._converters) >= _MAX_PLANS:
                self._converters.clear()
            kind, style = _TYPE.search(attributes), _STYLE.search(attributes)
            found = self._converters[key] = self._converter(
                kind[1] if kind else b"n", int(style[1]) if style else 0, opening
            )
        return found

    def _converter(self, kind: bytes, style: int, opening: bytes) -> Convert:
        inline = opening.startswith(b"<is>")
        if not opening or kind == b"e" or inline != (kind == b"inlineStr"):
            # An error value is told by `SheetDetails`.
            return _nothing
        if inline:
            return _kept if opening.endswith(b'"preserve">') else _trimmed
        if kind == b"s":
            return self._strings
        if kind == b"str":
            return _kept
        if kind == b"b":
            return _boolean
        if kind == b"d":
            return _iso_date
        if kind != b"n":
            raise notes.unreadable(
                notes.BROKEN,
                f"cells of an unknown type {kind.decode('ascii', 'replace')!r}",
                f"未知的单元格类型 {kind.decode('ascii', 'replace')!r}",
            )
        length = self._dates.get(style)
        if length is None:
            return _number
        epoch = self._epoch
        return lambda raw: as_date(_number(raw), epoch, length=length)


class _Plan:
    """Where the cells of like rows go, and how their texts become values."""

    def __init__(self, columns: list[int], converters: list[Convert]) -> None:
        self._width = max(columns) + 1
        self._columns = None if columns == list(range(len(columns))) else columns
        self._converters = converters

    def row(self, texts: tuple[bytes, ...]) -> list[Value]:
        values = [convert(raw) for convert, raw in zip(self._converters, texts, strict=True)]
        if self._columns is None:
            return values
        row: list[Value] = [""] * self._width
        for column, value in zip(self._columns, values, strict=True):
            row[column] = value
        return row


class _Rows:
    """Rows that are written in an unusual way, through expat."""

    def __init__(self, fragment: bytes, number: int, sheet: Sheet) -> None:
        self.found: list[Row] = []
        self._number = number
        self._sheet = sheet
        self._row: dict[int, Value] = {}
        self._column = -1
        self._attributes = b""
        self._opening = ""
        self._parts: list[str] = []
        self._texts: list[str] = []
        self._in_guide = False
        parse_fragment(fragment, b"row", self._start, self._end, self._parts.append)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "row":
            told = attributes.get("r", "")
            self._number = _row_number(told) if told.isdecimal() else self._number + 1
            self._row, self._column = {}, -1
        elif name == "c":
            place = _PLACE.match(attributes.get("r", ""))
            self._column = _column(place[1].upper().encode()) if place else self._column + 1
            kept = (f' {key}="{attributes[key]}"' for key in ("s", "t") if key in attributes)
            self._attributes = "".join(kept).encode()
            self._opening, self._texts = "", []
        elif name == "rPh":
            self._in_guide = True
        elif name in ("v", "t") and not self._in_guide:
            self._parts.clear()
            preserved = attributes.get("xml:space") == "preserve"
            self._opening = "<v>" if name == "v" else f"<is>{preserved}"

    def _end(self, name: str) -> None:
        if name == "row":
            if self._row:
                width = max(self._row) + 1
                self.found.append((self._number, [self._row.get(i, "") for i in range(width)]))
        elif name == "rPh":
            self._in_guide = False
        elif name == "v":
            convert = self._sheet.converter(self._attributes, b"<v>")
            text = "".join(self._parts)
            # Entities are resolved already: what makes text of bytes must not do so again.
            self._row[self._column] = (
                unescape(text) if convert is _kept else convert(text.encode("utf-8", "replace"))
            )
        elif name == "t" and not self._in_guide and self._opening.startswith("<is>"):
            text = "".join(self._parts)
            self._texts.append(
                unescape(text if self._opening == "<is>True" else text.strip(_BLANKS))
            )
            self._row[self._column] = "".join(self._texts)
        elif name == "c" and not self._opening:
            self._row.setdefault(self._column, "")


def _row_number(told: str) -> int:
    number = int(told)
    if not 1 <= number <= _LAST_ROW:
        raise notes.unreadable(notes.BROKEN, f"no such row: {number}", f"行不存在：{number}")
    return number


def _nothing(raw: bytes) -> Value:
    return ""


def _number(raw: bytes) -> Value:
    try:
        return float(raw)
    except ValueError:
        return raw.decode("utf-8", "replace")


def _kept(raw: bytes) -> Value:
    return text_of(raw.decode("utf-8", "replace"))


def _trimmed(raw: bytes) -> Value:
    return text_of(raw.decode("utf-8", "replace").strip(_BLANKS))


def _boolean(raw: bytes) -> Value:
    return raw not in (b"0", b"false")


def _iso_date(raw: bytes) -> Value:
    text = raw.decode("utf-8", "replace")
    if text.endswith(("Z", "z")):
        return text
    try:
        return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    except ValueError:
        return text


EPOCH: Final = date(1899, 12, 30)
EPOCH_1904: Final = date(1904, 1, 1)
_DAY: Final = timedelta(days=1)
_MIDNIGHT: Final = time()


def as_date(value: Value, epoch: date, *, length: bool) -> Value:
    """A serial number of days as what a date format shows; other values as they are.

    `length`: a length of time, not a point in it. Day 60 of the 1900 system never was (ECMA-376
    part 1, 18.17.4.1).
    """
    if not isinstance(value, float) or value != value:
        return value
    try:
        span = timedelta(milliseconds=round(value * 86_400_000))
        if length:
            return span
        if value < 1:
            return (datetime.min + span % _DAY).time()
        if epoch == EPOCH and value < 60:
            span += _DAY
        moment = datetime(epoch.year, epoch.month, epoch.day) + span
    except OverflowError:
        return value
    return moment if moment.time() != _MIDNIGHT else moment.date()


def _column(letters: bytes) -> int:
    """0-based column of its letters. Raises `UnreadableError` beyond the last."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    if number > _LAST_COLUMN:
        raise notes.unreadable(
            notes.BROKEN, f"no such column: {letters.decode()}", f"列不存在：{letters.decode()}"
        )
    return number - 1


def utf8_chunks(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """A member's XML as UTF-8, whatever its encoding. Raises `UnreadableError` where it is damaged."""
    try:
        with archive.open(name) as member:
            head = member.read(_CHUNK)
            decoder = _decoder(head)
            while head:
                yield decoder(head) if decoder else head
                head = member.read(_CHUNK)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, OSError,
            UnicodeError) as error:  # fmt: skip
        reason = str(error)[:200]
        raise notes.unreadable(notes.BROKEN, reason, reason) from error


def _decoder(head: bytes) -> Callable[[bytes], bytes] | None:
    """What turns chunks into UTF-8; None where they are."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        name = "utf-16"
    elif told := _ENCODING.match(head.removeprefix(codecs.BOM_UTF8)):
        name = told[1].decode("ascii")
        if name.lower() in ("utf-8", "utf8", "us-ascii"):
            return None
    else:
        return None
    try:
        decoder = codecs.getincrementaldecoder(name)()
    except LookupError:
        return None
    return lambda chunk: decoder.decode(chunk).encode()
