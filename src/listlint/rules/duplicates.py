"""Rows that say the same thing twice: one SKU, one barcode, one product under several numbers.

Variants of one product (a shared parent or shop product id) and the same offer on several
marketplaces are no duplicates.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING

from listlint.identifiers.table import tidy
from listlint.later import expression
from listlint.model import Severity, Text
from listlint.registers.names import core
from listlint.rules.addresses import PythonRule
from listlint.rules.interface import Key, Meeting, Seen
from listlint.rules.rows import begins, folded, gtins, places, values
from listlint.text.fold import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from listlint.batch import Batch
    from listlint.rules.interface import Run

UNIT = "\x1e"
"""Between the parts of a payload; no cell holds it."""
MANY = 40
"""So many different payloads of one key are compared with each other; more are compared with the first ones."""


CUT = 120
"""So many characters of a part are enough to tell rows apart."""


def pack(*parts: str) -> str:
    """Parts as one payload; each is cut."""
    return UNIT.join(p.replace(UNIT, " ")[:CUT] for p in parts)


def parts_of(seen: Seen) -> list[str]:
    """The parts of a payload."""
    return seen.payload.split(UNIT)


def also(seen: Seen) -> Text:
    """ "also row …" for the message."""
    return Text(seen.where, seen.where)


class DuplicateSku(PythonRule):
    """One SKU on two rows of a sheet, for the same marketplace."""

    needs: Sequence[str] = ("sku",)

    def keys(self, batch: Batch, run: Run) -> Iterator[Key]:
        """SKU, sheet and marketplace."""
        if not batch.has("sku"):
            return
        where, skus = places(batch, run), values(batch, "sku")
        column = batch.of("sku")[0][0]
        sheet = f"{batch.sheet.number}{UNIT}"
        for i in begins(batch):
            if sku := skus[i]:
                yield Key(f"{sheet}{tidy(sku)}{UNIT}{where[i]}", i, column, sku, sku)

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
        """The barcode as fourteen digits; brand and title go along as they stand."""
        if not batch.has("gtin"):
            return
        brands, titles = values(batch, "brand"), values(batch, "title")
        skus, where = values(batch, "sku"), places(batch, run)
        rows = begins(batch)
        for column, numbers in gtins(batch):
            for i in rows:
                digits = numbers[i]
                if digits:
                    yield Key(digits, i, column, pack(brands[i], titles[i], where[i]), skus[i])

    def conclude(self, key: str, group: Sequence[Seen], run: Run) -> Iterator[Meeting]:
        """Rows that differ from an earlier one."""
        earlier: list[Seen] = []
        known: set[str] = set()
        for seen in group:
            if seen.payload in known:
                continue
            brand, title, where = self._parts(seen)
            for other in earlier[:MANY]:
                other_brand, other_title, other_where = self._parts(other)
                if brand and other_brand and not _alike(brand, other_brand, 80):
                    yield Meeting(seen, {"value": key.lstrip("0"), "detail": also(other)})
                    break
                same_language = where == other_where and title.isascii() == other_title.isascii()
                if title and other_title and same_language and not _alike(title, other_title, 45):
                    params: dict[str, str | Text] = {
                        "value": key.lstrip("0"),
                        "detail": also(other),
                    }
                    yield Meeting(seen, params, Severity.WARNING)
                    break
            known.add(seen.payload)
            earlier.append(seen)

    @staticmethod
    def _parts(seen: Seen) -> tuple[str, str, str]:
        brand, title, where = parts_of(seen)
        return core(brand), fold(title).strip(), where


@lru_cache(maxsize=65536)
def _alike(a: str, b: str, at_least: int) -> bool:
    if a == b or a in b or b in a:
        return True
    from rapidfuzz import fuzz

    return fuzz.token_set_ratio(a, b) >= at_least


_VARIANTS = (
    "colour", "size", "style", "pattern", "material", "model", "mpn", "weight", "attributes", "condition",
)  # fmt: skip


class SameProduct(PythonRule):
    """One product under several barcodes: same brand and variant, a title of the same words.

    The order of the words and a slip of the pen in one or two of them make no difference; another
    number, size or word does.
    """

    needs: Sequence[str] = ("gtin",)

    def keys(self, batch: Batch, run: Run) -> Iterator[Key]:
        """Brand, variant, marketplace and the first letters of the title's words, hashed; the
        title goes along. Short titles and members of a family say too little."""
        if not batch.has("gtin"):
            return
        titles, brands, skus = folded(batch, "title"), folded(batch, "brand"), values(batch, "sku")
        parents, families = values(batch, "parent_sku"), values(batch, "listing_id")
        variants = [folded(batch, f) for f in _VARIANTS if batch.has(f)]
        said = [
            UNIT.join(parts) for parts in zip(brands, places(batch, run), *variants, strict=True)
        ]
        rows = [
            i
            for i in begins(batch)
            if len(titles[i]) >= 15
            and titles[i].count(" ") >= 2
            and not parents[i]
            and not families[i]
        ]
        for column, numbers in gtins(batch):
            for i in rows:
                digits = numbers[i]
                if digits:
                    title = titles[i]
                    first = sorted([w[0] for w in title.split() if len(w) > 2 and w.isalpha()])
                    key = _hashed(f"{''.join(first)}{UNIT}{said[i]}")
                    rest = _hashed(title) if len(title) > CUT else ""
                    yield Key(key, i, column, pack(digits, title, rest), skus[i])

    def conclude(self, key: str, group: Sequence[Seen], run: Run) -> Iterator[Meeting]:
        """Rows with another number than an earlier row of the same title."""
        earlier: list[tuple[Seen, str, str, str]] = []
        known: set[str] = set()
        for seen in group:
            if seen.payload in known:
                continue
            known.add(seen.payload)
            digits, title, rest = parts_of(seen)
            for other, other_digits, other_title, other_rest in earlier[:MANY]:
                same = rest == other_rest and (bool(rest) or _same_words(title, other_title))
                if same and digits == other_digits:
                    break
                if same:
                    params: dict[str, str | Text] = {
                        "value": digits.lstrip("0"),
                        "detail": also(other),
                    }
                    yield Meeting(seen, params)
                    break
            earlier.append((seen, digits, title, rest))


def _hashed(text: str) -> str:
    return blake2b(text.encode("utf-8", "replace"), digest_size=12).hexdigest()


_TOKENS = expression(r"\d+|[^\W\d_]+")
_MOST_SLIPS = 2
_IDEOGRAPHS = "\u2e80"
"""From here on one character is a word or half of one."""
_LONG_ENOUGH = 5
"""Words of fewer letters that differ in one are other words."""


@lru_cache(maxsize=16384)
def _same_words(a: str, b: str) -> bool:
    """Whether two folded titles say the same, in whatever order, slips of the pen aside."""
    if a == b:
        return True
    one, two = sorted(_TOKENS.findall(a)), sorted(_TOKENS.findall(b))
    if one == two:
        return True
    only = sorted((Counter(one) - Counter(two)).elements())
    others = sorted((Counter(two) - Counter(one)).elements())
    if len(only) != len(others) or len(only) > _MOST_SLIPS:
        return False
    from rapidfuzz.distance import OSA

    return all(
        min(len(x), len(y)) >= _LONG_ENOUGH
        and x.isalpha()
        and y.isalpha()
        and max(x + y) < _IDEOGRAPHS
        and OSA.distance(x, y, score_cutoff=1) <= 1
        for x, y in zip(only, others, strict=True)
    )
