"""Postal addresses: parts missing, parts that contradict each other, mailboxes instead of offices."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from listlint.identifiers.table import read_csv, tidy
from listlint.model import Text
from listlint.rules.identifier import NOT_GIVEN
from listlint.rules.interface import Hit
from listlint.rules.parties import address_of, country_code, trailing_country
from listlint.rules.postal import one_line, postal_fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from listlint.batch import Batch, Column
    from listlint.rules.interface import RuleMeta, Run


class PythonRule:
    """What all rules written in Python share."""

    needs: Sequence[str] = ()

    def __init__(self, meta: RuleMeta, data: Mapping[str, Any]) -> None:
        self.meta = meta
        self.options: Mapping[str, Any] = data.get("options", {})


def column_of(batch: Batch, field: str, i: int) -> Column | None:
    """The column of `field` that is filled in listing `i`, else its first column, else None."""
    columns = batch.of(field)
    for column, values in columns:
        if values[i].strip():
            return column
    return columns[0][0] if columns else None


def whole(batch: Batch, field: str, i: int, **params: str | Text) -> Hit:
    """A hit on the whole value of `field`."""
    column = column_of(batch, field, i)
    if column is None:
        return Hit(i, None, field, params=params)
    cell = batch.values[batch.sheet.columns.index(column)][i]
    text = cell.strip()
    start = len(cell) - len(cell.lstrip())
    return Hit(
        i,
        column,
        field,
        text or None,
        (start, start + len(text)) if text else None,
        params={"value": text, **params},
    )


class PostalMismatch(PythonRule):
    """A postal code that is none of its country, state or city; addresses in one line count too."""

    needs: Sequence[str] = (
        "seller_postal_code", "seller_address", "responsible_person_address", "manufacturer_address",
    )  # fmt: skip

    def check(self, batch: Batch, run: Run) -> Iterator[Hit]:
        """One hit an address."""
        for _, i, _ in batch.filled("seller_postal_code"):
            fault = postal_fault(address_of(batch, i))
            if fault:
                yield whole(batch, fault[0], i, detail=fault[1])
        for column, i, value in batch.filled(*self.needs[1:]):
            if column.field == "seller_address" and batch.get("seller_postal_code", i):
                continue
            address = one_line(value)
            fault = postal_fault(address) if address else None
            if fault:
                yield whole(batch, column.field or "", i, detail=fault[1])


class UnknownCountry(PythonRule):
    """A country that does not exist."""

    needs: Sequence[str] = ("seller_country", "country_of_origin")

    def check(self, batch: Batch, run: Run) -> Iterator[Hit]:
        """One hit a cell."""
        for column, i, value in batch.filled(*self.needs):
            text = value.strip()
            if (
                tidy(text) not in NOT_GIVEN
                and not country_code(text)
                and not re.search(r"[;,/|、]| and ", text)
            ):
                yield whole(batch, column.field or "", i)


@cache
def _address_words(kind: str) -> list[tuple[re.Pattern[str], str]]:
    rows = [r for r in read_csv("seller", "address_words.csv") if r["kind"] == kind]
    return [(re.compile(r["pattern"], re.IGNORECASE), r["lang"]) for r in rows]


class AddressWords(PythonRule):
    """Words in an address that mean a mailbox (option `kind` = "po-box") or an address that is
    only rented for its name (`kind` = "virtual")."""

    needs: Sequence[str] = ("seller_address", "responsible_person_address", "manufacturer_address")

    def check(self, batch: Batch, run: Run) -> Iterator[Hit]:
        """One hit a cell, at the words."""
        words = _address_words(str(self.options["kind"]))
        fields = (*self.needs, "seller_city")
        for column, i, value in batch.filled(*fields):
            for pattern, lang in words:
                if (
                    lang == "fr"
                    and pattern.pattern.startswith(r"\bb")
                    and not _french(batch, i, value)
                ):
                    continue
                match = pattern.search(value)
                if match and match[0].strip():
                    start = match.start() + len(match[0]) - len(match[0].lstrip(" ,;("))
                    yield Hit(
                        i,
                        column,
                        column.field,
                        value[start : match.end()].rstrip(),
                        (start, start + len(value[start : match.end()].rstrip())),
                    )
                    break


def _french(batch: Batch, i: int, value: str) -> bool:
    """BP 123 is a mailbox in French-speaking countries only."""
    country = address_of(batch, i).country or trailing_country(value)
    return not country or country in _FRENCH


_FRENCH = frozenset({
    "FR", "BE", "LU", "CH", "MC", "MA", "TN", "DZ", "SN", "CI", "CM", "GP", "MQ", "RE", "GF",
})  # fmt: skip
