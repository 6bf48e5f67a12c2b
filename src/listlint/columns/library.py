"""The data by which sheets and columns are recognised, read once: policies/columns and /dialects."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Final, NamedTuple

from listlint.columns.dialect import Dialect, dialect_of, dialect_tables
from listlint.columns.keys import key
from listlint.kept.blocks import Blocks, pack
from listlint.kept.files import key_of, opened
from listlint.later import expression
from listlint.slotted import field, slotted
from listlint.wildcard import fits

CONTEXTS: Final = ("listings", "seller", "licences", "authorisations")
GROUPS: Final = ("text", "id", "product", "commerce", "document", "seller", "register", "control")


class Entry(NamedTuple):
    """A known header. `field` is '' when it is known to be none, 'a|b' when values must tell."""

    field: str
    lang: str
    header: str
    weak: bool


@slotted(frozen=True, slots=True)
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


@slotted(frozen=True, slots=True)
class Evidence:
    """What values say; see policies/columns/evidence.toml."""

    min_values: int
    share: float
    veto: Mapping[str, tuple[str, ...]]
    instead: Mapping[str, Mapping[str, str]]
    tells: Mapping[str, str]
    infer: Mapping[str, tuple[str, float, int]]
    overflow: Mapping[str, str]


@slotted(frozen=True, slots=True)
class RowWords:
    """How rows that are no listings speak."""

    hint: re.Pattern[str]
    reserved: re.Pattern[str]
    banner: re.Pattern[str]
    note: re.Pattern[str]
    total: re.Pattern[str]


@slotted(frozen=True)
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
    def _signs(self) -> frozenset[str]:
        found: set[str] = set(self.given)
        for dialect in self.dialects:
            for signature in dialect.signatures:
                found |= signature.headers.union(*signature.any_of)
        return frozenset(found)

    def knows(self, key: str) -> bool:
        """Whether that is the key of a header of any context or signature: these tell a header row."""
        return key in self._signs or any(key in context for context in self.contexts.values())

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
            import tomllib

            profiles = tomllib.load(file)["profile"]
        return {alias: p["id"] for p in profiles for alias in [p["id"], *p.get("aliases", [])]}

    def sheet_kind(self, name: str) -> str | None:
        """What a sheet's name says: a key of sheets.toml's `[names]`, or None."""
        folded = " ".join(name.casefold().split())
        bare = folded.strip("_-.#*! ")
        for kind, patterns in self.names.items():
            if any(fits(n, p) for p in patterns for n in (folded, bare)):
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
    blocks = opened("columns", key_of(_files(policies), ("columns",)), partial(_file_of, policies))
    tables = blocks.section("tables")
    groups, repeats = tables["groups"], frozenset(tables["repeats"])
    for header, name in (given or {}).items():
        if name and name not in groups:
            raise ValueError(f"columns: {header!r}: no such field: {name}")
    sheets = tables["sheets"]
    return ColumnLibrary(
        root=policies,
        groups=groups,
        repeats=repeats,
        contexts={name: _Headers(blocks, name) for name in CONTEXTS},
        dialects=tuple(dialect_of(table, policies) for table in tables["dialects"]),
        affixes=_affixes(tables["affixes"]),
        evidence=_evidence(tables["evidence"]),
        rows=_row_words(sheets["rows"]),
        names={kind: tuple(n.casefold() for n in names) for kind, names in sheets["names"].items()},
        given={key(header): name for header, name in (given or {}).items()},
    )


class _Headers(Mapping[str, Entry]):
    """Key of a header → what it means in one context, looked up in a file of blocks."""

    def __init__(self, blocks: Blocks, context: str) -> None:
        self._blocks = blocks
        self._context = context
        self._found: dict[str, Entry | None] = {}

    def get(self, key: str, default: Any = None) -> Any:
        """What the header with that key means."""
        if key not in self._found:
            values = self._blocks.get(f"{self._context} {key}")
            self._found[key] = None if values is None else Entry(*values)
        found = self._found[key]
        return default if found is None else found

    def __getitem__(self, key: str) -> Entry:
        found: Entry | None = self.get(key)
        if found is None:
            raise KeyError(key)
        return found

    def __contains__(self, key: object) -> bool:
        return self.get(str(key)) is not None

    @cached_property
    def _keys(self) -> list[str]:
        found: list[str] = self._blocks.section(self._context)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)


def _files(policies: Path) -> list[Path]:
    """What the library is made of."""
    folder = policies / "columns"
    headers = [folder / "headers" / f"{name}.csv" for name in CONTEXTS]
    return [
        *sorted(folder.glob("*.toml")),
        *headers,
        *sorted((policies / "dialects").glob("*.toml")),
    ]


def _file_of(policies: Path, file_key: str) -> bytes:
    """The file of blocks of the library, under that key."""
    folder = policies / "columns"
    groups, repeats = _fields(folder / "fields.toml")
    contexts = {name: _headers(folder / "headers" / f"{name}.csv", groups) for name in CONTEXTS}
    tables: dict[str, Any] = {
        "groups": groups,
        "repeats": sorted(repeats),
        "dialects": dialect_tables(policies / "dialects"),
        **{name: _toml(folder / f"{name}.toml") for name in ("sheets", "affixes", "evidence")},
    }
    # What is wrong in them is said now.
    _affixes(tables["affixes"])
    _evidence(tables["evidence"])
    keys = {context: list(entries) for context, entries in contexts.items()}
    rows = {f"{c} {k}": list(e) for c, entries in contexts.items() for k, e in entries.items()}
    return pack(file_key, {"tables": tables, **keys}, rows)


def _toml(path: Path) -> dict[str, Any]:
    import tomllib

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
        return expression(value if isinstance(value, str) else "|".join(value), re.IGNORECASE)

    return RowWords(*(compiled(n) for n in ("hint", "reserved", "banner", "note", "total")))
