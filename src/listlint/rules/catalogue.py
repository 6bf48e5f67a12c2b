"""The catalogue as a whole: families that mix products, prices far off, listings blocked elsewhere."""

from __future__ import annotations

import math
import re
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from listlint.identifiers.table import tidy
from listlint.later import expression
from listlint.model import Text
from listlint.registers.names import core
from listlint.registers.scope import countries_in
from listlint.rules.addresses import PythonRule
from listlint.rules.duplicates import UNIT, also, pack, parts_of
from listlint.rules.interface import Key, Meeting, Seen
from listlint.rules.rows import begins, folded, gtins, places, short, values
from listlint.text.fold import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from listlint.batch import Batch
    from listlint.rules.interface import Run


class MixedFamily(PythonRule):
    """A variation family whose members are of other brands or product types."""

    needs: Sequence[str] = ("parent_sku",)

    def keys(self, batch: Batch, run: Run) -> Iterator[Key]:
        """The parent's SKU."""
        parents, skus, brands = (values(batch, f) for f in ("parent_sku", "sku", "brand"))
        types, categories = values(batch, "product_type"), values(batch, "category")
        column = batch.of("parent_sku")[0][0] if batch.has("parent_sku") else None
        for i in begins(batch):
            parent, kind = parents[i], types[i] or categories[i]
            if parent and (brands[i] or kind) and parent != skus[i]:
                key = f"{batch.sheet.number}{UNIT}{short(parent)}"
                yield Key(key, i, column, pack(brands[i], kind, parent), skus[i])

    def conclude(self, key: str, group: Sequence[Seen], run: Run) -> Iterator[Meeting]:
        """Members that are not like most of the family."""
        rows = [_member(s) for s in group]
        brand = _most(r[0] for r in rows)
        kind = _most(r[1] for r in rows)
        for seen, (own_brand, own_kind, shown_brand, shown_kind, parent) in zip(
            group, rows, strict=True
        ):
            if own_brand and brand and own_brand != brand:
                what = Text(
                    f"brand {shown_brand}, most others another",
                    f"品牌为 {shown_brand}，与多数成员不同",
                )
            elif own_kind and kind and not _related(own_kind, kind):
                what = Text(
                    f"product type {shown_kind}, most others another",
                    f"商品类型为 {shown_kind}，与多数成员不同",
                )
            else:
                continue
            yield Meeting(seen, {"value": parent, "detail": what})


def _member(seen: Seen) -> tuple[str, str, str, str, str]:
    brand, kind, parent = parts_of(seen)
    return core(brand), fold(kind).strip(), brand, kind, parent


def _most(names: Iterator[str]) -> str:
    counts = Counter(v for v in names if v)
    return max(counts, key=lambda v: counts[v]) if counts else ""


def _related(a: str, b: str) -> bool:
    return bool(set(a.split()) & set(b.split()))


def _median(values: Sequence[float]) -> float:
    """`statistics.median`; that module takes longer to load than a short file's whole check."""
    ordered, half = sorted(values), len(values) // 2
    return ordered[half] if len(values) % 2 else (ordered[half - 1] + ordered[half]) / 2


_NUMBER = expression(r"-?\d[\d\s.,']*")
FACTOR = 15.0
"""So many times the median, or so small a part of it, is far off."""
FEWEST = 8
"""A product type with fewer prices has no usual price."""


def amount(text: str) -> float | None:
    """A price as people write it: 1,299.00 and 1.299,00 and ￥12; None where there is none, or 0."""
    match = _NUMBER.search(text)
    if not match:
        return None
    digits = re.sub(r"[\s']", "", match[0]).rstrip(".,")
    comma, point = digits.rfind(","), digits.rfind(".")
    if comma > point:
        decimal = len(digits) - comma != 4 or point >= 0
        digits = digits.replace(".", "").replace(",", "." if decimal else "")
    else:
        digits = digits.replace(",", "")
        if digits.count(".") > 1:
            digits = digits.replace(".", "")
    try:
        value = float(digits)
    except ValueError:
        return None
    return value if value > 0 and math.isfinite(value) else None


class PriceOutlier(PythonRule):
    """A price far off those of the same product type, currency and marketplace."""

    needs: Sequence[str] = ("price",)

    def keys(self, batch: Batch, run: Run) -> Iterator[Key]:
        """Product type (else the category), currency, sheet."""
        if not batch.has("price") or not batch.has("product_type", "category"):
            return
        types, categories = folded(batch, "product_type"), folded(batch, "category")
        prices, currencies, skus = (values(batch, f) for f in ("price", "currency", "sku"))
        where = places(batch, run)
        column = batch.of("price")[0][0]
        known: dict[tuple[str, str, str], str] = {}
        for i in begins(batch):
            kind, price = types[i] or categories[i], prices[i]
            if kind and price:
                group = (kind, currencies[i], where[i])
                key = known.get(group)
                if key is None:
                    parts = (str(batch.sheet.number), kind[:120], short(group[1]), group[2])
                    key = known[group] = UNIT.join(parts)
                yield Key(key, i, column, price[:40], skus[i])

    def conclude(self, key: str, group: Sequence[Seen], run: Run) -> Iterator[Meeting]:
        """Rows far off the median, where the rest lie close together."""
        priced = [(s, value) for s in group if (value := amount(s.payload)) is not None]
        if len(priced) < FEWEST:
            return
        logs = [math.log(value) for _, value in priced]
        middle = _median(logs)
        spread = _median([abs(x - middle) for x in logs])
        for (seen, _), x in zip(priced, logs, strict=True):
            if abs(x - middle) > max(math.log(FACTOR), 6 * spread):
                usual = f"{math.exp(middle):.2f}"
                yield Meeting(seen, {"value": seen.payload, "detail": Text(usual, usual)})


_BLOCKED = expression(
    r"\b(?:blocked|banned|suppressed|removed|taken\s+down|suspended|prohibited|policy\s+violation|gesperrt|bloqu[ée]|bloccato|bloqueado)\b|"
    r"违规|封禁|被禁|下架处理|违禁|販売停止|出品禁止",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def _blocked(status: str) -> str:
    return "blocked" if _BLOCKED.search(status) else ""


class BlockedElsewhere(PythonRule):
    """A listing whose sister row says that the product is blocked there.

    A row blocked on one market says nothing of another; where no market is known, all count.
    """

    needs: Sequence[str] = ("status",)

    def keys(self, batch: Batch, run: Run) -> Iterator[Key]:
        """Barcode, else ASIN, else SKU."""
        if not batch.has("status"):
            return
        column = batch.of("status")[0][0]
        status, asins, skus = (values(batch, f) for f in ("status", "asin", "sku"))
        numbers = gtins(batch)
        for i in begins(batch):
            code = next((n for _, column_numbers in numbers if (n := column_numbers[i])), None)
            name = code or asins[i] or skus[i]
            if name:
                where = " ".join(run.marketplaces(batch, i))
                payload = pack(_blocked(status[i]), status[i], where)
                yield Key(tidy(name), i, column, payload, skus[i])

    def conclude(self, key: str, group: Sequence[Seen], run: Run) -> Iterator[Meeting]:
        """Open rows beside a blocked one of the same market."""
        rows = [parts_of(s) for s in group]
        stopped = [
            (s, _stopped_in(r, run)) for s, r in zip(group, rows, strict=True) if r[0]
        ]  # fmt: skip
        for seen, (blocked, status, where) in zip(group, rows, strict=True):
            here = _laws(where, run)
            other = next((s for s, there in stopped if not (there and here) or there & here), None)
            if not blocked and other is not None:
                yield Meeting(seen, {"value": status, "detail": also(other)})


def _stopped_in(row: Sequence[str], run: Run) -> frozenset[str]:
    """Where a row says that the product is blocked: the countries it names, else its markets'."""
    _, status, where = row
    return countries_in(status) or _laws(where, run)


def _laws(where: str, run: Run) -> frozenset[str]:
    """The countries of marketplaces, by their ids; empty where none is known."""
    laws = (run.jurisdictions.get(m, frozenset()) for m in where.split())
    return frozenset(j for law in laws for j in law if j != "EU")
