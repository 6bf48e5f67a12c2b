"""The program as people run it: on the sample, with its options, and with what goes wrong."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from conftest import ROOT, Ran, RunCli

SAMPLE = "sample_inventory"
AREAS = {"prohibited", "ip", "licence", "seller", "behaviour"}
GOOD_CSV = "sku,title,brand\nA-1,Linen apron with pockets,Harrowfield\n"
BAD_CSV = "sku,title,brand\nA-1,AAA replica handbag 1:1 mirror quality,Harrowfield\n"


def planted(name: str, table: str, key: str) -> tuple[set[str], set[str]]:
    """The sample's (clean, bad) listings by their key."""
    with (ROOT / "benchmarks" / "samples" / f"{name}.toml").open("rb") as file:
        listings = tomllib.load(file)[table]
    clean = {x[key] for x in listings if "problem" not in x}
    return clean, {x[key] for x in listings} - clean


CLEAN_AMAZON, BAD_AMAZON = planted("amazon", "listing", "item_sku")
CLEAN_STOCK, BAD_STOCK = planted("stock", "goods", "sku")
CLEAN_SHOPIFY, BAD_SHOPIFY = planted("shopify", "product", "handle")


def listing_of(finding: dict[str, Any]) -> str:
    """The key of the sample's listing that a finding is about (Shopify's by its SKU or handle)."""
    sku = finding["sku"] or ""
    if not finding["path"].endswith("shopify.csv"):
        return str(sku)
    handles = CLEAN_SHOPIFY | BAD_SHOPIFY
    fits = [h for h in handles if sku == h or sku.rpartition("-")[0] == h.upper()]
    return fits[0] if fits else str(sku)


@pytest.fixture(scope="module")
def sample(run_cli: RunCli) -> Ran:
    """The sample as JSON; on a fixed day, since certificates expire."""
    return run_cli(SAMPLE, "--output-format", "json", "--as-of", "2026-11-23")


def test_sample_has_findings_in_every_area(sample: Ran) -> None:
    assert sample.code == 1
    found = {f["area"] for f in sample.json["findings"] if f["severity"] == "error"}
    assert found >= AREAS


def test_sample_was_read_whole(sample: Ran) -> None:
    entries = {(f["path"], f["sheet"]): f for f in sample.json["files"]}
    listings = [
        len(CLEAN_AMAZON | BAD_AMAZON),
        len(CLEAN_SHOPIFY | BAD_SHOPIFY),
        len(CLEAN_STOCK | BAD_STOCK),
    ]
    assert sample.json["summary"]["listings"] == sum(listings)
    amazon = entries[f"{SAMPLE}/amazon-us.xlsx", "Template"]
    assert amazon["marketplaces"] == ["amazon.com"]
    assert amazon["columns"]["Product Name"] == "title"
    stock = entries[f"{SAMPLE}/库存.xlsx", "库存"]
    assert stock["columns"]["商品名称"] == "title"
    assert entries[f"{SAMPLE}/shopify.csv", None]["columns"]["Vendor"] == "brand"


@pytest.mark.parametrize("key", sorted(CLEAN_AMAZON | CLEAN_SHOPIFY | CLEAN_STOCK))
def test_clean_listing_has_nothing_above_info(sample: Ran, key: str) -> None:
    above = [
        (f["rule"], f["cell"], f["match"], f["message"])
        for f in sample.json["findings"]
        if listing_of(f) == key and f["severity"] != "info"
    ]
    assert above == []


@pytest.mark.parametrize("key", sorted(BAD_AMAZON | BAD_SHOPIFY | BAD_STOCK))
def test_planted_problem_is_found(sample: Ran, key: str) -> None:
    above = {
        f["rule"]
        for f in sample.json["findings"]
        if listing_of(f) == key and f["severity"] != "info"
    }
    assert above


def test_places_point_at_the_words(sample: Ran) -> None:
    """A finding's cell, as calamine reads it, holds the match at the span."""
    from openpyxl import load_workbook

    book = load_workbook(ROOT / SAMPLE / "amazon-us.xlsx")
    seen = 0
    for f in sample.json["findings"]:
        if f["path"].endswith("amazon-us.xlsx") and f["span"] and f["cell"]:
            value = str(book[f["sheet"]][f["cell"]].value)
            assert value[slice(*f["span"])] == f["match"]
            seen += 1
    assert seen > 10


def test_as_of_decides_what_has_expired(run_cli: RunCli) -> None:
    def about(day: str) -> list[str]:
        ran = run_cli(SAMPLE, "--output-format", "json", "--as-of", day, "--select", "licence")
        return [f["message"] for f in ran.json["findings"] if f["sku"] == "XX-9007"]

    assert any("expired" in message for message in about("2026-11-23"))
    assert not any("expired" in message for message in about("2023-06-01"))


def test_messages_in_chinese(run_cli: RunCli) -> None:
    ran = run_cli(SAMPLE, "--lang", "zh")
    assert ran.code == 1
    assert "第 " in ran.stdout
    english = run_cli(SAMPLE)
    assert english.stdout != ran.stdout
    by_locale = run_cli(SAMPLE, env={"LC_ALL": "zh_CN.UTF-8"})
    assert by_locale.stdout == ran.stdout


def test_clean_file_is_0(run_cli: RunCli, tmp_path: Path) -> None:
    path = tmp_path / "good.csv"
    path.write_text(GOOD_CSV, "utf-8")
    assert run_cli(path).code == 0


def test_findings_are_1_and_exit_zero_masks_them(run_cli: RunCli, tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(BAD_CSV, "utf-8")
    assert run_cli(path).code == 1
    assert run_cli(path, "--exit-zero").code == 0


def test_missing_path_is_3_and_the_others_are_checked(run_cli: RunCli, tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(BAD_CSV, "utf-8")
    ran = run_cli(path, tmp_path / "nowhere.xlsx", "--output-format", "json", "--exit-zero")
    assert ran.code == 3
    assert any(f["area"] == "file" and "nowhere.xlsx" in f["path"] for f in ran.json["findings"])
    assert any(f["area"] == "ip" for f in ran.json["findings"])


def test_empty_glob_is_3(run_cli: RunCli, tmp_path: Path) -> None:
    assert run_cli(f"{tmp_path}/*.xlsx").code == 3


def test_unknown_rule_is_2(run_cli: RunCli) -> None:
    ran = run_cli(SAMPLE, "--select", "NO999")
    assert ran.code == 2
    assert "NO999" in ran.stderr
    assert ran.stdout == ""


def test_unknown_marketplace_is_2(run_cli: RunCli) -> None:
    ran = run_cli(SAMPLE, "--marketplace", "amazon.moon")
    assert ran.code == 2
    assert "amazon.moon" in ran.stderr


def test_policy_typo_is_2_and_named(run_cli: RunCli, tmp_path: Path) -> None:
    pack = tmp_path / "house.toml"
    pack.write_text(
        'schema = 1\n[pack]\nid = "house/x"\nversion = "1"\nversoin = "1"\n'
        "updated = 2026-11-23\nreview_by = 2027-11-23\nrule = []\n",
        "utf-8",
    )
    for ran in (run_cli("test", pack), run_cli(SAMPLE, "--config", f"policies={pack}")):
        assert ran.code == 2
        assert "house.toml" in ran.stderr
        assert "versoin" in ran.stderr
        assert len(ran.stderr.strip().splitlines()) == 1


def test_settings_typo_is_2_and_named(run_cli: RunCli, tmp_path: Path) -> None:
    (tmp_path / "listlint.toml").write_text('marketplaec = "amazon.de"\n', "utf-8")
    path = tmp_path / "good.csv"
    path.write_text(GOOD_CSV, "utf-8")
    ran = run_cli(path)
    assert ran.code == 2
    assert "listlint.toml" in ran.stderr
    assert "marketplace" in ran.stderr


def test_2_wins_over_3(run_cli: RunCli, tmp_path: Path) -> None:
    assert run_cli(tmp_path / "nowhere.csv", "--select", "NO999").code == 2


def test_several_outputs_in_one_run(run_cli: RunCli, tmp_path: Path) -> None:
    plain = run_cli(SAMPLE)
    report, sarif, table = (tmp_path / name for name in ("out.json", "out.sarif", "out.csv"))
    ran = run_cli(SAMPLE, "-o", f"json={report}", "-o", f"sarif={sarif}", "-o", f"csv={table}")
    assert ran.code == 1
    assert ran.stdout == plain.stdout
    findings = json.loads(report.read_text("utf-8"))["findings"]
    assert len(json.loads(sarif.read_text("utf-8"))["runs"][0]["results"]) == len(findings)
    assert table.read_text("utf-8-sig").count("\n") > len(findings)
    assert {p.name for p in tmp_path.iterdir()} == {"out.json", "out.sarif", "out.csv"}


def test_unknown_format_writes_nothing(run_cli: RunCli, tmp_path: Path) -> None:
    good = tmp_path / "out.json"
    ran = run_cli(SAMPLE, "-o", f"json={good}", "-o", f"jsn={tmp_path / 'x'}")
    assert ran.code == 2
    assert "jsn" in ran.stderr
    assert list(tmp_path.iterdir()) == []


def test_no_colour_and_no_progress_in_a_pipe(run_cli: RunCli) -> None:
    ran = run_cli(SAMPLE)
    assert "\x1b" not in ran.stdout
    assert ran.stderr == ""


def test_jobs_change_nothing(run_cli: RunCli, sample: Ran) -> None:
    options = ("--output-format", "json", "--as-of", "2026-11-23", "--config", "cache=false")
    for jobs in ("1", "2"):
        assert run_cli(SAMPLE, *options, "--jobs", jobs).json == sample.json, f"{jobs} jobs"


def test_explain_rules_and_columns(run_cli: RunCli, sample: Ran) -> None:
    code = sample.json["findings"][0]["rule"]
    assert code in run_cli("explain", code).stdout
    assert code in run_cli("rules").stdout
    assert run_cli("explain", "NO999").code == 2
    columns = run_cli("columns", f"{SAMPLE}/shopify.csv")
    assert columns.code == 0
    assert "Body (HTML)" in columns.stdout
