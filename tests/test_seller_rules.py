"""Seller rules: honest records of many countries stay quiet, bad ones are found; rows that meet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import pytest

from listlint.batch import Batch, Column, Sheet
from listlint.model import Area, Confidence, Severity, Text
from listlint.registers import Registers
from listlint.rules import IMPLEMENTATIONS
from listlint.rules.catalogue import amount
from listlint.rules.interface import RuleMeta, Run, Seen

Row = dict[str, str]
RUN = Run(date(2026, 11, 23), Registers(), {"amazon.de": frozenset({"DE", "EU"})})
EMPTY = Text("", "")

CHECKS: dict[str, tuple[str, dict[str, Any], tuple[str, ...]]] = {
    "vat": ("identifier", {"identifier": "vat"}, ("vat_number",)),
    "ein": ("identifier", {"identifier": "ein"}, ("ein",)),
    "uscc": ("identifier", {"identifier": "uscc"}, ("uscc",)),
    "eori": ("identifier", {"identifier": ["eori_eu", "eori_gb"]}, ("eori",)),
    "iban": ("identifier", {"identifier": "iban"}, ("iban",)),
    "phone": ("identifier", {"identifier": "phone_e164"}, ("seller_phone",)),
    "email": ("identifier", {"identifier": "email"}, ("seller_email",)),
    "placeholder": ("placeholder", {}, ()),
    "disposable": ("disposable-email", {}, ()),
    "postal": ("postal-mismatch", {}, ()),
    "po-box": ("address-words", {"options": {"kind": "po-box"}}, ()),
    "virtual": ("address-words", {"options": {"kind": "virtual"}}, ()),
    "missing": ("missing-part", {}, ()),
    "country": ("unknown-country", {}, ()),
    "suffix": ("legal-suffix", {}, ()),
    "phone-country": ("country-mismatch", {"options": {"part": "phone"}}, ()),
    "vat-country": ("country-mismatch", {"options": {"part": "vat"}}, ()),
    "registration": ("country-mismatch", {"options": {"part": "registration"}}, ()),
    "bank": ("bank-mismatch", {}, ()),
}


def meta_of(fields: Iterable[str] = ()) -> RuleMeta:
    return RuleMeta(
        "SEL000", "test", Area.SELLER, "python", Severity.ERROR, Confidence.HIGH, EMPTY, EMPTY, EMPTY, (), "test",
        fields=tuple(fields),
    )  # fmt: skip


def batch_of(rows: list[Row], number: int = 0, first: int = 2) -> Batch:
    fields = list(dict.fromkeys(name for row in rows for name in row))
    columns = tuple(Column(k, name, name) for k, name in enumerate(fields))
    values = [[row.get(name, "") for row in rows] for name in fields]
    return Batch(
        Sheet("t.csv", None, "generic", columns, (), number),
        range(first, first + len(rows)),
        values,
    )


RULES: dict[str, Any] = {
    name: IMPLEMENTATIONS[how](meta_of(fields), data)
    for name, (how, data, fields) in CHECKS.items()
}


def said(row: Row) -> set[str]:
    batch = batch_of([row])
    return {name for name, rule in RULES.items() if list(rule.check(batch, RUN))}


def seller(**fields: str) -> Row:
    return {
        f"seller_{k}" if k not in ("vat_number", "uscc", "ein", "iban", "eori", "bic") else k: v
        for k, v in fields.items()
    }


HONEST = [
    seller(name="深圳市华科电子有限公司", address="南山区科技园北区12号楼501室", city="深圳市", state="广东省", postal_code="518057", country="CN", phone="0755-86123456", email="contact@huake-tech.com", vat_number="DE136695976; GB980780684", uscc="91110000600037341L", iban="DE89370400440532013000"),
    seller(name="Shenzhen Huake Electronics Co., Ltd.", address="Room 501, Building 12, Keji Road North", city="Shenzhen", state="Guangdong", postal_code="518057", country="China", phone="+86 755 8612 3456", email="sales@huake-tech.com", vat_number="DE136695976"),
    seller(name="义乌市优品贸易有限公司", address="江东街道宗泽北路500号", city="义乌", state="浙江", postal_code="322000", country="中国", phone="13957912345", email="yw@youpin-trade.cn"),
    seller(name="Bergmann Werkzeuge GmbH", address="Lindenstraße 14", city="Berlin", postal_code="10969", country="DE", phone="030 25991234", email="info@bergmann-werkzeuge.de", vat_number="DE136695976", iban="DE89370400440532013000"),
    seller(name="Caribe Home Goods LLC", address="1250 Ave Ponce de León, Suite 300", city="San Juan", state="PR", postal_code="00907", country="US", phone="787-764-0000", email="hola@caribehome.com", ein="66-1234567"),
    seller(name="Caribe Home Goods LLC", address="1250 Ave Ponce de León", city="San Juan", postal_code="00907", country="PR", phone="787-764-0000", email="hola@caribehome.com"),
    seller(name="Lagan Linen Ltd", address="14 Linenhall Street", city="Belfast", postal_code="BT2 8BG", country="GB", phone="028 9024 1234", email="hello@laganlinen.co.uk", vat_number="XI980780684", eori="XI123456789000"),
    seller(name="Maison Verte SARL", address="12 rue des Lilas", city="Lyon", postal_code="69003", country="France", phone="04 78 12 34 56", email="contact@maisonverte.fr", vat_number="FR61954506077"),
    seller(name="Rossi Casa S.r.l.", address="Via Garibaldi 22", city="Milano", state="MI", postal_code="20121", country="IT", phone="02 7200 1234", email="info@rossicasa.it", vat_number="IT00743110157"),
    seller(name="Vega Hogar S.L.", address="Calle Mayor 5, 2ºB", city="Madrid", state="Madrid", postal_code="28013", country="España", phone="91 521 12 34", email="info@vegahogar.es"),
    seller(name="Mueller Trading", address="1600 Amphitheatre Pkwy", city="Mountain View", state="California", postal_code="94043", country="United States", phone="(650) 253-0000", email="x@muellertrading.com", ein="91-1144442"),
    seller(name="株式会社さくら商会", address="神宮前1-5-8", city="渋谷区", state="東京都", postal_code="150-0001", country="日本", phone="03-3470-1234", email="info@sakura-shokai.co.jp", vat_number="T5835678256246"),
    seller(name="Polskie Meble Sp. z o.o.", address="ul. Marszałkowska 10", city="Warszawa", postal_code="00-590", country="PL", phone="+48 22 621 12 34", email="biuro@polskiemeble.pl"),
    seller(name="Maple Outdoor Inc.", address="200 Bay St", city="Toronto", state="ON", postal_code="M5J 2J2", country="CA", phone="416-863-1234", email="info@mapleoutdoor.ca"),
    seller(name="Hibernia Crafts Limited", address="7 Eyre Square", city="Galway", country="IE", phone="091 561 234", email="info@hiberniacrafts.ie"),
    seller(name="Kowloon Bright Trading Limited", address="Flat 12B, 88 Nathan Road", city="Kowloon", country="HK", phone="2721 1234", email="cs@kbright.hk"),
    seller(name="Outback Gear Pty Ltd", address="5 George St", city="Sydney", state="NSW", postal_code="2000", country="AU", phone="02 9252 1234", email="a@outbackgear.com.au", vat_number="83 914 571 673"),
    seller(name="De Vries Handel B.V.", address="Keizersgracht 100", city="Amsterdam", postal_code="1015 CV", country="NL", phone="020 624 1234", email="info@devrieshandel.nl"),
    seller(name="Bergmann GmbH", address="Lindenstraße 14, 10969 Berlin, Germany"),
    seller(name="Pine LLC", address="500 Pine Street, Suite 1200, Seattle, WA 98101, USA"),
    seller(name="深圳市华科电子有限公司", address="广东省深圳市南山区科技园北区12号楼501室", country="CN"),
    seller(name="Boxwood Home LLC", address="77 Mailbox Peak Road", city="North Bend", state="WA", postal_code="98045", country="US"),
]  # fmt: skip


@pytest.mark.parametrize("row", HONEST, ids=lambda row: row["seller_name"])
def test_honest_sellers_stay_quiet(row: Row) -> None:
    assert said(row) == set()


US = seller(address="5 Congress Ave", city="Austin", state="TX", postal_code="78701", country="US")
DE = seller(address="Lindenstr. 5", city="Berlin", postal_code="10969", country="DE")


@pytest.mark.parametrize(
    ("concept", "row"),
    [
        ("po-box", US | seller(address="P.O. Box 1432")),
        ("po-box", US | seller(address="PO Box 77")),
        ("po-box", DE | seller(address="Postfach 10 22 33")),
        ("po-box", seller(address="BP 123", city="Lyon", postal_code="69003", country="FR")),
        ("po-box", seller(address="Casella Postale 12", city="Roma", postal_code="00187", country="IT")),
        ("po-box", seller(address="Apartado de Correos 45", city="Madrid", postal_code="28013", country="ES")),
        ("po-box", seller(address="私書箱12号", city="渋谷区", postal_code="150-0001", country="JP")),
        ("postal", US | seller(postal_code="90210")),
        ("postal", US | seller(postal_code="ABCDE")),
        ("postal", DE | seller(postal_code="80331")),
        ("postal", DE | seller(postal_code="SW1A 1AA")),
        ("postal", seller(city="Paris", postal_code="13001", country="FR")),
        ("postal", seller(city="London", postal_code="M1 1AE", country="GB")),
        ("postal", seller(city="深圳", state="广东", postal_code="100000", country="CN")),
        ("postal", seller(city="渋谷区", state="東京都", postal_code="530-0001", country="JP")),
        ("postal", seller(city="Toronto", state="ON", postal_code="V6B 1A1", country="CA")),
        ("suffix", seller(name="Huake GmbH", country="CN")),
        ("suffix", seller(name="Berlin Tools LLC", country="DE")),
        ("suffix", seller(name="深圳华科有限公司", country="US")),
        ("suffix", seller(name="London Goods S.r.l.", country="GB")),
        ("virtual", US | seller(address="30 N Gould St Ste R")),
        ("virtual", US | seller(address="5 Congress Ave PMB 204")),
        ("virtual", DE | seller(address="c/o Regus, Friedrichstr. 68")),
        ("virtual", seller(address="71-75 Shelton Street", city="London", postal_code="WC2H 9JQ", country="GB")),
        ("disposable", seller(email="shop@mailinator.com")),
        ("disposable", seller(email="a@sub.yopmail.com")),
        ("placeholder", seller(email="test@test.com")),
        ("placeholder", seller(phone="123456789", country="DE")),
        ("placeholder", seller(name="Max Mustermann")),
        ("placeholder", seller(name="asdf")),
        ("placeholder", seller(address="N/A")),
        ("missing", {k: v for k, v in US.items() if k != "seller_city"}),
        ("missing", {k: v for k, v in US.items() if k != "seller_state"}),
        ("missing", {k: v for k, v in DE.items() if k != "seller_postal_code"}),
        ("missing", {k: v for k, v in DE.items() if k != "seller_address"}),
        ("phone-country", seller(phone="+49 30 25991234", country="US")),
        ("vat-country", {"vat_number": "FR61954506077", "seller_country": "DE"}),
        ("registration", {"uscc": "91110000600037341L", "seller_country": "DE"}),
        ("vat", {"vat_number": "DE13669597", "seller_country": "DE"}),
        ("vat", {"vat_number": "DE136695978", "seller_country": "DE"}),
        ("ein", {"ein": "12-34567"}),
        ("iban", {"iban": "DE89370400440532013001"}),
        ("eori", {"eori": "GB12345"}),
        ("phone", seller(phone="+1 415 555 26", country="US")),
        ("email", seller(email="a@b")),
        ("country", seller(country="Germoney")),
    ],
)  # fmt: skip
def test_bad_sellers_are_found(concept: str, row: Row) -> None:
    assert concept in said(row)


def met(name: str, batches: list[Batch], options: Mapping[str, Any] | None = None) -> set[int]:
    """Row numbers that a cross-row rule reports."""
    rule: Any = IMPLEMENTATIONS[name](meta_of(), {"options": options or {}})
    groups: dict[str, list[Seen]] = {}
    for batch in batches:
        for key in rule.keys(batch, RUN):
            column = key.column.index if key.column else -1
            number = batch.numbers[key.row]
            seen = Seen(batch.sheet.number, number, column, key.payload, key.sku, f"row {number}")
            groups.setdefault(key.key, []).append(seen)
    found = set()
    for key, group in groups.items():
        group.sort(key=lambda s: (s.sheet, s.number, s.column))
        if len(group) > 1:
            found |= {m.seen.number for m in rule.conclude(key, group, RUN)}
    return found


ROWS: dict[str, list[Row]] = {
    "duplicate-sku": [{"sku": s} for s in ("a", "b", "A", "c", "b")],
    "shared-gtin": [
        {"gtin": "4006381333931", "brand": "Acme", "title": "Garden hose 20 m"},
        {"gtin": "4006381333931", "brand": "Acme", "title": "Garden hose, 20 m, green"},
        {"gtin": "4006381333931", "brand": "Lumina", "title": "Desk lamp"},
    ],
    "brand-spelling": [{"brand": b} for b in ("AcmeTools", "AcmeTools", "ACME Tools", "Lumina")],
    "mixed-family": [
        {"parent_sku": "P", "sku": str(n), "brand": b, "product_type": "SHIRT"}
        for n, b in enumerate(("Acme", "ACME", "Lumina", "Acme"))
    ],
    "price-outlier": [
        {"price": p, "product_type": "SHIRT"} for p in ("19", "20", "21", "22", "20", "19", "23", "21", "0.20")
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("duplicate-sku", {4, 6}),
        ("shared-gtin", {4}),
        ("brand-spelling", {4}),
        ("mixed-family", {4}),
        ("price-outlier", {10}),
    ],
)
def test_rows_that_meet_do_not_depend_on_how_the_sheet_is_cut(name: str, numbers: set[int]) -> None:
    rows = ROWS[name]
    assert met(name, [batch_of(rows)]) == numbers
    for cut in range(1, len(rows)):
        parts = [batch_of(rows[:cut]), batch_of(rows[cut:], first=2 + cut)]
        assert met(name, parts) == numbers


def test_variants_of_a_shop_product_are_no_duplicates() -> None:
    rows = [
        {"sku": "A", "listing_id": "hose", "title": "Hose"},
        {"sku": "A", "listing_id": "hose", "title": ""},
    ]
    batch = batch_of(rows)
    batch.inherits = [False, True]
    assert met("duplicate-sku", [batch]) == set()


def test_related_accounts_share_what_is_one_sellers_own() -> None:
    one = {"seller_id": "A1", "seller_name": "Acme Ltd", "iban": "DE89370400440532013000"}
    two = {"seller_id": "A2", "seller_name": "Sunrise Ltd", "iban": "DE89 3704 0044 0532 0130 00"}
    assert met("related-accounts", [batch_of([one, one, two, two])]) == {4}
    assert met("related-accounts", [batch_of([one, one])]) == set()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,299.00", 1299.0),
        ("1.299,00", 1299.0),
        ("¥12", 12.0),
        ("19,99 €", 19.99),
        ("1,299", 1299.0),
        ("1.234.567", 1234567.0),
        ("free", None),
        ("0", None),
    ],
)
def test_prices(text: str, value: float | None) -> None:
    assert amount(text) == value
