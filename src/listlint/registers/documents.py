"""Kinds of document: policies/licence/documents/*.toml, and what a clerk's name for one means."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

from listlint.identifiers.table import tidy
from listlint.kept import tables
from listlint.later import expression
from listlint.model import Text
from listlint.registers.scope import countries_in
from listlint.slotted import slotted


@slotted(frozen=True, slots=True)
class DocumentKind:
    """A kind of document; see the head of documents/general.toml for what each part means."""

    key: str
    name: Text
    names: tuple[str, ...]
    fields: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()
    evidence: tuple[re.Pattern[str], ...] = ()
    plain: tuple[re.Pattern[str], ...] = ()
    country: str = ""
    holder: str = "any"
    complete: bool = False
    shared: tuple[str, ...] = ()

    @property
    def telling(self) -> tuple[str, ...]:
        """The columns by which a sheet shows that it speaks of the document."""
        return tuple(f for f in self.fields if f not in self.shared)


def _kind(key: str, data: dict[str, Any]) -> DocumentKind:
    return DocumentKind(
        key=key,
        name=Text(data["name"]["en"], data["name"]["zh"]),
        names=tuple(data["names"]),
        fields=tuple(data.get("fields", ())),
        identifiers=tuple(data.get("identifiers", ())),
        wrong=tuple(data.get("wrong", ())),
        instead=tuple(data.get("instead", ())),
        evidence=tuple(expression(p, re.IGNORECASE) for p in data.get("evidence", ())),
        plain=tuple(expression(p) for p in data.get("plain", ())),
        country=data.get("country", ""),
        holder=data.get("holder", "any"),
        complete=data.get("complete", False),
        shared=tuple(data.get("shared", ())),
    )


@cache
def document_kinds() -> dict[str, DocumentKind]:
    """Every kind of document by its key."""
    return {key: _kind(key, data) for key, data in tables.documents().items()}


def _flat(text: str) -> str:
    """Letters and digits only, in upper case."""
    return "".join(c for c in tidy(text) if c.isalnum())


@cache
def _by_name() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for key, kind in document_kinds().items():
        for name in (key, kind.name.en, kind.name.zh, *kind.names):
            found.setdefault(_flat(name), set()).add(key)
    return {name: frozenset(keys) for name, keys in found.items()}


@cache
def _phrases() -> list[tuple[re.Pattern[str], int, frozenset[str]]]:
    """Names as whole words, longest first: what a longer description may contain."""
    rows: dict[str, set[str]] = {}
    for key, kind in document_kinds().items():
        for name in (kind.name.en, kind.name.zh, *kind.names):
            rows.setdefault(tidy(name), set()).add(key)
    return [
        (re.compile(rf"(?<![A-Z0-9]){re.escape(name)}(?![A-Z0-9])"), len(name), frozenset(keys))
        for name, keys in sorted(rows.items(), key=lambda item: -len(item[0]))
    ]


@slotted(frozen=True, slots=True)
class Meaning:
    """What a clerk's name for a document may mean: the kinds it may be, and those it is only filed
    in place of ("UL certificate (as CE)" is no declaration of conformity)."""

    keys: frozenset[str]
    in_place_of: frozenset[str] = frozenset()


_STANDS_IN = expression(
    r"[(（\[]\s*(?:filed as|used as|as|instead of|in place of|for|als|statt|anstelle|anstatt|"
    r"au lieu de|comme|en lugar de|como|al posto di|come|当作|当|代替|充当|替代|作为)\s*([^()（）\[\]]+)[)）\]]"
    r"|[(（]([^()（）]+?)\s*(?:の代わり|代わり|代用)[)）]"
    r"|(?:\s|^)(?:instead of|in place of|anstelle von|au lieu de|en lugar de|al posto di)\s+(.+)$",
    re.IGNORECASE,
)


_IN_BRACKETS = expression(r"[(（\[]([^()（）\[\]]+)[)）\]]")


@lru_cache(maxsize=8192)
def meaning(name: str) -> Meaning:
    """What a clerk's name for a document means."""
    match = _STANDS_IN.search(name)
    if match:
        rest = name[: match.start()] + name[match.end() :]
        other = keys_of(next(g for g in match.groups() if g))
        own = keys_of(rest)
        if other and not other & own:
            return Meaning(own, other)
    keys = keys_of(name)
    for match in _IN_BRACKETS.finditer(name):
        keys |= keys_of(match[1])
    return Meaning(keys)


def keys_of(name: str) -> frozenset[str]:
    """The kinds of document that a clerk's name for one may mean; empty where it means none.

    Of kinds that several countries have, only those of the country that the name holds are meant.
    """
    keys = _named(name)
    national = {k for k in keys if document_kinds()[k].country}
    if not national:
        return keys
    places = countries_in(name)
    if not places:
        return keys
    return frozenset(k for k in keys if k not in national or document_kinds()[k].country in places)


@lru_cache(maxsize=8192)
def _named(name: str) -> frozenset[str]:
    """The kinds of a name.

    First the whole name, without case and punctuation; then the longest known name it contains
    ("CPC - toys 2026", "FCC-Zertifikat (Modell X1)"); last one that is nearly it, for slips of the
    pen in names long enough to be sure (rapidfuzz 90: "Children Prodct Certificate" is found,
    "UL 2271" is not taken for "UL 2272").
    """
    flat = _flat(name)
    if not flat:
        return frozenset()
    exact = _by_name().get(flat)
    if exact:
        return exact
    text = tidy(name)
    best = 0
    found: set[str] = set()
    for pattern, length, keys in _phrases():
        if length < best:
            break
        if pattern.search(text):
            best = length
            found |= keys
    if found:
        return frozenset(found)
    if len(flat) >= 10 and not any(c.isdigit() for c in flat):
        from rapidfuzz import fuzz, process

        near = process.extractOne(flat, _by_name().keys(), scorer=fuzz.ratio, score_cutoff=90)
        if near:
            return _by_name()[near[0]]
    return frozenset()
