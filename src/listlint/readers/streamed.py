"""xlsx workbooks, or single sheets of them, read by `stream` instead of calamine."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from datetime import date

from listlint.model import Text
from listlint.readers import notes
from listlint.readers.container import read_bounded
from listlint.readers.interface import Block, Grid, Note
from listlint.readers.ooxml import Patterns, SheetDetails, date_styles, number_formats, prefix_of
from listlint.readers.package import Parts, local
from listlint.readers.said import patch, say, text_block
from listlint.readers.stream import EPOCH, EPOCH_1904, DateStyles, Row, Sheet, utf8_chunks
from listlint.readers.strings import SharedStrings
from listlint.readers.values import Converter, NumberFormat
from listlint.slotted import slotted

LARGE_PART = 150 << 20
"""Bytes of XML from which a sheet, or the table of texts, is streamed: calamine would hold about
three times as much."""
_BLOCK_ROWS = 5000
_BLOCK_CELLS = 1_000_000
_MAX_STYLES = 64 << 20
_SHEETS = frozenset({"worksheet", "xlMacrosheet", "xlIntlMacrosheet"})


def is_large(archive: zipfile.ZipFile) -> bool:
    """Whether a part of the workbook is too large to be held whole."""
    return any(
        member.file_size > LARGE_PART
        for member in archive.infolist()
        if member.filename.replace("\\", "/").lower().endswith(".xml")
    )


@slotted(frozen=True, slots=True)
class _Entry:
    name: str
    part: str
    hidden: bool


class StreamedBook:
    """A workbook's sheets by name; to be closed. Raises `UnreadableError` where it is damaged."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._parts = Parts(archive)
        self._strings: SharedStrings | None = None
        self._epoch: date = EPOCH
        self._part = self._related("", "officeDocument") or "xl/workbook.xml"
        self.sheets = {entry.name: entry for entry in self._entries()}
        style_part = self._parts.names.get(self._related(self._part, "styles").lower())
        styles = read_bounded(archive, style_part, _MAX_STYLES) if style_part else b""
        self._formats: dict[int, NumberFormat] = number_formats(styles)
        self._dates: DateStyles = date_styles(styles)

    def _related(self, part: str, kind: str) -> str:
        """The part of this kind that `part` refers to; '' where there is none."""
        return next((to for _, what, to in self._parts.relations(part) if what == kind), "")

    def _entries(self) -> Iterator[_Entry]:
        part = self._part
        tree = self._parts.tree(part)
        if tree is None:
            raise notes.unreadable(
                notes.BROKEN, "the list of sheets can't be read", "工作表清单无法读取"
            )
        related = {key: (kind, to) for key, kind, to in self._parts.relations(part)}
        for item in tree.iter():
            if local(item) == "workbookPr" and item.get("date1904") in ("1", "true"):
                self._epoch = EPOCH_1904
            if local(item) != "sheet":
                continue
            key = next((v for k, v in item.attrib.items() if k.endswith("}id")), "")
            kind, target = related.get(key, ("", ""))
            name = self._parts.names.get(target.lower())
            if name is not None and kind in _SHEETS:
                hidden = item.get("state") in ("hidden", "veryHidden")
                yield _Entry(item.get("name", ""), name, hidden)

    def grid(self, name: str, path: str, note: Callable[[Note], None]) -> Grid | None:
        """A sheet as a grid, its rows read when asked for; None where there is no such sheet."""
        entry = self.sheets.get(name)
        if entry is None:
            return None
        if entry.hidden:
            note(Note(notes.HIDDEN_SHEET, Text(name, name), sheet=name))
        grid = Grid(path, name, "xlsx", lambda: iter(()), hidden=entry.hidden)
        grid.blocks = lambda: self._blocks(entry, grid, note)
        return grid

    def _texts(self) -> SharedStrings:
        if self._strings is None:
            part = self._parts.names.get(self._related(self._part, "sharedStrings").lower())
            chunks = utf8_chunks(self._archive, part) if part else iter(())
            self._strings = SharedStrings(chunks)
        return self._strings

    def _blocks(self, entry: _Entry, grid: Grid, note: Callable[[Note], None]) -> Iterator[Block]:
        strings = self._texts()
        found = SheetDetails()
        chunks = utf8_chunks(self._archive, entry.part)
        sheet = Sheet(chunks, strings, self._dates, self._epoch)
        pieces = sheet.pieces(lambda head: Patterns(prefix_of(head), self._formats), found)
        convert = Converter()
        for rows in _blocks_of(pieces):
            width = max(len(values) for _, values in rows)
            values = [
                row if len(row) == width else row + [""] * (width - len(row)) for _, row in rows
            ]
            numbers = [number for number, _ in rows]
            patch(values, [number - 1 for number in numbers], found)
            for number in numbers:
                found.shown.pop(number - 1, None)
            block = text_block(values, numbers, convert, grid, note)
            strings.release()
            if block is not None:
                yield block
        grid.merged = sheet.merged
        grid.hidden_rows = frozenset(found.hidden_rows)
        grid.hidden_columns = frozenset(found.hidden_columns)
        say(found, grid.name, note)

    def close(self) -> None:
        """Delete the texts."""
        if self._strings is not None:
            self._strings.close()


def _blocks_of(pieces: Iterator[list[Row]]) -> Iterator[list[Row]]:
    """The rows in lists of which none, filled up to a box, is large."""
    held: list[Row] = []
    width = 0
    for rows in pieces:
        for row in rows:
            wider = max(width, len(row[1]))
            if held and (len(held) >= _BLOCK_ROWS or (len(held) + 1) * wider > _BLOCK_CELLS):
                yield held
                held, wider = [], len(row[1])
            held.append(row)
            width = wider
    if held:
        yield held
