"""Words in disguise are seen through, and the finding says how they were disguised.

`disguises.csv` holds ten titles and more for each disguise; invisible characters stand there as `\\u`
escapes. `said` is what the finding calls the disguise: nothing for an address spelled out, which is
found as such.
"""

from __future__ import annotations

from collections import Counter

import pytest

from labelled import flagged, table
from listlint import api

ROWS = table("disguises.csv")
DISGUISES = sorted({row["disguise"] for row in ROWS})
HONEST = (
    "Gift set for him/her and/or both, S/M, cotton/poly, on/off switch",
    "Power bank 4000mAh with USB-C, 2.4A output",
    "Dog training whistle K9 unit, 3D printed",
    "A4 paper 80g 500 sheets, B5 and C6 envelopes",
    "MP3 player 32GB, H.264 video, 4K@60Hz",
    "T-shirt S M L XL XXL, unisex",
    "LED strip 12V DC, IP65, W2812B",
    "R2-D2-free bolt set M3 M4 M5 M6",
    "A B C D alphabet cards for toddlers",
    "Vitamin B12 1000 mcg, K2 and D3",
    "H7 bulb 55W, E27 socket adapter",
    "Do-it-yourself kit, pop-up tent, x-ray apron hook",
)


def plain(row: dict[str, str]) -> tuple[str, str]:
    """Title and match with their escapes undone."""
    if "\\u" not in row["title"]:
        return row["title"], row["match"]
    return tuple(  # type: ignore[return-value]
        row[key].encode("latin-1", "backslashreplace").decode("unicode_escape")
        for key in ("title", "match")
    )


def test_every_disguise_has_ten_listings() -> None:
    assert min(Counter(row["disguise"] for row in ROWS).values()) >= 10


@pytest.mark.parametrize("disguise", DISGUISES)
def test_seen_through_and_named(linter: api.Linter, disguise: str) -> None:
    rows = [row for row in ROWS if row["disguise"] == disguise]
    listings = [{"title": plain(row)[0], "brand": "Norvana"} for row in rows]
    said: dict[int, set[tuple[str, str]]] = {}
    for n, finding in flagged(linter, listings):
        said.setdefault(n, set()).add((finding.match or "", finding.evasion or ""))
    for number, row in enumerate(rows):
        assert (plain(row)[1], row["said"]) in said.get(number, set()), row["title"]


def test_honest_lookalikes_are_no_disguise(linter: api.Linter) -> None:
    listings = [{"title": title, "brand": "Norvana"} for title in HONEST]
    assert [f.match for f in linter.check_listings(listings, "temu") if f.evasion] == []
