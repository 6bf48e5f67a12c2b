"""The parts of an xlsx package and how they refer to each other (ECMA-376 part 2)."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree

from listlint.readers.container import read_bounded

_MAX_PART = 16 << 20


class Parts:
    """A package's parts by their names in any case; what is missing or broken has nothing in it."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.names = {n.replace("\\", "/").lstrip("/").lower(): n for n in archive.namelist()}

    def tree(self, part: str) -> ElementTree.Element | None:
        """A part's root; None where it is missing, broken, or declares entities."""
        name = self.names.get(part.lower())
        data = read_bounded(self._archive, name, _MAX_PART) if name else b""
        if not data or b"<!DOCTYPE" in data or b"<!ENTITY" in data:
            return None
        try:
            return ElementTree.fromstring(data)
        except ElementTree.ParseError:
            return None

    def relations(self, part: str) -> Iterator[tuple[str, str, str]]:
        """(id, kind, target part) of all that a part refers to within the package."""
        folder, name = posixpath.split(part)
        tree = self.tree(f"{folder}/_rels/{name}.rels".lstrip("/"))
        for item in tree if tree is not None else ():
            if item.get("TargetMode") == "External":
                continue
            target = item.get("Target", "").replace("\\", "/")
            path = posixpath.normpath(posixpath.join("/", folder, target))
            yield item.get("Id", ""), item.get("Type", "").rpartition("/")[2], path.lstrip("/")

    def sheets(self) -> Iterator[tuple[str, str]]:
        """(name, part) of the workbook's sheets."""
        tree = self.tree("xl/workbook.xml")
        if tree is None:
            return
        parts = {key: target for key, _, target in self.relations("xl/workbook.xml")}
        for item in tree.iter():
            if local(item) != "sheet":
                continue
            key = next((v for k, v in item.attrib.items() if k.endswith("}id")), "")
            if key in parts:
                yield item.get("name", ""), parts[key]


def local(element: ElementTree.Element) -> str:
    """The element's name without its namespace."""
    return element.tag.rpartition("}")[2]
