"""What identifiers look like: policies/seller/identifiers/*.toml and the GS1 prefix list, read once.

Nothing here judges a value; `checks` and the package's `check` do.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from functools import cache, cached_property
from typing import Any

from listlint.model import Source, Text
from listlint.policy.paths import builtin
from listlint.policy.tables import read_folder
from listlint.slotted import slotted


def read_csv(*parts: str) -> list[dict[str, str]]:
    """The rows of a CSV under the policy folder, header as keys."""
    with builtin().joinpath(*parts).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@slotted(frozen=True)
class Identifier:
    """One kind of number: its pattern, what may stand before it, and the test of its digits.

    `refuse` is a pattern of values that would fit but are written as another kind of number is.
    """

    key: str
    name: Text
    pattern_text: str
    jurisdictions: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    check: str | None = None
    stdnum: str | None = None
    refuse: str | None = None
    good: tuple[str, ...] = ()
    bad: tuple[str, ...] = ()
    source: Source | None = None
    basis: str = "literal"
    note: str = ""

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The pattern, compiled when first asked for."""
        return re.compile(self.pattern_text)

    @cached_property
    def _label(self) -> re.Pattern[str] | None:
        if not self.labels:
            return None
        longest_first = sorted(self.labels, key=len, reverse=True)
        words = "|".join(re.escape(tidy(label)) for label in longest_first)
        return re.compile(rf"^(?:{words})(?:\s*[:：#=]\s*|\s+|(?=\d))")

    def normalise(self, value: str) -> str:
        """`value` as the pattern wants it: tidy, upper case, without a label in front."""
        text = tidy(value)
        if self._label is not None:
            text = self._label.sub("", text, count=1).strip()
        return text


_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−－﹣"), "-")
_DROP = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u200e\u200f\u202a\u202c\u00ad"))


def tidy(value: str) -> str:
    """Width and case folded, dashes plain, invisible characters and outer space gone."""
    if value.isascii():
        return " ".join(value.split()).upper().lstrip("'")
    folded = unicodedata.normalize("NFKC", value.translate(_DROP)).translate(_DASHES)
    return " ".join(folded.split()).upper().lstrip("'")


def _identifier(key: str, data: dict[str, Any]) -> Identifier:
    source = data.get("source")
    return Identifier(
        key=key,
        name=Text(data["name"]["en"], data["name"]["zh"]),
        pattern_text=data["pattern"],
        jurisdictions=tuple(data.get("jurisdictions", ())),
        labels=tuple(data.get("labels", ())),
        check=data.get("check"),
        stdnum=data.get("stdnum"),
        refuse=data.get("refuse"),
        good=tuple(data["good"]),
        bad=tuple(data["bad"]),
        source=Source(source["url"], str(source["retrieved"])) if source else None,
        basis=data.get("basis", "literal"),
        note=data.get("note", ""),
    )


@cache
def identifiers() -> dict[str, Identifier]:
    """Every known identifier by its key."""
    table = read_folder(builtin() / "seller" / "identifiers", "identifier")
    return {key: _identifier(key, data) for key, data in table.items()}


@slotted(frozen=True, slots=True)
class Prefix:
    """A range of GS1 prefixes: who numbers there, or what the range is kept for."""

    first: int
    last: int
    kind: str
    country: str
    what: str


@cache
def _gs1() -> tuple[Prefix, ...]:
    rows = read_csv("seller", "gs1_prefixes.csv")
    found = [
        Prefix(int(r["first"]), int(r["last"]), r["kind"], r["country"], r["what"]) for r in rows
    ]
    return tuple(sorted(found, key=lambda p: (p.last - p.first, p.first)))


def gs1_prefix(digits13: str) -> Prefix | None:
    """The narrowest range that the first three of thirteen digits fall in."""
    return _prefix_of(int(digits13[:3]))


@cache
def _prefix_of(number: int) -> Prefix | None:
    return next((p for p in _gs1() if p.first <= number <= p.last), None)
