"""Kind `identifier`: values that are no valid identifier of the kind their column is for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

from listlint import identifiers
from listlint.identifiers.gtin import plainly_good
from listlint.identifiers.table import tidy
from listlint.later import expression
from listlint.model import Edit, Text
from listlint.rules.interface import Hit
from listlint.rules.parties import seller_country
from listlint.rules.rows import gtins

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from listlint.batch import Batch, Column
    from listlint.identifiers import Problem
    from listlint.rules.interface import RuleMeta, Run

# Words for "there is none", which another rule judges where they matter.
NOT_GIVEN = frozenset(
    {
        "N/A", "NA", "NONE", "NULL", "NIL", "NAN", "TBD", "TBA", "-", "--", "/", "\\", ".", "?",
        "X", "XX", "XXX", "NO", "NOT APPLICABLE", "DOES NOT APPLY", "NOT AVAILABLE",
        "NICHT ZUTREFFEND", "GTIN EXEMPT", "EXEMPT", "PENDING", "UNKNOWN", "YES", "TRUE", "FALSE",
        "无", "没有", "暂无", "是", "有", "なし", "無し", "あり", "KEINE", "KEIN", "JA", "NEIN", "AUCUN",
        "OUI", "NON", "NINGUNO", "SI", "SÍ", "NESSUNO",
    }
)  # fmt: skip

_SEVERAL = expression(r"[;|\n；、，]|,(?!\d+E)")
# Fields whose one cell may hold several identifiers.
_LISTS = frozenset(
    {"gtin", "isbn", "asin", "fcc_id", "seller_email", "un_number", "ioss_number", "eori", "iban"}
)
_MEDIA = expression(
    r"\b(?:books?|paperback|hardcover|novels?|textbook|audiobook|e-?book|magazines?|comics?|manga|sheet\s+music|"
    r"songbook|workbook|notebook|journal|planner|diary|calendar|b[üu]ch(?:er)?|roman|zeitschrift|kalender|livres?|revue|"
    r"calendrier|libros?|libri|rivista|atlas|encyclopedia|media|music|dvd|cd|vinyl|software|stationery)\b|书|图书|杂志|教材|本|雑誌|絵本",
    re.IGNORECASE,
)


class IdentifierRule:
    """Each value of `fields` must be a good identifier of one of the rule's kinds.

    `check` of the rule names the parts it reports (`checksum`, `format length` …); without it, all.
    """

    def __init__(self, meta: RuleMeta, data: Mapping[str, Any]) -> None:
        self.meta = meta
        wanted = data["identifier"]
        self.kinds: tuple[str, ...] = (wanted,) if isinstance(wanted, str) else tuple(wanted)
        self.parts = frozenset(str(data.get("check") or "").split())
        self.needs: Sequence[str] = meta.fields
        self._with_country = bool({"vat", "company", "phone_e164"}.intersection(self.kinds))
        self._seen: dict[tuple[str, str, str], Problem | None] = {}

    def check(self, batch: Batch, run: Run) -> Iterator[Hit]:
        """One hit for each bad value; a cell may hold several."""
        for hit, problem in self._all(batch, run):
            if not self.parts or problem.part in self.parts:
                yield hit

    def _all(self, batch: Batch, run: Run) -> list[tuple[Hit, Problem]]:
        """Every bad value, whatever its part: worked out once for all rules of these kinds."""
        key = f"identifier:{self.kinds}:{self.needs}"
        found = batch.extra.get(key)
        if found is None:
            found = batch.extra[key] = list(self._find(batch, run))
        return cast("list[tuple[Hit, Problem]]", found)

    def _find(self, batch: Batch, run: Run) -> Iterator[tuple[Hit, Problem]]:
        year = str(run.as_of.year)
        for column, i, cell in self._cells(batch):
            country = seller_country(batch, i, run) if self._with_country else ""
            for value, start in self._values(column.field or "", cell):
                if tidy(value) in NOT_GIVEN:
                    continue
                media = self._media(batch, i, value)
                problem = self._problem(value, country, media, year)
                if problem is None:
                    continue
                span = (start, start + len(value))
                edit = Edit(span, problem.meant, problem.safe) if problem.meant else None
                params: dict[str, str | Text] = {"detail": problem.detail, "value": value}
                yield Hit(i, column, column.field, value, span, params=params, edit=edit), problem

    def _cells(self, batch: Batch) -> Iterator[tuple[Column, int, str]]:
        """The cells worth a look: all that are filled, save barcodes with nothing against them."""
        if self.kinds != ("gtin",) or tuple(self.needs) != ("gtin",):
            yield from batch.filled(*self.needs)
            return
        for (column, cells), (_, numbers) in zip(batch.of("gtin"), gtins(batch), strict=True):
            for i, (cell, number) in enumerate(zip(cells, numbers, strict=True)):
                if (number is None or not plainly_good(cell)) and cell and not cell.isspace():
                    yield column, i, cell

    def _values(self, field: str, cell: str) -> list[tuple[str, int]]:
        if "vat" in self.kinds:
            from listlint.identifiers.tax import split

            return split(cell)
        if field not in _LISTS or not _SEVERAL.search(cell):
            lead = len(cell) - len(cell.lstrip())
            return [(cell.strip(), lead)]
        found = []
        position = 0
        for part in _SEVERAL.split(cell):
            if part.strip():
                found.append((part.strip(), position + len(part) - len(part.lstrip())))
            position += len(part) + 1
        return found

    def _media(self, batch: Batch, i: int, value: str) -> str:
        """ "no" where the listing's category is known and speaks of nothing printed or recorded."""
        if "gtin" not in self.kinds or not value.startswith(("97", "0097")):
            return ""
        kinds = [*batch.all("category", i), *batch.all("product_type", i)]
        if not kinds:
            return ""
        return "" if _MEDIA.search(" ".join([*kinds, batch.get("title", i)])) else "no"

    def _problem(self, value: str, country: str, media: str, year: str) -> Problem | None:
        known = (value, country, media)
        if known not in self._seen:
            if len(self._seen) > 200_000:
                self._seen.clear()
            hints = {"country": country, "media": media, "year": year}
            problems = [identifiers.check(key, value, hints) for key in self.kinds]
            self._seen[known] = None if None in problems else problems[0]
        return self._seen[known]
