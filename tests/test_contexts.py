"""What a word stands beside decides whether it is one: shared contexts keep honest listings quiet.

`contexts.csv` holds, for each of the shared contexts, five listings and more that stay quiet and beside
each its twin without the context, which does not: ten listings in all. `contexts_by_rule.csv` does the
same where one rule decides: it asks for a document, or gives a mere advice. A listing is its title; further
fields follow as ` || field: value`.
"""

from __future__ import annotations

from collections import Counter

import pytest

from labelled import flagged, table
from listlint import api

ROWS = table("contexts.csv")
CONTEXTS = sorted({row["context"] for row in ROWS})
BY_RULE = table("contexts_by_rule.csv")
CONTEXTS_BY_RULE = sorted({row["context"] for row in BY_RULE})


def listing(text: str, brand: str) -> dict[str, str]:
    """The fields of a listing of the table."""
    title, *more = text.split(" || ")
    told = (part.partition(":") for part in more)
    return {"title": title, "brand": brand, **{name: value.strip() for name, _, value in told}}


def words(linter: api.Linter, texts: list[str], brands: list[str]) -> dict[str, list[str]]:
    """Listing → the words flagged."""
    listings = [listing(t, b) for t, b in zip(texts, brands, strict=True)]
    found: dict[str, list[str]] = {}
    for n, finding in flagged(linter, listings):
        found.setdefault(texts[n], []).append(finding.match or "")
    return found


def test_every_shared_context_has_ten_listings(linter: api.Linter) -> None:
    pairs = Counter(row["context"] for row in [*ROWS, *BY_RULE])
    shared = set(linter.library.contexts)
    assert {name: pairs[name] for name in shared if pairs[name] < 5} == {}
    assert set(pairs) - shared == set()


@pytest.mark.parametrize("context", CONTEXTS)
def test_quiet_in_the_context_and_loud_without(linter: api.Linter, context: str) -> None:
    rows = [row for row in ROWS if row["context"] == context]
    brands = [row["brand"] for row in rows]
    assert words(linter, [row["quiet"] for row in rows], brands) == {}
    twins = [row["twin"] for row in rows]
    assert set(twins) - words(linter, twins, brands).keys() == set()


@pytest.mark.parametrize("context", CONTEXTS_BY_RULE)
def test_rule_is_silent_in_the_context_and_speaks_without(linter: api.Linter, context: str) -> None:
    rows = [row for row in BY_RULE if row["context"] == context]

    def told(column: str) -> set[tuple[int, str]]:
        return {
            (n, finding.rule)
            for n, row in enumerate(rows)
            for finding in linter.check_listings(
                [listing(row[column], "Werkfeld")], row["marketplace"]
            )
        }

    wanted = {(n, row["rule"]) for n, row in enumerate(rows)}
    assert wanted & told("quiet") == set()
    assert wanted - told("twin") == set()
