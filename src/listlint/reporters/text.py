"""The report for people: listings worst first, the words marked in their context, then the totals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import IO, Any

from rich.cells import cell_len

from listlint.later import expression
from listlint.model import Area, Finding, Lang, NotChecked, Report, Severity, Text
from listlint.reporters import words
from listlint.reporters.grouping import Group, Shown, by_listing, of_files, row_ranges
from listlint.reporters.interface import Style, TextFormat
from listlint.reporters.redact import for_format
from listlint.reporters.screen import Screen, Segment, wrap
from listlint.reporters.show import (
    host_of,
    sentence,
    sheet_label,
    shortened,
    snippet,
    visible,
)
from listlint.summary import summarise

MARK = {Severity.ERROR: "✖", Severity.WARNING: "▲", Severity.INFO: "●"}
MESSAGE_ROOM = 300
"""Code points of a message on a screen; only one that quotes a long cell has more."""
_BAR = "    │ "
_TITLE_ROOM = 16
"""Cells; a shorter piece of a title tells nothing."""
_FIRST, _CHOICE = 5, 3
"""Listings named to be mended first; with fewer flagged than `_CHOICE` nobody needs telling."""
_SENTENCE = expression(r"(?<=[.!?])\s+(?=[A-Z])|(?<=[。！？])")


class TextReporter(TextFormat):
    """Grouped by listing; what repeats is said once, at most `style.limit` listings."""

    name = "text"
    full = False

    def write(self, report: Report, out: IO[str], style: Style) -> None:
        """Write findings, totals, what was not checked, files, notes."""
        report = for_format(report, style, public=False)
        writer = _Writer(Screen(out, style), style.lang, self.full)
        limit = None if self.full else style.limit
        groups = by_listing(report, collapse=not self.full)
        for group in groups[:limit]:
            writer.group(group)
        if limit is not None and len(groups) > limit:
            left = len(groups) - limit
            writer.screen.paragraph(("", ""), "", [(words.beyond_limit(left, style.lang), "head")])
            writer.screen.line()
        writer.summary(report)
        writer.first(report)
        writer.not_checked(report)
        writer.files(report)
        writer.notes(report)


class FullReporter(TextReporter):
    """Every finding with all that is known of it, nothing collapsed, suppressed ones at the end."""

    name = "full"
    full = True


class _Writer:
    """The parts of the text report, in one language."""

    def __init__(self, screen: Screen, lang: Lang, full: bool) -> None:
        self.screen = screen
        self.lang = lang
        self.full = full

    def group(self, group: Group) -> None:
        """A listing: where it is, what it is called, its findings."""
        head: list[Segment] = [(sheet_label(group.path, group.sheet), "head")]
        if group.row is None:
            head.append((f"  {words.WHOLE_SHEET.get(self.lang)}", ""))
        else:
            row = Text(f"row {group.row}", f"第 {group.row} 行").get(self.lang)
            head.append((f"  {row}", "head"))
        if group.sku:
            head.append((f"  {shortened(group.sku, 40)}", ""))
        room = self.screen.width - sum(cell_len(text) for text, _ in head) - 2
        if group.title and room >= _TITLE_ROOM:
            head.append((f"  {_clipped(visible(group.title), room)}", "quiet"))
        self.screen.paragraph(("", ""), "  ", head)
        said: set[tuple[str, str]] = set()
        for shown in group.shown:
            advice = (shown.finding.rule, shown.finding.fix.text.en)
            self.finding(shown, advise=self.full or advice not in said)
            said.add(advice)
        self.screen.line()

    def finding(self, shown: Shown, *, advise: bool) -> None:
        """A finding: severity, rule, cell; then words and message behind a bar.

        With `advise` also why, fix and source, which a listing needs once only.
        """
        finding, place = shown.finding, shown.finding.location
        look = finding.severity.value
        severity = words.SEVERITY[finding.severity].get(self.lang)
        head: list[Segment] = [
            (f"{severity} {finding.rule}", look),
            (f" {finding.name}", look),
        ]
        if place.cell:
            head.append((f"  {place.cell}", "head"))
        if place.column:
            head.append((f"  {shortened(place.column, 40)}", "quiet"))
        self.screen.paragraph((f"  {MARK[finding.severity]} ", look), "    ", head)
        self._context(finding)
        self._said("", sentence(finding.message.get(self.lang), MESSAGE_ROOM))
        if advise:
            why = finding.why.get(self.lang)
            self._said(words.WHY.get(self.lang), why if self.full else _SENTENCE.split(why)[0])
            if not self.full:  # in full it is part of why
                self._said("", words.sharpened(finding, self.lang))
            self._said(words.FIX.get(self.lang), finding.fix.text.get(self.lang))
            self._sources(finding)
        if self.full:
            self._details(finding)
        if shown.here:
            self._said("", words.more_here(shown.here, self.lang), "quiet")
        if shown.rows:
            rows = row_ranges(shown.rows)
            self._said("", words.more_listings(len(shown.rows), rows, self.lang), "head")

    def _context(self, finding: Finding) -> None:
        room = 400 if self.full else self.screen.width + 20
        piece = snippet(finding, room)
        if piece is None:
            return
        marked = piece.match
        if marked and not self.screen.colour:
            marked = f"⟦{marked}⟧"
        segments = [(piece.before, "quiet"), (marked, "match"), (piece.after, "quiet")]
        self.screen.paragraph((_BAR, ""), _BAR, segments)

    def _said(self, label: str, text: str, look: str = "") -> None:
        if not text:
            return
        segments: list[Segment] = [(sentence(text), look)]
        if label:
            segments.insert(0, (f"{label}{words.COLON.get(self.lang)}", "quiet"))
        self.screen.paragraph((_BAR, ""), _BAR, segments)

    def _sources(self, finding: Finding) -> None:
        if not finding.source:
            return
        if self.full:
            said = [f"{s.url} ({s.retrieved})" for s in finding.source]
        else:
            said = list(dict.fromkeys(host_of(s.url) for s in finding.source))
        self._said(words.SOURCE.get(self.lang), words.COMMA.get(self.lang).join(said), "quiet")

    def _details(self, finding: Finding) -> None:
        details = (
            (words.TERM, finding.term),
            (words.EVASION, finding.evasion),
            (words.CONFIDENCE, finding.confidence.value),
            (words.MARKETPLACES, words.COMMA.get(self.lang).join(finding.marketplaces)),
            (words.SUSPENSION, finding.suspension_reason),
            (words.FINGERPRINT, finding.fingerprint),
        )
        for label, value in details:
            if value:
                self._said(label.get(self.lang), value, "quiet")

    def summary(self, report: Report) -> None:
        """Totals, and a table by area and severity."""
        summary = summarise(report)
        lang, line = self.lang, self.screen.line
        line((words.SUMMARY.get(lang), "head"))
        self._entry(words.totals(report, lang))
        if not report.counted:
            self._entry(words.NOTHING.get(lang), "good")
        else:
            self._entry(words.severity_counts(summary["by_severity"], lang), "head")
            self._table(report)
        suppressed = [f.suppressed for f in report.findings if f.suppressed is not None]
        if suppressed:
            self._entry(words.suppressed_counts(suppressed, lang), "quiet")
            if self.full:
                for finding in report.findings:
                    self._excused(finding)
        line()

    def _table(self, report: Report) -> None:
        counts = {(a, s): 0 for a in Area for s in Severity}
        for finding in report.counted:
            counts[finding.area, finding.severity] += 1
        lang = self.lang
        heads = [words.SEVERITY[s].get(lang) for s in Severity]
        self.screen.line(
            (f"  {_padded(words.AREA_HEAD.get(lang), 12)}", "quiet"),
            *((_padded(head, -10), "quiet") for head in heads),
        )
        for area in Area:
            row = [counts[area, severity] for severity in Severity]
            if not any(row):
                continue
            cells = [
                (f"{count:>10,}", severity.value if count else "quiet")
                for count, severity in zip(row, Severity, strict=True)
            ]
            self.screen.line((f"  {_padded(words.AREA[area].get(lang), 12)}", ""), *cells)

    def _excused(self, finding: Finding) -> None:
        excused, place = finding.suppressed, finding.location
        if excused is None:
            return
        where = sheet_label(place.path, place.sheet) + (f":{place.cell}" if place.cell else "")
        until = f" ({excused.until})" if excused.until else ""
        self._entry(
            f"{where} {finding.rule}: {excused.by}: {visible(excused.reason)}{until}", "quiet"
        )

    def first(self, report: Report) -> None:
        """The listings to mend first, with the reasons, where there are several to choose from."""
        ranked: Any = report.risk.get("listings", ())
        if len(ranked) < _CHOICE:
            return
        lang = self.lang
        self.screen.line((words.FIRST.get(lang), "head"))
        several = len({(item["path"], item["sheet"]) for item in ranked}) > 1
        for n, item in enumerate(ranked[:_FIRST], start=1):
            sku = visible(item["sku"] or "")
            label = f"{sheet_label(item['path'], item['sheet'])} " if several else ""
            row = Text(f"row {item['row']}", f"第 {item['row']} 行").get(lang)
            where = f"{label}{row}" + (f" {shortened(sku, 40)}" if sku else "")
            reasons = [reason[lang] for reason in item["reasons"]]
            why = words.SEMICOLON.get(lang).join(reasons if self.full else reasons[:1])
            said: list[Segment] = [
                (where, "head"),
                (f" — {item['action_text'][lang]}{words.COLON.get(lang)}", ""),
                (why, "quiet"),
            ]
            self.screen.paragraph((f"  {n}. ", ""), "     ", said)
        self._entry(words.ESTIMATE.get(lang), "quiet")
        self.screen.line()

    def not_checked(self, report: Report) -> None:
        """Fields that rules wanted and no column holds: those of all sheets once, then the rest."""
        sheets = {(e.path, e.sheet): e.not_checked for e in report.files if e.not_checked}
        if not sheets:
            return
        lang = self.lang
        self.screen.line((words.NOT_CHECKED.get(lang), "head"))
        each = [{n.field for n in missing} for missing in sheets.values()]
        common = set.intersection(*each) if len(sheets) > 1 else set()
        if common:
            first = next(iter(sheets.values()))
            self._missing(
                words.all_sheets(len(sheets), lang), [n for n in first if n.field in common]
            )
        for (path, sheet), missing in sheets.items():
            rest = [n for n in missing if n.field not in common]
            if rest:
                self._missing(sheet_label(path, sheet), rest)
        self.screen.line()

    def _missing(self, label: str, missing: Sequence[NotChecked]) -> None:
        for reason in dict.fromkeys(n.because for n in missing):
            fields = [(n.field, len(n.rules)) for n in missing if n.because == reason]
            said = words.fields_missing(fields, reason, self.lang)
            self._entry(f"{label}{words.COLON.get(self.lang)}{visible(said)}")

    def files(self, report: Report) -> None:
        """Every sheet, what it was taken for, and what is to be said about it as a file."""
        lang, about = self.lang, of_files(report)
        if not report.files and not about:
            return
        self.screen.line((words.SHEETS.get(lang), "head"))
        for entry in report.files:
            label = sheet_label(entry.path, entry.sheet) + words.COLON.get(lang)
            look = "error" if entry.kind == "unread" else ""
            self._entry(label + visible(words.sheet_facts(entry, lang)), look)
            for shown in about.pop((entry.path, entry.sheet), ()):
                self._about_file(shown)
        # What concerns a workbook as a whole, or a path that led nowhere, has no entry of its own.
        for (path, sheet), notes in about.items():
            self._entry(sheet_label(path, sheet))
            for shown in notes:
                self._about_file(shown)
        self.screen.line()

    def _about_file(self, shown: Shown) -> None:
        finding = shown.finding
        look = finding.severity.value
        cell = (
            f"{finding.location.cell}{words.COLON.get(self.lang)}" if finding.location.cell else ""
        )
        more = f" (×{shown.here + 1:,})" if shown.here else ""
        said = f"{finding.rule} {cell}{sentence(finding.message.get(self.lang))}{more}"
        fix = sentence(finding.fix.text.get(self.lang))
        self.screen.paragraph((f"    {MARK[finding.severity]} ", look), "      ", [(said, "")])
        if fix and finding.severity is not Severity.INFO:
            fix = f"{words.FIX.get(self.lang)}{words.COLON.get(self.lang)}{fix}"
            self.screen.paragraph(("      ", ""), "      ", [(fix, "")])

    def notes(self, report: Report) -> None:
        """What is to be said about the run, and how old its policies are."""
        lang = self.lang
        said = [sentence(note.get(lang)) for note in report.notes]
        if report.policies:
            said.append(_packs(report, lang))
        if not said:
            return
        self.screen.line((words.NOTES.get(lang), "head"))
        for note in said:
            self._entry(note)

    def _entry(self, text: str, look: str = "") -> None:
        self.screen.paragraph(("  ", ""), "    ", [(text, look)])


def _clipped(text: str, cells: int) -> str:
    """The beginning of `text`, at most so many cells."""
    if cell_len(text) <= cells:
        return text
    return text[: wrap(text[:cells], cells - 1)[0][1]] + "…"


def _padded(text: str, cells: int) -> str:
    """`text` in so many cells, to the left; to the right when `cells` is negative."""
    blank = " " * max(0, abs(cells) - cell_len(text))
    return blank + text if cells < 0 else text + blank


def _packs(report: Report, lang: Lang) -> str:
    dates = [p.updated for p in report.policies]
    days = max(0, (report.as_of - date.fromisoformat(min(dates))).days)
    return words.packs_age(len(dates), max(dates), days, lang)
