"""When and where a rule holds: from its first to its last day, and on the marketplaces of its law."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import Ran, RunCli
from teamwork import sheet, skus

RULES = """schema = 1
[pack]
id = "house/zorkmids"
version = "1"
updated = 2026-11-01
review_by = 2027-02-01

[[rule]]
code = "PRO900"
name = "house-zorkmid"
kind = "terms"
severity = "error"
effective = 2027-01-15
expires = 2027-06-30
message = { en = "{match!r} is not sold here", zh = "“{match}”不得销售" }
why = { en = "House rule.", zh = "内部规定。" }
fix = { en = "Take it down.", zh = "请下架。" }
source = [{ url = "https://example.com/rules", retrieved = 2026-11-01 }]
terms = ["zorkmid"]
[[rule.bad]]
listing = { title = "Gold zorkmid coin, boxed" }
match = "zorkmid"
[[rule.good]]
listing = { title = "Gold ducat coin, boxed" }
"""
PROFILES = (
    "amazon.com", "amazon.de", "amazon.co.jp", "ebay.com", "walmart.com", "etsy.com", "tiktok",
    "temu", "shopify", "taobao",
)  # fmt: skip
"""The marketplaces that sellers ask for first."""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A folder with a sheet and a house rule that holds from January to June 2027."""
    sheet(tmp_path / "coins.csv", "C-1,Gold zorkmid coin,Harrowfield", "C-2,Ducat,Harrowfield")
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "zorkmids.toml").write_text(RULES, "utf-8")
    return tmp_path


@pytest.fixture
def judge(shop: Path, run_cli: RunCli) -> RunCli:
    """Runs the sheet with the house rule as on a day."""

    def run(day: str, *more: str) -> Ran:
        known = ("--isolated", "--config", "policies=rules", "--output-format", "json")
        return run_cli("coins.csv", *known, "--as-of", day, *more, cwd=shop)

    return run


@pytest.mark.parametrize(
    ("day", "found"),
    [
        ("2027-01-14", []),
        ("2027-01-15", ["C-1"]),
        ("2027-06-30", ["C-1"]),
        ("2027-07-01", []),
    ],
)
def test_a_rule_holds_from_its_first_to_its_last_day(
    judge: RunCli, day: str, found: list[str]
) -> None:
    ran = judge(day, "--select", "PRO900")
    assert skus(ran, "PRO900") == found
    assert ran.code == bool(found)


def test_examples_are_tried_on_a_day_when_the_rule_holds(shop: Path, run_cli: RunCli) -> None:
    ran = run_cli("test", "rules", cwd=shop)
    assert (ran.code, ran.stdout.strip()) == (0, "1 rules, 2 examples, 0 failed")


@pytest.mark.parametrize(("day", "found"), [("2026-09-26", []), ("2026-09-27", ["A-1"])])
def test_a_shipped_rule_shows_what_will_fail(
    tmp_path: Path, run_cli: RunCli, day: str, found: list[str]
) -> None:
    """Directive (EU) 2024/825 applies from 27 September 2026."""
    path = sheet(tmp_path / "aprons.csv", "A-1,Eco-friendly linen apron,Harrowfield")
    known = ("--isolated", "--marketplace", "amazon.de", "--output-format", "json")
    ran = run_cli(path, *known, "--as-of", day, "--select", "PRO543")
    assert skus(ran, "PRO543") == found


@pytest.mark.parametrize(
    ("day", "lang", "said"),
    [
        ("2027-02-01", "en", None),
        ("2027-02-02", "en", "past their review date: house/zorkmids. Update listlint"),
        ("2027-02-02", "zh", "以下规则包已过复核日期：house/zorkmids。"),
        ("2030-01-01", "en", " more. Update listlint"),  # all of them: a few by name
    ],
)
def test_packs_past_their_review_are_said(
    shop: Path, run_cli: RunCli, day: str, lang: str, said: str | None
) -> None:
    known = ("--isolated", "--config", "policies=rules", "--lang", lang)
    ran = run_cli("coins.csv", *known, "--as-of", day, cwd=shop)
    shown = " ".join(ran.stdout.split())
    if said is None:
        assert "review date" not in shown
    else:
        assert said in shown or said.replace(" ", "") in shown.replace(" ", "")


@pytest.mark.parametrize(
    ("marketplaces", "found"),
    [
        (["amazon.com"], []),
        (["amazon.fr"], []),
        (["amazon.de"], ["K-1"]),
        (["ebay.de"], ["K-1"]),
        (["amazon.com", "amazon.de"], ["K-1"]),
    ],
)
def test_a_german_rule_speaks_on_german_marketplaces_alone(
    tmp_path: Path, run_cli: RunCli, marketplaces: list[str], found: list[str]
) -> None:
    path = sheet(
        tmp_path / "kettles.csv",
        "K-1,Wasserkocher Edelstahl 1.7 l,Harrowfield,",
        "K-2,Wasserkocher Edelstahl 1.7 l,Harrowfield,WEEE-Reg.-Nr. DE 12345678",
        header="sku,title,brand,weee_number",
    )
    where = [word for m in marketplaces for word in ("--marketplace", m)]
    known = ("--isolated", "--select", "LIC345", "--output-format", "json")
    assert skus(run_cli(path, *known, *where), "LIC345") == found


def test_the_marketplace_column_decides_row_by_row(tmp_path: Path, run_cli: RunCli) -> None:
    path = sheet(
        tmp_path / "kettles.csv",
        "K-1,Wasserkocher Edelstahl 1.7 l,Harrowfield,,amazon.com",
        "K-2,Wasserkocher Edelstahl 1.7 l,Harrowfield,,amazon.de",
        header="sku,title,brand,weee_number,marketplace",
    )
    ran = run_cli(path, "--isolated", "--select", "LIC345", "--output-format", "json")
    assert skus(ran, "LIC345") == ["K-2"]


@pytest.mark.parametrize("profile", PROFILES)
def test_every_profile_runs(tmp_path: Path, run_cli: RunCli, profile: str) -> None:
    path = sheet(
        tmp_path / "bags.csv",
        "B-1,AAA replica handbag,Harrowfield",
        "B-2,Linen apron with pockets,Harrowfield",
    )
    known = ("--isolated", "--marketplace", profile, "--output-format", "json")
    ran = run_cli(path, *known, "--select", "IP101")
    assert ran.code == 1
    assert ran.json["files"][0]["marketplaces"] == [profile]
    assert skus(ran, "IP101") == ["B-1"]
