"""Identifiers: every example of the data, repairs, barcodes, tax numbers, phones and e-mail."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listlint import identifiers
from listlint.identifiers.checks import CHECKS, stdnum_module
from listlint.identifiers.gtin import MANY, check_digit, check_gtin, gtin14, gtin14s, is_gtin
from listlint.identifiers.table import gs1_prefix
from listlint.identifiers.table import identifiers as table
from listlint.identifiers.tax import numbers

SHARED = Path(os.environ.get("LISTLINT_SHARED", "../shared"))


@pytest.mark.parametrize("key", table())
def test_examples_of_the_data(key: str) -> None:
    for value in table()[key].good:
        assert identifiers.check(key, value) is None
    for value in table()[key].bad:
        assert identifiers.check(key, value) is not None


def test_every_check_named_in_the_data_exists() -> None:
    for kind in table().values():
        assert kind.check in {None, "stdnum", "gtin", "phone", "email", *CHECKS}
        if kind.stdnum:
            assert stdnum_module(kind.stdnum).validate


def test_all_known_facts_are_covered() -> None:
    facts = SHARED / "facts" / "identifiers.csv"
    if not facts.is_file():
        pytest.skip(f"{facts} is not there; set LISTLINT_SHARED")
    with facts.open(encoding="utf-8", newline="") as file:
        keys = {row["key"] for row in csv.DictReader(file)}
    assert keys <= set(table())


@given(st.text(alphabet="0123456789", min_size=7, max_size=13))
def test_check_digit_makes_a_gtin(body: str) -> None:
    whole = body + str(check_digit(body))
    assert is_gtin(whole) == (len(whole) in (8, 12, 13, 14))
    for wrong in "0123456789":
        if wrong != whole[-1]:
            assert not is_gtin(body + wrong)


@given(st.text(max_size=40))
def test_any_text_is_judged_without_error(text: str) -> None:
    for key in ("gtin", "vat", "email", "phone_e164", "website", "iban", "uscc", "epa_reg_no"):
        identifiers.check(key, text, {"country": "DE"})


@pytest.mark.parametrize(
    ("value", "part", "meant"),
    [
        ("4006381333932", "checksum", None),
        ("36000291452", "leading-zero", "036000291452"),
        ("O36000291452", "format", "036000291452"),
        ("4006381333931.0", "format", "4006381333931"),
        ("4.57E+12", "destroyed", None),
        ("4,57E+12", "destroyed", None),
        ("123456789012", "placeholder", None),
        ("2012345678903", "prefix", None),
        ("9912345678909", "prefix", None),
        ("12345", "length", None),
    ],
)
def test_barcodes(value: str, part: str, meant: str | None) -> None:
    problem = check_gtin(value, {})
    assert problem is not None
    assert (problem.part, problem.meant) == (part, meant)
    assert problem.safe == (meant is not None)


@pytest.mark.parametrize(
    "value", ["Does not apply", "N/A", "无", "0 36000 29145 2", "4006381333931"]
)
def test_barcodes_that_are_fine(value: str) -> None:
    assert check_gtin(value, {}) is None


def test_one_barcode_in_two_lengths_is_one() -> None:
    assert gtin14("036000291452") == gtin14("0036000291452") == "00036000291452"


def test_the_narrowest_prefix_wins() -> None:
    found = gs1_prefix("9520000000000")
    assert found is not None
    assert found.kind == "demo"


@pytest.mark.parametrize(
    ("value", "country"),
    [
        ("DE136695976; GB980780684", "CN"),
        ("DE136695976, FR 61 954 506 077", ""),
        ("136695976", "DE"),
        ("XI980780684", "GB"),
        ("USt-IdNr.: DE136695976", "DE"),
        ("CHE-123.456.788 MWST", "CH"),
        ("83 914 571 673", "AU"),
        ("91110000600037341L", "CN"),
        ("T5835678256246", "JP"),
    ],
)
def test_tax_numbers_that_are_fine(value: str, country: str) -> None:
    assert identifiers.check("vat", value, {"country": country}) is None


@pytest.mark.parametrize(
    ("value", "country", "meant"),
    [
        ("732 829 321", "FR", None),
        ("RCS Lyon 732 829 302", "FR", None),
        ("ABN 83 914 571 637", "AU", "83914571673"),
        ("11.222.333/0001-82", "BR", None),
        ("83 914 571 674", "AU", None),
        ("T5835678256247", "JP", None),
        ("91110000600037341M", "CN", None),
        ("556012-5791", "SE", None),
    ],
)
def test_company_numbers_that_cannot_be(value: str, country: str, meant: str | None) -> None:
    problem = identifiers.check("company", value, {"country": country})
    assert problem is not None
    assert problem.part == "checksum"
    assert meant is None or problem.meant == meant


@pytest.mark.parametrize(
    ("value", "country"),
    [
        ("HRB 12345", "DE"),
        ("REA MI-1234567", "IT"),
        ("732 829 320 00074", "FR"),
        ("0100-01-012345", "JP"),  # the twelve digits of the register, not the corporate number
        ("02345678", "GB"),
        ("002345678", "CA"),
        ("732 829 321", ""),
    ],
)
def test_company_numbers_that_are_let_pass(value: str, country: str) -> None:
    assert identifiers.check("company", value, {"country": country}) is None


def test_each_tax_number_of_a_cell_is_judged() -> None:
    found = numbers("DE136695976; GB802311781", "CN")
    assert [(n.country, n.problem is None, n.start) for n in found] == [
        ("DE", True, 0),
        ("GB", False, 13),
    ]


@pytest.mark.parametrize(
    ("value", "country", "fine"),
    [
        ("0755-86123456", "CN", True),
        ("+86 755 8612 3456", "DE", True),
        ("(787) 764-0000", "US", True),
        ("0044 20 7946 0958", "GB", True),
        ("03-3470-1234", "JP", True),
        ("12345", "US", False),
        ("call us", "US", False),
        ("+1 (555) 123-4567", "US", False),
    ],
)
def test_phones(value: str, country: str, fine: bool) -> None:
    assert (identifiers.check("phone_e164", value, {"country": country}) is None) == fine


def test_a_registration_number_is_told_from_an_establishment_number() -> None:
    keys = ("epa_reg_no", "epa_est_no")
    assert identifiers.identify("EPA Reg. No. 777-99", keys) == "epa_reg_no"
    assert identifiers.identify("EPA Est. 264-MO-02", keys) == "epa_est_no"


def test_exchanged_digits_are_found_where_only_one_pair_fits() -> None:
    problem = identifiers.check("uscc", "91110000600037431L")
    assert problem is not None
    assert problem.meant in (None, "91110000600037341L")
    assert not problem.safe


def test_a_column_of_barcodes_is_judged_like_each_cell() -> None:
    cells = ["4006381333931", "'4006381333931", "400638133393", "", " 4006381333931", "4006381333932",
             "96385074", "012345678905", "00012345678905", "٤٠٠٦٣٨١٣٣٣٩٣١", "n/a", "1234567890123"]  # fmt: skip
    often = MANY // len(cells) + 1
    assert gtin14s(cells * often) == [gtin14(c) if c else None for c in cells] * often
    assert gtin14s(cells) == gtin14s(cells * often)[: len(cells)]
