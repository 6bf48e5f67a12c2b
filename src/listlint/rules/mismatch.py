"""Parts of one row that speak of different countries or people: phone, tax numbers, bank, EORI."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from listlint.identifiers import checks
from listlint.identifiers.contact import phone_region, same_plan
from listlint.identifiers.table import tidy
from listlint.identifiers.tax import EU, numbers
from listlint.model import Text
from listlint.registers.names import same_firm
from listlint.rules.addresses import PythonRule, whole
from listlint.rules.parties import seller_country

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from listlint.batch import Batch
    from listlint.rules.interface import Hit, RuleMeta, Run


class CountryMismatch(PythonRule):
    """A number of another country than the seller's (option `part`: phone, vat or registration).

    Quiet where mixtures are ordinary: a firm from outside the EU with VAT numbers of EU states and
    the UK, a GB firm with an XI number, a number that does not show its country.
    """

    def __init__(self, meta: RuleMeta, data: Mapping[str, Any]) -> None:
        super().__init__(meta, data)
        self.part = str(self.options["part"])
        self.needs = {
            "phone": ("seller_phone",),
            "vat": ("vat_number",),
            "registration": ("uscc", "eori"),
        }[self.part]

    def check(self, batch: Batch, run: Run) -> Iterator[Hit]:
        """One hit a cell."""
        for column, i, value in batch.filled(*self.needs):
            country = seller_country(batch, i, run)
            if self.part == "registration" and column.field == "eori":
                other = _eori_country(value, country)
            elif not country:
                continue
            elif self.part == "phone":
                other = _phone_country(value.strip(), country)
            elif self.part == "vat":
                other = _vat_country(value, country)
            else:
                other = _uscc_country(value, country)
            if other:
                detail = Text(
                    f"of {other}, while the address is in {country}",
                    f"属于 {other}，而地址在 {country}",
                )
                if column.field == "eori" and other not in EU:
                    detail = Text(
                        f"of {other}, which issues none (only the EU, the UK and Northern Ireland do)",
                        f"以 {other} 开头，但该地不发放 EORI（只有欧盟、英国和北爱尔兰发放）",
                    )
                yield whole(batch, column.field or "", i, detail=detail)


def _phone_country(value: str, country: str) -> str:
    state, region = phone_region(value, country)
    if state == "valid" and region and not same_plan(region, country):
        return region
    return ""


def _vat_country(value: str, country: str) -> str:
    """The country of the VAT numbers, where a firm of `country` would be expected to give its own."""
    found = [n.country for n in numbers(value, country) if n.country and n.problem is None]
    if not found or country not in EU | {"GB"}:
        return ""
    own = {"GB": {"GB", "XI"}, "IE": {"IE"}}.get(country, {country})
    return "" if own.intersection(found) else found[0]


def _uscc_country(value: str, country: str) -> str:
    at_home = country in ("CN", "HK", "MO", "TW")
    return "" if at_home or checks.by_stdnum("cn.uscc", tidy(value)) else "CN"


def _eori_country(value: str, country: str) -> str:
    """The country of an EORI that the seller can't have it from; anybody may hold one of any state."""
    prefix = tidy(value).removeprefix("EORI").strip(" :")[:2]
    if not prefix.isalpha() or prefix in ("GB", "XI"):
        return ""
    if prefix not in EU:
        return prefix
    return prefix if country in EU and prefix != country else ""


_BANK_FAMILY = {
    "GG": "GB", "JE": "GB", "IM": "GB", "GP": "FR", "MQ": "FR", "RE": "FR", "GF": "FR", "MC": "FR",
    "SM": "IT",
}  # fmt: skip
"""Country of a bank code or account → the country whose banks serve it."""


class BankMismatch(PythonRule):
    """A bank code of another country than the account, or an account in somebody else's name."""

    needs: Sequence[str] = ("bic", "bank_account_holder")

    def check(self, batch: Batch, run: Run) -> Iterator[Hit]:
        """One hit a cell."""
        for _, i, value in batch.filled("bic"):
            iban = tidy(batch.get("iban", i)).replace(" ", "")[:2]
            bank = tidy(value).replace(" ", "")[4:6]
            if (
                iban.isalpha()
                and len(iban) == 2
                and bank.isalpha()
                and len(bank) == 2
                and _BANK_FAMILY.get(iban, iban) != _BANK_FAMILY.get(bank, bank)
            ):
                detail = Text(
                    f"the bank code is of {bank}, the account of {iban}",
                    f"银行代码属于 {bank}，账户属于 {iban}",
                )
                yield whole(batch, "bic", i, detail=detail)
        for _, i, value in batch.filled("bank_account_holder"):
            names = [n for f in ("seller_name", "trade_name") if (n := batch.get(f, i))]
            names = names or list(run.registers.seller_names())
            if names and all(same_firm(value, n) is False for n in names):
                detail = Text(
                    f"the account is in the name of {value.strip()}, the seller is {names[0]}",
                    f"账户户名为 {value.strip()}，卖家为 {names[0]}",
                )
                yield whole(batch, "bank_account_holder", i, detail=detail)
