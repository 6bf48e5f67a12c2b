"""Sellers across rows: one with two identities, two that share what only one should have."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from listlint.identifiers.contact import phone_region
from listlint.identifiers.table import tidy
from listlint.later import expression
from listlint.model import Text
from listlint.registers.names import core, same_firm
from listlint.rules.addresses import PythonRule
from listlint.rules.duplicates import MANY, pack, parts_of
from listlint.rules.interface import Key, Meeting, Seen
from listlint.rules.parties import address_of, seller_country
from listlint.rules.rows import begins, values
from listlint.text.fold import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from listlint.batch import Batch
    from listlint.rules.interface import Run


def _flat(text: str) -> str:
    return "".join(c for c in fold(text) if c.isalnum())


_ROAD = expression(
    r"\b(street|st|road|rd|avenue|ave|strasse|straße|str|suite|ste|unit|floor|room|building|no|nr|number)\b"
)


def _address(text: str) -> str:
    """An address for comparing: "St." and "Street", "Ste 4" and "Suite 4" are one."""
    short = {
        "street": "st",
        "road": "rd",
        "avenue": "ave",
        "strasse": "str",
        "straße": "str",
        "suite": "ste",
        "number": "no",
        "nr": "no",
    }
    words = _ROAD.sub(lambda m: short.get(m[0], m[0]), fold(text))
    words = re.sub(r"(?<=[a-z])(?:strasse|straße|str)\b", "str", words)
    return "".join(c for c in words if c.isalnum())


class OneSeller(PythonRule):
    """One seller id (or, without ids, one legal name) with two names or two addresses."""

    needs: Sequence[str] = ("seller_id", "seller_name")

    def keys(self, batch: Batch, run: Run) -> Iterator[Key]:
        """The seller's id, else the legal name."""
        if not batch.has("seller_id", "seller_name"):
            return
        for i in begins(batch):
            identity, name = batch.get("seller_id", i), batch.get("seller_name", i)
            address = address_of(batch, i)
            where = _address(address.text) if address.street else ""
            if not (name or where):
                continue
            if identity:
                column = batch.of("seller_id")[0][0]
                yield Key(
                    pack("id", tidy(identity)),
                    i,
                    column,
                    pack(name, where, identity),
                    batch.get("sku", i),
                )
            elif name and where:
                column = batch.of("seller_name")[0][0]
                yield Key(
                    pack("name", core(name)),
                    i,
                    column,
                    pack(name, where, name),
                    batch.get("sku", i),
                )

    def conclude(self, key: str, group: Sequence[Seen], run: Run) -> Iterator[Meeting]:
        """The first row with each name or address that is not the first one's."""
        told: set[str] = set()
        for seen in group[1:]:
            if seen.payload in told or seen.payload == group[0].payload:
                continue
            told.add(seen.payload)
            first_name, first_where, _ = parts_of(group[0])
            name, where, shown = parts_of(seen)
            if name and first_name and same_firm(name, first_name) is False:
                what = Text("another name", "不同的名称")
            elif where and first_where and not _same_place(where, first_where):
                what = Text("another address", "不同的地址")
            else:
                continue
            yield Meeting(
                seen,
                {
                    "value": shown,
                    "detail": Text(
                        f"{what.en} than {group[0].where}", f"与 {group[0].where} 有{what.zh}"
                    ),
                },
            )


def _same_place(a: str, b: str) -> bool:
    if a in b or b in a:
        return True
    from rapidfuzz import fuzz

    return fuzz.ratio(a, b) >= 90


_SHARED = {
    "iban": Text("bank account", "银行账户"),
    "seller_phone": Text("phone number", "电话"),
    "vat_number": Text("tax number", "税号"),
    "ein": Text("tax number", "税号"),
    "uscc": Text("统一社会信用代码 (company number)", "统一社会信用代码"),
    "company_number": Text("company number", "公司注册号"),
    "seller_email": Text("e-mail address", "电子邮箱"),
    "seller_address": Text("address", "地址"),
}


class RelatedAccounts(PythonRule):
    """Two sellers that share a bank account, phone, tax number, e-mail or address."""

    needs: Sequence[str] = ("seller_id", "seller_name")

    def keys(self, batch: Batch, run: Run) -> Iterator[Key]:
        """Each thing that belongs to one seller only."""
        if not batch.has("seller_id", "seller_name"):
            return
        rows = set(begins(batch))
        for field in _SHARED:
            for column, i, value in batch.filled(field):
                if i not in rows:
                    continue
                who = batch.get("seller_name", i)
                identity = batch.get("seller_id", i)
                plain = self._plain(field, value, batch, i, run)
                if plain and (who or identity):
                    yield Key(
                        pack(field, plain),
                        i,
                        column,
                        pack(identity, who, value.strip()),
                        batch.get("sku", i),
                    )

    @staticmethod
    def _plain(field: str, value: str, batch: Batch, i: int, run: Run) -> str:
        if field == "seller_address":
            address = address_of(batch, i)
            text = _address(address.text)
            return text if len(text) >= 15 and any(c.isdigit() for c in text) else ""
        if field == "seller_phone":
            digits = re.sub(r"\D", "", value)
            state, region = phone_region(value.strip(), seller_country(batch, i, run))
            if state == "impossible" or len(set(digits[-7:])) < 3:
                return ""
            return f"{region}{digits[-9:]}"
        text = _flat(value)
        return text if len(text) >= 7 and len(set(text)) >= 4 else ""

    def conclude(self, key: str, group: Sequence[Seen], run: Run) -> Iterator[Meeting]:
        """The first row of each further seller."""
        field = key.split("\x1e")[0]
        sellers: list[Seen] = []
        for seen in group:
            other = next((s for s in sellers if self._same(s, seen)), None)
            if other is not None:
                continue
            if sellers:
                what = _SHARED[field]
                first = sellers[0]
                who = parts_of(first)[1] or parts_of(first)[0]
                yield Meeting(
                    seen,
                    {
                        "value": parts_of(seen)[2],
                        "detail": Text(
                            f"the same {what.en} as {who} ({first.where})",
                            f"与 {who} 使用同一{what.zh}（{first.where}）",
                        ),
                    },
                )
            if len(sellers) < MANY:
                sellers.append(seen)

    @staticmethod
    def _same(a: Seen, b: Seen) -> bool:
        one, two = parts_of(a), parts_of(b)
        if one[0] and two[0]:
            return one[0] == two[0]
        # Names in two scripts may be of one firm.
        return same_firm(one[1], two[1]) is not False


class BrandSpelling(PythonRule):
    """One brand written in several ways ("AcmeTools", "ACME Tools"); told at the rarer ones."""

    needs: Sequence[str] = ("brand",)

    def keys(self, batch: Batch, run: Run) -> Iterator[Key]:
        """The brand's letters and digits; one key a batch and spelling, with how often it stands."""
        brands, skus = values(batch, "brand"), values(batch, "sku")
        column = batch.of("brand")[0][0] if batch.has("brand") else None
        first: dict[str, int] = {}
        counts: Counter[str] = Counter()
        for i in begins(batch):
            if brands[i]:
                first.setdefault(brands[i], i)
                counts[brands[i]] += 1
        for brand, i in first.items():
            plain = _flat(brand)
            if len(plain) >= 3:
                yield Key(plain, i, column, pack(brand, str(counts[brand])), skus[i])

    def conclude(self, key: str, group: Sequence[Seen], run: Run) -> Iterator[Meeting]:
        """The first row of each spelling but the commonest (of equals, the first)."""
        counts: Counter[str] = Counter()
        for seen in group:
            brand, count = parts_of(seen)
            counts[brand] += int(count)
        if len(counts) == 1:
            return
        usual = max(counts, key=lambda spelling: counts[spelling])
        told = {usual}
        for seen in group:
            brand = parts_of(seen)[0]
            if brand not in told:
                told.add(brand)
                yield Meeting(seen, {"value": brand, "detail": Text(usual, usual)})
