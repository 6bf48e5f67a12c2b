"""What a word stands beside decides whether it is one: shared contexts keep honest listings quiet.

`contexts.csv` holds, for each of the contexts that many rules share, ten listings and more that stay
quiet and beside each its twin without the context, which does not.
"""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from listlint import api

ROWS = list(
    csv.DictReader((Path(__file__).parent / "contexts.csv").open(encoding="utf-8", newline=""))
)
CONTEXTS = sorted({row["context"] for row in ROWS})
AREAS = (api.Area.IP, api.Area.PROHIBITED, api.Area.BEHAVIOUR)


@pytest.fixture(scope="module")
def linter() -> api.Linter:
    return api.Linter()


def flagged(linter: api.Linter, titles: list[str], brands: list[str]) -> dict[str, list[str]]:
    """Title → the words flagged at warning or above."""
    listings = [{"title": t, "brand": b} for t, b in zip(titles, brands, strict=True)]
    found: dict[str, list[str]] = {}
    for finding in linter.check_listings(listings, "temu"):
        if finding.area in AREAS and finding.severity is not api.Severity.INFO:
            title = titles[(finding.location.row or 0) - 2]
            found.setdefault(title, []).append(finding.match or "")
    return found


def test_every_context_has_ten_listings_and_exists(linter: api.Linter) -> None:
    assert min(Counter(row["context"] for row in ROWS).values()) >= 10
    assert set(CONTEXTS) <= set(linter.library.contexts)


@pytest.mark.parametrize("context", CONTEXTS)
def test_quiet_in_the_context_and_loud_without(linter: api.Linter, context: str) -> None:
    rows = [row for row in ROWS if row["context"] == context]
    brands = [row["brand"] for row in rows]
    assert flagged(linter, [row["quiet"] for row in rows], brands) == {}
    twins = [row["twin"] for row in rows]
    assert set(twins) - flagged(linter, twins, brands).keys() == set()
