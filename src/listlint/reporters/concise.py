"""A line a finding, for grep and editors: `path!sheet:cell: severity CODE message`."""

from __future__ import annotations

from typing import IO

from listlint.model import Finding, Lang, Report
from listlint.reporters import words
from listlint.reporters.interface import Style, TextFormat
from listlint.reporters.redact import for_format
from listlint.reporters.screen import Screen
from listlint.reporters.show import sentence, sheet_label
from listlint.reporters.text import MESSAGE_ROOM
from listlint.summary import summarise


class ConciseReporter(TextFormat):
    """The findings that count, in the report's order, then the totals."""

    name = "concise"

    def write(self, report: Report, out: IO[str], style: Style) -> None:
        """Write the lines; they are never wrapped."""
        report = for_format(report, style, public=False)
        screen = Screen(out, style)
        for finding in report.counted:
            severity = finding.severity.value
            screen.line(
                (f"{_where(finding)}: ", "head"),
                (f"{severity} {finding.rule}", severity),
                (f" {sentence(finding.message.get(style.lang), MESSAGE_ROOM)}", ""),
            )
        screen.line((_totals(report, style.lang), "head" if report.counted else "good"))


def _where(finding: Finding) -> str:
    place = finding.location
    inside = place.cell or (str(place.row) if place.row is not None else "")
    label = sheet_label(place.path, place.sheet)
    return f"{label}:{inside}" if inside else label


def _totals(report: Report, lang: Lang) -> str:
    counts = words.severity_counts(summarise(report)["by_severity"], lang)
    totals = words.totals(report, lang)
    return f"{counts}{words.SEMICOLON.get(lang)}{totals}"
