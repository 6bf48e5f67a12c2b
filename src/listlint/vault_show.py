"""The vault as text for a person and as JSON for a program."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from listlint.model import Lang, Text
from listlint.registers import STATE_NAMES
from listlint.reporters.redact import mask
from listlint.reporters.show import sentence
from listlint.slotted import replace
from listlint.vault import WINDOWS, kind_names

if TYPE_CHECKING:
    from listlint.registers import Document
    from listlint.vault import HeldDocument, OpenNeed, Vault

SCHEMA = "listlint/licences/1"

_WORDS = {
    "head": Text("documents held: {held}; listings: {listings}; as of {day}",
                 "持有证件 {held} 份，商品 {listings} 个，截至 {day}"),
    "none": Text("No licence register was given: add a Licences sheet, or name a file in the settings.",
                 "未提供证照表：请添加“证照”工作表，或在设置中指定文件。"),
    "ended": Text("Ended", "已过期"),
    "within": Text("Ends within {days} days", "{days} 天内到期"),
    "later": Text("Holds longer than {days} days, or has no end", "有效期超过 {days} 天或长期有效"),
    "missing": Text("Needed and not in order", "需要但未备妥"),
    "unneeded": Text("Needed by no listing", "没有商品需要"),
    "listings": Text("{n} listings", "{n} 个商品"),
    "listing": Text("1 listing", "1 个商品"),
    "until": Text("until {day}", "至 {day}"),
    "ended_on": Text("ended on {day}", "于 {day} 到期"),
    "or": Text(" or ", " 或 "),
    "for": Text("for", "适用"),
    "unread": Text("could not be read", "无法读取"),
    "unknown": Text("no kind of document that is known", "无法识别的证件种类"),
}  # fmt: skip


def masked(vault: Vault) -> Vault:
    """The vault with the numbers of its documents hidden but for their ends."""

    def hidden(held: HeldDocument) -> HeldDocument:
        number = held.document.number
        shown = mask(number) if number else number
        return replace(held, document=replace(held.document, number=shown))

    return replace(vault, held=tuple(hidden(h) for h in vault.held))


def as_text(vault: Vault, lang: Lang) -> str:
    """Sections of one line a document; needs with their listings; what could not be read."""

    def say(word: str, **parts: object) -> str:
        return _WORDS[word].get(lang).format(**parts)

    lines = [
        say("head", held=len(vault.held), listings=vault.listings, day=vault.as_of.isoformat())
    ]
    if not vault.registers:
        lines.append(say("none"))
    used = [h for h in vault.held if h.listings]
    sections = [(say("ended"), [h for h in used if h.window == 0])]
    sections += [(say("within", days=w), [h for h in used if h.window == w]) for w in WINDOWS]
    sections.append((say("later", days=WINDOWS[-1]), [h for h in used if h.window is None]))
    sections.append((say("unneeded"), vault.unneeded))
    for title, held in sections:
        if held:
            lines += ["", title, *(f"  {_line(h, lang)}" for h in held)]
    if vault.missing:
        lines += ["", say("missing"), *(f"  {_need(m, lang)}" for m in vault.missing)]
    if vault.unread:
        lines.append("")
        lines += [
            f"{sentence(n.path or '')} {say('unread')}: {sentence(n.detail.get(lang))}"
            for n in vault.unread
        ]
    return "\n".join(lines)


def _line(held: HeldDocument, lang: Lang) -> str:
    document = held.document
    parts = [f"{document.name} {document.number}".strip()]
    if not document.keys:
        parts.append(f"({_WORDS['unknown'].get(lang)})")
    if document.holder:
        parts.append(document.holder)
    scope = "; ".join(f"{k} {', '.join(v)}" for k, v in _scope(document).items())
    if scope:
        parts.append(f"{_WORDS['for'].get(lang)} {scope}")
    if document.valid_until:
        word = "ended_on" if held.window == 0 else "until"
        parts.append(_WORDS[word].get(lang).format(day=document.valid_until))
    parts.append(_listings(held.listings, lang))
    return sentence(", ".join(parts))


def _need(need: OpenNeed, lang: Lang) -> str:
    names = _WORDS["or"].get(lang).join(kind_names(need.documents, lang))
    states = ", ".join(f"{STATE_NAMES[s].get(lang)} {n}" for s, n in need.states)
    skus = ", ".join(need.skus) + (" …" if need.listings > len(need.skus) else "")
    count = _listings(need.listings, lang)
    return sentence(f"{names}: {count} ({states}) [{', '.join(need.rules)}] {skus}".rstrip())


def _listings(n: int, lang: Lang) -> str:
    return _WORDS["listing" if n == 1 else "listings"].get(lang).format(n=n)


def _scope(document: Document) -> dict[str, list[str]]:
    parts = ("sku", "brand", "category", "model", "marketplace")
    return {p: list(v) for p in parts if (v := getattr(document.scope, p))}


def as_json(vault: Vault) -> str:
    """The same as one JSON object; `schema` tells its version."""
    data: dict[str, Any] = {
        "schema": SCHEMA,
        "as_of": vault.as_of.isoformat(),
        "listings": vault.listings,
        "register": vault.registers,
        "held": [
            {
                "document": h.document.name,
                "kinds": sorted(h.document.keys),
                "number": h.document.number,
                "issuer": h.document.issuer,
                "holder": h.document.holder,
                "scope": _scope(h.document),
                "valid_from": _iso(h.document.valid_from),
                "valid_until": _iso(h.document.valid_until),
                "days_left": h.days,
                "window": h.window,
                "file": h.document.file,
                "where": h.document.where,
                "listings": h.listings,
            }
            for h in vault.held
        ],
        "missing": [
            {
                "documents": list(m.documents),
                "names": kind_names(m.documents, "en"),
                "rules": list(m.rules),
                "listings": m.listings,
                "skus": list(m.skus),
                "states": dict(m.states),
            }
            for m in vault.missing
        ],
        "unread": [{"path": n.path, "because": n.detail.en} for n in vault.unread],
    }
    return json.dumps(data, ensure_ascii=False, indent=2)


def _iso(day: Any) -> str | None:
    return day.isoformat() if day else None
