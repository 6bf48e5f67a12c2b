"""Words in disguise are seen through, and the finding says how they were disguised.

`disguises.csv` holds ten titles and more for each disguise; invisible characters stand there as `\\u`
escapes. `said` is what the finding calls the disguise: nothing for an address spelled out, which is
found as such. `lookalikes.csv` holds ten honest titles and more for each, which look like it.
"""

from __future__ import annotations

from collections import Counter

import pytest

from labelled import flagged, table
from listlint import api

ROWS = table("disguises.csv")
DISGUISES = sorted({row["disguise"] for row in ROWS})
LOOKALIKES = table("lookalikes.csv")


def written(text: str) -> str:
    """The text with its escapes undone."""
    if "\\u" not in text and "\\U" not in text:
        return text
    return text.encode("latin-1", "backslashreplace").decode("unicode_escape")


def plain(row: dict[str, str]) -> tuple[str, str]:
    """Title and match with their escapes undone."""
    return written(row["title"]), written(row["match"])


def test_every_disguise_has_ten_listings_and_ten_lookalikes() -> None:
    assert min(Counter(row["disguise"] for row in ROWS).values()) >= 10
    honest = Counter(row["disguise"] for row in LOOKALIKES)
    assert min(honest[disguise] for disguise in DISGUISES) >= 10


@pytest.mark.parametrize("disguise", DISGUISES)
def test_seen_through_and_named(linter: api.Linter, disguise: str) -> None:
    rows = [row for row in ROWS if row["disguise"] == disguise]
    listings = [{"title": plain(row)[0], "brand": "Norvana"} for row in rows]
    said: dict[int, set[tuple[str, str]]] = {}
    for n, finding in flagged(linter, listings):
        said.setdefault(n, set()).add((finding.match or "", finding.evasion or ""))
    for number, row in enumerate(rows):
        assert (plain(row)[1], row["said"]) in said.get(number, set()), row["title"]


@pytest.mark.parametrize("disguise", sorted({row["disguise"] for row in LOOKALIKES}))
def test_honest_lookalikes_are_no_disguise(linter: api.Linter, disguise: str) -> None:
    titles = [written(row["title"]) for row in LOOKALIKES if row["disguise"] == disguise]
    listings = [{"title": title, "brand": "Norvana"} for title in titles]
    assert [f.match for f in linter.check_listings(listings, "temu") if f.evasion] == []
    assert [f.match for _, f in flagged(linter, listings)] == []
