"""What rules and columns are, in words for the terminal."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from listlint.model import Lang, Text
from listlint.pipeline import recognise_grid
from listlint.policy.library import RuleSpec
from listlint.readers import Death, expand, open_source, run_bounded
from listlint.readers.interface import Note, UnreadableError
from listlint.readers.notes import NOT_READ, UNRECOGNISED
from listlint.reporters.show import visible
from listlint.run import columns_of, limits_of
from listlint.slotted import replace

if TYPE_CHECKING:
    from listlint.columns import ColumnLibrary
    from listlint.config import Settings
    from listlint.policy.sharpen import Sharpening
    from listlint.readers import Limits, Source

_UNKNOWN = Text(
    "neither listings nor seller data nor a register", "既不是商品表，也不是卖家资料或登记表"
)

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
    "was": Text("Called before", "曾用名"),
    "on": Text("On", "在"),
    "off": Text("off", "关闭"),
    "because": Text(", because ", "，因为"),
    "more": Text("and {n} more", "另有 {n} 个"),
}


def _say(word: str, lang: Lang) -> str:
    return _WORDS[word].get(lang)


def explain(
    spec: RuleSpec, lang: Lang, sharpenings: Iterable[tuple[Sharpening, tuple[str, ...]]] = ()
) -> str:
    """All that a rule says of itself, and single marketplaces of it, as plain text."""
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
    if meta.was:
        lines.append(f"{_say('was', lang)}: {', '.join(meta.was)}")
    for sharpening, marketplaces in sharpenings:
        lines += _sharpened(sharpening, marketplaces, lang)
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


def _sharpened(sharpening: Sharpening, marketplaces: Sequence[str], lang: Lang) -> Iterator[str]:
    """What marketplaces make of a rule, why, and where that was read."""
    makes = [f"{k} {v}" for k, v in sharpening.limit.items()]
    if sharpening.off:
        makes.insert(0, _say("off", lang))
    elif sharpening.severity is not None:
        makes.insert(0, sharpening.severity.value)
    where, because = ", ".join(marketplaces), _say("because", lang)
    yield f"{_say('on', lang)} {where}: {', '.join(makes)}{because}{sharpening.reason.get(lang)}"
    for source in sharpening.source:
        yield f"  {_say('source', lang)}: {source.url} ({_say('read', lang)} {source.retrieved})"


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


def columns(inputs: Sequence[str], lang: Lang, settings: Settings) -> tuple[str, bool]:
    """What became of every column of every sheet; and whether something could not be read.

    Raises `ConfigError`.
    """
    said: list[Note] = []
    sources = list(expand(inputs, said.append))
    lines: list[str] = []
    unread = bool(said)
    library = columns_of(settings)
    limits = limits_of(settings)
    for job, message in run_bounded(partial(_sheets, library, limits, lang), sources, limits):
        if isinstance(message, str):
            lines.append(message)
            continue
        note = message.note(sources[job].shown) if isinstance(message, Death) else message
        said.append(note if note.path else replace(note, path=sources[job].shown))
        unread = True
    for source in sources:
        source.discard()
    lines += [f"{n.path or ''}: {n.name}: {n.detail.get(lang)}".removeprefix(": ") for n in said]
    return "\n".join(visible(line) for line in lines), unread


def _sheets(
    library: ColumnLibrary, limits: Limits, lang: Lang, source: Source
) -> Iterator[str | Note]:
    """A line for each sheet and column of one file, and a note for each thing not read."""
    said: list[Note] = []
    try:
        for grid in open_source(source.path, source.shown, limits, said.append):
            layout = recognise_grid(grid, 0, library).layout
            name = f"{grid.path}!{grid.name}" if grid.name else grid.path
            yield f"{name}: {layout.kind}, {layout.dialect}"
            if layout.kind == "unknown":
                said.append(Note(UNRECOGNISED, _UNKNOWN, path=name))
            for column in layout.columns:
                field = column.field or f"({_say('left', lang)})"
                header = " ".join(column.header.split())
                yield f"  {header[:40]:<40} {field:<22} {column.because.get(lang)}"
            for cell in layout.form:
                field = cell.field or f"({_say('left', lang)})"
                yield f"  {cell.header[:40]:<40} {field:<22} {cell.because.get(lang)}"
    except UnreadableError as error:
        said.append(error.note)
    yield from (note for note in said if note.name in NOT_READ)
