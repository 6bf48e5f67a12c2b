"""What a word stands beside decides whether it is one: shared contexts keep honest listings quiet.

`contexts.csv` holds, for each of the shared contexts, five listings and more that stay quiet and beside
each its twin without the context, which does not: ten listings in all. A listing is its title; further
fields follow as ` || field: value`.
"""

from __future__ import annotations

from collections import Counter

import pytest

from labelled import flagged, table
from listlint import api

ROWS = table("contexts.csv")
CONTEXTS = sorted({row["context"] for row in ROWS})
LICENCE_ROWS = table("contexts_licence.csv")
LICENCE_CONTEXTS = sorted({row["context"] for row in LICENCE_ROWS})


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


def test_every_context_has_ten_listings_and_exists(linter: api.Linter) -> None:
    assert min(Counter(row["context"] for row in ROWS).values()) >= 5
    assert set(CONTEXTS) <= set(linter.library.contexts)


@pytest.mark.parametrize("context", CONTEXTS)
def test_quiet_in_the_context_and_loud_without(linter: api.Linter, context: str) -> None:
    rows = [row for row in ROWS if row["context"] == context]
    brands = [row["brand"] for row in rows]
    assert words(linter, [row["quiet"] for row in rows], brands) == {}
    twins = [row["twin"] for row in rows]
    assert set(twins) - words(linter, twins, brands).keys() == set()


def test_every_licence_context_has_ten_listings_and_exists(linter: api.Linter) -> None:
    assert min(Counter(row["context"] for row in LICENCE_ROWS).values()) >= 10
    assert set(LICENCE_CONTEXTS) <= set(linter.library.contexts)


@pytest.mark.parametrize("context", LICENCE_CONTEXTS)
def test_asks_for_no_document_in_the_context_and_for_one_without(
    linter: api.Linter, context: str
) -> None:
    rows = [row for row in LICENCE_ROWS if row["context"] == context]

    def asked(column: str) -> set[tuple[int, str]]:
        listings = [{"title": row[column], "brand": "Werkfeld"} for row in rows]
        found = linter.check_listings(listings, "temu")
        return {((f.location.row or 0) - 2, f.rule) for f in found}

    wanted = {(n, row["rule"]) for n, row in enumerate(rows)}
    assert wanted & asked("quiet") == set()
    assert wanted - asked("twin") == set()
