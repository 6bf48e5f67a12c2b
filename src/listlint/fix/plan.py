"""From findings to changed cells. Only cells with a finding change, and only where it says."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher

from listlint.model import Edit, Finding
from listlint.slotted import slotted


@slotted(frozen=True, slots=True)
class CellChange:
    """A cell as it is and as it is to be. `row` as a person counts, `column` 0-based."""

    path: str
    sheet: str | None
    row: int
    column: int
    old: str
    new: str
    findings: tuple[Finding, ...]
    """Those that the change mends."""


def plan(findings: Iterable[Finding], unsafe: bool) -> list[CellChange]:
    """The changes, in the order of the findings; suppressed and known ones are left alone."""
    cells: dict[tuple[str, str | None, int, int], list[Finding]] = {}
    for f in findings:
        place, edit = f.location, f.fix.edit
        if edit is None or not f.counts or not (edit.safe or unsafe) or f.excerpt is None:
            continue
        if place.row is not None and place.column_index is not None:
            key = (place.path, place.sheet, place.row, place.column_index)
            cells.setdefault(key, []).append(f)
    changes = []
    for (path, sheet, row, column), found in cells.items():
        old = found[0].excerpt or ""
        pieces, mended = _compatible(old, found)
        new = old
        for start, end, text in sorted(pieces, reverse=True):
            new = new[:start] + text + new[end:]
        if new != old and new.strip():
            changes.append(CellChange(path, sheet, row, column, old, new, tuple(mended)))
    return changes


Piece = tuple[int, int, str]
"""(start, end, what to put there)."""


def _compatible(old: str, found: list[Finding]) -> tuple[list[Piece], list[Finding]]:
    """The pieces to change, none touching another, and the findings that this mends.

    What lies within a larger piece goes with it; of two that overlap otherwise, the larger stays.
    """
    wanted = [(piece, n) for n, f in enumerate(found) for piece in _pieces(old, f.fix.edit)]
    kept: list[Piece] = []
    left_out: set[int] = set()
    for piece, n in sorted(wanted, key=lambda w: (w[0][0] - w[0][1], w[0])):
        start, end, _ = piece
        meeting = [k for k in kept if k == piece or (start < k[1] and k[0] < end)]
        if not meeting:
            kept.append(piece)
        elif not any(k[0] <= start and end <= k[1] for k in meeting):
            left_out.add(n)
    return kept, [f for n, f in enumerate(found) if n not in left_out]


def _pieces(old: str, edit: Edit | None) -> list[Piece]:
    """An edit as the smallest changes that it comes to."""
    if edit is None:
        return []
    start, end = edit.span
    if not edit.safe:
        return [(start, end, edit.text)]
    steps = SequenceMatcher(None, old[start:end], edit.text, autojunk=False).get_opcodes()
    return [(start + a, start + b, edit.text[c:d]) for what, a, b, c, d in steps if what != "equal"]
