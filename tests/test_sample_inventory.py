"""The sample inventory is what benchmarks/make_samples.py writes, and most of it is clean."""

from __future__ import annotations

import csv
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from stdnum import ean

from conftest import ROOT

SAMPLE = ROOT / "sample_inventory"
FILES = ("amazon-us.xlsx", "shopify.csv", "库存.xlsx")


def source(name: str) -> dict[str, Any]:
    with (ROOT / "benchmarks" / "samples" / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample, written anew."""
    pytest.importorskip("xlsxwriter", reason="writes the sample's workbooks")
    sys.path.insert(0, str(ROOT / "benchmarks"))
    try:
        import make_samples
    finally:
        sys.path.pop(0)
    folder = tmp_path_factory.mktemp("sample")
    make_samples.main(folder)
    return folder


def cells(path: Path) -> object:
    """All that stands in a file, whatever library version packed it."""
    if path.suffix == ".csv":
        return path.read_text("utf-8")
    book = CalamineWorkbook.from_path(path)
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


@pytest.mark.parametrize("name", FILES)
def test_committed_files_are_what_the_script_writes(name: str, written: Path) -> None:
    assert cells(SAMPLE / name) == cells(written / name)


def test_more_than_half_of_each_file_is_clean() -> None:
    for name, table in (("amazon", "listing"), ("shopify", "product"), ("stock", "goods")):
        listings = source(name)[table]
        clean = [x for x in listings if "problem" not in x]
        assert len(clean) > len(listings) / 2, name


def test_barcodes_are_right_unless_that_is_the_problem() -> None:
    wrong = {x["gtin"] for n, t in (("amazon", "listing"), ("shopify", "product"), ("stock", "goods"))
             for x in source(n)[t] if "gtin" in x}  # fmt: skip
    with (SAMPLE / "shopify.csv").open(encoding="utf-8", newline="") as file:
        codes = [row["Variant Barcode"].removeprefix("'") for row in csv.DictReader(file)]
    book = CalamineWorkbook.from_path(SAMPLE / "amazon-us.xlsx")
    codes += [str(row[5]) for row in book.get_sheet_by_name("Template").to_python()[3:]]
    book = CalamineWorkbook.from_path(SAMPLE / "库存.xlsx")
    codes += [str(row[4]) for row in book.get_sheet_by_name("库存").to_python()[2:]]
    codes = [code for code in codes if code]
    assert len(codes) > 70
    assert len(set(codes)) == len(codes)
    assert {code for code in codes if not ean.is_valid(code)} == wrong
