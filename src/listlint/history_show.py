"""What `listlint history` says: the trend, what changed, what has been open for how long."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from listlint import history
from listlint.config import ConfigError
from listlint.model import Lang, Text
from listlint.reporters.show import visible

if TYPE_CHECKING:
    import sqlite3

    from listlint.model import Finding, Report
    from listlint.policy.library import Library

_SHOWN_RUNS = 10
_SHOWN = 20
_WORDS = {
    "trend": Text("Findings by area", "各类发现数"),
    "run": Text("run", "运行"),
    "flagged": Text("flagged", "有问题商品"),
    "new": Text("New", "新增"),
    "fixed": Text("Fixed", "已修复"),
    "open": Text("Still open", "仍未解决"),
    "since": Text("since", "自"),
    "days": Text("{} days", "{} 天"),
    "packs": Text("Policy packs that changed", "有变化的规则包"),
    "more": Text("… and {} more", "……另有 {} 个"),
    "brought": Text("brought by", "来自规则变更"),
    "nothing": Text("no runs yet", "尚无运行记录"),
    "first": Text("the first run: nothing to compare with", "首次运行，无可比较"),
    "begin": Text("Listings that begin to fail by {}", "到 {} 将出现问题的商品"),
    "none": Text("none", "无"),
    "effective": Text("in force from {}", "自 {} 起生效"),
}


def _say(word: str, lang: Lang, *values: object) -> str:
    return _WORDS[word].get(lang).format(*values)


def facts(path: Path, since: date | None) -> dict[str, Any]:
    """Everything there is to say, as plain values. Raises `ConfigError`."""
    with history.opened(path) as base:
        runs = history.runs(base)
        if not runs:
            return {"runs": []}
        return {
            "schema": "listlint/history/1",
            "runs": [
                {"id": r.id, "at": r.at, "as_of": r.as_of, "listings": r.listings,
                 "flagged": r.flagged, "by_area": history.trend(base, r.id)}
                for r in runs[-_SHOWN_RUNS:]
            ],
            **_compared(base, _reference(runs, since), runs[-1]),
        }  # fmt: skip


def _reference(runs: Sequence[history.Run], since: date | None) -> history.Run | None:
    """The run to compare the last one with: the one before, or the last up to a day."""
    if since is None:
        return runs[-2] if len(runs) > 1 else None
    before = [r for r in runs[:-1] if r.at[:10] <= since.isoformat()]
    return before[-1] if before else None


def _compared(
    base: sqlite3.Connection, reference: history.Run | None, last: history.Run
) -> dict[str, Any]:
    number = reference.id if reference else 0
    now = datetime.fromisoformat(last.at)

    def plain(found: list[history.Known]) -> list[dict[str, Any]]:
        return [{**asdict(k), "days": (now - datetime.fromisoformat(k.since)).days} for k in found]

    return {
        "since": reference.at if reference else None,
        "new": plain(history.new_since(base, number)),
        "fixed": plain(history.fixed_since(base, number)),
        "open": plain(history.still_open(base, number)),
        "packs": [
            {"id": p, "from": old, "to": new}
            for p, old, new in (history.pack_changes(base, number) if reference else [])
        ],
    }


def show(path: Path, since: date | None, lang: Lang, output_format: str) -> str:
    """The history as text or JSON. Raises `ConfigError`."""
    found = facts(path, since)
    if output_format == "json":
        return json.dumps(found, ensure_ascii=False, indent=1)
    if not found["runs"]:
        return _say("nothing", lang)
    return "\n".join(_lines(found, lang))


def _lines(found: dict[str, Any], lang: Lang) -> Iterator[str]:
    areas = sorted({a for r in found["runs"] for a in r["by_area"]})
    yield _say("trend", lang)
    header = [_say("run", lang), *areas, _say("flagged", lang)]
    rows = [
        [r["at"][:16].replace("T", " "), *(str(sum(r["by_area"].get(a, {}).values())) for a in areas),
         str(r["flagged"])]
        for r in found["runs"]
    ]  # fmt: skip
    widths = [max(len(line[k]) for line in (header, *rows)) for k in range(len(header))]
    for line in (header, *rows):
        yield "  " + "  ".join(cell.ljust(w) for cell, w in zip(line, widths, strict=True)).rstrip()
    yield ""
    if found["since"] is None:
        yield _say("first", lang)
    since = (
        f" {_say('since', lang)} {found['since'][:16].replace('T', ' ')}" if found["since"] else ""
    )
    for word in ("new", "fixed", "open"):
        items = found[word]
        yield f"{_say(word, lang)}{since if word != 'open' else ''}: {len(items)}"
        for item in items[:_SHOWN]:
            yield "  " + _item(item, lang)
        if len(items) > _SHOWN:
            yield "  " + _say("more", lang, len(items) - _SHOWN)
    if found["packs"]:
        yield ""
        yield _say("packs", lang)
        for pack in found["packs"]:
            yield f"  {pack['id']} {pack['from']} → {pack['to']}"


def _item(item: dict[str, Any], lang: Lang) -> str:
    sheet = f"!{item['sheet']}" if item["sheet"] else ""
    words = [item["path"] + sheet, item["sku"], item["field"], item["rule"], item["name"]]
    text = " ".join(visible(w) for w in words if w)
    if item["match"]:
        text += f" “{visible(item['match'][:60])}”"
    text += f" ({_say('days', lang, item['days'])})"
    return f"{text}; {_say('brought', lang)} {item['cause']}" if item["cause"] else text


def replay(
    now: Report, then: Report, library: Library, lang: Lang, output_format: str
) -> tuple[str, int]:
    """(what is to say, how many listings) of findings that `then` has and `now` has not."""
    known = {f.fingerprint for f in now.counted}
    found = [f for f in then.counted if f.fingerprint not in known]
    listings: dict[tuple[str, str | None, int | None], list[Finding]] = {}
    for f in found:
        place = f.location
        listings.setdefault((place.path, place.sheet, place.row), []).append(f)
    if output_format == "json":
        items = [_beginning(f, library, lang) for f in found]
        text = json.dumps({"as_of": then.as_of.isoformat(), "findings": items},
                          ensure_ascii=False, indent=1)  # fmt: skip
        return text, len(listings)
    lines = [f"{_say('begin', lang, then.as_of)}: {len(listings)}"]
    for group in listings.values():
        place = group[0].location
        sheet = f"!{place.sheet}" if place.sheet else ""
        row = f":{place.row}" if place.row else ""
        lines.append(visible(f"  {place.path}{sheet}{row} {place.sku or ''}".rstrip()))
        lines += [
            f"    {f.rule} {visible(f.message.get(lang))}{_when(f, library, lang)}" for f in group
        ]
    return "\n".join(lines), len(listings)


def _when(f: Finding, library: Library, lang: Lang) -> str:
    spec = library.rule(f.rule)
    day = spec.meta.effective if spec else None
    return f" ({_say('effective', lang, day)})" if day else ""


def _beginning(f: Finding, library: Library, lang: Lang) -> dict[str, Any]:
    spec, place = library.rule(f.rule), f.location
    day = spec.meta.effective if spec else None
    return {
        "rule": f.rule, "name": f.name, "severity": f.severity.value, "path": place.path,
        "sheet": place.sheet, "row": place.row, "sku": place.sku, "field": place.field,
        "match": f.match, "message": f.message.get(lang),
        "effective": day.isoformat() if day else None,
    }  # fmt: skip


def last_inputs(path: Path) -> tuple[str, ...]:
    """What the last stored run checked. Raises `ConfigError` where nothing was stored."""
    with history.opened(path) as base:
        found = history.runs(base)
    if not found:
        raise ConfigError(f"history {path}: no runs yet")
    return found[-1].inputs
