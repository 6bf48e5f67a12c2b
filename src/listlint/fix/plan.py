"""From findings to changed cells. Only cells with a finding change, and only where it says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from listlint.model import Edit, Finding


@dataclass(frozen=True, slots=True)
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
    """The changes, in the order of the findings. Edits of one cell that overlap: the first wins.

    Safe edits come before others; suppressed and known findings are left alone.
    """
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
        kept = _compatible(found)
        new = old
        for f in sorted(kept, key=lambda f: _edit(f).span, reverse=True):
            start, end = _edit(f).span
            new = new[:start] + _edit(f).text + new[end:]
        if new != old and new.strip():
            # The mended words may be those of several findings.
            mended = [f for f in found if any(_edit(f) == _edit(k) for k in kept)]
            changes.append(CellChange(path, sheet, row, column, old, new, tuple(mended)))
    return changes


def _edit(finding: Finding) -> Edit:
    assert finding.fix.edit is not None
    return finding.fix.edit


def _compatible(found: list[Finding]) -> list[Finding]:
    """Findings whose edits don't touch each other's words."""
    kept: list[Finding] = []
    for f in sorted(found, key=lambda f: (not _edit(f).safe, _edit(f).span)):
        start, end = _edit(f).span
        if all(end <= _edit(k).span[0] or start >= _edit(k).span[1] for k in kept):
            kept.append(f)
    return kept
