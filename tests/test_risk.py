"""Suspension risk: what comes first, and that it says why."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import RunCli
from listlint.exposure import stock
from listlint.model import Area, Confidence, Finding, Severity, Suppression
from listlint.policy.load import load_models, pack_files
from listlint.policy.paths import builtin
from listlint.risk import LISTED, rank
from reports import finding, ordinary, report

WEIGHTS = builtin() / "risk" / "weights.toml"


def ranked(*findings: Finding, **more: Any) -> list[dict[str, Any]]:
    """The listings, most pressing first."""
    listings: Any = rank(replace(report(*findings), **more))["listings"]
    return list(listings)


def rows(*findings: Finding, **more: Any) -> list[int]:
    """Their rows."""
    return [item["row"] for item in ranked(*findings, **more)]


SHEET = """sku,title,price,quantity
A-1,AAA copy leather handbag,19.90,10
A-2,AAA copy leather wallet,"1.299,00 €",1 000
A-3,Plain mug,3,1
A-4,AAA copy leather belt,,5
"""


def test_every_run_ranks_by_what_the_sheet_says_of_price_and_stock(
    tmp_path: Path, run_cli: RunCli
) -> None:
    (tmp_path / "inventory.csv").write_text(SHEET, "utf-8")
    risk = run_cli("inventory.csv", "--output-format", "json", cwd=tmp_path).json["summary"]["risk"]
    assert risk["estimate"] is True
    assert {item["sku"]: item["exposure"] for item in risk["listings"]} == {
        "A-1": 199.0, "A-2": 1_299_000.0, "A-4": None,
    }  # fmt: skip
    assert risk["listings"][0]["sku"] == "A-2"


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("1,000", 1000),
        ("1.000", 1000),
        ("1 000", 1000),
        ("12.0", 12),
        ("5 pcs", 5),
        ("0", 0),
        ("sold out", None),
    ],
)
def test_stock_is_read_as_people_write_it(text: str, pieces: float | None) -> None:
    assert stock(text) == pieces


@pytest.mark.parametrize(
    ("lang", "head", "estimate"),
    [
        ("en", "Mend these first", "no marketplace's score"),
        ("zh", "请先处理", "不是任何平台的评分"),
    ],
)
def test_the_text_says_what_to_mend_first(
    tmp_path: Path, run_cli: RunCli, lang: str, head: str, estimate: str
) -> None:
    (tmp_path / "inventory.csv").write_text(SHEET, "utf-8")
    said = run_cli("inventory.csv", "--lang", lang, cwd=tmp_path).stdout
    part = said.split(head)[1]
    assert "1. " in part
    assert part.index("A-2") < part.index("A-1")
    assert estimate in part


def test_what_was_fixed_is_not_ranked(tmp_path: Path, run_cli: RunCli) -> None:
    (tmp_path / "inventory.csv").write_text(SHEET.replace("Plain mug", "Plain  mug"), "utf-8")
    left = run_cli(
        "inventory.csv", "--fix", "--unsafe-fixes", "--output-format", "json", cwd=tmp_path
    ).json  # fmt: skip
    flagged = {f["row"] for f in left["findings"] if f["row"]}
    assert {item["row"] for item in left["summary"]["risk"]["listings"]} == flagged


def test_severity_confidence_and_reason_decide() -> None:
    assert rows(
        finding(2, severity=Severity.INFO),
        finding(3, severity=Severity.WARNING, suspension_reason="restricted"),
        finding(4, suspension_reason="listing"),
        finding(5, suspension_reason="restricted"),
        finding(6, suspension_reason="restricted", confidence=Confidence.LOW),
    ) == [5, 4, 3, 6, 2]  # fmt: skip


def test_what_is_restricted_is_taken_down_and_sellers_data_are_corrected() -> None:
    items = ranked(
        finding(2, suspension_reason="restricted"),
        finding(3, suspension_reason="tax", area=Area.SELLER),
        finding(4, suspension_reason="doc-req"),
        finding(5, severity=Severity.INFO, suspension_reason="restricted"),
    )
    assert [i["action"] for i in items] == ["take-down", "account", "mend", "look"]
    assert items[0]["action_text"] == {"en": "take down first", "zh": "先下架"}
    assert "setting the stock to zero does not cure it" in items[0]["reasons"][0]["en"]
    assert "IP101" in items[0]["reasons"][0]["zh"]


def test_repetition_weighs_but_does_not_run_away() -> None:
    one = ranked(finding(2))[0]["weight"]
    many = ranked(*(finding(2) for _ in range(500)))[0]["weight"]
    assert one < many <= 2 * one
    wide = ranked(*(finding(n, suspension_reason="suspected-ip") for n in range(2, 300)))
    alone = ranked(finding(2, suspension_reason="suspected-ip"))
    assert alone[0]["weight"] < wide[0]["weight"] <= 1.6 * alone[0]["weight"]
    assert "stands in 298 listings" in wide[0]["reasons"][0]["en"]


def test_exposure_lifts_what_is_worth_more() -> None:
    place = ("inventory.xlsx", "Template")
    exposure = {
        (*place, 2): (10.0, 1.0),
        (*place, 3): (10.0, 500.0),
        (*place, 4): (10.0, None),
        (*place, 5): (float("nan"), 1.0),
    }
    items = ranked(*(finding(n) for n in range(2, 6)), exposure=exposure)
    assert items[0]["row"] == 3
    assert items[0]["exposure"] == 5000.0
    assert "most valuable" in items[0]["reasons"][-1]["en"]
    assert {i["row"]: i["exposure"] for i in items}[4] is None


def test_it_calls_itself_an_estimate_and_states_no_points() -> None:
    answer = rank(ordinary())
    assert answer["estimate"] is True
    assert "estimate" in str(answer["method"])
    text = json.dumps(answer, ensure_ascii=False)
    assert not re.search(r"\bAHR\b|points|200|health rating", text)


def test_what_does_not_count_or_is_no_listing_is_left_out() -> None:
    excused = replace(finding(2), suppressed=Suppression("baseline", "known"))
    whole = finding(None, area=Area.FILE, rule="FILE101")
    assert ranked(excused, whole) == []


def test_the_answer_is_short_and_json() -> None:
    answer = rank(report(*(finding(n) for n in range(2, 1_002))))
    assert answer["ranked"] == 1_000
    assert len(json.loads(json.dumps(answer))["listings"]) == LISTED


def test_every_reason_of_the_policies_has_a_weight() -> None:
    weights = tomllib.loads(WEIGHTS.read_text("utf-8"))
    used = {
        rule.suspension_reason
        for _, pack in load_models(pack_files([builtin()]))
        for rule in pack.rule
        if rule.suspension_reason
    }
    assert used <= weights["reason"].keys()
    for name, reason in weights["reason"].items():
        assert reason["level"] in weights["level"], name
        assert reason["because"].keys() == {"en", "zh"}
        assert reason["source"].startswith(("https://", "http://"))


@given(
    st.lists(
        st.tuples(
            st.integers(2, 9),
            st.sampled_from(Severity),
            st.sampled_from(Confidence),
            st.sampled_from([None, "restricted", "listing", "unheard-of"]),
        ),
        max_size=30,
    )
)
def test_each_flagged_listing_is_ranked_once(items: list[tuple[Any, ...]]) -> None:
    found = [finding(row, severity=s, confidence=c, suspension_reason=r) for row, s, c, r in items]
    listed = ranked(*found)
    assert sorted(i["row"] for i in listed) == sorted({f.location.row for f in found})
    assert all(i["weight"] > 0 and i["reasons"] for i in listed)
