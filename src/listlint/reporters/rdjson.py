"""Reviewdog's diagnostic format (https://github.com/reviewdog/reviewdog/tree/master/proto/rdf)."""

from __future__ import annotations

from typing import IO, Any

from listlint.model import Finding, Lang, Report
from listlint.reporters.interface import Style, TextFormat
from listlint.reporters.json import encode
from listlint.reporters.redact import for_format
from listlint.reporters.show import place_label, sentence, visible, web_url


class RdjsonReporter(TextFormat):
    """One `DiagnosticResult`."""

    name = "rdjson"

    def write(self, report: Report, out: IO[str], style: Style) -> None:
        """Write the findings that count."""
        out.write('{"source": {"name": "listlint"}, "diagnostics": [')
        for n, finding in enumerate(for_format(report, style, public=True).counted):
            out.write((",\n " if n else "\n ") + encode(_diagnostic(finding, style.lang)))
        out.write("\n]}\n")


def _diagnostic(finding: Finding, lang: Lang) -> dict[str, Any]:
    place = finding.location
    location: dict[str, Any] = {"path": visible(place.path)}
    if place.row is not None:
        location["range"] = {"start": {"line": place.row}}
    code: dict[str, str] = {"value": finding.rule}
    if url := web_url(finding):
        code["url"] = url
    where = place_label(place)
    message = sentence(finding.message.get(lang))
    return {
        "message": f"{where}: {message}" if where else message,
        "location": location,
        "severity": finding.severity.value.upper(),
        "code": code,
    }
