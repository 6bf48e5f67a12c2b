"""Who and where the seller of a listing is: country, address and the like, read from a row once.

Shared by the seller rules; it judges nothing.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from listlint.identifiers.table import read_csv, tidy
from listlint.identifiers.tax import EU
from listlint.later import expression
from listlint.slotted import slotted

if TYPE_CHECKING:
    from listlint.batch import Batch
    from listlint.rules.interface import Run

ADDRESS_FIELDS = (
    "seller_address",
    "seller_city",
    "seller_state",
    "seller_postal_code",
    "seller_country",
)
SELLER_FIELDS = (
    "seller_name", "trade_name", *ADDRESS_FIELDS, "seller_phone", "seller_email", "seller_website",
    "vat_number", "ein", "uscc", "eori", "iban", "bank_account_holder",
)  # fmt: skip


@cache
def _countries() -> dict[str, str]:
    found: dict[str, str] = {}
    for row in read_csv("seller", "countries.csv"):
        for name in (row["code"], *row["names"].split("|")):
            found.setdefault(_flat(name), row["code"])
    return found


def _flat(name: str) -> str:
    return "".join(c for c in tidy(name) if c.isalnum())


@lru_cache(maxsize=4096)
def country_code(name: str) -> str:
    """ISO 3166-1 code of a country named in any of seven languages; "" for none."""
    return _countries().get(_flat(name), "")


@slotted(frozen=True, slots=True)
class Address:
    """A postal address as its row gives it; `country` is an ISO code or ""."""

    street: str
    city: str
    state: str
    postal_code: str
    country: str
    country_as_written: str

    @property
    def text(self) -> str:
        """Everything of it in one line."""
        parts = (self.street, self.city, self.state, self.postal_code, self.country_as_written)
        return ", ".join(p for p in parts if p)

    @property
    def empty(self) -> bool:
        """Whether nothing but perhaps a country is there."""
        return not (self.street or self.city or self.state or self.postal_code)


_LAST_PART = expression(r"[,，\n]\s*([^,，\n]+?)\s*\.?\s*$")


@lru_cache(maxsize=16384)
def trailing_country(text: str) -> str:
    """The country that a one-line address ends with, or begins with in Chinese; "" for none.

    Two letters alone count only after a comma and where they are no US state: "CA" is California.
    """
    match = _LAST_PART.search(text)
    last = match[1] if match else ""
    if len(last) > 2 and (code := country_code(last)):
        return code
    if len(last) == 2 and last.isupper() and last not in _US_STATES:
        return country_code(last)
    start = re.match(r"\s*(中华人民共和国|中国香港|中国台湾|中国|香港|日本国?|대한민국)", text)
    return country_code(start[1]) if start else ""


_US_STATES = frozenset({
    "AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "FL", "GA", "HI", "ID", "IL", "IN", "IA",
    "KS", "KY", "LA", "ME", "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ",
    "NM", "NY", "NC", "ND", "OH", "OK", "OR", "PA", "RI", "SC", "SD", "TN", "TX", "UT", "VT",
    "VA", "WA", "WV", "WI", "WY", "DC", "PR",
})  # fmt: skip


def address_of(batch: Batch, i: int) -> Address:
    """The seller's address of listing `i`."""
    street = ", ".join(v.strip() for v in batch.all("seller_address", i))
    written = batch.get("seller_country", i)
    country = country_code(written) if written else trailing_country(street)
    return Address(
        street,
        batch.get("seller_city", i),
        batch.get("seller_state", i),
        batch.get("seller_postal_code", i),
        country,
        written,
    )


def seller_country(batch: Batch, i: int, run: Run) -> str:
    """The country of the seller: the row's, else that of the one seller of the registers."""
    country = address_of(batch, i).country
    if country or len(run.registers.sellers) != 1:
        return country
    return country_code(run.registers.sellers[0].get("seller_country"))


def law_of(country: str) -> frozenset[str]:
    """The jurisdictions (as rules name them) that a country (ISO) belongs to; empty for ""."""
    if not country:
        return frozenset()
    code = {"GB": "UK", "PR": "US"}.get(country, country)
    return frozenset({code, "EU"} if code in EU else {code})


def has_seller(batch: Batch, i: int) -> bool:
    """Whether listing `i` says anything of its seller."""
    return any(batch.get(f, i) for f in SELLER_FIELDS)
