"""Charts as SVG elements for the page: drawn by pygal, stripped of all that could run or style itself.

The page's own stylesheet colours them, so that light, dark and print need no second drawing, and
the page's content security policy holds for them too.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree

import pygal
from pygal.style import Style

from listlint.model import Area, Finding, Lang, PastRun, Report, Severity, Text
from listlint.reporters import words as said
from listlint.reporters.page.data import Place, listing_label
from listlint.reporters.page.words import UI
from listlint.risk import ACTIONS
from listlint.slotted import slotted

_SVG = "{http://www.w3.org/2000/svg}"
_XLINK = "{http://www.w3.org/1999/xlink}href"
_BARS, _LABEL = 8, 26
"""Bars of one chart, characters of their labels."""
_WIDTH, _BAR, _UPRIGHT, _FONT = 520, 30, 240, 12
"""Units of the drawing: its width, the height of a lying bar, of a chart of upright ones, of letters."""


@slotted(frozen=True, slots=True)
class Bar:
    """A bar of stacked values; `query` is the filter of the page that shows what is in it."""

    label: Text
    values: tuple[float, ...]
    query: str = ""


@slotted(frozen=True, slots=True)
class Chart:
    """A chart: what it shows, its figures, and the drawing by language."""

    id: str
    head: Text
    label_head: Text
    series: tuple[Text, ...]
    bars: tuple[Bar, ...]
    kind: str = "severity"
    """Chooses the colours: severity, action, change."""
    upright: bool = False

    def svg(self, lang: Lang) -> str:
        """The drawing; labels in one language."""
        return _draw(self, lang)


def charts_of(report: Report, places: dict[Place, list[Finding]]) -> list[Chart]:
    """The charts that have something to show."""
    severities = tuple(said.SEVERITY.values())
    found = [
        Chart("areas", UI["chart_areas"], UI["area"], severities, _areas(report)),
        Chart("rules", UI["chart_rules"], UI["rule"], severities, _rules(report)),
        Chart("skus", UI["chart_skus"], UI["listing"], severities, _listings(places)),
        Chart(
            "risk",
            UI["chart_risk"],
            UI["listing"],
            tuple(ACTIONS.values()),
            _risk(report, places),
            "action",
        ),
    ]
    if report.past is not None and len(report.past.runs) > 1:
        found += _trend(report.past.runs, severities)
    return [chart for chart in found if chart.bars]


def _areas(report: Report) -> tuple[Bar, ...]:
    counts = Counter((f.area, f.severity) for f in report.counted)
    bars = [
        Bar(said.AREA[area], tuple(counts[area, s] for s in Severity), f"area={area.value}")
        for area in Area
    ]
    return tuple(bar for bar in bars if any(bar.values))


def _rules(report: Report) -> tuple[Bar, ...]:
    counts = Counter((f.rule, f.severity) for f in report.counted)
    names = {f.rule: f.name for f in report.counted}
    totals = Counter(f.rule for f in report.counted)
    return tuple(
        Bar(
            Text(f"{code} {names[code]}", f"{code} {names[code]}"),
            tuple(counts[code, s] for s in Severity),
            f"rule={code}",
        )
        for code, _ in totals.most_common(_BARS)
    )


def _listings(places: dict[Place, list[Finding]]) -> tuple[Bar, ...]:
    bars = []
    for n, ((_, sheet, row), findings) in enumerate(places.items()):
        counts = Counter(f.severity for f in findings if f.counts)
        if row is not None and counts:
            sku = next((f.location.sku for f in findings if f.location.sku), "")
            label = listing_label(sku, sheet, row)
            bars.append(Bar(label, tuple(counts[s] for s in Severity), f"listing={n}"))
        if len(bars) == _BARS:
            break
    return tuple(bars)


def _risk(report: Report, places: dict[Place, list[Finding]]) -> tuple[Bar, ...]:
    numbers = {place: n for n, place in enumerate(places)}
    ranked: Any = report.risk.get("listings", ())
    return tuple(
        Bar(
            listing_label(item["sku"] or "", item["sheet"], item["row"]),
            tuple(item["weight"] if item["action"] == action else 0 for action in ACTIONS),
            f"listing={numbers[item['path'], item['sheet'], item['row']]}",
        )
        for item in ranked[:_BARS]
        if (item["path"], item["sheet"], item["row"]) in numbers
    )


def _trend(trend: Sequence[PastRun], severities: tuple[Text, ...]) -> list[Chart]:
    counts = tuple(Bar(Text(p.as_of, p.as_of), (p.errors, p.warnings, p.infos)) for p in trend)
    changes = tuple(Bar(Text(p.as_of, p.as_of), (p.new, p.fixed)) for p in trend)
    return [
        Chart("trend", UI["chart_trend"], UI["date"], severities, counts, upright=True),
        Chart(
            "changes",
            UI["chart_changes"],
            UI["date"],
            (UI["new"], UI["fixed"]),
            changes,
            "change",
            upright=True,
        ),
    ]


def _cells(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _short(text: str) -> str:
    while _cells(text) > _LABEL:
        text = text[:-2] + "…"
    return text


def _draw(chart: Chart, lang: Lang) -> str:
    labels = [_short(bar.label.get(lang)) for bar in chart.bars]
    if chart.upright:
        # Days of a year: the table beside the drawing has it.
        labels = [label[5:] for label in labels]
    else:
        labels = [
            f"{label} · {sum(bar.values):g}" for label, bar in zip(labels, chart.bars, strict=True)
        ]
    kind = pygal.StackedBar if chart.upright else pygal.HorizontalStackedBar
    # pygal takes every character for a narrow one when it makes room for the labels.
    wide = max((_cells(label) - len(label) for label in labels), default=0)
    plot = kind(
        width=_WIDTH,
        height=_UPRIGHT if chart.upright else _BAR * (len(labels) + 1) + 10,
        margin=10,
        margin_left=10 + 6 * wide,
        margin_bottom=10 if chart.upright else 0,
        spacing=6,
        show_legend=False,
        x_label_rotation=45 if chart.upright else 0,
        truncate_label=-1,
        style=Style(label_font_size=_FONT, major_label_font_size=_FONT),
        css=[],
        js=[],
        disable_xml_declaration=True,
        no_prefix=True,
        show_y_guides=chart.upright,
        # The length of a lying bar stands beside its label, so the styles hide the figures below.
        y_labels=None if chart.upright else [0],
    )
    # Bars are drawn from the bottom, tables from the top.
    order = list(range(len(labels))) if chart.upright else list(reversed(range(len(labels))))
    plot.x_labels = [labels[n] for n in order]
    for place, series in enumerate(chart.series):
        plot.add(series.get(lang), [_value(chart.bars[n], place) for n in order])
    plot.add_xml_filter(lambda root: _strip(root, chart, lang))
    return str(plot.render())


def _value(bar: Bar, place: int) -> Any:
    value = bar.values[place]
    if not value:
        return None
    return {"value": value, "xlink": f"#{bar.query}"} if bar.query else value


def _strip(root: ElementTree.Element, chart: Chart, lang: Lang) -> ElementTree.Element:
    """Leave shapes, texts and classes: no scripts, styles, comments, links, nor hidden figures."""
    for parent in list(root.iter()):
        for child in list(parent):
            tag = child.tag
            dropped = not isinstance(tag, str) or tag.removeprefix(_SVG) in (
                "defs",
                "desc",
                "title",
                "script",
                "style",
            )
            if dropped or "tooltip-overlay" in child.get("class", ""):
                parent.remove(child)
    for element in root.iter():
        element.attrib.pop("style", None)
        element.attrib.pop("id", None)
        if element.tag.removeprefix(_SVG) == "a":
            # The table beside the chart has the links; in the drawing they are for the mouse only.
            query = element.attrib.pop(_XLINK, "").removeprefix("#")
            element.attrib.clear()
            element.tag = element.tag.removesuffix("a") + "g"
            element.set("data-query", query)
    root.set("class", f"chart chart-{chart.kind}")
    root.set("role", "img")
    root.set("aria-label", chart.head.get(lang))
    return root
