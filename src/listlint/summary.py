"""The summary of a report: the `summary` of the JSON contract."""

from __future__ import annotations

from collections import Counter
from typing import Any

from listlint.model import Area, Report, Severity


def summarise(report: Report) -> dict[str, Any]:
    """Counts of the findings that count; suppressed and baselined ones are in none of them.

    `by_area` and `by_severity` name every area and severity, `by_rule` only rules that found
    something, by code.
    """
    areas: Counter[str] = Counter()
    severities: Counter[str] = Counter()
    rules: Counter[str] = Counter()
    for finding in report.findings:
        if finding.counts:
            areas[finding.area.value] += 1
            severities[finding.severity.value] += 1
            rules[finding.rule] += 1
    return {
        "listings": report.listings,
        "flagged": report.flagged,
        "by_area": {area.value: areas[area.value] for area in Area},
        "by_severity": {severity.value: severities[severity.value] for severity in Severity},
        "by_rule": dict(sorted(rules.items())),
        "risk": dict(report.risk),
    }
