"""What flagged listings are worth: price and stock, as their sheet states them."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING

from listlint.later import expression
from listlint.match.place import parse_price

if TYPE_CHECKING:
    from listlint.batch import Batch
    from listlint.model import Exposure

_BLANK = expression(r"(?<=\d)[\s'’](?=\d)")
_GROUPED = expression(r"\d{1,3}(?:[.,]\d{3})+")


def exposure(batch: Batch, rows: Collection[int | None]) -> Exposure:
    """Price and stock of those `rows` of the batch; empty where the sheet has not both columns."""
    if not (batch.has("price") and batch.has("quantity")):
        return {}
    sheet = batch.sheet
    return {
        (sheet.path, sheet.name, row): (
            parse_price(_BLANK.sub("", batch.get("price", i))),
            stock(batch.get("quantity", i)),
        )
        for i, row in enumerate(batch.numbers)
        if row in rows
    }


def stock(text: str) -> float | None:
    """A number of pieces: 1,000 and 1.000 and 1 000 are a thousand; None where there is none."""
    joined = _BLANK.sub("", text.strip())
    if _GROUPED.fullmatch(joined):
        joined = re.sub("[.,]", "", joined)
    return parse_price(joined)
