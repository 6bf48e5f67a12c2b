"""Seller data in one row: made-up values, throw-away mailboxes, names and legal forms."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from listlint.identifiers.contact import is_disposable
from listlint.identifiers.table import gs1_prefix, read_csv, tidy
from listlint.later import expression
from listlint.model import Text
from listlint.rules.addresses import PythonRule
from listlint.rules.interface import Hit
from listlint.rules.parties import SELLER_FIELDS, country_code, seller_country
from listlint.rules.rows import gtins, values

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from listlint.batch import Batch
    from listlint.rules.interface import Run

_CHECKED = (
    *SELLER_FIELDS, "seller_id", "company_number", "bic", "bank_name", "ioss_number", "responsible_person_name",
    "responsible_person_address", "responsible_person_email", "manufacturer", "manufacturer_address",
    "manufacturer_email",
)  # fmt: skip
_LIKE = {
    "responsible_person_email": "seller_email",
    "manufacturer_email": "seller_email",
    "responsible_person_address": "seller_address",
    "manufacturer_address": "seller_address",
    "responsible_person_name": "seller_name",
    "bank_account_holder": "seller_name",
    "manufacturer": "seller_name",
}
# "N/A" is a fair answer to these, and no state is called for in most countries.
_MAY_BE_NONE = frozenset(
    {
        "seller_state", "seller_website", "eori", "ioss_number", "trade_name", "vat_number", "ein", "uscc",
        "company_number",
    }
)  # fmt: skip
_NONE_WORDS = frozenset(
    {
        "N/A", "NA", "N.A.", "NONE", "NULL", "NIL", "NOT APPLICABLE", "-", "--", "KEINE", "AUCUN", "NESSUNO",
        "无", "暂无", "没有", "なし",
    }
)  # fmt: skip


@cache
def _placeholders() -> dict[tuple[str, str], frozenset[str]]:
    found: dict[tuple[str, str], set[str]] = {}
    for row in read_csv("seller", "placeholders.csv"):
        found.setdefault((row["field"], row["how"]), set()).add(_plain(row["value"]))
    return {key: frozenset(values) for key, values in found.items()}


def _plain(text: str) -> str:
    return tidy(text).strip(" .,;") if len(tidy(text)) > 2 else tidy(text)


@lru_cache(maxsize=65536)
def _made_up(field: str, value: str) -> bool:
    """Whether the value was only put there to fill the cell."""
    kind = _LIKE.get(field, field)
    text = _plain(value)
    known = _placeholders()
    if text in known.get(("any", "exact"), ()):
        return True
    if text in known.get((kind, "exact"), ()):
        return True
    if any(_holds(text, part) for part in known.get((kind, "part"), ())):
        return True
    if kind == "seller_email":
        return any(
            text.rpartition("@")[2] == d or text.endswith("." + d)
            for d in known.get((kind, "domain"), ())
        )
    digits = re.sub(r"\D", "", value)
    if (
        digits
        and digits in known.get((kind, "digits"), ())
        and len(digits) >= len(re.sub(r"[\s\W]", "", value)) - 2
    ):
        return True
    if kind in ("seller_phone", "vat_number", "ein", "iban", "uscc", "eori", "company_number"):
        body = digits[-8:]
        return len(digits) >= 7 and len(set(body)) == 1
    letters = re.sub(r"[\W\d_]", "", text)
    return (
        len(letters) >= 3
        and len(set(letters)) == 1
        and letters.isascii()
        and letters not in ("III", "AAA")
    )


def _holds(text: str, part: str) -> bool:
    """`part` as whole words in `text`: "123 MAIN ST" is not in "1123 MAIN STATION"."""
    if not part.isascii():
        return part in text
    return re.search(rf"(?<![A-Z0-9]){re.escape(part)}(?![A-Z0-9])", text) is not None


class Placeholder(PythonRule):
    """A seller field filled with nothing: `N/A`, `test@test.com`, `123456789`, `asdf`."""

    needs: Sequence[str] = _CHECKED

    def check(self, batch: Batch, run: Run) -> Iterator[Hit]:
        """One hit a cell."""
        for column, i, value in batch.filled(*self.needs):
            field = column.field or ""
            if field in _MAY_BE_NONE and tidy(value) in _NONE_WORDS:
                continue
            if field == "manufacturer" and not batch.get("manufacturer_address", i):
                continue  # generic goods have none to name; only a maker's record must
            if _made_up(field, value.strip()):
                text = value.strip()
                start = len(value) - len(value.lstrip())
                yield Hit(
                    i, column, field, text, (start, start + len(text)), params={"value": text}
                )


class DisposableEmail(PythonRule):
    """A mailbox of a throw-away mail service."""

    needs: Sequence[str] = ("seller_email", "responsible_person_email", "manufacturer_email")

    def check(self, batch: Batch, run: Run) -> Iterator[Hit]:
        """One hit an address, at its domain."""
        for column, i, value in batch.filled(*self.needs):
            for match in re.finditer(r"[^\s;,<>]+@([^\s;,<>]+)", value):
                if is_disposable(match[0]):
                    yield Hit(
                        i, column, column.field, match[1], match.span(1), params={"value": match[0]}
                    )


# --- legal forms ---------------------------------------------------------------------------------


@cache
def _forms() -> list[tuple[re.Pattern[str], str, frozenset[str]]]:
    """(pattern at the end of a name, form, countries), longest first."""
    rows = sorted(read_csv("seller", "legal_suffixes.csv"), key=lambda r: -len(r["suffix"]))
    found = []
    for row in rows:
        if not row["countries"].strip():
            continue
        word = row["suffix"]
        if word.isascii() or re.search(r"[A-Za-zÀ-ÿŁł]", word):
            body = r"[\s.]*".join(re.escape(c) for c in word if c not in " .")
            # Capital forms of two letters are matched as written: "SA", not "Casa sa".
            flags = 0 if len(word.replace(".", "")) <= 2 else re.IGNORECASE
            pattern = re.compile(rf"(?:^|[\s,(])({body})[\s.)]*$", flags)
        else:
            pattern = re.compile(rf"^\s*({re.escape(word)})|({re.escape(word)})\s*$")
        found.append((pattern, word, frozenset(row["countries"].split())))
    return found


@lru_cache(maxsize=65536)
def legal_form(name: str) -> tuple[str, tuple[int, int], frozenset[str]] | None:
    """(form as written, span, countries it exists in) at the end of a firm's name."""
    for pattern, _, countries in _forms():
        match = pattern.search(name)
        if match:
            group = 1 if match[1] is not None else 2
            return match[group], match.span(group), countries
    return None


_HOME = {"PR": "US", "GG": "GB", "JE": "GB", "IM": "GB", "RE": "FR", "GP": "FR", "MQ": "FR"}
"""Territory → the country whose company law is usual there."""


class LegalSuffix(PythonRule):
    """A legal form that does not exist in the seller's country (a GmbH in China)."""

    needs: Sequence[str] = ("seller_name",)

    def check(self, batch: Batch, run: Run) -> Iterator[Hit]:
        """One hit a name, at the form."""
        for column, i, value in batch.filled(*self.needs):
            country = seller_country(batch, i, run)
            found = legal_form(value) if country else None
            if not found:
                continue
            form, span, countries = found
            home = _HOME.get(country, country)
            if country not in countries and home not in countries:
                where = Text(country, country)
                yield Hit(
                    i,
                    column,
                    column.field,
                    form,
                    span,
                    params={"detail": where, "value": value.strip()},
                )


# --- names, origin ---------------------------------------------------------------------------------

_MARKETPLACE = expression(
    r"(?<![a-z])(amazon|e-?bay|walmart|etsy|shopify|aliexpress|alibaba|temu|shein|tiktok|lazada|shopee|rakuten|mercari|wayfair|taobao|tmall|"
    r"pinduoduo|zalando|cdiscount|allegro|kaufland)(?![a-z])|亚马逊|淘宝|天猫|京东|拼多多|楽天",
    re.IGNORECASE,
)


class TradeName(PythonRule):
    """A shop or seller name that holds a marketplace's name."""

    needs: Sequence[str] = ("trade_name", "seller_name")

    def check(self, batch: Batch, run: Run) -> Iterator[Hit]:
        """One hit a name, at the marketplace's name."""
        for column, i, value in batch.filled(*self.needs):
            match = _MARKETPLACE.search(value)
            if match:
                yield Hit(
                    i, column, column.field, match[0], match.span(), params={"value": value.strip()}
                )


class OriginPrefix(PythonRule):
    """A barcode whose prefix was issued in another country than the stated origin.

    The prefix says where the number was bought, not where the thing was made; only a hint.
    """

    needs: Sequence[str] = ("gtin",)

    def check(self, batch: Batch, run: Run) -> Iterator[Hit]:
        """One hit a cell; only where the prefix is China's, whose numbers say most about an origin."""
        if not batch.has("country_of_origin"):
            return
        origins = values(batch, "country_of_origin")
        for (column, cells), (_, numbers) in zip(batch.of("gtin"), gtins(batch), strict=True):
            for i, digits in enumerate(numbers):
                if digits is None or digits[:3] != "069":
                    continue
                origin = country_code(origins[i])
                prefix = gs1_prefix(digits[1:]) if origin else None
                if prefix is None or prefix.country != "CN" or origin in ("CN", "HK", "TW", "MO"):
                    continue
                detail = Text(
                    f"the prefix was issued in {prefix.country}, the stated origin is {origin}",
                    f"前缀由 {prefix.country} 发放，而填写的原产地是 {origin}",
                )
                value = cells[i].strip()
                params: dict[str, str | Text] = {"detail": detail, "value": value}
                yield Hit(i, column, column.field, value, params=params)
