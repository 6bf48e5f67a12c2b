"""What rules and columns are, in words for the terminal."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from listlint.columns import load_library, recognise
from listlint.model import Lang, Text
from listlint.pipeline import HEAD_ROWS
from listlint.policy.library import RuleSpec
from listlint.policy.paths import builtin
from listlint.readers import expand, open_source
from listlint.readers.interface import Limits, Note, UnreadableError

_WORDS: dict[str, Text] = {
    "why": Text("Why", "为什么"),
    "fix": Text("What to do", "怎么办"),
    "where": Text("Holds", "适用范围"),
    "everywhere": Text("everywhere", "所有平台"),
    "terms": Text("Looks for", "查找"),
    "source": Text("Source", "依据"),
    "read": Text("read", "查阅于"),
    "severity": Text("Severity", "严重程度"),
    "pack": Text("Pack", "规则包"),
    "from": Text("From", "生效"),
    "until": Text("until", "至"),
    "left": Text("not used", "未使用"),
    "more": Text("and {n} more", "另有 {n} 个"),
}


def _say(word: str, lang: Lang) -> str:
    return _WORDS[word].get(lang)


def explain(spec: RuleSpec, lang: Lang) -> str:
    """All that a rule says of itself, as plain text."""
    meta, data = spec.meta, spec.data
    lines = [
        f"{meta.code} {meta.name}",
        "",
        meta.message.get(lang),
        "",
        f"{_say('why', lang)}: {meta.why.get(lang)}",
        f"{_say('fix', lang)}: {meta.fix.get(lang)}",
        "",
        f"{_say('severity', lang)}: {meta.severity} ({meta.confidence})",
    ]
    places = [*meta.jurisdictions, *meta.marketplaces]
    lines.append(f"{_say('where', lang)}: {', '.join(places) or _say('everywhere', lang)}")
    if meta.effective or meta.expires:
        since = f"{_say('from', lang)} {meta.effective or '…'}"
        lines.append(since + (f" {_say('until', lang)} {meta.expires}" if meta.expires else ""))
    terms = [t for t, _ in [*data.get("terms", ()), *data.get("triggers", ())]]
    if terms:
        rest = len(terms) - 12
        more = " " + _say("more", lang).format(n=rest) if rest > 0 else ""
        lines.append(f"{_say('terms', lang)}: {', '.join(terms[:12])}{more}")
    lines.append(f"{_say('pack', lang)}: {meta.pack}")
    for source in meta.source:
        lines.append(
            f"{_say('source', lang)}: {source.url} ({_say('read', lang)} {source.retrieved})"
        )
    return "\n".join(lines)


def listing(rules: Sequence[RuleSpec], lang: Lang, output_format: str) -> str:
    """The rules, a line each, or as JSON."""
    if output_format == "json":
        items: list[dict[str, Any]] = [
            {
                "code": s.meta.code,
                "name": s.meta.name,
                "area": s.meta.area.value,
                "severity": s.meta.severity.value,
                "pack": s.meta.pack,
                "jurisdictions": list(s.meta.jurisdictions),
                "marketplaces": list(s.meta.marketplaces),
                "why": s.meta.why.get(lang),
                "fix": s.meta.fix.get(lang),
            }
            for s in rules
        ]
        return json.dumps(items, ensure_ascii=False, indent=2)
    return "\n".join(f"{s.meta.code}  {s.meta.severity.value:<7}  {s.meta.name}" for s in rules)


def columns(inputs: Sequence[str], lang: Lang) -> tuple[str, bool]:
    """What became of every column of every sheet; and whether something could not be read."""
    library = load_library(builtin())
    lines: list[str] = []
    unread: list[Note] = []
    oddities: list[Note] = []
    for source in expand(inputs, unread.append):
        try:
            for grid in open_source(source.path, source.shown, Limits(), oddities.append):
                head: list[tuple[int, list[str]]] = []
                for block in grid.blocks():
                    head += zip(block.numbers, block.rows, strict=True)
                    if len(head) >= HEAD_ROWS:
                        break
                layout = recognise(
                    head[:HEAD_ROWS],
                    path=grid.path,
                    sheet=grid.name,
                    hidden=grid.hidden,
                    library=library,
                )
                name = f"{grid.path}!{grid.name}" if grid.name else grid.path
                lines.append(f"{name}: {layout.kind}, {layout.dialect}")
                for column in layout.columns:
                    field = column.field or f"({_say('left', lang)})"
                    header = " ".join(column.header.split())
                    lines.append(f"  {header[:40]:<40} {field:<22} {column.because.get(lang)}")
        except UnreadableError as error:
            unread.append(error.note)
    lines += [f"{note.name}: {note.detail.get(lang)}" for note in unread]
    return "\n".join(lines), bool(unread)
