"""Azure Pipelines logging commands."""

from __future__ import annotations

from typing import IO

from listlint.model import Report, Severity
from listlint.reporters.interface import Style, TextFormat
from listlint.reporters.redact import for_format
from listlint.reporters.show import place_label, visible, worst_first


def _data(text: str) -> str:
    """Escaped as the agent unescapes the message of a command."""
    return visible(text).replace("%", "%AZP25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """Escaped as the agent unescapes a command's properties."""
    return _data(text).replace(";", "%3B").replace("]", "%5D")


class AzureReporter(TextFormat):
    """An issue a line, worst first. There is no level below warning: info is plain text."""

    name = "azure"

    def write(self, report: Report, out: IO[str], style: Style) -> None:
        """Write one command a line."""
        for finding in worst_first(for_format(report, style, public=True)):
            place = finding.location
            where = place_label(place)
            message = _data((f"{where}: " if where else "") + finding.message.get(style.lang))
            if finding.severity is Severity.INFO:
                path = visible(place.path)
                out.write(f"info {finding.rule} {path}{' ' if where else ': '}{message}\n")
                continue
            properties = [f"type={finding.severity.value}", f"sourcepath={_property(place.path)}"]
            if place.row is not None:
                properties.append(f"linenumber={place.row}")
            properties.append(f"code={_property(finding.rule)}")
            out.write(f"##vso[task.logissue {';'.join(properties)};]{message}\n")
