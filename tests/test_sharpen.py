"""What single marketplaces take more or less seriously, and rules under their old names."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from conftest import RunCli
from house import pack_text, rule
from listlint.api import Linter
from listlint.config import Settings
from listlint.policy.library import load_profiles
from listlint.policy.paths import builtin
from listlint.policy.sharpen import load_sharpenings
from listlint.run import prepare
from listlint.sharpened import Sharpened

HOUSE = """schema = 1
[[sharpen]]
marketplaces = ["{where}"]
rules = ["{rules}"]
{what}
reason = {{ en = "our lawyers say so", zh = "法务要求" }}
source = [{{ url = "https://example.com/rules", retrieved = 2026-11-01 }}]
"""
MAIL = "Oak chair that folds. Write to sales@gartenmoebel-meier.de before you order"
Sharpen = Callable[..., str]
Found = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def sharpen(tmp_path: Path) -> Sharpen:
    """Writes a folder of policies that sharpens; gives the option that names it."""

    def write(what: str, rules: str = "BEH121", where: str = "etsy.com", more: str = "") -> str:
        path = tmp_path / "our" / "profiles" / "house.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(HOUSE.format(what=what, rules=rules, where=where) + more, "utf-8")
        return f"policies={tmp_path / 'our'}"

    return write


@pytest.fixture
def found(tmp_path: Path, run_cli: RunCli) -> Found:
    """The findings of one listing on marketplaces, as the JSON report has them."""

    def check(*options: str, on: str = "etsy.com", title: str = "Chair") -> list[dict[str, Any]]:
        sheet = tmp_path / "goods.csv"
        sheet.write_text(f'sku,title,description\nA1,"{title}","{MAIL}"\n', "utf-8")
        places = [w for m in on.split() for w in ("--marketplace", m)]
        ran = run_cli(sheet, "--isolated", "--output-format", "json", *places, *options)
        listed: list[dict[str, Any]] = json.loads(ran.stdout)["findings"]
        return listed

    return check


def test_a_shop_of_ones_own_may_be_written_to(found: Found) -> None:
    assert found("--select", "BEH121", on="shopify") == []
    (finding,) = found("--select", "BEH121", on="shopify amazon.com")
    assert (finding["severity"], finding["marketplaces"]) == ("error", ["amazon.com"])
    assert finding["sharpened"] == []


def test_each_marketplace_has_its_own_severity(found: Found, sharpen: Sharpen) -> None:
    config = sharpen('severity = "info"')
    options = ("--select", "BEH121", "--config", config)
    (finding,) = found(*options)
    assert finding["severity"] == "info"
    assert finding["why"].endswith("Info on Etsy because our lawyers say so.")
    assert {"url": "https://example.com/rules", "retrieved": "2026-11-01"} in finding["source"]
    (finding,) = found(*options, on="etsy.com amazon.com")
    assert (finding["severity"], finding["marketplaces"]) == ("error", ["etsy.com", "amazon.com"])
    assert finding["sharpened"] == [
        {"marketplace": "etsy.com", "severity": "info", "reason": "our lawyers say so"}
    ]


def test_the_same_fingerprint_however_severe(found: Found, sharpen: Sharpen) -> None:
    (plain,) = found("--select", "BEH121")
    (milder,) = found("--select", "BEH121", "--config", sharpen('severity = "warning"'))
    assert milder["severity"] != plain["severity"]
    assert milder["fingerprint"] == plain["fingerprint"]


def test_the_closer_one_counts(found: Found, sharpen: Sharpen) -> None:
    closer = HOUSE.format(what='severity = "warning"', rules="BEH121", where="etsy.*")
    more = closer.replace("schema = 1\n", "")
    config = sharpen('severity = "info"', rules="behaviour", where="etsy.com", more=more)
    assert found("--select", "BEH121", "--config", config)[0]["severity"] == "warning"


def test_settings_go_before_a_profile(found: Found, sharpen: Sharpen) -> None:
    config = sharpen('severity = "off"')
    assert found("--select", "BEH121", "--config", config) == []
    said = ("--select", "BEH121", "--config", config, "--config", "severity.BEH121=warning")
    assert found(*said)[0]["severity"] == "warning"


def test_an_override_says_why(tmp_path: Path, run_cli: RunCli) -> None:
    (tmp_path / "listlint.toml").write_text(
        'select = ["BEH121"]\n[[overrides]]\nmarketplaces = ["etsy.com"]\n'
        'severity = { BEH121 = "warning" }\nreason = "the shop is agreed with Etsy"\n',
        "utf-8",
    )
    sheet = tmp_path / "goods.csv"
    sheet.write_text(f'sku,title,description\nA1,Chair,"{MAIL}"\n', "utf-8")
    ran = run_cli(sheet, "--marketplace", "etsy.com")
    assert "warning on etsy.com because the shop is agreed with Etsy" in ran.stdout


def test_a_limit_of_one_marketplace(found: Found, sharpen: Sharpen) -> None:
    config = sharpen("limit = { max_chars = 20 }", rules="ebay-title-80", where="ebay.com")
    options = ("--select", "LST133", "--config", config)
    title = "Oak chair that folds, garden"
    (finding,) = found(*options, on="ebay.com ebay.de", title=title)
    assert (finding["marketplaces"], finding["match"]) == (["ebay.com"], title[20:])
    assert "our lawyers say so" in finding["why"]
    both = found(*options, on="ebay.com ebay.de", title="Oak chair that folds, " * 5)
    assert [(f["marketplaces"], f["message"]) for f in both] == [
        (["ebay.com"], "title: 109 characters, 20 allowed"),
        (["ebay.de"], "title: 109 characters, 80 allowed"),
    ]


def test_as_of(found: Found, sharpen: Sharpen) -> None:
    config = sharpen('severity = "info"\neffective = 2027-01-15')
    options = ("--select", "BEH121", "--config", config, "--as-of")
    assert found(*options, "2027-01-14")[0]["severity"] == "error"
    assert found(*options, "2027-01-15")[0]["severity"] == "info"


def test_kept_results_see_a_changed_limit(found: Found, sharpen: Sharpen) -> None:
    said = []
    for most in (50, 10, 50):
        config = sharpen(f"limit = {{ max_chars = {most} }}", rules="LST133", where="ebay.com")
        said.append(len(found("--select", "LST133", "--config", config, on="ebay.com", title="Oak chair that folds")))  # fmt: skip
    assert said == [0, 1, 0]


def test_several_workers(found: Found) -> None:
    one = found("--select", "BEH121", "--jobs", "1", on="walmart.com shopify")
    assert found("--select", "BEH121", "--jobs", "2", "--no-cache", on="walmart.com shopify") == one


def test_explain(run_cli: RunCli) -> None:
    said = run_cli("explain", "BEH121", "--isolated").stdout
    assert "On shopify: off, because a shop of one's own" in said
    assert "help.shopify.com" in said


def test_the_api_sharpens_too() -> None:
    linter = Linter(Settings(select=("BEH121",)))
    assert linter.check_listing({"description": MAIL}, "shopify") == []
    assert [f.severity for f in linter.check_listing({"description": MAIL}, "etsy.com")] == [
        "error"
    ]


@pytest.mark.parametrize(
    ("what", "rules", "where", "said"),
    [
        ('severity = "bad"', "BEH121", "etsy.com", "'bad' is not a valid Severity"),
        ('severty = "info"', "BEH121", "etsy.com", "unknown key 'severty'"),
        ("limit = { longest = 3 }", "LST133", "ebay.com", "limit: unknown key 'longest'"),
        ('severity = "info"', "BEH999", "etsy.com", "no rule, area or pack is called 'BEH999'"),
        ('severity = "info"', "BEH121", "etsi.com", "no marketplace is called 'etsi.com'"),
    ],
)
def test_what_can_not_be_meant(
    sharpen: Sharpen, run_cli: RunCli, what: str, rules: str, where: str, said: str
) -> None:
    ran = run_cli("explain", "BEH121", "--isolated", "--config", sharpen(what, rules, where))
    assert ran.code == 2
    assert said in ran.stderr
    assert "house.toml" in ran.stderr


@pytest.mark.parametrize(
    ("what", "rules", "said"),
    [
        ('severity = "error"', "BEH121", "BEH121 is of severity error anyway"),
        ("limit = { max_chars = 3 }", "BEH121", "BEH121 has no limit"),
        ('severity = "info"', "LST133", "LST133 holds on none of these marketplaces"),
        ('severity = "info"', "LIC355", "LIC355 is called LIC345 now"),
    ],
)
def test_lint_of_sharpenings(
    sharpen: Sharpen, run_cli: RunCli, what: str, rules: str, said: str
) -> None:
    ran = run_cli("policy", "lint", sharpen(what, rules).removeprefix("policies="))
    assert ran.code == 1
    assert said in ran.stdout


def test_every_shipped_sharpening_is_of_use() -> None:
    library = prepare(Settings()).library
    shipped = load_sharpenings([builtin()])
    assert shipped
    used = {
        id(one)
        for spec in library.rules
        for one, _ in Sharpened(library, date(2026, 11, 23)).of_rule(spec)
    }
    assert len(used) == len(library.sharpenings) == len(shipped)
    assert load_profiles([builtin()])


# --- rules under their old names -----------------------------------------------------------------

NEW = 'was = ["PRO998", "old-zorkmid"]\nterms = ["zorkmid"]'


@pytest.fixture
def coins(tmp_path: Path) -> Path:
    """A sheet that a house rule flags once, beside settings with the rule under its old code."""
    policy = tmp_path / "house" / "coins.toml"
    policy.parent.mkdir()
    old = rule("PRO998").replace("house-pro998", "old-zorkmid")
    policy.write_text(pack_text("coins", old), "utf-8")
    (tmp_path / "goods.csv").write_text("sku,title\nA1,Gold zorkmid\n", "utf-8")
    (tmp_path / "listlint.toml").write_text('policies = ["house"]\n', "utf-8")
    return tmp_path


def rename(folder: Path) -> None:
    (folder / "house" / "coins.toml").write_text(pack_text("coins", rule("PRO999", NEW)), "utf-8")


def codes(run_cli: RunCli, folder: Path, *options: str) -> tuple[list[str], str]:
    """What counts of the sheet, and the whole text report."""
    ran = run_cli(folder / "goods.csv", "--output-format", "json", *options)
    report = json.loads(ran.stdout)
    counted = [f["rule"] for f in report["findings"] if f["suppressed"] is None]
    text = " ".join(run_cli(folder / "goods.csv", *options).stdout.split())
    return [c for c in counted if c.startswith("PRO")], text


def test_old_names_in_options_and_explained(coins: Path, run_cli: RunCli) -> None:
    rename(coins)
    for word in ("PRO998", "old-zorkmid"):
        found, notes = codes(run_cli, coins, "--select", word)
        assert found == ["PRO999"]
        assert f"{word} is called PRO999 (house-pro999) now; both are understood." in notes
        assert codes(run_cli, coins, "--select", "PRO", "--ignore", word)[0] == []
    assert "understood" not in codes(run_cli, coins, "--select", "PRO999")[1]
    said = run_cli("explain", "PRO998", "--config", str(coins / "listlint.toml")).stdout
    assert said.startswith("PRO999 house-pro999")
    assert "Called before: PRO998, old-zorkmid" in said


def test_old_names_in_settings_and_suppressions(coins: Path, run_cli: RunCli) -> None:
    rename(coins)
    settings = 'policies = ["house"]\nselect = ["PRO999", "FILE"]\n'
    config = coins / "listlint.toml"
    config.write_text(settings + 'severity = { PRO998 = "info" }\n', "utf-8")
    report = json.loads(run_cli(coins / "goods.csv", "--output-format", "json").stdout)
    assert [f["severity"] for f in report["findings"]] == ["info"]
    excuse = '[[suppress]]\nrule = "PRO998"\nsku = "A1"\nreason = "a toy"\n'
    config.write_text(settings + excuse, "utf-8")
    found, notes = codes(run_cli, coins)
    assert found == []
    assert "PRO998 is called PRO999" in notes


def test_an_old_baseline_and_history(coins: Path, run_cli: RunCli) -> None:
    only = ("--select", "PRO998")
    run_cli("baseline", coins / "goods.csv", *only, "-o", coins / "known.json")
    kept = ("--config", f"baseline={coins / 'known.json'}")
    stored = ("--config", f"history={coins / 'runs.sqlite'}")
    assert codes(run_cli, coins, *only, *kept)[0] == []
    assert codes(run_cli, coins, *only, *stored)[0] == ["PRO998"]
    rename(coins)
    found, notes = codes(run_cli, coins, "--select", "PRO999,FILE", *kept)
    assert found == []
    assert "PRO998 is called PRO999" in notes
    codes(run_cli, coins, "--select", "PRO999", *stored)
    with closing(sqlite3.connect(coins / "runs.sqlite")) as base:
        spells = "SELECT rule, opened, closed FROM spell JOIN finding ON id = finding WHERE rule LIKE 'PRO%'"
        assert base.execute(spells).fetchall() == [("PRO999", 1, None)]


def test_an_old_code_that_is_in_use(coins: Path, run_cli: RunCli) -> None:
    taken = rule("PRO999", 'was = ["PRO101"]\nterms = ["zorkmid"]')
    (coins / "house" / "coins.toml").write_text(pack_text("coins", taken), "utf-8")
    ran = run_cli("policy", "lint", coins / "house")
    assert "PRO101 is already a rule of prohibited/firearms" in ran.stdout
    two = rule("PRO999", NEW), rule("PRO998", 'terms = ["doubloon"]', bad="Gold doubloon")
    (coins / "house" / "coins.toml").write_text(pack_text("coins", *two), "utf-8")
    assert "PRO998 is a rule of its own" in run_cli("policy", "lint", coins / "house").stdout
