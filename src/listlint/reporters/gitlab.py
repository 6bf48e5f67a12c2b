"""GitLab code quality report (https://docs.gitlab.com/ci/testing/code_quality/)."""

from __future__ import annotations

import hashlib
from typing import IO, Any

from listlint.model import Finding, Lang, Report, Severity
from listlint.reporters.interface import Style, TextFormat
from listlint.reporters.json import encode
from listlint.reporters.redact import for_format
from listlint.reporters.show import place_label, sentence, visible

_SEVERITY = {Severity.ERROR: "critical", Severity.WARNING: "major", Severity.INFO: "info"}


class GitlabReporter(TextFormat):
    """One array; GitLab shows one of several entries that share a fingerprint."""

    name = "gitlab"

    def write(self, report: Report, out: IO[str], style: Style) -> None:
        """Write the findings that count."""
        out.write("[")
        for n, finding in enumerate(for_format(report, style, public=True).counted):
            out.write((",\n " if n else "\n ") + encode(_entry(finding, style.lang)))
        out.write("\n]\n")


def _entry(finding: Finding, lang: Lang) -> dict[str, Any]:
    place = finding.location
    where = place_label(place)
    message = sentence(finding.message.get(lang))
    return {
        "description": f"{where}: {message}" if where else message,
        "check_name": finding.rule,
        "fingerprint": finding.fingerprint or _stand_in(finding),
        "severity": _SEVERITY[finding.severity],
        "location": {
            "path": visible(place.path.removeprefix("./")),
            "lines": {"begin": place.row or 1},
        },
    }


def _stand_in(finding: Finding) -> str:
    """For findings made by hand, which have no fingerprint: the place is all there is."""
    text = repr((finding.rule, finding.location, finding.span, finding.match))
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()
