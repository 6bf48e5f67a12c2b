"""Whole columns at once: what several rules want of every row, worked out once a batch.

Rules run on millions of rows; a list per field is some ten times cheaper than asking row by row.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, cast

from listlint.identifiers.gtin import gtin14s
from listlint.identifiers.table import tidy
from listlint.match.place import BatchText
from listlint.text.fold import fold_cells

if TYPE_CHECKING:
    from listlint.batch import Batch, Column
    from listlint.rules.interface import Run


def values(batch: Batch, name: str) -> list[str]:
    """The first non-blank value of a field for every listing, stripped; "" where there is none."""
    key = f"values:{name}"
    found = batch.extra.get(key)
    if found is None:
        columns = batch.of(name)
        if len(columns) == 1:
            found = [v.strip() for v in columns[0][1]]
        elif columns:
            found = [batch.get(name, i) for i in range(len(batch))]
        else:
            found = [""] * len(batch)
        batch.extra[key] = found
    return cast("list[str]", found)


def folded(batch: Batch, name: str) -> list[str]:
    """`values`, folded for comparing."""
    key = f"folded:{name}"
    found = batch.extra.get(key)
    if found is None:
        found = batch.extra[key] = _folded(batch, name)
    return cast("list[str]", found)


def _folded(batch: Batch, name: str) -> list[str]:
    plain = values(batch, name)
    distinct = set(plain)
    if 4 * len(distinct) < len(plain):
        # Categories and brands come again and again.
        listed = list(distinct)
        known = dict(zip(listed, (v.strip() for v in fold_cells(listed)), strict=True))
        return [known[v] for v in plain]
    columns = batch.of(name)
    if len(columns) == 1:
        # The text as the word rules have folded it.
        position = batch.sheet.columns.index(columns[0][0])
        return [v.strip() for v in BatchText.of(batch).column(position)]
    return [v.strip() for v in fold_cells(plain)]


def gtins(batch: Batch) -> list[tuple[Column, list[str | None]]]:
    """Each barcode column with its valid numbers as fourteen digits, None where there is none."""
    found = batch.extra.get("gtins")
    if found is None:
        found = [(c, gtin14s(cells)) for c, cells in batch.of("gtin")]
        batch.extra["gtins"] = found
    return cast("list[tuple[Column, list[str | None]]]", found)


def places(batch: Batch, run: Run) -> list[str]:
    """Where each listing is listed, as one word: its marketplaces and what its own column says."""
    found = batch.extra.get("places")
    if found is None:
        if batch.has("marketplace") or "marketplaces" in batch.extra:
            own = values(batch, "marketplace")
            found = [" ".join((*run.marketplaces(batch, i), short(m))) for i, m in enumerate(own)]
        else:
            found = [" ".join((*batch.sheet.marketplaces, ""))] * len(batch)
        batch.extra["places"] = found
    return cast("list[str]", found)


@lru_cache(maxsize=65536)
def short(text: str) -> str:
    """`tidy`, remembered: for values that come again and again."""
    return tidy(text)


def begins(batch: Batch) -> list[int]:
    """The listings that begin one, rather than continue the row above."""
    if not batch.inherits:
        return list(range(len(batch)))
    return [i for i, more in enumerate(batch.inherits) if not more]
