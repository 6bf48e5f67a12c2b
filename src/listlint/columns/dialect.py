"""Known file layouts: policies/dialects/*.toml, and which of them a sheet is."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from listlint.columns.keys import key
from listlint.columns.layout import REASONS
from listlint.later import expression
from listlint.slotted import slotted
from listlint.wildcard import fits

EXAMPLES = "\n[[example]]"
"""Where the part of a dialect file begins that only tests read."""

_SECOND_PART = expression(r"^\[(?!\[signature\]\])", re.MULTILINE)
"""The first table that is no signature: signatures stand before everything else."""

_HEAD_KEYS = {
    "schema", "id", "title", "rank", "kind", "marketplaces", "headers_file", "prefixes", "labels_too",
    "signature",
}  # fmt: skip
_BODY_KEYS = {"headers", "globs", "rows", "inherit", "skip", "marketplace"}
_SIGNATURE_KEYS = {"cells", "headers", "any", "fields", "sheet", "path"}
_RANK = 50
"""Of a dialect that gives none."""


@slotted(frozen=True, slots=True)
class Signature:
    """What tells a dialect; all that is given must hold. `any_of` are groups of which one each."""

    cells: tuple[str, ...] = ()
    headers: frozenset[str] = frozenset()
    any_of: tuple[frozenset[str], ...] = ()
    fields: frozenset[str] = frozenset()
    sheet: tuple[str, ...] = ()
    path: tuple[str, ...] = ()

    @property
    def by_header(self) -> bool:
        """Whether the header row has a say."""
        return bool(self.headers or self.any_of or self.fields)


@slotted(frozen=True, slots=True)
class RowTest:
    """A row that is no listing: patterns by field name, `cell` (any) or `first` (the first filled)."""

    reason: str
    tests: tuple[tuple[str, str], ...]
    near: int | None


@slotted(frozen=True, slots=True)
class Body:
    """What is needed of a dialect once a sheet is known to be it.

    `headers`: key of a header → field ('' for none, 'a|b' for either).
    """

    headers: Mapping[str, str]
    globs: tuple[tuple[str, str], ...]
    settings: bool
    label_row: int | None
    key_row: int | None
    inherit: tuple[str | None, tuple[str, ...]]
    skip: tuple[RowTest, ...]
    markets: tuple[tuple[re.Pattern[str], str], ...]


@slotted(frozen=True)
class Dialect:
    """One known layout."""

    id: str
    rank: int
    kind: str | None
    marketplaces: tuple[str, ...]
    prefixes: tuple[tuple[str, str], ...]
    labels_too: bool
    signatures: tuple[Signature, ...]
    path: Path

    @cached_property
    def body(self) -> Body:
        """The rest of the file, read when first asked for. Raises `ValueError` that names it."""
        try:
            import tomllib

            return _body(tomllib.loads(_text(self.path)), self.path.parent)
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{self.path}: {error}") from error

    def glob(self, text: str) -> str | None:
        """The field that a pattern on the header as it stands gives; None when none fits."""
        folded = text.casefold()
        for pattern, name in self.body.globs:
            if fits(folded, pattern):
                return name
        return None

    def fits(
        self,
        *,
        cells: Sequence[str],
        headers: frozenset[str],
        fields: Callable[[], frozenset[str]],
        sheet: str,
        path: str,
    ) -> int:
        """How well the sheet fits, 0 for not at all; more conditions met weigh more."""
        best = 0
        for one in self.signatures:
            if one.by_header and not headers:
                continue
            if one.headers and not one.headers <= headers:
                continue
            if one.any_of and not all(group & headers for group in one.any_of):
                continue
            if one.cells and not _any_match(one.cells, cells):
                continue
            if one.sheet and not _any_match(one.sheet, (sheet,)):
                continue
            if one.path and not _any_match(one.path, (path,)):
                continue
            if one.fields and not one.fields <= fields():
                continue
            weight = 20 * bool(one.cells) + 3 * bool(one.sheet) + 3 * bool(one.path)
            weight += 2 * len(one.headers) + 2 * len(one.any_of) + len(one.fields)
            best = max(best, self.rank + weight)
        return best


def _any_match(patterns: Sequence[str], texts: Sequence[str]) -> bool:
    return any(fits(text.casefold(), pattern) for pattern in patterns for text in texts)


def dialect_tables(folder: Path) -> list[dict[str, Any]]:
    """What tells each dialect of `folder`, best known first, as plain values with the file's name.

    Raises `ValueError` that names a faulty file.
    """
    found = [_load(path) for path in sorted(folder.glob("*.toml"))]
    return sorted(found, key=lambda t: (-t.get("rank", _RANK), t["id"]))


def dialect_of(table: Mapping[str, Any], policies: Path) -> Dialect:
    """The dialect of such a table."""
    return Dialect(
        id=table["id"],
        rank=table.get("rank", _RANK),
        kind=table.get("kind"),
        marketplaces=tuple(table.get("marketplaces", ())),
        prefixes=tuple((p["prefix"], p["otherwise"]) for p in table.get("prefixes", ())),
        labels_too=table.get("labels_too", True),
        signatures=tuple(_signature(s) for s in table["signature"]),
        path=policies / "dialects" / table["file"],
    )


def _text(path: Path) -> str:
    # Examples are most of the file, and only tests run them.
    return path.read_text(encoding="utf-8").partition(EXAMPLES)[0]


def _load(path: Path) -> dict[str, Any]:
    # Only what tells the dialect: a run meets one or two of them.
    import tomllib

    text = _SECOND_PART.split(_text(path), maxsplit=1)[0]
    try:
        table = tomllib.loads(text)
        if unknown := set(table) - _HEAD_KEYS:
            raise ValueError(f"unknown keys: {', '.join(sorted(unknown))}")
        table["file"] = path.name
        dialect_of(table, path.parent.parent)  # what is wrong in it is said now
        return table
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path}: {error}") from error


def _body(table: Mapping[str, Any], folder: Path) -> Body:
    if unknown := set(table) - _HEAD_KEYS - _BODY_KEYS:
        raise ValueError(f"unknown keys: {', '.join(sorted(unknown))}")
    headers: dict[str, str] = {}
    if "headers_file" in table:
        with (folder / table["headers_file"]).open(encoding="utf-8", newline="") as file:
            headers = {key(row[0]): row[1] for row in list(csv.reader(file))[1:]}
    headers.update((key(h), f) for h, f in table.get("headers", {}).items())
    rows, inherit = table.get("rows", {}), table.get("inherit", {})
    return Body(
        headers=headers,
        globs=tuple((p.casefold(), f) for p, f in table.get("globs", {}).items()),
        settings=rows.get("settings", False),
        label_row=rows.get("labels"),
        key_row=rows.get("keys"),
        inherit=(inherit.get("key"), tuple(inherit.get("blank", ()))),
        skip=tuple(_row_test(s) for s in table.get("skip", ())),
        markets=tuple((re.compile(m["cell"]), m["id"]) for m in table.get("marketplace", ())),
    )


def _signature(table: Mapping[str, Any]) -> Signature:
    if unknown := set(table) - _SIGNATURE_KEYS:
        raise ValueError(f"unknown keys in a signature: {', '.join(sorted(unknown))}")
    return Signature(
        cells=tuple(c.casefold() for c in table.get("cells", ())),
        headers=frozenset(key(h) for h in table.get("headers", ())),
        any_of=tuple(frozenset(key(h) for h in group) for group in table.get("any", ())),
        fields=frozenset(table.get("fields", ())),
        sheet=tuple(s.casefold() for s in table.get("sheet", ())),
        path=tuple(s.casefold() for s in table.get("path", ())),
    )


def _row_test(table: Mapping[str, Any]) -> RowTest:
    tests = dict(table)
    reason, near = tests.pop("reason"), tests.pop("near", None)
    if reason not in REASONS:
        raise ValueError(f"no such reason to skip a row: {reason}")
    return RowTest(reason, tuple(tests.items()), near)
