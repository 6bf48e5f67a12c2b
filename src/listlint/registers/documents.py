"""Kinds of document: policies/licence/documents.toml, and what a clerk's name for one means."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from listlint.identifiers.table import tidy
from listlint.model import Text
from listlint.policy.paths import builtin


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """A kind of document; see the head of documents.toml for what each part means."""

    key: str
    name: Text
    names: tuple[str, ...]
    fields: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()
    evidence: tuple[re.Pattern[str], ...] = ()
    plain: tuple[re.Pattern[str], ...] = ()
    holder: str = "any"
    complete: bool = False


def _kind(key: str, data: dict[str, Any]) -> DocumentKind:
    return DocumentKind(
        key=key,
        name=Text(data["name"]["en"], data["name"]["zh"]),
        names=tuple(data["names"]),
        fields=tuple(data.get("fields", ())),
        identifiers=tuple(data.get("identifiers", ())),
        wrong=tuple(data.get("wrong", ())),
        instead=tuple(data.get("instead", ())),
        evidence=tuple(re.compile(p, re.IGNORECASE) for p in data.get("evidence", ())),
        plain=tuple(re.compile(p) for p in data.get("plain", ())),
        holder=data.get("holder", "any"),
        complete=data.get("complete", False),
    )


@cache
def document_kinds() -> dict[str, DocumentKind]:
    """Every kind of document by its key."""
    with builtin().joinpath("licence", "documents.toml").open("rb") as file:
        table = tomllib.load(file)["document"]
    return {key: _kind(key, data) for key, data in table.items()}


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


@lru_cache(maxsize=8192)
def keys_of(name: str) -> frozenset[str]:
    """The kinds of document that a clerk's name for one may mean; empty where it means none.

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
