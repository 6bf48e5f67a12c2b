"""SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/), as GitHub code scanning takes it."""

from __future__ import annotations

from typing import IO, Any
from urllib.parse import quote

from listlint.later import expression
from listlint.model import Confidence, Finding, Lang, Report, Severity
from listlint.reporters.interface import Style, TextFormat
from listlint.reporters.json import encode
from listlint.reporters.redact import for_format
from listlint.reporters.show import place_label, sentence, visible, web_url, worst_first

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
MAX_RESULTS = 25_000
"""GitHub refuses a run with more results."""

_LEVEL = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_PROBLEM = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "recommendation",
}
_PRECISION = {Confidence.HIGH: "high", Confidence.MEDIUM: "medium", Confidence.LOW: "low"}
_DRIVE = expression(r"[A-Za-z]:/")


class SarifReporter(TextFormat):
    """One run; rules are those that found something, suppressed findings are marked so."""

    name = "sarif"

    def write(self, report: Report, out: IO[str], style: Style) -> None:
        """Write the log; results are encoded one at a time."""
        report, lang = for_format(report, style, public=True), style.lang
        findings, left_out = _within_limit(report)
        rules: dict[str, Finding] = {}
        for finding in findings:
            rules.setdefault(finding.rule, finding)
        index = {code: n for n, code in enumerate(rules)}
        driver = {
            "name": "listlint",
            "version": report.version,
            "rules": [_rule(finding, lang) for finding in rules.values()],
        }
        head = {
            "tool": {"driver": driver},
            "columnKind": "unicodeCodePoints",
            "invocations": [_invocation(report, left_out, lang)],
        }
        fields = [f"{encode(key)}: {encode(value)}" for key, value in head.items()]
        out.write(f'{{"$schema": {encode(SCHEMA)}, "version": "2.1.0", "runs": [{{')
        out.write(",\n ".join(fields) + ',\n "results": [')
        for n, finding in enumerate(findings):
            result = _result(finding, index[finding.rule], lang)
            out.write((",\n  " if n else "\n  ") + encode(result))
        out.write("]}]}\n")


def _within_limit(report: Report) -> tuple[list[Finding], int]:
    """The findings, at most as many as GitHub takes and then the worst; how many are left out."""
    if len(report.findings) <= MAX_RESULTS:
        return list(report.findings), 0
    kept = worst_first(report)[:MAX_RESULTS]
    return kept, len(report.findings) - len(kept)


def _invocation(report: Report, left_out: int, lang: Lang) -> dict[str, Any]:
    said = [sentence(note.get(lang)) for note in report.notes]
    if left_out:
        said.append(
            f"{left_out} findings left out: the limit of the format's readers is {MAX_RESULTS}"
        )
    return {
        "executionSuccessful": all(entry.kind != "unread" for entry in report.files),
        "toolExecutionNotifications": [{"level": "note", "message": {"text": t}} for t in said],
    }


def _rule(finding: Finding, lang: Lang) -> dict[str, Any]:
    why = sentence(finding.why.get(lang)) or finding.name
    fix = sentence(finding.fix.text.get(lang)) or finding.name
    tags = ["compliance", finding.area.value]
    if finding.suspension_reason:
        tags.append(finding.suspension_reason)
    rule: dict[str, Any] = {
        "id": finding.rule,
        "name": finding.name,
        "shortDescription": {"text": finding.name.replace("-", " ")},
        "fullDescription": {"text": why},
        "help": {"text": "\n".join([why, fix, *(visible(s.url) for s in finding.source)])},
        "defaultConfiguration": {"level": _LEVEL[finding.severity]},
        "properties": {
            "tags": tags,
            "precision": _PRECISION[finding.confidence],
            "problem.severity": _PROBLEM[finding.severity],
        },
    }
    if url := web_url(finding):
        rule["helpUri"] = quote(url, safe="%/:?#[]@!$&'()*+,;=~")
    return rule


def _result(finding: Finding, index: int, lang: Lang) -> dict[str, Any]:
    place = finding.location
    where = place_label(place)
    message = sentence(finding.message.get(lang))
    # Readers want a line even where the file is a workbook; its row is the nearest thing.
    region: dict[str, Any] = {"startLine": place.row or 1}
    if finding.match:
        region["snippet"] = {"text": visible(finding.match)}
    location: dict[str, Any] = {
        "physicalLocation": {"artifactLocation": {"uri": file_uri(place.path)}, "region": region}
    }
    if where:
        location["logicalLocations"] = [{"fullyQualifiedName": where, "kind": "member"}]
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": _LEVEL[finding.severity],
        "message": {"text": f"{where}: {message}" if where else message},
        "locations": [location],
    }
    if finding.fingerprint:
        result["partialFingerprints"] = {"listlint/v1": finding.fingerprint}
    if finding.suppressed is not None:
        result["suppressions"] = [
            {"kind": "external", "justification": visible(finding.suppressed.reason)}
        ]
    known = {"sku": place.sku, "field": place.field, "column": place.column}
    properties: dict[str, Any] = {k: visible(v) for k, v in known.items() if v}
    if finding.marketplaces:
        properties["marketplaces"] = list(finding.marketplaces)
    if properties:
        result["properties"] = properties
    return result


def file_uri(path: str) -> str:
    """A URI reference: relative paths stay so, absolute ones become `file:`."""
    escaped = quote(path.encode("utf-8", "surrogatepass"), safe="/")
    if _DRIVE.match(path):
        return f"file:///{path[0]}:{escaped[4:]}"
    if path.startswith("/"):
        return f"file://{escaped}"
    return escaped.removeprefix("./")
