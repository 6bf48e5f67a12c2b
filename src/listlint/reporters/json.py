"""The JSON report, schema `listlint/report/1` (docs/json-report.md), and its JSON Lines sibling."""

from __future__ import annotations

import json
import re
from typing import IO, Any

from listlint.later import expression
from listlint.model import Edit, Finding, Lang, PackInfo, Report, SheetEntry, Suppression
from listlint.reporters.interface import Style, TextFormat
from listlint.reporters.redact import for_format
from listlint.summary import summarise

SCHEMA = "listlint/report/1"

_SURROGATE = expression("[\ud800-\udfff]")
# Azure's and GitHub's agents read these anywhere in a log line; written as an escape, the value
# stays what it is.
_COMMAND = expression(r"#(?=#\[|#vso\[)", re.IGNORECASE)


def encode(value: Any) -> str:
    """`value` as JSON on one line; non-ASCII stays readable, lone surrogates become escapes."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    text = _SURROGATE.sub(lambda found: f"\\u{ord(found.group()):04x}", text)
    return _COMMAND.sub(r"\\u0023", text)


def head_of(report: Report) -> dict[str, Any]:
    """What precedes the findings."""
    return {
        "schema": SCHEMA,
        "version": report.version,
        "as_of": report.as_of.isoformat(),
        "policies": [_pack(pack) for pack in report.policies],
        "files": [_sheet(entry) for entry in report.files],
    }


def finding_of(finding: Finding, lang: Lang) -> dict[str, Any]:
    """One finding; the sentences in one language."""
    place = finding.location
    return {
        "rule": finding.rule,
        "name": finding.name,
        "area": finding.area.value,
        "severity": finding.severity.value,
        "confidence": finding.confidence.value,
        "path": place.path,
        "sheet": place.sheet,
        "row": place.row,
        "column": place.column,
        "field": place.field,
        "cell": place.cell,
        "sku": place.sku,
        "match": finding.match,
        "span": None if finding.span is None else list(finding.span),
        "term": finding.term,
        "evasion": finding.evasion,
        "marketplaces": list(finding.marketplaces),
        "message": finding.message.get(lang),
        "why": finding.why.get(lang),
        "fix": {"text": finding.fix.text.get(lang), "edit": _edit(finding.fix.edit)},
        "source": [{"url": s.url, "retrieved": s.retrieved} for s in finding.source],
        "suspension_reason": finding.suspension_reason,
        "fingerprint": finding.fingerprint,
        "suppressed": _suppression(finding.suppressed),
        "sharpened": [
            {
                "marketplace": here.marketplace,
                "severity": here.severity.value,
                "reason": here.reason.get(lang),
            }
            for here in finding.sharpened
        ],
    }


def _pack(pack: PackInfo) -> dict[str, Any]:
    return {
        "id": pack.id,
        "version": pack.version,
        "updated": pack.updated,
        "review_by": pack.review_by,
    }


def _sheet(entry: SheetEntry) -> dict[str, Any]:
    return {
        "path": entry.path,
        "sheet": entry.sheet,
        "dialect": entry.dialect,
        "marketplaces": list(entry.marketplaces),
        "rows": entry.rows,
        "columns": dict(entry.columns),
        "unmapped": list(entry.unmapped),
        "not_checked": [{"field": n.field, "because": n.because} for n in entry.not_checked],
    }


def _edit(edit: Edit | None) -> dict[str, Any] | None:
    return None if edit is None else {"span": list(edit.span), "text": edit.text, "safe": edit.safe}


def _suppression(suppressed: Suppression | None) -> dict[str, Any] | None:
    if suppressed is None:
        return None
    return {"by": suppressed.by, "reason": suppressed.reason, "until": suppressed.until}


class JsonReporter(TextFormat):
    """One object; a finding a line, so that reports compare line by line."""

    name = "json"

    def write(self, report: Report, out: IO[str], style: Style) -> None:
        """Write the report; findings are encoded one at a time."""
        report = for_format(report, style, public=False)
        fields = [f"{encode(key)}: {encode(value)}" for key, value in head_of(report).items()]
        out.write("{" + ",\n ".join(fields) + ',\n "findings": [')
        for n, finding in enumerate(report.findings):
            out.write((",\n  " if n else "\n  ") + encode(finding_of(finding, style.lang)))
        out.write("],\n " + f'"summary": {encode(summarise(report))}' + "}\n")


class JsonLinesReporter(TextFormat):
    """First a line `{"run": …}` (all but the findings), then a finding a line."""

    name = "jsonl"

    def write(self, report: Report, out: IO[str], style: Style) -> None:
        """Write the run, then the findings."""
        report = for_format(report, style, public=False)
        out.write(encode({"run": {**head_of(report), "summary": summarise(report)}}) + "\n")
        for finding in report.findings:
            out.write(encode(finding_of(finding, style.lang)) + "\n")
