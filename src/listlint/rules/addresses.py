"""Postal addresses: parts missing, parts that contradict each other, mailboxes instead of offices."""

from __future__ import annotations

import itertools
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from listlint.identifiers.table import read_csv, tidy
from listlint.model import Text
from listlint.rules.identifier import NOT_GIVEN
from listlint.rules.interface import Hit
from listlint.rules.parties import (
    ADDRESS_FIELDS,
    SELLER_FIELDS,
    Address,
    address_of,
    country_code,
    has_seller,
    trailing_country,
)
from listlint.rules.postal import country_rules, place_name, postal_fault, real_country

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from listlint.batch import Batch, Column
    from listlint.rules.interface import RuleMeta, Run
    from listlint.rules.postal import Country


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
    """A postal code that is none of its country, state or city."""

    needs: Sequence[str] = ("seller_postal_code",)

    def check(self, batch: Batch, run: Run) -> Iterator[Hit]:
        """One hit a listing."""
        for _, i, _ in batch.filled("seller_postal_code"):
            fault = postal_fault(address_of(batch, i))
            if fault:
                yield whole(batch, fault[0], i, detail=fault[1])


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
    return country in (
        "FR",
        "BE",
        "LU",
        "CH",
        "MC",
        "MA",
        "TN",
        "DZ",
        "SN",
        "CI",
        "CM",
        "GP",
        "MQ",
        "RE",
        "GF",
        "",
    )


_STREET_ONLY_NUMBER = re.compile(r"\d|[一二三四五六七八九十]号|番地|s/?n\b", re.IGNORECASE)
_FIELD_NAMES = {
    "seller_name": Text("the legal name", "公司法定名称"),
    "seller_address": Text("the street address", "街道地址"),
    "seller_city": Text("the city", "城市"),
    "seller_state": Text("the state or province", "州或省"),
    "seller_postal_code": Text("the postal code", "邮编"),
    "seller_country": Text("the country", "国家"),
    "seller_phone": Text("the phone number", "电话"),
    "seller_email": Text("the e-mail address", "电子邮箱"),
}


class MissingPart(PythonRule):
    """A seller's record without a part that a marketplace or the post needs.

    What an address must have is decided by its country; the state is asked for where mail needs it
    (US, CA, AU). Name, phone and e-mail are asked for only where the sheet has a column for them.
    """

    needs: Sequence[str] = ADDRESS_FIELDS

    def check(self, batch: Batch, run: Run) -> Iterator[Hit]:
        """One hit a missing part."""
        if not batch.has(*SELLER_FIELDS):
            return
        for i in range(len(batch)):
            if not has_seller(batch, i):
                continue
            for field in self._missing(batch, i):
                yield Hit(
                    i,
                    column_of(batch, field, i),
                    field,
                    params={"detail": _FIELD_NAMES[field], "value": ""},
                )

    def _missing(self, batch: Batch, i: int) -> Iterator[str]:
        address = address_of(batch, i)
        for field in ("seller_name", "seller_phone", "seller_email"):
            if batch.has(field) and not batch.get(field, i) and self._is_record(batch, i):
                yield field
        if address.empty:
            if batch.has("seller_address") and self._is_record(batch, i):
                yield "seller_address"
            return
        yield from _address_gaps(
            address,
            batch.has("seller_city"),
            batch.has("seller_state"),
            batch.has("seller_postal_code"),
        )
        if not address.country and not address.country_as_written:
            yield "seller_country"

    @staticmethod
    def _is_record(batch: Batch, i: int) -> bool:
        """Whether the row is a seller's record and not a listing that names the seller in passing."""
        return sum(bool(batch.get(f, i)) for f in SELLER_FIELDS) >= 3


def _address_gaps(
    address: Address, city_column: bool, state_column: bool, code_column: bool
) -> Iterator[str]:
    country = real_country(address)
    rules = country_rules(country) if country else None
    if not address.street:
        yield "seller_address"
        return
    one_line = bool(re.search(r"[,，\n]", address.street)) or bool(
        re.search(r"[省市县区都府県]", address.street)
    )
    if (
        not address.city
        and not one_line
        and (rules is None or "city" in rules.required or city_column)
    ) or (not address.city and city_column and not one_line):
        yield "seller_city"
    if rules is None:
        return
    chinese = re.search(r"[\u4e00-\u9fff]", address.street) and country in ("CN", "HK", "TW", "MO")
    if (
        not address.postal_code
        and (code_column or not chinese)
        and rules.postal
        and "postal_code" in rules.required
        and not _code_inside(address.street, rules.postal)
    ):
        yield "seller_postal_code"
    if (
        country in ("US", "CA", "AU")
        and not address.state
        and not _state_inside(address, rules)
        and (state_column or not one_line or country == "US")
    ):
        yield "seller_state"


def _code_inside(text: str, pattern: re.Pattern[str]) -> bool:
    words = tidy(text).replace(",", " ").replace("，", " ").split()
    words = [re.sub(r"^(?:[A-Z]{1,2}-|〒)(?=\d)", "", w) for w in words]
    pairs = [f"{a} {b}" for a, b in itertools.pairwise(words)]
    if any(pattern.match(w) for w in (*words, *pairs)):
        return True
    return any(pattern.match(d) for d in re.findall(r"\d{3}-?\d{4}|\d{5,6}", text))


def _state_inside(address: Address, rules: Country) -> bool:
    words = re.split(r"[\s,]+", f"{address.street}, {address.city}")
    spans = [*words, *(f"{a} {b}" for a, b in itertools.pairwise(words))]
    return any((len(w) > 2 or w.isupper()) and place_name(w) in rules.regions for w in spans if w)


_EEA = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GR",
        "HR",
        "HU",
        "IE",
        "IT",
        "LT",
        "LU",
        "LV",
        "MT",
        "NL",
        "PL",
        "PT",
        "RO",
        "SE",
        "SI",
        "SK",
        "IS",
        "LI",
        "NO",
    ]
)


class ResponsiblePerson(PythonRule):
    """A responsible person for the EU who is given without a full address, or is not in the EU
    (or, on a UK marketplace, not in the UK)."""

    needs: Sequence[str] = ("responsible_person_address", "responsible_person_name")

    def check(self, batch: Batch, run: Run) -> Iterator[Hit]:
        """One hit a listing."""
        for _, i, cell in batch.filled("responsible_person_address"):
            text = cell.strip()
            if tidy(text) in NOT_GIVEN:
                continue
            country = trailing_country(text)
            where = self._where(batch, i, run)
            if country and country not in where:
                detail = Text(f"it is in {country}", f"该地址位于 {country}")
            elif (
                country
                and (rules := country_rules(country))
                and rules.postal
                and not _code_inside(text, rules.postal)
            ):
                detail = Text("it holds no postal code", "地址中没有邮编")
            elif not re.search(r"\d", text) and len(text.split()) < 4:
                detail = Text("it is no full postal address", "不是完整的邮寄地址")
            else:
                continue
            yield whole(batch, "responsible_person_address", i, detail=detail)

    @staticmethod
    def _where(batch: Batch, i: int, run: Run) -> frozenset[str]:
        places = {j for m in run.marketplaces(batch, i) for j in run.jurisdictions.get(m, ())}
        allowed: set[str] = set()
        if "UK" in places or not places:
            allowed.add("GB")
        if "EU" in places or not places:
            allowed |= _EEA
        # Northern Ireland counts for the EU rules as well.
        return frozenset(allowed | ({"GB"} if "EU" in places and "UK" in places else set())) or _EEA
