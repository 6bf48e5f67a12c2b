"""Registers as people bring them (sheets, files named in the settings), and `listlint licences`."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from conftest import Ran, RunCli

SAMPLE = "sample_inventory/amazon-us.xlsx"
DAY = ("--as-of", "2026-11-23")
LISTINGS = [
    {"sku": "BT-1", "title": "Portable bluetooth speaker, waterproof, 20W", "brand": "Kestrelle"},
    {"sku": "BT-2", "title": "Bluetooth headphones over-ear, 30 hours", "brand": "Kestrelle"},
    {"sku": "TOY-7", "title": "Wooden building blocks for toddlers, 40 pieces", "brand": "Acme"},
]
LICENCES = [
    ("FCC grant", "2A9KS-SPK10", "Kestrelle Inc.", "BT-1", "2026-12-10", ""),
    ("CPC", "CPC-26-1", "Kestrelle Inc.", "TOY-*", "2027-06-30", ""),
    ("Trademark certificate", "6214487", "Kestrelle Inc.", "", "", ""),
]


def write_csv(path: Path, header: list[str], rows: list[Any]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
    return path


def write_xlsx(path: Path, **sheets: list[Any]) -> Path:
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


@pytest.fixture
def listings(tmp_path: Path) -> Path:
    """Three listings for amazon.com."""
    return write_csv(
        tmp_path / "listings.csv", list(LISTINGS[0]), [list(row.values()) for row in LISTINGS]
    )


def states(ran: Ran) -> set[tuple[str, str, str]]:
    """(rule, SKU, state) of the licence findings at warning or above."""
    return {
        (f["rule"], f["sku"], f["message"].split(" – ")[1].split(":")[0])
        for f in ran.json["findings"]
        if f["area"] == "licence" and f["severity"] != "info"
    }


def check(run_cli: RunCli, listings: Path, *options: str) -> set[tuple[str, str, str]]:
    return states(
        run_cli(listings, "--marketplace", "amazon.com", "--output-format", "json", *DAY, *options,
                "--select", "LIC101,LIC220", cwd=listings.parent)
    )  # fmt: skip


WANTED = {("LIC220", "BT-2", "does not cover this listing")}


def test_register_named_in_the_settings_as_localised_csv(run_cli: RunCli, listings: Path) -> None:
    header = ["证件名称", "证件编号", "持有人", "适用SKU", "有效期至", "文件"]
    write_csv(listings.with_name("certs.csv"), header, LICENCES)
    assert check(run_cli, listings, "--config", "licences=certs.csv") == WANTED


def test_register_named_in_the_settings_as_workbook(run_cli: RunCli, listings: Path) -> None:
    header = ["Zertifikat", "Nummer", "Inhaber", "SKU", "Gültig bis", "Datei"]
    write_xlsx(listings.with_name("akten.xlsx"), Zertifikate=[header, *LICENCES])
    assert check(run_cli, listings, "--config", "licences=akten.xlsx") == WANTED


def test_register_sheet_of_another_file_of_the_run(run_cli: RunCli, listings: Path) -> None:
    """The workbook is checked itself, and its register holds for the other file by the settings."""
    goods = [["sku", "title", "brand"], ["BT-1", "Portable bluetooth speaker, 20W", "Kestrelle"]]
    header = ["Document", "Number", "Holder", "SKU", "Valid until", "File"]
    book = listings.with_name("book.xlsx")
    write_xlsx(book, Products=goods, Licences=[header, *LICENCES])
    listings.with_name("listlint.toml").write_text(
        'licences = "book.xlsx"\nmarketplace = ["amazon.com"]\nselect = ["LIC101", "LIC220"]\n'
    )
    ran = run_cli(listings, book, "--output-format", "json", *DAY, cwd=listings.parent)
    assert states(ran) == WANTED


def test_a_file_that_is_no_register_stops_the_run(run_cli: RunCli, listings: Path) -> None:
    write_csv(listings.with_name("odd.csv"), ["colour", "shape"], [["red", "round"]])
    ran = run_cli(listings, "--config", "licences=odd.csv", cwd=listings.parent)
    assert ran.code == 2
    assert "no sheet in it is a register" in ran.stderr


def test_holder_and_file_of_a_document(run_cli: RunCli, listings: Path) -> None:
    folder = listings.parent / "papers"
    folder.mkdir()
    (folder / "fcc.pdf").touch()
    header = ["document", "number", "holder", "sku", "valid until", "document_file"]
    rows = [
        ("FCC ID", "2A9KS-SPK10", "Somebody Else Ltd", "BT-1", "2028-01-01", ""),
        ("FCC ID", "2A9KS-SPK11", "Kestrelle Inc.", "BT-2", "2028-01-01", "fcc.pdf"),
        ("CPC", "CPC-26-1", "Kestrelle Inc.", "TOY-*", "2027-06-30", "gone.pdf"),
    ]
    write_csv(folder / "certs.csv", header, rows)
    seller = [["Kestrelle Inc.", "91-1144442", "US", "office@kestrelle.com"]]
    write_csv(listings.with_name("us.csv"), ["Legal name", "EIN", "Country", "E-mail"], seller)
    write_csv(
        listings,
        ["sku", "title", "manufacturer"],
        [[row["sku"], row["title"], "Kestrelle"] for row in LISTINGS],
    )
    options = ("--config", "licences=papers/certs.csv", "--config", "seller=us.csv")
    assert check(run_cli, listings, *options) == {
        ("LIC220", "BT-1", "held by somebody else"),
        ("LIC101", "TOY-7", "its file is not there"),
    }


def test_brand_authorisations_excuse_brand_findings_and_nothing_else(
    run_cli: RunCli, listings: Path
) -> None:
    write_csv(
        listings,
        ["sku", "title", "brand"],
        [["N-1", "Nike running shoes, bluetooth step counter", "Harrowfield"]],
    )
    write_csv(
        listings.with_name("brands.csv"),
        ["Authorised brand", "Authorised by", "Valid until"],
        [["Nike", "Nike, Inc.", "2027-12-31"]],
    )
    write_csv(listings.with_name("certs.csv"), ["document", "number"], [["SDS", "1"]])
    base = (listings, "--marketplace", "amazon.com", "--output-format", "json", *DAY)
    base += ("--config", "licences=certs.csv")

    def areas(*options: str) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for f in run_cli(*base, *options, cwd=listings.parent).json["findings"]:
            found.setdefault(f["area"], set()).add(f["rule"])
        return found

    without, held = areas(), areas("--config", "authorisations=brands.csv")
    assert "ip" in without
    assert "ip" not in held
    without.pop("ip")
    assert held == without
    assert "LIC220" in held["licence"]


def test_vault_of_the_sample(run_cli: RunCli) -> None:
    ran = run_cli("licences", SAMPLE, *DAY, "--output-format", "json")
    assert ran.code == 0
    assert ran.json["schema"] == "listlint/licences/1"
    held = {h["number"]: h for h in ran.json["held"]}
    assert held["CPC-2022-0118"]["window"] == 0
    assert held["2A9KS-SPK10"]["listings"] == 1
    assert held["2A9KS-SPK10"]["days_left"] is None
    assert held["UN383-2025-4471"]["listings"] == 1
    missing = {tuple(m["documents"]): m for m in ran.json["missing"]}
    assert missing[("cpc",)]["states"] == {"expired": 1}
    assert missing[("fcc",)]["skus"] == ["XX-9008", "XX-9013"]
    assert missing[("fcc",)]["states"] == {"out-of-scope": 2}


def test_vault_hides_numbers_when_asked(run_cli: RunCli) -> None:
    for form in ("text", "json"):
        ran = run_cli("licences", SAMPLE, *DAY, "--output-format", form, "--redact")
        assert ran.code == 0
        assert "2A9KS-SPK10" not in ran.stdout
        assert "2A***10" in ran.stdout


def test_vault_tells_what_ends_soon(run_cli: RunCli, listings: Path) -> None:
    header = ["document", "number", "holder", "sku", "valid until", "file"]
    write_csv(listings.with_name("certs.csv"), header, LICENCES)
    options = (
        "licences",
        listings,
        "--marketplace",
        "amazon.com",
        "--config",
        "licences=certs.csv",
    )
    ran = run_cli(*options, *DAY, cwd=listings.parent)
    assert ran.code == 0
    lines = ran.stdout.splitlines()
    assert lines[lines.index("Ends within 30 days") + 1].startswith("  FCC grant 2A9KS-SPK10")
    assert lines[lines.index("Needed by no listing") + 1].startswith("  Trademark certificate")
    windows = {}
    for day in ("2026-11-23", "2026-10-20", "2026-09-20", "2026-08-20", "2026-12-11"):
        found = run_cli(*options, "--as-of", day, "--output-format", "json", cwd=listings.parent)
        windows[day] = next(h["window"] for h in found.json["held"] if h["number"] == "2A9KS-SPK10")
    assert windows == {
        "2026-11-23": 30,
        "2026-10-20": 60,
        "2026-09-20": 90,
        "2026-08-20": None,
        "2026-12-11": 0,
    }


def test_vault_says_what_it_could_not_read(run_cli: RunCli, listings: Path) -> None:
    ran = run_cli("licences", listings, "no-such-file.csv", cwd=listings.parent)
    assert ran.code == 3
    assert "no-such-file.csv" in ran.stdout
    assert "No licence register was given" in ran.stdout


def test_needs_of_every_listing_are_named_when_nothing_could_show_them(
    run_cli: RunCli, listings: Path
) -> None:
    ran = run_cli(
        listings, "--marketplace", "amazon.de", "--output-format", "json", cwd=listings.parent
    )
    not_checked = {n["field"] for n in ran.json["files"][0]["not_checked"]}
    assert {"lucid_number", "responsible_person_name"} <= not_checked
    assert "LIC342" not in {f["rule"] for f in ran.json["findings"]}
