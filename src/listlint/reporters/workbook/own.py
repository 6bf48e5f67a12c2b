"""The sheets of listlint's own: the summary, all findings, the rules. Rows of plain cells; no openpyxl."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from listlint.model import Area, Finding, Lang, Location, Report, Severity, Text
from listlint.reporters import words as said
from listlint.reporters.grouping import by_listing
from listlint.reporters.show import sentence, sheet_label, visible
from listlint.reporters.workbook import words
from listlint.reporters.workbook.plan import MAX_ROW, clean, reference, words_of
from listlint.slotted import slotted

SUMMARY_TITLE = "listlint"
FINDINGS_TITLE = "listlint findings"
RULES_TITLE = "listlint rules"
OWN_TITLES = (SUMMARY_TITLE, FINDINGS_TITLE, RULES_TITLE)

MAX_LINKS = 60_000
"""Links of one sheet; Excel takes 65,530."""
_WIDTHS = (28, 11, 11, 11, 11, 100, 24, 32)
_SECOND = 5
"""The summary's columns, and the index of the wide one."""
_FIRST = 25
"""Listings named in the summary."""

Target = Callable[[Location], str | None]
"""The place in this workbook that a location is at (`'Sheet'!B12`); None when it is not in it."""


@slotted(frozen=True, slots=True)
class Cell:
    """A cell to write: `look` names its style, `link` a place in the workbook, `url` a web page."""

    value: str | int | None = None
    look: str = "plain"
    link: str | None = None
    url: str | None = None


@slotted(frozen=True, slots=True)
class Page:
    """A sheet to write. With `table`, the first row is a header: frozen, with filters.

    A text longer than its column runs over the empty cells to its right.
    """

    title: str
    widths: Sequence[int]
    rows: Iterable[list[Cell]]
    table: bool = False


def pages(
    report: Report, lang: Lang, titles: Sequence[str], target: Target, notes: Sequence[Text]
) -> list[Page]:
    """Summary, findings and rules, to be called `titles`; `notes` are about the workbook itself."""
    summary, findings, rules = titles
    shown = report.findings[: MAX_ROW - 1]
    left = len(report.findings) - len(shown)
    if left:
        text = words.TOO_MANY_FINDINGS
        notes = [*notes, Text(text.en.format(n=left), text.zh.format(n=left))]
    found = _rules_of(report.findings)
    rule_rows = {finding.rule: n for n, (finding, _) in enumerate(found, start=2)}
    return [
        Page(
            summary,
            _WIDTHS,
            list(_summary(report, lang, (findings, rules), target, notes)),
        ),
        Page(
            findings,
            (10, 13, 10, 24, 28, 11, 8, 18, 20, 32, 60, 60, 60, 44, 12, 22, 24),
            _findings(shown, lang, target, lambda code: reference(rules, f"A{rule_rows[code]}")),
            table=True,
        ),
        Page(rules, (10, 28, 14, 10, 10, 80, 80, 60, 60), _rules(found, lang), table=True),
    ]


def _head(lang: Lang, *texts: Text) -> list[Cell]:
    return [Cell(text.get(lang), "head") for text in texts]


def _summary(
    report: Report,
    lang: Lang,
    titles: tuple[str, str],
    target: Target,
    notes: Sequence[Text],
) -> Iterator[list[Cell]]:
    yield [Cell(words.CHECKED.get(lang), "title")]
    yield [Cell(said.verdict(report).get(lang), "verdict")]
    yield [Cell(said.totals(report, lang), "quiet")]
    yield [
        Cell(
            f"{words.AS_OF.get(lang)} {report.as_of.isoformat()} · listlint {report.version}",
            "quiet",
        )
    ]
    yield []
    yield from _areas(report, lang, target)
    yield []
    yield [
        Cell(words.FIND_ALL.get(lang), "link", link=reference(titles[0], "A1")),
        Cell(words.ALL_RULES.get(lang), "link", link=reference(titles[1], "A1")),
    ]
    yield []
    yield from _first(report, lang, target)
    yield []
    yield _wide_head(lang, words.COLOURS)
    for severity in Severity:
        yield [
            Cell(words.SEVERITY_WORD[severity].get(lang), severity.value),
            Cell(words.SEVERITY_MEANS[severity].get(lang)),
        ]
    yield []
    yield _wide_head(lang, words.FILES, words.TAKEN_FOR)
    for entry in report.files:
        label = sheet_label(entry.path, entry.sheet)
        yield _wide_row(Cell(label), Cell(said.sheet_facts(entry, lang)))
    missing = [(e, e.not_checked) for e in report.files if e.not_checked]
    if missing:
        yield []
        yield _wide_head(lang, words.NOT_CHECKED)
        for entry, fields in missing:
            label = sheet_label(entry.path, entry.sheet)
            for field in fields:
                text = said.rules_missing(field.field, len(field.rules), field.because, lang)
                yield _wide_row(Cell(label), Cell(text))
    if report.notes or notes:
        yield []
        yield _wide_head(lang, words.NOTES)
        for note in [*report.notes, *notes]:
            yield [Cell(sentence(note.get(lang)))]


def _wide_head(lang: Lang, text: Text, second: Text | None = None) -> list[Cell]:
    """The head of a part of the summary, over all columns that such a part fills."""
    cells = [Cell("", "head") for _ in _WIDTHS]
    cells[0] = Cell(text.get(lang), "head")
    if second is not None:
        cells[_SECOND] = Cell(second.get(lang), "head")
    return cells


def _wide_row(first: Cell, second: Cell) -> list[Cell]:
    return [first, *(Cell() for _ in range(_SECOND - 1)), second]


def _areas(report: Report, lang: Lang, target: Target) -> Iterator[list[Cell]]:
    counts: Counter[tuple[Area, Severity]] = Counter()
    worst: dict[Area, Finding] = {}
    for finding in report.counted:
        counts[finding.area, finding.severity] += 1
        known = worst.get(finding.area)
        if known is None or _rank(finding) < _rank(known):
            worst[finding.area] = finding
    yield [
        *_head(lang, words.AREA),
        *(Cell(words.SEVERITY_WORD[s].get(lang), "head count") for s in Severity),
        Cell(words.TOTAL.get(lang), "head count"),
        *_head(lang, words.WORST_PLACE),
        *(Cell("", "head") for _ in _WIDTHS[_SECOND + 1 :]),
    ]
    for area in Area:
        line = [counts[area, severity] for severity in Severity]
        row = [Cell(said.AREA[area].get(lang))]
        row += [
            Cell(n, f"{severity.value} count" if n else "count")
            for n, severity in zip(line, Severity, strict=True)
        ]
        row.append(Cell(sum(line), "count"))
        if area in worst:
            row.append(_place(worst[area], lang, target))
        yield row
    sums = [sum(counts[area, severity] for area in Area) for severity in Severity]
    yield [
        Cell(words.TOTAL.get(lang), "bold"),
        *(Cell(n, "bold count") for n in [*sums, sum(sums)]),
    ]


def _rank(finding: Finding) -> tuple[int, int]:
    return finding.severity.rank, finding.confidence.rank


def _place(finding: Finding, lang: Lang, target: Target) -> Cell:
    """What was found, as a link to where."""
    text = sentence(finding.message.get(lang))
    link = target(finding.location)
    return Cell(text, "link" if link else "plain", link=link)


def _first(report: Report, lang: Lang, target: Target) -> Iterator[list[Cell]]:
    """The listings to take in hand first: by suspension risk where it was estimated, else by severity."""
    ranked: Any = report.risk.get("listings")
    if ranked:
        method: Any = report.risk["method_text"]
        yield [Cell(words.RISK.get(lang), "verdict")]
        yield [Cell(method[lang], "quiet")]
        yield _listing_head(lang, words.ACTION, words.WHY)
        for item in ranked[:_FIRST]:
            at = Location(item["path"], item["sheet"], item["row"])
            why = said.SEMICOLON.get(lang).join(reason[lang] for reason in item["reasons"])
            look = "alarm" if item["action"] == "take-down" else "top"
            action = Cell(item["action_text"][lang], look)
            yield _listing_row(at, item["sku"], action, why, target)
        return
    groups = [g for g in by_listing(report, collapse=False) if g.row is not None][:_FIRST]
    if not groups:
        return
    yield [Cell(words.FIRST.get(lang), "verdict")]
    yield _listing_head(lang, words.SEVERITY, words.MESSAGE)
    for group in groups:
        worst = group.shown[0].finding
        yield _listing_row(
            worst.location,
            group.sku,
            Cell(words.SEVERITY_WORD[worst.severity].get(lang), "top"),
            sentence(worst.message.get(lang)),
            target,
        )


def _listing_head(lang: Lang, action: Text, why: Text) -> list[Cell]:
    cells = [words.SKU, words.ROW, action, None, None, why, words.SHEET, words.FILE]
    heads = [Cell("" if text is None else text.get(lang), "head") for text in cells]
    heads[1] = Cell(words.ROW.get(lang), "head count")
    return heads


def _listing_row(
    at: Location, sku: str | None, action: Cell, why: str, target: Target
) -> list[Cell]:
    link = target(at)
    look = "link" if link else "plain"
    return [
        Cell(visible(sku or ""), look, link=link),
        Cell(at.row, f"{look} count", link=link),
        action,
        Cell(),
        Cell(),
        Cell(why, "wrap"),
        Cell(visible(at.sheet or ""), "top"),
        Cell(visible(at.path), "top"),
    ]


def _findings(
    findings: Sequence[Finding], lang: Lang, target: Target, rule_at: Callable[[str], str]
) -> Iterator[list[Cell]]:
    yield _head(
        lang,
        words.SEVERITY,
        words.AREA,
        words.RULE,
        words.NAME,
        words.SHEET,
        words.CELL,
        words.ROW,
        words.SKU,
        words.COLUMN,
        words.WORDS,
        words.MESSAGE,
        words.WHY,
        words.FIX,
        words.SOURCE,
        words.CONFIDENCE,
        words.MARKETPLACES,
        words.COUNTED,
    )
    for n, finding in enumerate(findings):
        at = finding.location
        # Two links to a row, so half as many rows have them.
        linked = n < MAX_LINKS // 3
        link = target(at) if linked else None
        place = Cell(at.cell or "", "link" if link else "plain", link=link)
        row = Cell(at.row, "link" if link else "plain", link=link)
        rule = Cell(finding.rule, "link" if linked else "plain")
        if linked:
            rule = Cell(finding.rule, "link", link=rule_at(finding.rule))
        excuse = finding.suppressed
        yield [
            Cell(
                words.SEVERITY_WORD[finding.severity].get(lang),
                finding.severity.value if finding.counts else "plain",
            ),
            Cell(said.AREA[finding.area].get(lang)),
            rule,
            Cell(finding.name),
            Cell(visible(at.sheet if at.sheet is not None else at.path)),
            place,
            row,
            Cell(visible(at.sku or "")),
            Cell(visible(at.column or "")),
            Cell(words_of(finding)),
            Cell(sentence(finding.message.get(lang))),
            Cell(sentence(finding.why.get(lang))),
            Cell(sentence(finding.fix.text.get(lang))),
            Cell(finding.source[0].url if finding.source else ""),
            Cell(finding.confidence.value),
            Cell(", ".join(finding.marketplaces)),
            Cell(f"{excuse.by}: {visible(excuse.reason)}" if excuse else ""),
        ]


def _rules_of(findings: Iterable[Finding]) -> list[tuple[Finding, int]]:
    """A finding of each rule and how many of it count, by code."""
    first: dict[str, Finding] = {}
    counts: Counter[str] = Counter()
    for finding in findings:
        first.setdefault(finding.rule, finding)
        counts[finding.rule] += finding.counts
    return [(first[code], counts[code]) for code in sorted(first)]


def _rules(found: Sequence[tuple[Finding, int]], lang: Lang) -> Iterator[list[Cell]]:
    yield _head(
        lang,
        words.RULE,
        words.NAME,
        words.AREA,
        words.SEVERITY,
        words.COUNT,
        words.WHY,
        words.FIX,
        words.SOURCE,
        words.MORE,
    )
    for finding, count in found:
        yield [
            Cell(finding.rule, "bold"),
            Cell(finding.name),
            Cell(said.AREA[finding.area].get(lang)),
            Cell(words.SEVERITY_WORD[finding.severity].get(lang), finding.severity.value),
            Cell(count),
            Cell(sentence(finding.why.get(lang)), "wrap"),
            Cell(sentence(finding.fix.text.get(lang)), "wrap"),
            *(_web(source.url) for source in finding.source[:2]),
        ]


def _web(url: str) -> Cell:
    """A source as a link; only the web's own addresses, which no program runs."""
    text = clean(visible(url))
    # Excel takes no link longer than 2,079 characters.
    if url.startswith(("https://", "http://")) and len(url) <= 2_000 and text == url:
        return Cell(text, "link", url=text)
    return Cell(text)
