"""Registers: names of documents, dates, scopes, holders, and every state of a need."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listlint.batch import Batch, Column, Sheet
from listlint.registers import (
    Registers,
    Scope,
    document_kinds,
    judge,
    keys_of,
    meaning,
    parse_date,
    same_firm,
)
from listlint.rules.interface import Run

DAY = date(2026, 11, 23)
Row = dict[str, str]


def batch_of(*rows: Row, marketplaces: tuple[str, ...] = ("amazon.com",)) -> Batch:
    fields = list(dict.fromkeys(name for row in rows for name in row))
    columns = tuple(Column(k, name, name) for k, name in enumerate(fields))
    values = [[row.get(name, "") for row in rows] for name in fields]
    sheet = Sheet("test.csv", None, "generic", columns, marketplaces)
    return Batch(sheet, range(2, len(rows) + 2), values)


def state(
    document: str, listing: Row, *register: Row, seller: Row | None = None, base: str = "."
) -> str:
    registers = Registers.from_rows("licences", register) if register else Registers()
    if seller:
        registers = registers.merge(Registers.from_rows("seller", [seller]))
    run = Run(DAY, registers, {"amazon.com": frozenset({"US"})}, base)
    return judge([document], batch_of(listing), 0, run).state


TOY = {"sku": "TOY-7", "title": "Wooden blocks", "brand": "Acme", "category": "Toys & Games"}


@pytest.mark.parametrize("key", document_kinds())
def test_every_name_of_a_document_means_it(key: str) -> None:
    kind = document_kinds()[key]
    for name in kind.names:
        assert key in keys_of(name)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("儿童产品证书", "cpc"),
        ("CPC - wooden toys 2026", "cpc"),
        ("FCC-Zertifikat (Modell X1)", "fcc"),
        ("EU-Konformitätserklärung", "ce_doc"),
        ("Déclaration UE de conformité", "ce_doc"),
        ("UN38.3 test report 20000mAh", "un38_3"),
        ("Childrens Prodct Certificate", "cpc"),
        ("技適マーク", "giteki"),
        ("Third-party supplement test, batch 7", "supplement_testing"),
        ("Supplier Declaration of Conformity (FCC)", "fcc_sdoc"),
        ("Attestation CE de type", "type_examination"),
        ("食品生产许可证", "cn_food"),
        ("Sicherheitsdatenblatt (SDB)", "sds"),
    ],
)
def test_names_as_clerks_write_them(name: str, key: str) -> None:
    assert key in keys_of(name)


def test_names_that_mean_no_document() -> None:
    for name in ("", "Notes", "misc", "UL 2271 report"):
        assert "ul_2272" not in keys_of(name)
        assert "cpc" not in keys_of(name)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-31", date(2026, 3, 31)),
        ("31.03.2026", date(2026, 3, 31)),
        ("3/31/2026", date(2026, 3, 31)),
        ("2026年3月31日", date(2026, 3, 31)),
        ("31 March 2026", date(2026, 3, 31)),
        ("Mar 31, 2026", date(2026, 3, 31)),
        ("31 mars 2026", date(2026, 3, 31)),
        ("2026/3", date(2026, 3, 31)),
        ("March 2026", date(2026, 3, 31)),
        ("20260331", date(2026, 3, 31)),
        ("46112", date(2026, 3, 31)),
        ("2026-03-31 00:00:00", date(2026, 3, 31)),
        ("03/04/2026", date(2026, 4, 3)),
        ("长期", None),
        ("2026-02-30", None),
        ("", None),
    ],
)
def test_dates(text: str, day: date | None) -> None:
    assert parse_date(text) == day


@given(st.text(max_size=30))
def test_dates_never_fail(text: str) -> None:
    parse_date(text)


@given(st.dates(date(1990, 1, 1), date(2099, 12, 31)))
def test_dates_written_by_programs_come_back(day: date) -> None:
    assert parse_date(day.isoformat()) == day
    assert parse_date(f"{day.day}.{day.month}.{day.year}") == day


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("Acme Toys Ltd", "ACME TOYS LIMITED", True),
        ("Bergmann Werkzeuge GmbH", "Bergmann Werkzeuge", True),
        ("深圳市华科电子有限公司", "深圳市华科电子", True),
        ("Lumina Trading", "Lumina Toys", False),
        ("深圳市华科电子有限公司", "Shenzhen Huake Electronics Co., Ltd.", None),
        ("Acme", "", None),
    ],
)
def test_firms(a: str, b: str, same: bool | None) -> None:
    assert same_firm(a, b) is same


def test_states_of_a_need(tmp_path: Path) -> None:
    assert state("cpc", TOY) == "unjudged"
    assert state("cpc", {**TOY, "cpc": ""}) == "missing"
    assert state("cpc", {**TOY, "cpc": "pending"}) == "missing"
    assert state("cpc", {**TOY, "cpc": "cpc-2026.pdf"}) == "held"
    assert state("cpc", TOY, {"document": "GPS permit"}) == "missing"
    assert state("cpc", TOY, {"document": "CPC"}) == "held"
    assert state("cpc", TOY, {"document": "CPC", "valid_until": "2026-01-01"}) == "expired"
    assert state("cpc", TOY, {"document": "CPC", "valid_until": "2026-12-01"}) == "expiring"
    assert state("cpc", TOY, {"document": "CPC", "valid_until": "2027-12-01"}) == "held"
    assert state("cpc", TOY, {"document": "CPC", "valid_from": "2027-01-01"}) == "expired"
    assert state("cpc", TOY, {"document": "CPC", "scope_sku": "TOY-*"}) == "held"
    assert state("cpc", TOY, {"document": "CPC", "scope_sku": "LAMP-*"}) == "out-of-scope"
    assert state("cpc", TOY, {"document": "General Certificate of Conformity"}) == "wrong-kind"
    seller = {"seller_name": "Acme Imports LLC"}
    assert state("cpc", TOY, {"document": "CPC", "holder": "Acme Imports"}, seller=seller) == "held"
    other = {"document": "CPC", "holder": "Sunrise Kids Ltd"}
    assert state("cpc", TOY, other, seller=seller) == "other-holder"
    assert state("cpc", {**TOY, "manufacturer": "Sunrise Kids"}, other, seller=seller) == "held"
    filed = {"document": "CPC", "document_file": "cpc.pdf"}
    assert state("cpc", TOY, filed, base=str(tmp_path)) == "file-missing"
    (tmp_path / "cpc.pdf").touch()
    assert state("cpc", TOY, filed, base=str(tmp_path)) == "held"


@pytest.mark.parametrize(
    ("document", "field", "value", "wanted"),
    [
        ("epa_registration", "epa_reg_no", "777-99", "held"),
        ("epa_registration", "epa_reg_no", "264-MO-02", "wrong-kind"),
        ("epa_registration", "epa_reg_no", "777", "malformed"),
        ("fda_510k", "k_number", "K240717", "held"),
        ("fda_510k", "k_number", "3007615597", "wrong-kind"),
        ("lucid", "lucid_number", "DE12345678", "wrong-kind"),
        ("weee_de", "weee_number", "DE1234567890123", "wrong-kind"),
        ("energy_label", "energy_label", "A", "held"),
        ("fcc", "fcc_id", "https://example.com/grant.pdf", "held"),
    ],
)
def test_numbers_in_the_listing(document: str, field: str, value: str, wanted: str) -> None:
    assert state(document, {**TOY, field: value}) == wanted


def test_words_in_the_listing_count_where_a_label_would() -> None:
    listing = {"title": "Ant bait", "description": "Kills ants. EPA Reg. No. 777-99"}
    assert state("epa_registration", listing, {"document": "Other"}) == "held"


def test_an_expired_register_row_wins_over_the_same_number_in_the_listing() -> None:
    listing = {**TOY, "cpc": "yes"}
    assert state("cpc", listing, {"document": "CPC", "valid_until": "2026-01-01"}) == "expired"


@pytest.mark.parametrize(
    ("scope", "inside"),
    [
        (Scope(marketplace=("amazon.com",)), True),
        (Scope(marketplace=("US",)), True),
        (Scope(marketplace=("Amazon US",)), True),
        (Scope(marketplace=("Germany",)), False),
        (Scope(category=("Toy",)), True),
        (Scope(category=("Lamps",)), False),
        (Scope(brand=("ACME",)), True),
        (Scope(brand=("Lumina",)), False),
        (Scope(sku=("all",)), True),
        (Scope(model=("X1",)), True),
    ],
)
def test_scopes(scope: Scope, inside: bool) -> None:
    listing = {k: TOY[k] for k in ("sku", "brand", "category", "title")}
    part = scope.outside(listing, ("amazon.com",), frozenset({"US"}))
    assert (part is None) == (inside or scope.model == ("X1",))


def test_authorisations_hold_for_their_time_and_place() -> None:
    rows = [
        {"authorised_brand": "Acme", "scope_marketplace": "amazon.com", "valid_until": "2026-12-31"}
    ]
    registers = Registers.from_rows("authorisations", rows)
    assert registers.authorised("ACME", ("amazon.com",), DAY)
    assert not registers.authorised("Acme", ("amazon.de",), DAY)
    assert not registers.authorised("Acme", ("amazon.com",), date(2027, 1, 1))
    assert not registers.authorised("", ("amazon.com",), DAY)


def test_registers_from_toml(tmp_path: Path) -> None:
    path = tmp_path / "b.toml"
    path.write_text('[seller]\nseller_name = "Acme"\n[[licence]]\ndocument = "SDS"\n')
    rows = [{"document": "CPC", "valid_until": "2027-01-01"}]
    both = Registers.from_rows("licences", rows).merge(Registers.from_toml(path))
    assert [sorted(d.keys) for d in both.documents] == [["cpc"], ["sds"]]
    assert list(both.seller_names()) == ["Acme"]
    assert Registers().empty
    assert not both.empty


@pytest.mark.parametrize(
    ("name", "is_kind", "filed_for"),
    [
        ("UL certificate (as CE)", "nrtl", "ce_doc"),
        ("CQC自愿性产品认证 (当作3C)", "cqc", "ccc"),
        ("CE証明書 (PSEの代わり)", "ce_doc", "pse"),
        ("Button cell SDS (instead of Reese's Law)", "sds", "ul_4200a"),
        ("WEEE registration (UK)", "weee_uk", None),
        ("WEEE España RII-AEE", "raee_es", None),
        ("货物运输条件鉴定书 (UN38.3)", "un38_3", None),
        ("EU type-examination certificate (PPE)", "type_examination", None),
    ],
)
def test_what_a_clerks_name_means(name: str, is_kind: str, filed_for: str | None) -> None:
    found = meaning(name)
    assert is_kind in found.keys
    assert found.in_place_of == (frozenset({filed_for}) if filed_for else frozenset())


def test_a_country_in_the_name_tells_national_documents_apart() -> None:
    assert keys_of("WEEE registration (UK)") == {"weee_uk"}
    assert {"weee_de", "weee_fr", "weee_it"} <= keys_of("WEEE registration")
    assert keys_of("WEEE registration Netherlands") == frozenset()


def test_a_number_shows_whose_document_it_is() -> None:
    lamp = {"sku": "L-1", "title": "Lamp"}
    german = {"document": "WEEE", "document_number": "DE71820394"}
    assert state("weee_de", lamp, german) == "held"
    assert state("weee_de", lamp, {**german, "document_number": "NL605332"}) == "missing"
    assert state("weee_fr", lamp, german) == "missing"


def test_numbers_of_other_places_do_not_count() -> None:
    sake = {"sku": "S-1", "title": "純米酒"}
    licence = {"document": "酒類販売業免許", "document_number": "鹿児島法16号"}
    registers = Registers.from_rows("licences", [licence])
    run = Run(DAY, registers, {"amazon.co.jp": frozenset({"JP"})}, ".")
    batch = batch_of(sake, marketplaces=("amazon.co.jp",))
    assert judge(["alcohol_permit"], batch, 0, run).state == "held"


def test_a_register_may_say_its_scope_in_plain_columns() -> None:
    assert state("cpc", TOY, {"document": "CPC", "sku": "LAMP-1"}) == "out-of-scope"
    assert state("cpc", TOY, {"document": "CPC", "brand": "Lumina"}) == "out-of-scope"


def test_the_worked_example_of_the_docs() -> None:
    text = Path(__file__).parents[1].joinpath("docs", "registers.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1:-1] for line in text.splitlines() if line.startswith("| `")]
    register = [
        {"document": "CPC", "scope_sku": "TOY-*", "valid_until": "2027-06-30"},
        {"document": "FCC ID", "document_number": "2AOWK-ARMOR26", "valid_until": "2026-01-31"},
        {"document": "UN38.3", "valid_until": "2026-12-15"},
    ]
    listings = {
        "TOY-7": ("cpc", TOY),
        "BT-1": ("fcc", {"sku": "BT-1", "title": "Bluetooth speaker"}),
        "PB-2": ("un38_3", {"sku": "PB-2", "title": "Power bank 20000 mAh"}),
        "TENS-3": ("fda_510k", {"sku": "TENS-3", "title": "TENS unit"}),
    }
    said = {sku.strip(" `"): word.strip() for sku, _, word in rows if sku.strip(" `") in listings}
    assert said == {sku: state(doc, row, *register) for sku, (doc, row) in listings.items()}
