"""The catalogue as a whole: families that mix products, prices far off, listings blocked elsewhere."""

from __future__ import annotations

import math
import re
from collections import Counter
from statistics import median
from typing import TYPE_CHECKING

from listlint.identifiers.gtin import gtin14
from listlint.identifiers.table import tidy
from listlint.model import Text
from listlint.registers.names import core
from listlint.rules.addresses import PythonRule
from listlint.rules.duplicates import also, continues, pack, parts_of
from listlint.rules.interface import Key, Meeting, Seen
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
        for column, i, value in batch.filled("parent_sku"):
            brand = batch.get("brand", i)
            kind = batch.get("product_type", i) or batch.get("category", i)
            if (
                not continues(batch, i)
                and (brand or kind)
                and tidy(value) != tidy(batch.get("sku", i))
            ):
                payload = pack(core(brand), fold(kind).strip(), brand, kind, value.strip())
                yield Key(
                    f"{batch.sheet.number} {tidy(value)}", i, column, payload, batch.get("sku", i)
                )

    def conclude(self, key: str, group: Sequence[Seen], run: Run) -> Iterator[Meeting]:
        """Members that are not like most of the family."""
        rows = [parts_of(s) for s in group]
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


def _most(values: Iterator[str]) -> str:
    counts = Counter(v for v in values if v)
    return max(counts, key=lambda v: counts[v]) if counts else ""


def _related(a: str, b: str) -> bool:
    return bool(set(a.split()) & set(b.split()))


_NUMBER = re.compile(r"-?\d[\d\s.,']*")
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
        for column, i, value in batch.filled("price"):
            kind = fold(batch.get("product_type", i) or batch.get("category", i)).strip()
            if kind and not continues(batch, i) and amount(value) is not None:
                key = pack(
                    str(batch.sheet.number),
                    kind,
                    tidy(batch.get("currency", i)),
                    tidy(batch.get("marketplace", i)),
                )
                yield Key(key, i, column, value.strip()[:40], batch.get("sku", i))

    def conclude(self, key: str, group: Sequence[Seen], run: Run) -> Iterator[Meeting]:
        """Rows far off the median, where the rest lie close together."""
        if len(group) < FEWEST:
            return
        logs = [math.log(amount(s.payload) or 1.0) for s in group]
        middle = median(logs)
        spread = median(abs(x - middle) for x in logs)
        for seen, x in zip(group, logs, strict=True):
            if abs(x - middle) > max(math.log(FACTOR), 6 * spread):
                usual = f"{math.exp(middle):.2f}"
                yield Meeting(seen, {"value": seen.payload, "detail": Text(usual, usual)})


_BLOCKED = re.compile(
    r"\b(?:blocked|banned|suppressed|removed|taken\s+down|suspended|prohibited|policy\s+violation|gesperrt|bloqu[ée]|bloccato|bloqueado)\b|"
    r"违规|封禁|被禁|下架处理|违禁|販売停止|出品禁止",
    re.IGNORECASE,
)


class BlockedElsewhere(PythonRule):
    """A listing whose sister row says that the product is blocked."""

    needs: Sequence[str] = ("status",)

    def keys(self, batch: Batch, run: Run) -> Iterator[Key]:
        """Barcode, else ASIN, else SKU."""
        for i in range(len(batch)):
            if continues(batch, i) or not batch.has("status"):
                continue
            name = (
                next((gtin14(g) for g in batch.all("gtin", i) if gtin14(g)), None)
                or batch.get("asin", i)
                or batch.get("sku", i)
            )
            if not name:
                continue
            status = " ".join([*batch.all("status", i), *batch.all("condition_note", i)])
            blocked = "blocked" if _BLOCKED.search(status) else ""
            where = " ".join(run.marketplaces(batch, i)) or batch.get("marketplace", i)
            yield Key(
                tidy(name),
                i,
                batch.of("status")[0][0],
                pack(blocked, where, batch.get("status", i)),
                batch.get("sku", i),
            )

    def conclude(self, key: str, group: Sequence[Seen], run: Run) -> Iterator[Meeting]:
        """Open rows beside a blocked one."""
        rows = [parts_of(s) for s in group]
        stopped = next(((s, r) for s, r in zip(group, rows, strict=True) if r[0]), None)
        if stopped is None:
            return
        for seen, (blocked, _, status) in zip(group, rows, strict=True):
            if not blocked:
                yield Meeting(seen, {"value": status, "detail": also(stopped[0])})
