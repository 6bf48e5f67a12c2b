"""Markdown for a pull-request comment or a job summary."""

from __future__ import annotations

from typing import IO

from listlint.model import Finding, Lang, Report, Severity, Text
from listlint.reporters import words
from listlint.reporters.interface import Style, TextFormat
from listlint.reporters.redact import for_format
from listlint.reporters.show import (
    place_label,
    sheet_label,
    shortened,
    visible,
    web_url,
    worst_first,
)
from listlint.summary import summarise

BUDGET = 60_000
"""Characters; GitHub refuses comments above 65,536."""

MAX_NOTES = 20
MAX_SHEETS = 50
"""Sheets of which it is said what was not checked."""

_MARK = {Severity.ERROR: "🔴", Severity.WARNING: "🟠", Severity.INFO: "🔵"}

# As character references these can neither format, link, mention anyone nor become HTML.
_REFERENCES = str.maketrans({c: f"&#{ord(c)};" for c in "&<>|`*_[]\\~#@$!"})


def escaped(text: str) -> str:
    """`text` as plain words in Markdown, on one line."""
    text = visible(text).translate(_REFERENCES)
    return text.replace("://", "&#58;//").replace("www.", "www&#46;")


class MarkdownReporter(TextFormat):
    """Totals, a table worst first as long as a comment may be, what was not checked."""

    name = "markdown"

    def write(self, report: Report, out: IO[str], style: Style) -> None:
        """Write the document."""
        report, lang = for_format(report, style, public=True), style.lang
        summary = summarise(report)
        lines = [
            "## listlint",
            "",
            words.severity_counts(summary["by_severity"], lang)
            + words.SEMICOLON.get(lang)
            + words.totals(report, lang),
            "",
            *(f"> {escaped(shortened(n.get(lang), 400))}\n" for n in report.notes[:MAX_NOTES]),
        ]
        tail = _tail(report, lang)
        spent = sum(map(len, lines)) + sum(map(len, tail))
        lines += _table(worst_first(report), lang, BUDGET - spent)
        out.write("\n".join([*lines, *tail]).rstrip() + "\n")


def _table(findings: list[Finding], lang: Lang, budget: int) -> list[str]:
    if not findings:
        return [words.NOTHING.get(lang), ""]
    heads = (words.SEVERITY_HEAD, words.RULE, words.PLACE, words.MATCH, words.MESSAGE, words.FIX)
    lines = [f"| {' | '.join(h.get(lang) for h in heads)} |", "|---" * len(heads) + "|"]
    for n, finding in enumerate(findings):
        row = _row(finding, lang)
        budget -= len(row) + 1
        if budget < 0:
            left = len(findings) - n
            lines += ["", _more(left, lang)]
            break
        lines.append(row)
    return [*lines, ""]


def _row(finding: Finding, lang: Lang) -> str:
    url = web_url(finding)
    code = escaped(finding.rule)
    # In angle brackets an address may hold anything but these.
    safe = url and not set(url) & set("<>|\\`")
    place = finding.location
    where = f"{shortened(place.path, 80)} {shortened(place_label(place), 80)}"
    cells = [
        f"{_MARK[finding.severity]} {words.SEVERITY[finding.severity].get(lang)}",
        (f"[{code}](<{url}>) " if safe else f"{code} ") + escaped(finding.name),
        escaped(where) + (f" ({escaped(shortened(place.sku, 40))})" if place.sku else ""),
        escaped(shortened(finding.match or "", 80)),
        escaped(shortened(finding.message.get(lang), 400)),
        escaped(shortened(finding.fix.text.get(lang), 400)),
    ]
    return f"| {' | '.join(cells)} |"


def _tail(report: Report, lang: Lang) -> list[str]:
    missing = [
        f"- {escaped(shortened(sheet_label(entry.path, entry.sheet), 80))}{words.COLON.get(lang)}"
        + escaped(shortened(words.COMMA.get(lang).join(n.field for n in entry.not_checked), 300))
        for entry in report.files
        if entry.not_checked
    ]
    if not missing:
        return []
    left = len(missing) - MAX_SHEETS
    more = [_more(left, lang)] if left > 0 else []
    title = words.NOT_CHECKED.get(lang)
    shown = [*missing[:MAX_SHEETS], *more]
    return [f"<details><summary>{title}</summary>", "", *shown, "", "</details>"]


def _more(count: int, lang: Lang) -> str:
    return Text(f"… {count:,} more", f"……另有 {count} 个").get(lang)
