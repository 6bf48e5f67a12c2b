"""An xlsx workbook's shared strings, kept as bytes in a temporary file and decoded when asked for.

A million listings share millions of strings: as `str` objects they would take several times the
room of the sheet. Elements: ECMA-376 part 1, 18.4 (shared string table).
"""

from __future__ import annotations

import mmap
import re
import tempfile
from array import array
from typing import TYPE_CHECKING
from xml.parsers import expat

from listlint.later import expression
from listlint.readers import notes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_PLAIN = expression(
    rb'<si>\s*<t(?:>([^<]*)| xml:space="preserve">([^<]*))</t>\s*</si>|<si>\s*<t/>\s*</si>|<si/>'
)
_ENTITY = expression(r"&(?:#x([0-9A-Fa-f]{1,6})|#(\d{1,7})|(\w+));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_ESCAPE = expression(r"_x([0-9A-Fa-f]{4})_")
_UNDEFINED_ENTITY = expat.errors.codes[expat.errors.XML_ERROR_UNDEFINED_ENTITY]
_BLANKS = " \t\r\n"
_MAX_PIECE = 64 << 20


class SharedStrings:
    """The strings by their index; to be closed."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        """Read the table from the chunks of its XML (UTF-8). Raises `UnreadableError`."""
        self._file = tempfile.TemporaryFile(prefix="listlint-")  # noqa: SIM115 - closed by close()
        self._ends = array("Q", [0])
        end = 0
        for piece in pieces(chunks, b"si"):
            texts = [text.encode("utf-8", "replace") for text in _texts(piece)]
            for text in texts:
                end += len(text)
                self._ends.append(end)
            self._file.write(b"".join(texts))
        self._file.flush()
        # A map needs a byte at least.
        self._map = mmap.mmap(self._file.fileno(), end, access=mmap.ACCESS_READ) if end else b""

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __call__(self, index: bytes) -> str:
        """The string whose index is written so. Raises `UnreadableError` where there is none."""
        try:
            place = int(index)
            if place < 0:
                raise IndexError
            return self._map[self._ends[place] : self._ends[place + 1]].decode()
        except (IndexError, ValueError) as error:
            raise notes.unreadable(
                notes.BROKEN,
                "a cell refers to a text that is not in the file",
                "单元格引用了文件中不存在的文字",
            ) from error

    def release(self) -> None:
        """Let go of the memory that holds what was read last."""
        if isinstance(self._map, mmap.mmap) and hasattr(self._map, "madvise"):
            self._map.madvise(mmap.MADV_DONTNEED)

    def close(self) -> None:
        """Delete the file."""
        if isinstance(self._map, mmap.mmap):
            self._map.close()
        self._file.close()


def pieces(chunks: Iterable[bytes], element: bytes) -> Iterator[bytes]:
    """The chunks joined and cut after end tags of `element`, whatever its prefix; the rest last."""
    rest = b""
    end = re.compile(rb"</(?:[\w.-]+:)?" + element + rb"\s*>")
    plain = b"</" + element + b">"
    for chunk in chunks:
        rest += chunk
        cut = rest.rfind(plain) + len(plain)
        if cut < len(plain):
            cut = max((found.end() for found in end.finditer(rest)), default=0)
        if cut:
            yield rest[:cut]
            rest = rest[cut:]
        elif len(rest) > _MAX_PIECE:
            raise notes.unreadable(notes.TOO_LARGE, "one row of this size", "单行数据过大")
    if rest:
        yield rest


def _texts(piece: bytes) -> Iterator[str]:
    """The strings of a piece of the table: whole `si` elements, and what stands around them."""
    found = _PLAIN.findall(piece)
    if piece.count(b"<si") + piece.count(b":si") == len(found) and b"<!" not in piece:
        for trimmed, kept in found:
            yield (
                text_of(kept.decode("utf-8", "replace"))
                if kept
                else text_of(trimmed.decode("utf-8", "replace").strip(_BLANKS))
            )
        return
    yield from _Items(piece).found


def text_of(text: str) -> str:
    """Character data without XML's entities and the spreadsheet's own escapes (`_x000D_`)."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "&" in text:
        text = _ENTITY.sub(_entity, text)
    return unescape(text)


def unescape(text: str) -> str:
    """`_x000D_` and the like as the characters they stand for (ECMA-376 part 1, 22.9.2.19)."""
    return _ESCAPE.sub(_escaped, text) if "_x" in text else text


def _entity(match: re.Match[str]) -> str:
    if match[3]:
        return _NAMED.get(match[3], match[0])
    code = int(match[1], 16) if match[1] else int(match[2])
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"


def _escaped(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    return match[0] if 0xD800 <= code < 0xE000 else chr(code)


class _Items:
    """The strings of a piece in which some have runs, phonetic guides, comments or a prefix."""

    def __init__(self, piece: bytes) -> None:
        self.found: list[str] = []
        self._parts: list[str] | None = None
        self._text: list[str] = []
        self._in_text = self._in_guide = self._keep = False
        parse_fragment(piece, b"si", self._start, self._end, self._data)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "si":
            self._parts = []
        elif name == "rPh":
            self._in_guide = True
        elif name == "t" and not self._in_guide:
            self._in_text, self._text = True, []
            self._keep = attributes.get("xml:space") == "preserve"

    def _end(self, name: str) -> None:
        if name == "si" and self._parts is not None:
            self.found.append("".join(self._parts))
        elif name == "rPh":
            self._in_guide = False
        elif name == "t" and self._in_text and self._parts is not None:
            text = "".join(self._text)
            self._parts.append(unescape(text if self._keep else text.strip(_BLANKS)))
            self._in_text = False

    def _data(self, text: str) -> None:
        if self._in_text:
            self._text.append(text)


def parse_fragment(
    fragment: bytes, element: bytes, start: object, end: object, data: object
) -> None:
    """Parse whole elements called `element`, leaving out what stands before the first of them.

    `start(name, attributes)`, `end(name)` and `data(text)` get names without prefixes. Raises
    `UnreadableError` where the XML is damaged.
    """
    first = re.search(rb"<(?:[\w.-]+:)?" + element + rb"[\s/>]", fragment)
    if first is None:
        return
    last = max(
        (f.end() for f in re.finditer(rb"</(?:[\w.-]+:)?" + element + rb"\s*>", fragment)),
        default=len(fragment),
    )
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, given: start(name.rpartition(":")[2], given)  # type: ignore[operator]
    parser.EndElementHandler = lambda name: end(name.rpartition(":")[2])  # type: ignore[operator]
    parser.CharacterDataHandler = data  # type: ignore[assignment]
    try:
        parser.Parse(b"<_>", False)
        parser.Parse(fragment[first.start() : last], False)
        parser.Parse(b"</_>", True)
    except expat.ExpatError as error:
        if error.code == _UNDEFINED_ENTITY:
            raise notes.unreadable(
                notes.UNSAFE, "the XML uses entities of its own", "XML 使用了自定义实体"
            ) from error
        raise notes.unreadable(
            notes.BROKEN, f"damaged XML: {error}", f"XML 结构损坏：{error}"
        ) from error
