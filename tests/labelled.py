"""Tables of labelled titles that stand beside the tests, and what is flagged in them."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from listlint import api

AREAS = (api.Area.IP, api.Area.PROHIBITED, api.Area.BEHAVIOUR)


def table(name: str) -> list[dict[str, str]]:
    """The rows of `tests/NAME`."""
    with (Path(__file__).parent / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def flagged(
    linter: api.Linter, listings: Sequence[dict[str, str]]
) -> Iterator[tuple[int, api.Finding]]:
    """(number of the listing, finding) of what these areas say at warning or above, on Temu."""
    for finding in linter.check_listings(listings, "temu"):
        if finding.area in AREAS and finding.severity is not api.Severity.INFO:
            yield (finding.location.row or 0) - 2, finding
