"""Changing cells of a delimited text and nothing else: every other byte stays as it is."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping

from listlint.fix.refusal import CANT_ENCODE, DIFFERENT, FORMULA, MALFORMED, NOT_THERE, Refused
from listlint.readers import encoding
from listlint.readers.dialect import Layout, sniff

_SAMPLE = 4 << 20
_MARKS = (
    ("utf-32", codecs.BOM_UTF32_LE, "utf-32-le"),
    ("utf-32", codecs.BOM_UTF32_BE, "utf-32-be"),
    ("utf-8-sig", codecs.BOM_UTF8, "utf-8"),
    ("utf-16", codecs.BOM_UTF16_LE, "utf-16-le"),
    ("utf-16", codecs.BOM_UTF16_BE, "utf-16-be"),
)
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")

Cells = Mapping[tuple[int, int], tuple[str, str]]
"""(row, 0-based column) → (text as it is, text to be)."""


def change(source: str, shown: str, cells: Cells) -> tuple[bytes, dict[tuple[int, int], Refused]]:
    """The file's bytes with the cells changed, and the cells that could not be, with the reason.

    Raises `Refused` where nothing can be changed safely.
    """
    with open(source, "rb") as file:
        raw = file.read()
    codec = encoding.detect(source).name
    mark = b""
    for name, bom, plain in _MARKS:
        if codec == name and raw.startswith(bom):
            codec, mark = plain, bom
            break
    try:
        text = raw[len(mark) :].decode(codec)
    except UnicodeDecodeError:
        raise Refused(MALFORMED) from None
    if mark + text.encode(codec) != raw:
        raise Refused(MALFORMED)
    layout = sniff(text[:_SAMPLE], shown, whole=len(text) <= _SAMPLE)
    pieces: list[str] = []
    refused = dict.fromkeys(cells, Refused(NOT_THERE))
    at = 0
    rows = {row for row, _ in cells}
    for row, column, start, end in _fields(text, layout, rows):
        wanted = cells.get((row, column))
        if wanted is None:
            continue
        old, new = wanted
        field = text[start:end]
        why = _why_not(field, old, new, layout, codec)
        if why is not None:
            refused[row, column] = why
            continue
        del refused[row, column]
        pieces += [text[at:start], _written(field, new, layout)]
        at = end
    pieces.append(text[at:])
    return mark + "".join(pieces).encode(codec), refused


def _why_not(field: str, old: str, new: str, layout: Layout, codec: str) -> Refused | None:
    if _value(field, layout) != old:
        return Refused(DIFFERENT)
    if new.startswith(_FORMULA_SIGNS) and not old.startswith(_FORMULA_SIGNS):
        return Refused(FORMULA)
    try:
        new.encode(codec)
    except UnicodeEncodeError:
        return Refused(CANT_ENCODE)
    return None


def _value(field: str, layout: Layout) -> str:
    """What a field says."""
    if not field.startswith('"'):
        return field.lstrip("\ufeff")
    inner = field[1:-1].replace('""', '"')
    return re.sub(rf"{re.escape(layout.escape)}(.)", r"\1", inner) if layout.escape else inner


def _written(field: str, new: str, layout: Layout) -> str:
    """The new text as the old field was written: with quotes if it had them, or needs them."""
    quoted = field.startswith('"')
    if not quoted and not any(c in new for c in (layout.delimiter, '"', "\n", "\r")):
        return new
    if layout.escape:
        escape = layout.escape
        new = new.replace(escape, escape * 2).replace('"', f'{escape}"')
    else:
        new = new.replace('"', '""')
    return f'"{new}"'


def _fields(text: str, layout: Layout, rows: set[int]) -> Iterator[tuple[int, int, int, int]]:
    """(row, column, start, end) of the fields of `rows`. Raises `Refused` where quotes are wrong."""
    delimiter = re.escape(layout.delimiter)
    quoted = r'"[^"]*(?:""[^"]*)*"'
    if layout.escape:
        e = re.escape(layout.escape)
        quoted = rf'"[^"{e}]*(?:(?:""|{e}.)[^"{e}]*)*"'
    field = re.compile(rf'(?:{quoted}|[^{delimiter}\r\n"][^{delimiter}\r\n]*)?', re.S)
    end = re.compile(rf"({delimiter})|\r\n|\n|\r|\Z")
    at = 0
    for _ in range(layout.skip):
        line = re.compile(r"[^\r\n]*(?:\r\n|\n|\r|\Z)").match(text, at)
        at = line.end() if line else at
    row, column, size, last = 1, 0, len(text), max(rows, default=0)
    while at < size and row <= last:
        found = field.match(text, at)
        assert found is not None  # it matches the empty field
        stop = end.match(text, found.end())
        if stop is None:
            raise Refused(MALFORMED)
        if row in rows:
            yield row, column, at, found.end()
        at = stop.end()
        if stop[1]:
            column += 1
        else:
            row, column = row + 1, 0
