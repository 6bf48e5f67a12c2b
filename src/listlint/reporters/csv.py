"""CSV for people with a spreadsheet program; no cell of it can be run as a formula there."""

from __future__ import annotations

import csv
from typing import IO

from listlint.later import expression
from listlint.model import Finding, Lang, Report
from listlint.reporters.interface import Style, TextFormat
from listlint.reporters.redact import for_format
from listlint.reporters.show import visible

COLUMNS = (
    "severity", "rule", "name", "area", "confidence", "path", "sheet", "row", "cell", "column",
    "field", "sku", "match", "message", "why", "fix", "source", "suspension_reason", "fingerprint",
    "suppressed",
)  # fmt: skip

# What Excel, LibreOffice or Sheets take for the start of a formula, full-width forms as well
# (https://owasp.org/www-community/attacks/CSV_Injection).
_FORMULA = expression(r"\s*[=+\-@\t\r＝＋－＠␉␍]")
# Where `;` is the list separator, a program may split here.
_AFTER_SEMICOLON = expression(r"([;；]\s*)(?=[=+\-@＝＋－＠])")


def guarded(text: str) -> str:
    """`text` visible and, where a program could run it, with an apostrophe before it."""
    text = _AFTER_SEMICOLON.sub(r"\1'", visible(text))
    return f"'{text}" if _FORMULA.match(text) else text


class CsvReporter(TextFormat):
    """A finding a line, every field quoted."""

    name = "csv"
    encoding = "utf-8-sig"
    """Excel takes a file for UTF-8 by its mark only."""

    def write(self, report: Report, out: IO[str], style: Style) -> None:
        """Write a header and all findings, suppressed ones marked."""
        writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        writer.writerow(COLUMNS)
        for finding in for_format(report, style, public=False).findings:
            writer.writerow([guarded(value) for value in _cells(finding, style.lang)])


def _cells(finding: Finding, lang: Lang) -> list[str]:
    place, excused = finding.location, finding.suppressed
    return [
        finding.severity.value,
        finding.rule,
        finding.name,
        finding.area.value,
        finding.confidence.value,
        place.path,
        place.sheet or "",
        "" if place.row is None else str(place.row),
        place.cell or "",
        place.column or "",
        place.field or "",
        place.sku or "",
        finding.match or "",
        finding.message.get(lang),
        finding.why.get(lang),
        finding.fix.text.get(lang),
        " ".join(source.url for source in finding.source),
        finding.suspension_reason or "",
        finding.fingerprint,
        "" if excused is None else f"{excused.by}: {excused.reason}",
    ]
