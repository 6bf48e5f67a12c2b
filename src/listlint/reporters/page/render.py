"""The page as one string: template, styles, script and data put together, nothing fetched at view time."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from listlint.later import expression
from listlint.model import Confidence, Lang, Report, Severity, Text
from listlint.reporters import words as said
from listlint.reporters.page.charts import charts_of
from listlint.reporters.page.data import listing_label, payload, places_of
from listlint.reporters.page.words import UI
from listlint.reporters.show import sentence, visible
from listlint.slotted import slotted
from listlint.summary import summarise

_RISKS_SHOWN = 5
_FIXED_SHOWN = 200
_MARK = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
    '<rect width="32" height="32" rx="7" fill="#0f5f6b"/>'
    '<path d="M8 10h10M8 16h7M8 22h5" stroke="#fff" stroke-width="3" stroke-linecap="round"/>'
    '<path d="m17 21 4 4 7-9" fill="none" stroke="#ffd166" stroke-width="3.4" '
    'stroke-linecap="round" stroke-linejoin="round"/></svg>'
)
ICON = f"data:image/svg+xml,{quote(_MARK)}"
"""The picture in the browser's tab; in the page, since nothing is fetched."""
# What ends a script element, or what older scripts take for the end of a line.
_UNSAFE = expression("[<>&\u2028\u2029\ud800-\udfff]")


@slotted(frozen=True, slots=True)
class Action:
    """A link above the report, where it is served: a download."""

    text: Text
    href: str


def render(
    report: Report,
    lang: Lang,
    actions: Sequence[Action] = (),
    session: str | None = None,
) -> str:
    """The page. `actions` and `session` (the address of the check) are for `listlint serve`."""
    places, subject = places_of(report), _subject(report)
    script, style = asset("report.js"), asset("report.css")
    return (
        environment(lang)
        .get_template("report.html.j2")
        .render(
            lang=lang,
            report=report,
            ui=UI,
            summary=summarise(report),
            severities=[(s, said.SEVERITY[s]) for s in Severity],
            confidences=[(c, UI[f"conf_{c.value}"]) for c in Confidence],
            areas=[(a, said.AREA[a]) for a in said.AREA],
            unread=sum(e.kind == "unread" for e in report.files),
            charts=charts_of(report, places),
            subject=subject,
            title=Text(
                *(
                    f"{s} · {t}".removeprefix(" · ")
                    for s, t in zip(subject, UI["title"], strict=True)
                )
            ),
            icon=ICON,
            counted=_counted,
            verdict=said.verdict(report),
            past=report.past,
            fixed=report.past.fixed[:_FIXED_SHOWN] if report.past else (),
            risks=_risks(report, places),
            risks_left=max(len(_ranked(report)) - _RISKS_SHOWN, 0),
            method=_text(report.risk.get("method_text")),
            rules=_rules(report),
            sheets=[(e, _facts(e)) for e in report.files],
            not_checked=[(e, n) for e in report.files for n in e.not_checked],
            rules_missing=lambda n: _both(
                lambda lang: said.rules_missing(n.field, len(n.rules), n.because, lang)
            ),
            data=Markup(as_json(payload(report, places))),
            script=Markup(script),
            style=Markup(style),
            policy=policy([script], [style], connect=session is not None),
            actions=actions,
            session=session,
        )
    )


def _counted(text: Text, n: int) -> Text:
    return Text(text.en.format(n=f"{n:,}"), text.zh.format(n=f"{n:,}"))


def _subject(report: Report) -> Text:
    """The files by name: the first, and how many more."""
    names = list(dict.fromkeys(entry.path for entry in report.files))
    if not names:
        return Text("", "")
    first, more = visible(PurePath(names[0]).name), len(names) - 1
    if not more:
        return Text(first, first)
    return Text(f"{first} and {said.noun(more, 'more file')}", f"{first} 等 {more + 1} 个文件")


def _both(say: Any) -> Text:
    return Text(say("en"), say("zh"))


def _facts(entry: Any) -> Text:
    return _both(lambda lang: said.sheet_facts(entry, lang))


def _ranked(report: Report) -> Any:
    return report.risk.get("listings", ())


def _risks(report: Report, places: dict[Any, Any]) -> list[tuple[int | None, Any]]:
    """The ranked listings with the number that the page knows each by."""
    numbers = {place: n for n, place in enumerate(places)}
    return [
        (
            numbers.get((r["path"], r["sheet"], r["row"])),
            {
                **r,
                "label": listing_label(r["sku"] or "", r["sheet"], r["row"]),
                "action_text": _text(r["action_text"]),
                "reasons": [_text(reason) for reason in r["reasons"]],
            },
        )
        for r in _ranked(report)[:_RISKS_SHOWN]
    ]


def _text(spoken: Any) -> Text:
    """A sentence that stands as plain data in `Report.risk`."""
    return Text(spoken["en"], spoken["zh"]) if spoken else Text("", "")


def _rules(report: Report) -> list[tuple[Any, int]]:
    """A finding of each rule that counted, and how many there are, by code."""
    first: dict[str, Any] = {}
    counts: dict[str, int] = {}
    for finding in report.counted:
        first.setdefault(finding.rule, finding)
        counts[finding.rule] = counts.get(finding.rule, 0) + 1
    return [(first[code], counts[code]) for code in sorted(first)]


@lru_cache
def asset(name: str) -> str:
    """A file that ships beside this module."""
    return files(__package__).joinpath(name).read_text("utf-8")


def as_json(value: Any) -> str:
    """`value` as JSON that can stand in a script element: no `<`, whatever the texts hold."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return _UNSAFE.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def policy(
    scripts: Sequence[str], styles: Sequence[str], *, connect: bool = False, forms: bool = False
) -> str:
    """The content security policy that allows these inline scripts and styles, and nothing else.

    `connect` and `forms` allow requests and forms to the page's own server.
    """
    parts = [
        "default-src 'none'",
        f"script-src {' '.join(map(_hash, scripts))}",
        f"style-src {' '.join(map(_hash, styles))}",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'self'" if forms else "form-action 'none'",
        *(["connect-src 'self'"] if connect else []),
    ]
    return "; ".join(parts)


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def environment(lang: Lang, package: str = "listlint.reporters.page") -> Environment:
    """Templates of `package`, escaping everything; `t(text)` shows a text in the page's language."""

    def attributes(text: Text) -> Markup:
        return Markup('data-en="{}" data-zh="{}"').format(sentence(text.en), sentence(text.zh))

    def show(text: Text) -> Markup:
        return Markup("<span {}>{}</span>").format(attributes(text), sentence(text.get(lang)))

    made = Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(t=show, ta=attributes)
    made.filters["visible"] = visible
    return made
