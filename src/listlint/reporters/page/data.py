"""The findings as the page's script wants them: short rows, every sentence stored once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence
from typing import Any, TypeVar

from listlint.model import Confidence, Finding, Report, Severity, Text
from listlint.reporters import words as said
from listlint.reporters.page.words import UI
from listlint.reporters.show import sentence, sheet_label, snippet, visible

CONTEXT = 320
"""Code points of a cell shown around the words; a whole description would drown them."""

_T = TypeVar("_T", bound=Hashable)
Place = tuple[str, str | None, int | None]


class Table(dict[_T, int]):
    """Values by number, each once."""

    def __missing__(self, value: _T) -> int:
        self[value] = len(self)
        return self[value]


def places_of(report: Report) -> dict[Place, list[Finding]]:
    """All findings by listing (row None: by sheet), the worst listing first."""
    found: defaultdict[Place, list[Finding]] = defaultdict(list)
    for finding in report.findings:
        at = finding.location
        found[at.path, at.sheet, at.row].append(finding)
    return dict(sorted(found.items(), key=lambda item: _badness(item[1])))


def _badness(findings: Sequence[Finding]) -> tuple[int, ...]:
    counted = [f for f in findings if f.counts]
    if not counted:
        return (len(Severity), 0, 0, -len(findings))
    worst = min(f.severity.rank for f in counted)
    top = [f for f in counted if f.severity.rank == worst]
    return worst, -len(top), min(f.confidence.rank for f in top), -len(findings)


def listing_label(sku: str, sheet: str | None, row: int | None) -> Text:
    """What to call a listing: its SKU, else its sheet and row."""
    if sku:
        return Text(visible(sku), visible(sku))
    where = f"{visible(sheet)} " if sheet else ""
    return Text(f"{where}row {row}", f"{where}第 {row} 行")


def payload(report: Report, places: dict[Place, list[Finding]]) -> dict[str, Any]:
    """What the script needs. Its rows are explained beside the code that reads them, report.js."""
    texts: Table[Text] = Table()
    sources: Table[tuple[tuple[str, str], ...]] = Table()
    sheets: Table[str] = Table()
    rules: dict[str, list[Any]] = {}
    ranked: Any = report.risk.get("listings", ())
    risks = {(item["path"], item["sheet"], item["row"]): n for n, item in enumerate(ranked)}
    order = {id(f): n for n, f in enumerate(report.findings)}
    new = report.past.new if report.past is not None else frozenset()
    groups: list[list[Any]] = []
    rows: list[list[Any]] = []
    for place, findings in places.items():
        path, sheet, row = place
        title = next((f.excerpt for f in findings if f.location.field == "title" and f.excerpt), "")
        sku = next((f.location.sku for f in findings if f.location.sku), "")
        groups.append(
            [
                sheets[sheet_label(path, sheet)],
                row,
                visible(sku),
                visible(title[:200]),
                risks.get(place),
                order[id(findings[0])],
            ]
        )
        for finding in sorted(findings, key=lambda f: (f.severity.rank, f.confidence.rank)):
            rules.setdefault(
                finding.rule, [finding.name, finding.area.value, finding.severity.rank]
            )
            is_new = int(finding.fingerprint in new)
            rows.append([*_row(finding, len(groups) - 1, texts, sources), is_new])
    return {
        "ui": {key: list(text) for key, text in UI.items()},
        "areas": {area.value: list(text) for area, text in said.AREA.items()},
        "severities": [[s.value, *said.SEVERITY[s]] for s in Severity],
        "confidences": [[c.value, *UI[f"conf_{c.value}"]] for c in Confidence],
        "texts": [list(text) for text in texts],
        "sources": [list(source) for source in sources],
        "sheets": list(sheets),
        "rules": rules,
        "groups": groups,
        "findings": rows,
    }


def _row(
    finding: Finding,
    group: int,
    texts: Table[Text],
    sources: Table[tuple[tuple[str, str], ...]],
) -> list[Any]:
    at = finding.location
    shown = snippet(finding, CONTEXT)
    edit = finding.fix.edit
    excuse = finding.suppressed
    return [
        group,
        finding.rule,
        finding.severity.rank,
        finding.confidence.rank,
        texts[_seen(finding.message)],
        texts[_seen(finding.why)],
        texts[_seen(finding.fix.text)],
        sources[tuple((s.url, s.retrieved) for s in finding.source)],
        visible(at.column or ""),
        at.cell or "",
        None if shown is None else [shown.before, shown.match, shown.after],
        finding.evasion or "",
        list(finding.marketplaces),
        None if edit is None else visible(edit.text),
        None if excuse is None else f"{excuse.by}: {visible(excuse.reason)}",
    ]


def _seen(text: Text) -> Text:
    return Text(sentence(text.en), sentence(text.zh))
