"""XML: product feeds (RSS, Atom, shops' own) and Excel 2003 workbooks, through expat.

Entities that a document declares are refused, so there is nothing to expand; nothing outside the
document is ever fetched. Feeds: https://support.google.com/merchants/answer/14987622; Excel 2003:
the XML Spreadsheet Reference (urn:schemas-microsoft-com:office:spreadsheet).
"""

from __future__ import annotations

import codecs
from collections import Counter
from typing import TYPE_CHECKING, Any, NoReturn
from xml.parsers import expat

from listlint.later import expression
from listlint.readers import notes
from listlint.readers.flat import Record, flat_blocks, widths_of
from listlint.readers.interface import Block, Grid, Limits, Note

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_CHUNK = 1 << 18
_DECLARED = expression(rb"<\?xml[^>]*?\sencoding\s*=\s*[\"']([A-Za-z][\w.:-]{1,30})[\"']")
_DECODED = ("gb", "big5", "shift_jis", "cp", "euc_", "iso8859", "koi8")
_MAX_DEPTH = 200
_MAX_TEXT = 4_000_000
_MAX_COLUMNS = 16_384
_RECORDS = frozenset({"item", "entry", "product", "offer", "listing", "row", "record", "article"})
_EXCEL = "urn:schemas-microsoft-com:office:spreadsheet"


def _parser(**handlers: Callable[..., Any]) -> Any:
    parser: Any = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def refuse(*_: object) -> NoReturn:
        raise notes.unreadable(
            notes.UNSAFE, "the XML declares entities", "XML 声明了实体（entity）"
        )

    parser.EntityDeclHandler = refuse
    parser.UnparsedEntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    for name, handler in handlers.items():
        setattr(parser, name, handler)
    return parser


def _feed(source: str, parser: Any) -> Iterator[None]:
    """Parse the file in pieces; yields after each. Raises `UnreadableError`."""
    try:
        with open(source, "rb") as file:
            # Exports often begin with a blank line, which XML does not allow.
            chunk = file.read(_CHUNK).lstrip(b" \t\r\n")
            decoder = _decoder(chunk)
            while chunk:
                parser.Parse(decoder.decode(chunk) if decoder else chunk, False)
                yield
                chunk = file.read(_CHUNK)
            parser.Parse(b"", True)
            yield
    except expat.ExpatError as error:
        ends = error.code in (
            expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS],
            expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_TOKEN],
            expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION],
        )
        name = notes.TRUNCATED if ends else notes.BROKEN
        raise notes.unreadable(name, f"XML: {error}", f"XML 错误：{error}") from error
    except (LookupError, ValueError) as error:
        raise notes.unreadable(notes.BROKEN, f"XML: {error}", f"XML 错误：{error}") from error


def _decoder(head: bytes) -> codecs.IncrementalDecoder | None:
    """A decoder for an encoding that expat does not have; what is given as `str` needs none."""
    declared = _DECLARED.match(head)
    if declared is None:
        return None
    name = codecs.lookup(declared[1].decode()).name
    if not name.startswith(_DECODED):
        return None
    return codecs.getincrementaldecoder(name)("replace")


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def root_of(source: str) -> tuple[str, str]:
    """(namespace, local name) of the outermost element."""
    found: list[str] = []
    parser = _parser(StartElementHandler=lambda name, _: found.append(name))
    for _ in _feed(source, parser):
        if found:
            break
    if not found:
        raise notes.unreadable(notes.BROKEN, "XML without an element", "XML 中没有元素")
    space, _, local = found[0].rpartition(" ")
    return space, local


class _Records:
    """Gathers the records of a feed: the elements `wanted`, flattened."""

    def __init__(self, wanted: str) -> None:
        self.ready: list[Record] = []
        self._wanted = wanted
        self._record: Record | None = None
        self._path: list[str] = []
        self._text: list[list[str]] = []
        self._depth = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise notes.unreadable(notes.UNSAFE, "elements nested too deep", "元素嵌套过深")
        if self._record is None:
            if _local(name) == self._wanted:
                self._record = [(_local(key), value) for key, value in attributes.items()]
                self._path = []
                self._text = []
            return
        local = _local(name)
        # Atom says a link by an attribute.
        self._path.append(local)
        self._text.append([])
        for key, value in attributes.items():
            if local == "link" and key == "href":
                self._text[-1].append(value)
            elif " " not in key:
                self._record.append((f"{'/'.join(self._path)}@{key}", value))

    def end(self, name: str) -> None:
        """An element ends."""
        self._depth -= 1
        if self._record is None:
            return
        if not self._path:
            self.ready.append(self._record)
            self._record = None
            return
        text = "".join(self._text.pop()).strip()
        if text:
            self._record.append(("/".join(self._path), text))
        self._path.pop()

    def data(self, text: str) -> None:
        """Text within an element."""
        if self._record is not None and self._text:
            self._text[-1].append(text)

    def stream(self, source: str) -> Iterator[Record]:
        """All records of the file."""
        parser = _parser(
            StartElementHandler=self.start,
            EndElementHandler=self.end,
            CharacterDataHandler=self.data,
        )
        for _ in _feed(source, parser):
            yield from self.ready
            self.ready.clear()


def _record_element(source: str) -> str | None:
    """The element that a feed repeats for each product."""
    counts: Counter[str] = Counter()
    depth = 0

    def start(name: str, _: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        local = _local(name)
        if depth > 1 and local.lower() in _RECORDS:
            counts[local] += 1

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    parser = _parser(StartElementHandler=start, EndElementHandler=end)
    for seen, _ in enumerate(_feed(source, parser)):
        if seen > 8 and counts:
            break
    # Of nested ones (an order's rows within a product) the outer comes first.
    return next(iter(counts), None)


def grids(source: str, path: str, limits: Limits, note: Callable[[Note], None]) -> Iterator[Grid]:
    """The sheets of an XML file; a feed is one sheet whose header is its element names.

    The header is row 1, the n-th record row n + 1. See `Reader.grids`.
    """
    space, root = root_of(source)
    if space == _EXCEL and root == "Workbook":
        yield from _workbook(source, path, limits)
        return
    wanted = _record_element(source)
    if wanted is None:
        raise notes.unreadable(
            notes.UNSUPPORTED,
            f"XML with the root element <{root[:60]}> and no items, entries or products in it",
            f"根元素为 <{root[:60]}> 的 XML，其中没有 item、entry 或 product",
        )
    # The first pass finds the columns: each path as often as one record has it.
    widths = widths_of(_Records(wanted).stream(source), limits)
    yield Grid(path, None, "xml", lambda: flat_blocks(_Records(wanted).stream(source), widths))


class _Sheets:
    """Gathers the rows of an Excel 2003 XML workbook."""

    def __init__(self, limits: Limits) -> None:
        self.sheets: list[tuple[str, bool, list[int], list[list[str]]]] = []
        self._limits = limits
        self._cells = 0
        self._row = 0
        self._column = 0
        self._across = 0
        self._text: list[str] | None = None
        self._current: list[str] = []
        self._type = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        space, _, local = name.rpartition(" ")
        index = attributes.get(f"{_EXCEL} Index", "")
        if space != _EXCEL:
            return
        if local == "Worksheet":
            self.sheets.append((attributes.get(f"{_EXCEL} Name", ""), False, [], []))
            self._row = 0
        elif local == "Row" and self.sheets:
            self._row = int(index) if index.isdecimal() else self._row + 1
            self._column = 0
            self._current = []
        elif local == "Cell":
            self._column = int(index) if index.isdecimal() else self._column + 1
            across = attributes.get(f"{_EXCEL} MergeAcross", "")
            self._across = int(across) if across.isdecimal() else 0
            self._check()
        elif local == "Data":
            self._text = []
            self._type = attributes.get(f"{_EXCEL} Type", "")

    def end(self, name: str) -> None:
        """An element ends."""
        space, _, local = name.rpartition(" ")
        if space != _EXCEL:
            return
        if local == "Data" and self._text is not None:
            text = "".join(self._text)
            self._text = None
            missing = self._column - len(self._current)
            self._current.extend([""] * missing)
            if self._column:
                self._current[self._column - 1] = self._shown(text)
        elif local == "Cell":
            self._column += min(self._across, _MAX_COLUMNS)
        elif local == "Row" and self.sheets and any(self._current):
            _, _, numbers, rows = self.sheets[-1]
            numbers.append(self._row)
            rows.append(self._current)

    def _shown(self, text: str) -> str:
        if self._type == "DateTime":
            return text.replace("T", " ").removesuffix(".000").removesuffix(" 00:00:00")
        if self._type == "Boolean":
            return "TRUE" if text.strip() == "1" else "FALSE"
        return text

    def _check(self) -> None:
        self._cells += 1
        if self._column > _MAX_COLUMNS or self._cells > self._limits.max_cells:
            raise notes.unreadable(notes.TOO_LARGE, "too many cells", "单元格过多")

    def data(self, text: str) -> None:
        """Text within an element."""
        if self._text is not None:
            self._text.append(text)


def _workbook(source: str, path: str, limits: Limits) -> Iterator[Grid]:
    gathered = _Sheets(limits)
    parser = _parser(
        StartElementHandler=gathered.start,
        EndElementHandler=gathered.end,
        CharacterDataHandler=gathered.data,
    )
    for _ in _feed(source, parser):
        pass
    filled = [sheet for sheet in gathered.sheets if sheet[3]]
    if not filled:
        raise notes.unreadable(
            notes.EMPTY, "no sheet has a cell with something in it", "所有工作表都没有内容"
        )
    for name, hidden, numbers, rows in filled:
        yield Grid(path, name, "excel-2003", _once(Block(numbers, rows)), hidden=hidden)


def _once(block: Block) -> Callable[[], Iterator[Block]]:
    return lambda: iter((block,))
