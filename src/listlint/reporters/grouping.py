"""Findings by listing, worst first, with what is the same in many listings said once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from listlint.model import Area, Finding, Report, Severity
from listlint.slotted import slotted

COLLAPSE_FROM = 4
"""The same finding in fewer listings is shown in each."""
PER_RULE = 3
"""Findings of one rule shown in one listing."""

_Sheet = tuple[str, str | None]
_Place = tuple[str, str | None, int | None]
_Kind = tuple[str, Severity, str, str | None, str | None, str]


@slotted(frozen=True, slots=True)
class Shown:
    """A finding to show; `rows` are the rows of other listings that have the same one, `here` counts
    more findings of its rule in this listing that are not shown."""

    finding: Finding
    rows: tuple[int, ...] = ()
    here: int = 0


@slotted(frozen=True, slots=True)
class Group:
    """What is shown of one listing, or of one sheet as a whole (`row` None)."""

    path: str
    sheet: str | None
    row: int | None
    sku: str | None
    title: str | None
    shown: tuple[Shown, ...]


def by_listing(report: Report, *, collapse: bool) -> list[Group]:
    """The counted findings that are about listings, grouped, the worst listing first.

    With `collapse`, a listing whose findings were all shown with another one has no group.
    """
    places: defaultdict[_Place, list[Finding]] = defaultdict(list)
    rows: defaultdict[_Kind, list[int]] = defaultdict(list)
    for finding in report.counted:
        if finding.area is Area.FILE:
            continue
        at = finding.location
        places[at.path, at.sheet, at.row].append(finding)
        seen = rows[_kind(finding)]
        if at.row is not None and (not seen or seen[-1] != at.row):
            seen.append(at.row)
    groups = []
    told: set[_Kind] = set()
    for place, findings in sorted(places.items(), key=lambda item: _badness(item[1])):
        shown = (
            _collapsed(findings, rows, told) if collapse else [Shown(f) for f in _sorted(findings)]
        )
        if shown:
            groups.append(_group(place, findings, shown))
    return groups


def of_files(report: Report) -> dict[_Sheet, list[Shown]]:
    """The counted findings about files, by sheet, each rule once, its other rows counted."""
    found: defaultdict[_Sheet, dict[str, list[Finding]]] = defaultdict(dict)
    for finding in report.counted:
        if finding.area is Area.FILE:
            place = finding.location
            found[place.path, place.sheet].setdefault(finding.rule, []).append(finding)
    return {
        sheet: [Shown(same[0], here=len(same) - 1) for same in rules.values()]
        for sheet, rules in found.items()
    }


def _kind(finding: Finding) -> _Kind:
    place = finding.location
    return (
        finding.rule,
        finding.severity,
        place.path,
        place.sheet,
        place.column,
        finding.message.en,
    )


def _sorted(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda f: (f.severity.rank, f.confidence.rank))


def _badness(findings: Sequence[Finding]) -> tuple[int, ...]:
    """Smaller is worse: the worst severity, how many of it, how sure, how many in all."""
    worst = min(f.severity.rank for f in findings)
    top = [f for f in findings if f.severity.rank == worst]
    return worst, -len(top), min(f.confidence.rank for f in top), -len(findings)


def _collapsed(
    findings: Sequence[Finding], rows: dict[_Kind, list[int]], told: set[_Kind]
) -> list[Shown]:
    shown: list[Shown] = []
    taken: dict[str, int] = {}
    for finding in _sorted(findings):
        kind = _kind(finding)
        if kind in told:
            continue
        others: tuple[int, ...] = ()
        if len(rows[kind]) >= COLLAPSE_FROM:
            told.add(kind)
            others = tuple(row for row in rows[kind] if row != finding.location.row)
        elif taken.get(finding.rule, 0) >= PER_RULE:
            taken[finding.rule] += 1
            continue
        taken[finding.rule] = taken.get(finding.rule, 0) + 1
        shown.append(Shown(finding, others))
    last = {item.finding.rule: n for n, item in enumerate(shown)}
    for rule, n in last.items():
        visible = sum(item.finding.rule == rule for item in shown)
        if taken[rule] > visible:
            shown[n] = Shown(shown[n].finding, shown[n].rows, taken[rule] - visible)
    return shown


def _group(place: _Place, findings: Sequence[Finding], shown: Sequence[Shown]) -> Group:
    path, sheet, row = place
    sku = next((f.location.sku for f in findings if f.location.sku), None)
    title = next((f.excerpt for f in findings if f.location.field == "title" and f.excerpt), None)
    return Group(path, sheet, row, sku, title, tuple(shown))


def row_ranges(rows: Iterable[int], at_most: int = 8) -> str:
    """`3, 5–9, 12, …`: rows in order, runs joined, at most so many pieces."""
    pieces: list[list[int]] = []
    for row in sorted(set(rows)):
        if pieces and pieces[-1][1] == row - 1:
            pieces[-1][1] = row
        else:
            pieces.append([row, row])
    texts = [str(a) if a == b else f"{a}–{b}" for a, b in pieces[:at_most]]
    return ", ".join([*texts, "…"] if len(pieces) > at_most else texts)
