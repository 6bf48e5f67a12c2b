"""Cell notes (comments) of an xlsx workbook; nothing is unpacked where it has none.

Element names: ECMA-376 part 1, SpreadsheetML comments. What newer Excel calls a threaded comment
has a plain note beside it with the same words.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree

from listlint.readers.container import read_bounded

_MAX_PART = 16 << 20
_CELL = re.compile(r"([A-Z]{1,3})(\d{1,7})$")
_MARKED = re.compile(r"^[ \t]*listlint(?:[ _-]ignore)?[ \t]*[:：][ \t]*(.+)$", re.I | re.M)
_COMMENTS = re.compile(r"comments\d*\.xml$", re.I)


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
        names = {n.lstrip("/").lower(): n for n in archive.namelist()}
        if not any(_COMMENTS.search(name) for name in names):
            return
        for sheet, part in _sheets(archive, names):
            for target in _related(archive, names, part, "comments"):
                yield from ((sheet, cell, text) for cell, text in _notes(archive, names, target))


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


def _tree(archive: zipfile.ZipFile, names: dict[str, str], part: str) -> ElementTree.Element | None:
    """A part's root; None where it is missing, broken, or declares entities."""
    name = names.get(part.lower())
    data = read_bounded(archive, name, _MAX_PART) if name else b""
    if not data or b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        return None
    try:
        return ElementTree.fromstring(data)
    except ElementTree.ParseError:
        return None


def _local(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _relations(
    archive: zipfile.ZipFile, names: dict[str, str], part: str
) -> Iterator[tuple[str, str, str]]:
    """(id, kind, target part) of all that a part refers to within the package."""
    folder, name = posixpath.split(part)
    tree = _tree(archive, names, f"{folder}/_rels/{name}.rels".lstrip("/"))
    for item in tree if tree is not None else ():
        if item.get("TargetMode") == "External":
            continue
        target = posixpath.normpath(posixpath.join("/", folder, item.get("Target", "")))
        kind = item.get("Type", "").rpartition("/")[2]
        yield item.get("Id", ""), kind, target.lstrip("/")


def _related(archive: zipfile.ZipFile, names: dict[str, str], part: str, kind: str) -> list[str]:
    return [target for _, k, target in _relations(archive, names, part) if k == kind]


def _sheets(archive: zipfile.ZipFile, names: dict[str, str]) -> Iterator[tuple[str, str]]:
    """(name, part) of the workbook's sheets."""
    tree = _tree(archive, names, "xl/workbook.xml")
    if tree is None:
        return
    parts = {key: target for key, _, target in _relations(archive, names, "xl/workbook.xml")}
    for item in tree.iter():
        if _local(item) != "sheet":
            continue
        key = next((v for k, v in item.attrib.items() if k.endswith("}id")), "")
        if key in parts:
            yield item.get("name", ""), parts[key]


def _notes(archive: zipfile.ZipFile, names: dict[str, str], part: str) -> Iterator[tuple[str, str]]:
    tree = _tree(archive, names, part)
    for item in tree.iter() if tree is not None else ():
        if _local(item) == "comment" and _CELL.match(cell := item.get("ref", "")):
            yield cell, "".join(t.text or "" for t in item.iter() if _local(t) == "t")
