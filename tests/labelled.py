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
    """(number of the listing, finding) of what these areas say at warning or above, on Temu.

    What is learned is left out: it knows neither contexts nor disguises, and is measured, not tabled.
    """
    learned = {s.meta.code for s in linter.library.rules if s.meta.kind == "learned"}
    for finding in linter.check_listings(listings, "temu"):
        serious = finding.severity is not api.Severity.INFO
        if finding.area in AREAS and serious and finding.rule not in learned:
            yield (finding.location.row or 0) - 2, finding
