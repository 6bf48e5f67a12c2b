"""How often each rule found something, for `--statistics`."""

from __future__ import annotations

from collections import Counter
from typing import IO

from listlint.model import Finding, Report
from listlint.reporters import words
from listlint.reporters.interface import Style, TextFormat
from listlint.reporters.screen import Screen
from listlint.reporters.show import visible
from listlint.summary import summarise


class StatisticsReporter(TextFormat):
    """A line a rule: count, severity, code, name; the most frequent first."""

    name = "statistics"

    def write(self, report: Report, out: IO[str], style: Style) -> None:
        """Write the counts and the totals."""
        screen, lang = Screen(out, style), style.lang
        counts = Counter(finding.rule for finding in report.counted)
        example: dict[str, Finding] = {}
        for finding in report.counted:
            example.setdefault(finding.rule, finding)
        width = max((len(f"{count:,}") for count in counts.values()), default=1)
        for code, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
            severity = example[code].severity
            screen.line(
                (f"{count:>{width},}  ", ""),
                (f"{words.SEVERITY[severity].get(lang)} {code}", severity.value),
                (f"  {visible(example[code].name)}", ""),
            )
        totals = words.severity_counts(summarise(report)["by_severity"], lang)
        screen.line((f"{totals}{words.SEMICOLON.get(lang)}{words.totals(report, lang)}", "head"))
