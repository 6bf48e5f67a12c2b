"""Which cells are marked, with what colour and what note; independent of how a workbook is written."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping

from listlint.later import expression
from listlint.model import Finding, Lang, Report, Severity
from listlint.reporters.show import sentence, shortened, web_url
from listlint.reporters.workbook import words
from listlint.slotted import slotted

SheetKey = tuple[str, str | None]
"""(path as given, sheet name)."""
Place = tuple[int, int]
"""(row, column), both 1-based."""

MAX_ROW, MAX_COLUMN = 1_048_576, 16_384
MAX_TEXT = 32_767
"""Characters a cell or a note may hold (Excel's specification and limits)."""
MAX_NOTE = 6_000
"""Longer notes can't be read on a screen."""
MAX_NOTES = 20_000
"""Notes of one sheet; a spreadsheet program loads each as a drawing of its own."""
NOTE_WIDTH = 420
_LINE, _CHARACTER = 17, 7
"""Pixels of a note: width, height of a line, width of a narrow character."""

# XML 1.0 forbids these; a lone surrogate can't be encoded either.
_FORBIDDEN = expression("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@slotted(frozen=True, slots=True)
class Mark:
    """What is done to one cell."""

    severity: Severity
    note: str | None
    """None past the number of notes that a sheet bears."""


def marks_of(report: Report, lang: Lang) -> dict[SheetKey, dict[Place, Mark]]:
    """The marked cells of every sheet. A finding about a whole row marks the row's first cell."""
    found: defaultdict[SheetKey, defaultdict[Place, list[Finding]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for finding in report.counted:
        at = finding.location
        if at.row is None or not 0 < at.row <= MAX_ROW:
            continue
        column = (at.column_index or 0) + 1
        if column <= MAX_COLUMN:
            found[at.path, at.sheet][at.row, column].append(finding)
    return {
        key: {
            place: Mark(
                min((f.severity for f in findings), key=lambda s: s.rank),
                note_of(findings, lang) if n < MAX_NOTES else None,
            )
            for n, (place, findings) in enumerate(cells.items())
        }
        for key, cells in found.items()
    }


def notes_left_out(marks: Mapping[Place, Mark]) -> int:
    """How many marked cells of a sheet have no note."""
    return sum(mark.note is None for mark in marks.values())


def note_of(findings: Iterable[Finding], lang: Lang) -> str:
    """Rule, why, fix and source of each finding of a cell, the worst first."""
    parts = []
    for finding in sorted(findings, key=lambda f: (f.severity.rank, f.confidence.rank)):
        head = f"{words.SEVERITY_WORD[finding.severity].get(lang)} · {finding.rule} {finding.name}"
        if finding.location.column_index is None:
            head += f" · {words.WHOLE_ROW.get(lang)}"
        lines = [
            head,
            sentence(finding.message.get(lang)),
            f"{words.WHY.get(lang)}: {sentence(finding.why.get(lang))}",
            f"{words.FIX.get(lang)}: {sentence(finding.fix.text.get(lang))}",
        ]
        url = web_url(finding)
        if url:
            lines.append(f"{words.SOURCE.get(lang)}: {url}")
        parts.append("\n".join(lines))
    text = "\n\n".join(dict.fromkeys(parts))
    if len(text) > MAX_NOTE:
        text = f"{text[:MAX_NOTE]}\n{words.CLIPPED.get(lang)}"
    return clean(text)


def columns_of(text: str) -> int:
    """How many narrow characters `text` is wide."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def note_height(text: str) -> int:
    """Pixels that a note of `text` needs at `NOTE_WIDTH`."""
    room = NOTE_WIDTH // _CHARACTER
    lines = 0
    for line in text.split("\n"):
        lines += 1 + max(0, columns_of(line) - 1) // room
    return min(lines * _LINE + 12, 640)


def clean(text: str) -> str:
    """`text` as a cell can hold it: forbidden characters replaced, not longer than a cell."""
    return _FORBIDDEN.sub("\ufffd", text)[:MAX_TEXT]


def words_of(finding: Finding) -> str:
    """The offending words, visible and short enough for a cell of a list."""
    return "" if finding.match is None else shortened(finding.match, 200)


def sheet_title(wanted: str, taken: set[str]) -> str:
    """A sheet name like `wanted` that spreadsheet programs accept and that is not among `taken`.

    Adds it to `taken`. Names have at most 31 UTF-16 units, none of `[]:*?/\\`, no apostrophe at
    either end, and differ in more than case (Excel's rules).
    """
    base = re.sub(r"[\[\]:*?/\\]", "_", clean(wanted)).strip().strip("'")
    base = "".join(c if c.isprintable() else "_" for c in base) or "Sheet"
    if base.casefold() == "history":
        base += "_"
    n = 1
    while True:
        tail = "" if n == 1 else f" ({n})"
        title = _utf16_head(base, 31 - len(tail)).rstrip("' ") + tail
        if title.casefold() not in taken:
            taken.add(title.casefold())
            return title
        n += 1


def _utf16_head(text: str, units: int) -> str:
    while len(text.encode("utf-16-le")) > 2 * units:
        text = text[:-1]
    return text


def reference(title: str, cell: str) -> str:
    """`'My sheet'!B12`, for a link inside the workbook."""
    quoted = title.replace("'", "''")
    return f"'{quoted}'!{cell}"
