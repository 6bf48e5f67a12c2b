"""Cell notes (comments) of an xlsx workbook; nothing is unpacked where it has none.

Element names: ECMA-376 part 1, SpreadsheetML comments. What newer Excel calls a threaded comment
has a plain note beside it with the same words.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator

from listlint.later import expression
from listlint.readers.package import Parts, local

_CELL = expression(r"([A-Z]{1,3})(\d{1,7})$")
_MARKED = expression(r"^[ \t]*listlint(?:[ _-]ignore)?[ \t]*[:：][ \t]*(.+)$", re.I | re.M)


def comments(path: str) -> Iterator[tuple[str, str, str]]:
    """(sheet, cell, text) of every note of the workbook at `path`; none for other formats."""
    with open(path, "rb") as file:
        if file.read(2) != b"PK":
            return
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return
    with archive:
        parts = Parts(archive)
        if not any("comment" in name for name in parts.names):
            return
        for sheet, part in parts.sheets():
            for _, kind, target in parts.relations(part):
                if kind == "comments":
                    yield from ((sheet, cell, text) for cell, text in _notes(parts, target))


def ignoring(path: str) -> Iterator[tuple[str, str, int, int, str]]:
    """(sheet, cell, row, 0-based column, text) of each note line that begins `listlint:`."""
    for sheet, cell, text in comments(path):
        place = _CELL.match(cell)
        assert place is not None  # comments() gives nothing else
        column = 0
        for letter in place[1]:
            column = column * 26 + ord(letter) - 64
        for found in _MARKED.finditer(text):
            yield sheet, cell, int(place[2]), column - 1, found[1]


def _notes(parts: Parts, part: str) -> Iterator[tuple[str, str]]:
    tree = parts.tree(part)
    for item in tree.iter() if tree is not None else ():
        if local(item) == "comment" and _CELL.match(cell := item.get("ref", "")):
            yield cell, "".join(t.text or "" for t in item.iter() if local(t) == "t")
