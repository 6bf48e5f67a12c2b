"""Records with parts missing: a seller's, a responsible person's, a maker's."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

from listlint.identifiers.table import tidy
from listlint.identifiers.tax import EU, numbers
from listlint.model import Text
from listlint.rules.addresses import PythonRule, column_of, whole
from listlint.rules.identifier import NOT_GIVEN
from listlint.rules.interface import Hit
from listlint.rules.parties import (
    ADDRESS_FIELDS,
    SELLER_FIELDS,
    Address,
    address_of,
    has_seller,
    trailing_country,
)
from listlint.rules.postal import country_rules, place_name, real_country

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from listlint.batch import Batch
    from listlint.rules.interface import Run
    from listlint.rules.postal import Country

_FIELD_NAMES = {
    "seller_name": Text("the legal name", "公司法定名称"),
    "seller_address": Text("the street address", "街道地址"),
    "seller_city": Text("the city", "城市"),
    "seller_state": Text("the state or province", "州或省"),
    "seller_postal_code": Text("the postal code", "邮编"),
    "seller_country": Text("the country", "国家"),
    "seller_phone": Text("the phone number", "电话"),
    "seller_email": Text("the e-mail address", "电子邮箱"),
    "responsible_person_address": Text("the responsible person's address", "责任人地址"),
    "responsible_person_email": Text("the responsible person's e-mail address", "责任人电子邮箱"),
    "manufacturer_address": Text("the manufacturer's address", "制造商地址"),
}
# Who is named → what must be said of him, where the sheet has a column for it.
_PARTIES = {
    "responsible_person_name": ("responsible_person_address", "responsible_person_email"),
    "manufacturer": ("manufacturer_address",),
}


class MissingPart(PythonRule):
    """A seller's record without a part that a marketplace or the post needs.

    What an address must have is decided by its country; the state is asked for where mail needs it
    (US, CA, AU). Name, phone and e-mail are asked for only where the sheet has a column for them.
    """

    needs: Sequence[str] = ADDRESS_FIELDS
    reads: Sequence[str] = SELLER_FIELDS

    def check(self, batch: Batch, run: Run) -> Iterator[Hit]:
        """One hit a missing part."""
        if not batch.has(*SELLER_FIELDS):
            return
        for i in range(len(batch)):
            if not has_seller(batch, i):
                continue
            for field in (*self._missing(batch, i), *self._parties(batch, i, run)):
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
    def _parties(batch: Batch, i: int, run: Run) -> Iterator[str]:
        """Gaps in the responsible person's or the maker's record; in the EU the rules on documents
        speak of them."""
        if any("EU" in run.jurisdictions.get(m, ()) for m in run.marketplaces(batch, i)):
            return
        for name, fields in _PARTIES.items():
            if batch.get(name, i) and tidy(batch.get(name, i)) not in NOT_GIVEN:
                yield from (f for f in fields if batch.has(f) and not batch.get(f, i))

    @staticmethod
    def _is_record(batch: Batch, i: int) -> bool:
        """Whether the row is a seller's record and not a listing that names the seller in passing."""
        return sum(bool(batch.get(f, i)) for f in SELLER_FIELDS) >= 3


def _address_gaps(
    address: Address, city_column: bool, state_column: bool, code_column: bool
) -> Iterator[str]:
    country = real_country(address)
    rules = country_rules(country) if country else None
    places = {place_name(p) for p in (address.city, address.state) if p}
    if not address.street or place_name(address.street) in places:
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


_EEA = EU | {"IS", "LI", "NO"}


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
        if not places:
            # Whose VAT a seller pays shows where it sells.
            taxed = {n.country for n in numbers(batch.get("vat_number", i), "") if n.country}
            if taxed & EU and not taxed & {"GB", "XI"}:
                allowed.discard("GB")
        # Northern Ireland counts for the EU rules as well.
        return frozenset(allowed | ({"GB"} if "EU" in places and "UK" in places else set())) or _EEA
