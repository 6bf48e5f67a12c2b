"""The data by which sheets and columns are recognised, read once: policies/columns and /dialects."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Any, Final, NamedTuple

from listlint.columns.dialect import Dialect, load_dialects
from listlint.columns.keys import key

CONTEXTS: Final = ("listings", "seller", "licences", "authorisations")
GROUPS: Final = ("text", "id", "product", "commerce", "document", "seller", "register", "control")


class Entry(NamedTuple):
    """A known header. `field` is '' when it is known to be none, 'a|b' when values must tell."""

    field: str
    lang: str
    header: str
    weak: bool


@dataclass(frozen=True, slots=True)
class Affixes:
    """What may stand around a header's words; all as keys."""

    benign: frozenset[str]
    benign_pattern: re.Pattern[str]
    turning: frozenset[str]
    turning_cjk: tuple[str, ...]
    languages: frozenset[str]
    prefixes: tuple[str, ...]
    typo_min_length: int
    typo_similarity: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """What values say; see policies/columns/evidence.toml."""

    min_values: int
    share: float
    veto: Mapping[str, tuple[str, ...]]
    instead: Mapping[str, Mapping[str, str]]
    tells: Mapping[str, str]
    infer: Mapping[str, tuple[str, float, int]]
    overflow: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RowWords:
    """How rows that are no listings speak."""

    hint: re.Pattern[str]
    reserved: re.Pattern[str]
    banner: re.Pattern[str]
    note: re.Pattern[str]
    total: re.Pattern[str]


@dataclass(frozen=True)
class ColumnLibrary:
    """Everything that recognising needs. `contexts[c]`: key of a header → what it means there."""

    root: Path
    groups: Mapping[str, str]
    """Field → its group, in the order of fields.toml."""
    repeats: frozenset[str]
    contexts: Mapping[str, Mapping[str, Entry]]
    dialects: tuple[Dialect, ...]
    affixes: Affixes
    evidence: Evidence
    rows: RowWords
    names: Mapping[str, tuple[str, ...]]
    """Kind of sheet → patterns of its name (folded, `*` for anything)."""
    given: Mapping[str, str] = field(default_factory=dict)
    """Key of a header → the field that the user says it holds ('' for none)."""

    @cached_property
    def known(self) -> frozenset[str]:
        """Keys of all headers of any context or signature: by these a header row is found."""
        found: set[str] = set(self.given)
        for context in self.contexts.values():
            found |= context.keys()
        for dialect in self.dialects:
            for signature in dialect.signatures:
                found |= signature.headers.union(*signature.any_of)
        return frozenset(found)

    @cached_property
    def words(self) -> dict[str, None]:
        """The words of known listing headers in scripts with spaces, for finding slips in words."""
        entries = self.contexts["listings"].values()
        return dict.fromkeys(word for entry in entries for word in split_words(entry.header))

    @cached_property
    def long_words(self) -> tuple[str, ...]:
        """Those that a word with a slip may stand for."""
        least = self.affixes.typo_min_length
        return tuple(word for word in self.words if len(word) >= least)

    @cached_property
    def marketplaces(self) -> Mapping[str, str]:
        """Every alias of a marketplace (lower case) → profile id."""
        path = self.root / "profiles" / "marketplaces.toml"
        if not path.is_file():
            return {}
        with path.open("rb") as file:
            profiles = tomllib.load(file)["profile"]
        return {alias: p["id"] for p in profiles for alias in [p["id"], *p.get("aliases", [])]}

    def sheet_kind(self, name: str) -> str | None:
        """What a sheet's name says: a key of sheets.toml's `[names]`, or None."""
        folded = " ".join(name.casefold().split())
        bare = folded.strip("_-.#*! ")
        for kind, patterns in self.names.items():
            if any(fnmatchcase(n, p) for p in patterns for n in (folded, bare)):
                return kind
        return None


def split_words(header: str) -> list[str]:
    """The words of a header in a script with spaces, folded; [] for others."""
    words = re.findall(r"[^\W\d_]+", header)
    if not words or any(c >= "\u2e80" for w in words for c in w):
        return []
    return [key(w) for w in words]


def load_library(policies: Path, given: Mapping[str, str] | None = None) -> ColumnLibrary:
    """The library of the folder of policies; `given`: header → field that the user names for it.

    Raises `ValueError` or `OSError` that names the file when the data is not as it must be, and
    `ValueError` that names the header where `given` names no field.
    """
    folder = policies / "columns"
    groups, repeats = _fields(folder / "fields.toml")
    for header, name in (given or {}).items():
        if name and name not in groups:
            raise ValueError(f"columns: {header!r}: no such field: {name}")
    contexts = {name: _headers(folder / "headers" / f"{name}.csv", groups) for name in CONTEXTS}
    sheets = _toml(folder / "sheets.toml")
    return ColumnLibrary(
        root=policies,
        groups=groups,
        repeats=repeats,
        contexts=contexts,
        dialects=load_dialects(policies / "dialects"),
        affixes=_affixes(_toml(folder / "affixes.toml")),
        evidence=_evidence(_toml(folder / "evidence.toml")),
        rows=_row_words(sheets["rows"]),
        names={kind: tuple(n.casefold() for n in names) for kind, names in sheets["names"].items()},
        given={key(header): name for header, name in (given or {}).items()},
    )


def _toml(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        try:
            return tomllib.load(file)
        except tomllib.TOMLDecodeError as error:
            raise ValueError(f"{path}: {error}") from error


def _fields(path: Path) -> tuple[dict[str, str], frozenset[str]]:
    table = _toml(path)
    groups = {name: group for group in GROUPS for name in table.get(group, {})}
    repeats = frozenset(
        name
        for group in GROUPS
        for name, what in table.get(group, {}).items()
        if isinstance(what, dict) and what.get("repeats")
    )
    return groups, repeats


def _headers(path: Path, groups: Mapping[str, str]) -> dict[str, Entry]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    found: dict[str, Entry] = {}
    for header, name, lang, strength in rows:
        if name and name not in groups and not set(name.split("|")) <= groups.keys():
            raise ValueError(f"{path}: {header!r}: no such field: {name}")
        # Accents do not count, so several languages may share a key: the first says it.
        found.setdefault(key(header), Entry(name, lang, header, strength == "weak"))
    return found


def _affixes(table: dict[str, Any]) -> Affixes:
    turning = table["turning"]
    return Affixes(
        benign=frozenset(key(w) or w for w in table["benign"]),
        benign_pattern=re.compile("|".join(table["benign_patterns"]), re.IGNORECASE),
        turning=frozenset(key(w) for w in turning if w.isascii()),
        turning_cjk=tuple(w for w in turning if not w.isascii()),
        languages=frozenset(key(w) for w in table["languages"]),
        prefixes=tuple(sorted((key(w) for w in table["prefixes"]), key=len, reverse=True)),
        typo_min_length=table["typo"]["min_length"],
        typo_similarity=table["typo"]["similarity"],
    )


def _evidence(table: dict[str, Any]) -> Evidence:
    return Evidence(
        min_values=table["min_values"],
        share=table["share"],
        veto={name: tuple(shapes) for name, shapes in table["veto"].items()},
        instead=table["instead"],
        tells=table["tells"],
        infer={n: (t["shape"], t["share"], t["min"]) for n, t in table["infer"].items()},
        overflow=table["overflow"],
    )


def _row_words(table: dict[str, Any]) -> RowWords:
    def compiled(name: str) -> re.Pattern[str]:
        value = table[name]
        return re.compile(value if isinstance(value, str) else "|".join(value), re.IGNORECASE)

    return RowWords(*(compiled(n) for n in ("hint", "reserved", "banner", "note", "total")))
