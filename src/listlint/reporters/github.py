"""GitHub Actions workflow commands: a finding becomes an annotation."""

from __future__ import annotations

from typing import IO

from listlint.model import Report, Severity
from listlint.reporters.interface import Style, TextFormat
from listlint.reporters.redact import for_format
from listlint.reporters.show import place_label, sentence, visible, worst_first

_COMMAND = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def _data(text: str) -> str:
    """Escaped as the runner unescapes the message of a command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """Escaped as the runner unescapes a command's properties."""
    return _data(visible(text)).replace(":", "%3A").replace(",", "%2C")


class GithubReporter(TextFormat):
    """Worst first: a step shows ten annotations of each level."""

    name = "github"

    def write(self, report: Report, out: IO[str], style: Style) -> None:
        """Write one command a line."""
        for finding in worst_first(for_format(report, style, public=True)):
            place, lang = finding.location, style.lang
            properties = [f"file={_property(place.path)}"]
            if place.row is not None:
                properties.append(f"line={place.row}")
            properties.append(f"title={_property(f'{finding.rule} {finding.name}')}")
            where = place_label(place)
            column = f" ({visible(place.column)})" if place.column else ""
            said = [f"{where}{column}: " if where else "", sentence(finding.message.get(lang))]
            fix = sentence(finding.fix.text.get(lang))
            message = "".join(said) + (f"\n{fix}" if fix else "")
            command = _COMMAND[finding.severity]
            out.write(f"::{command} {','.join(properties)}::{_data(message)}\n")
