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


def change(
    source: str, shown: str, cells: Cells, widen: tuple[int, int] | None = None
) -> tuple[bytes, dict[tuple[int, int], Refused]]:
    """The file's bytes with the cells changed, and the cells that could not be, with the reason.

    `widen` is (row, width): records from that row on that are shorter get empty fields, and those
    above it that are as wide as the table was, so that a new last column leaves it even. Raises `Refused` where nothing can be
    changed safely.
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
    first, width = widen or (0, 0)
    rows = None if widen else {row for row, _ in cells}
    for row, spans in _records(text, layout, rows):
        for column, (start, end) in enumerate(spans):
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
        end = spans[-1][1]
        blank = len(spans) == 1 and not text[spans[0][0] : end].strip()
        if blank or (row < first and len(spans) < width - 1):
            continue
        for column in range(len(spans), width):
            new = cells.get((row, column), ("", ""))[1]
            why = _why_not("", "", new, layout, codec)
            if why is None:
                refused.pop((row, column), None)
            elif new:
                refused[row, column], new = why, ""
            pieces += [text[at:end], layout.delimiter, _written("", new, layout)]
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


def _records(
    text: str, layout: Layout, rows: set[int] | None
) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """(row, [(start, end) of each field]) of `rows`, or of all.

    Raises `Refused` where quotes are wrong.
    """
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
    row, size = 1, len(text)
    last = size if rows is None else max(rows, default=0)
    spans: list[tuple[int, int]] = []
    while at < size and row <= last:
        found = field.match(text, at)
        assert found is not None  # it matches the empty field
        stop = end.match(text, found.end())
        if stop is None:
            raise Refused(MALFORMED)
        spans.append((at, found.end()))
        at = stop.end()
        if stop[1] and at < size:
            continue
        if stop[1]:
            spans.append((at, at))  # the text ends with a separator
        if rows is None or row in rows:
            yield row, spans
        row, spans = row + 1, []
