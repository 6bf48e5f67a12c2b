"""Rows that say the same thing twice: one SKU, one barcode, one product under several numbers.

Variants of one product (a shared parent or shop product id) and the same offer on several
marketplaces are no duplicates.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from listlint.identifiers.gtin import gtin14
from listlint.identifiers.table import tidy
from listlint.model import Severity, Text
from listlint.registers.names import core
from listlint.rules.addresses import PythonRule
from listlint.rules.interface import Key, Meeting, Seen
from listlint.text.fold import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from listlint.batch import Batch
    from listlint.rules.interface import Run

UNIT = "\x1e"
"""Between the parts of a payload; no cell holds it."""
MANY = 40
"""So many different payloads of one key are compared with each other; more are compared with the first ones."""


def pack(*parts: str) -> str:
    """Parts as one payload; each is cut at 120 characters, which is enough to tell rows apart."""
    return UNIT.join(p.replace(UNIT, " ")[:120] for p in parts)


def parts_of(seen: Seen) -> list[str]:
    """The parts of a payload."""
    return seen.payload.split(UNIT)


def continues(batch: Batch, i: int) -> bool:
    """Whether row `i` only continues the listing above."""
    return bool(batch.inherits) and bool(batch.inherits[i])


def place(batch: Batch, i: int, run: Run) -> str:
    """Where listing `i` is listed, as one word."""
    return " ".join((*run.marketplaces(batch, i), tidy(batch.get("marketplace", i))))


def also(seen: Seen) -> Text:
    """ "also row …" for the message."""
    return Text(seen.where, seen.where)


class DuplicateSku(PythonRule):
    """One SKU on two rows of a sheet, for the same marketplace."""

    needs: Sequence[str] = ("sku",)

    def keys(self, batch: Batch, run: Run) -> Iterator[Key]:
        """SKU, sheet and marketplace."""
        for column, i, value in batch.filled("sku"):
            if not continues(batch, i):
                key = pack(str(batch.sheet.number), tidy(value), place(batch, i, run))
                yield Key(key, i, column, value.strip(), value.strip())

    def conclude(self, key: str, group: Sequence[Seen], run: Run) -> Iterator[Meeting]:
        """Every row after the first."""
        for seen in group[1:]:
            yield Meeting(seen, {"value": seen.payload, "detail": also(group[0])})


class SharedGtin(PythonRule):
    """One barcode on different products: other brands (error), or quite other titles (warning).

    Offers of one product under several SKUs (used and new, sent by marketplace and by seller) have
    the same brand and much the same title, and are no finding; nor are titles in other languages.
    """

    needs: Sequence[str] = ("gtin",)

    def keys(self, batch: Batch, run: Run) -> Iterator[Key]:
        """The barcode as fourteen digits."""
        for column, i, value in batch.filled("gtin"):
            digits = gtin14(value)
            if digits and not continues(batch, i):
                payload = pack(
                    core(batch.get("brand", i)),
                    fold(batch.get("title", i)).strip(),
                    place(batch, i, run),
                    value.strip(),
                )
                yield Key(digits, i, column, payload, batch.get("sku", i))

    def conclude(self, key: str, group: Sequence[Seen], run: Run) -> Iterator[Meeting]:
        """Rows that differ from an earlier one."""
        earlier: list[Seen] = []
        known: set[str] = set()
        for seen in group:
            if seen.payload in known:
                continue
            brand, title, where, value = parts_of(seen)
            for other in earlier[:MANY]:
                other_brand, other_title, other_where, _ = parts_of(other)
                if brand and other_brand and not _alike(brand, other_brand, 80):
                    yield Meeting(seen, {"value": value, "detail": also(other)})
                    break
                same_language = where == other_where and title.isascii() == other_title.isascii()
                if title and other_title and same_language and not _alike(title, other_title, 45):
                    yield Meeting(seen, {"value": value, "detail": also(other)}, Severity.WARNING)
                    break
            known.add(seen.payload)
            earlier.append(seen)


@lru_cache(maxsize=65536)
def _alike(a: str, b: str, at_least: int) -> bool:
    if a == b or a in b or b in a:
        return True
    from rapidfuzz import fuzz

    return fuzz.token_set_ratio(a, b) >= at_least


_VARIANTS = (
    "colour",
    "size",
    "style",
    "pattern",
    "material",
    "model",
    "mpn",
    "weight",
    "attributes",
    "condition",
)


class SameProduct(PythonRule):
    """One product under several barcodes: same title, brand and variant, other number."""

    needs: Sequence[str] = ("gtin",)

    def keys(self, batch: Batch, run: Run) -> Iterator[Key]:
        """The title's words in order of the alphabet, brand, variant and marketplace; short titles
        and variants of a family say too little."""
        for column, i, value in batch.filled("gtin"):
            digits = gtin14(value)
            words = sorted(set(fold(batch.get("title", i)).split()))
            if not digits or continues(batch, i) or len("".join(words)) < 12 or len(words) < 3:
                continue
            if batch.get("parent_sku", i) or batch.get("listing_id", i):
                continue
            variant = [fold(" ".join(batch.all(f, i))).strip() for f in _VARIANTS]
            key = UNIT.join(
                (" ".join(words), core(batch.get("brand", i)), *variant, place(batch, i, run))
            )
            yield Key(key, i, column, pack(digits, value.strip()), batch.get("sku", i))

    def conclude(self, key: str, group: Sequence[Seen], run: Run) -> Iterator[Meeting]:
        """Rows whose number is not the first row's."""
        first = parts_of(group[0])[0]
        told: set[str] = set()
        for seen in group[1:]:
            digits, value = parts_of(seen)
            if digits != first and digits not in told:
                told.add(digits)
                yield Meeting(seen, {"value": value, "detail": also(group[0])})
