"""`listlint plan`: a letter that states what was seen and claims nothing else."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

from conftest import ROOT, RunCli
from test_docs_commands import blocks

SHEET = (
    "sku,title,brand,fcc_id\n"
    'BAG-1,"AAA copy leather handbag, mirror quality",Harrowfield,\n'
    "SPY-2,Bluetooth speaker waterproof 20W,Harrowfield,X?1\n"
    "OK-3,Linen apron,Harrowfield,\n"
)
REASONS = [
    reason
    for path in sorted((ROOT / "policies" / "plan").glob("*.toml"))
    for reason in tomllib.loads(path.read_text("utf-8"))["reason"]
]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A folder with a sheet that has something to appeal about."""
    (tmp_path / "inventory.csv").write_text(SHEET, "utf-8")
    (tmp_path / "listlint.toml").write_text('lang = "en"\nmarketplace = ["amazon.com"]\n', "utf-8")
    return tmp_path


def test_it_says_what_was_found_and_what_to_attach(shop: Path, run_cli: RunCli) -> None:
    ran = run_cli("plan", "inventory.csv", cwd=shop)
    assert ran.code == 0
    for words in ("Suspected intellectual property violation", "BAG-1", "AAA copy", "IP101"):
        assert words in ran.stdout
    assert "Compliance document requested" in ran.stdout
    assert "- [ ] FCC ID (equipment authorisation)" in ran.stdout
    assert "OK-3" not in ran.stdout


def test_nothing_is_ticked_and_every_done_thing_has_a_blank(shop: Path, run_cli: RunCli) -> None:
    text = run_cli("plan", "inventory.csv", cwd=shop).stdout
    assert "[x]" not in text.lower()
    corrected = re.findall(r"### What we have corrected\n\n((?:- .*\n)+)", text)
    assert corrected
    for line in "".join(corrected).splitlines():
        assert line.startswith("- [ ] ")
        assert "\\[" in line, line


def test_each_reason_of_a_rule_has_a_text() -> None:
    used = {
        found
        for path in (ROOT / "policies").rglob("*.toml")
        for found in re.findall(r'^suspension_reason = "([a-z-]+)"', path.read_text("utf-8"), re.M)
    }
    assert used <= {r["id"] for r in REASONS}


def test_both_languages_say_the_same_number_of_things() -> None:
    for reason in REASONS:
        assert reason["source"][0]["url"].startswith("https://")
        for key in ("causes", "corrective", "preventive", "documents"):
            assert len(reason[key]["en"]) == len(reason[key]["zh"]) > 0, (reason["id"], key)
        for lang in ("en", "zh"):
            assert all("[" in line for line in reason["corrective"][lang]), reason["id"]


def test_chinese(shop: Path, run_cli: RunCli) -> None:
    text = run_cli("plan", "inventory.csv", "--lang", "zh", cwd=shop).stdout
    for words in (
        "行动计划书",
        "根本原因",
        "已采取的整改",
        "如何防止再次发生",
        "随附文件",
        "BAG-1",
    ):
        assert words in text
    prose = [line for line in text.splitlines() if line.startswith("- [ ]")]
    assert all(re.search("[\u4e00-\u9fff]", line) for line in prose)


def test_one_reason_only(shop: Path, run_cli: RunCli) -> None:
    text = run_cli("plan", "inventory.csv", "--reason", "suspected-ip", cwd=shop).stdout
    assert "intellectual property" in text
    assert "SPY-2" not in text
    ran = run_cli("plan", "inventory.csv", "--reason", "suspected", cwd=shop)
    assert ran.code == 2
    assert "suspected-ip" in ran.stderr


def test_html_can_not_run_what_a_cell_says(shop: Path, run_cli: RunCli) -> None:
    hostile = 'sku,title,brand\n<script>x</script>,"AAA copy <img src=x onerror=y> handbag",B\n'
    (shop / "inventory.csv").write_text(hostile, "utf-8")
    assert run_cli("plan", "inventory.csv", "-o", "plan.html", cwd=shop).code == 0
    page = (shop / "plan.html").read_text("utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "default-src 'none'" in page


def test_markdown_can_not_be_broken_by_a_cell(shop: Path, run_cli: RunCli) -> None:
    (shop / "inventory.csv").write_text(
        'sku,title,brand\n"A|1 [x](http://e.example)",AAA copy handbag,B\n', "utf-8"
    )
    text = run_cli("plan", "inventory.csv", cwd=shop).stdout
    assert "http://" not in text
    row = next(line for line in text.splitlines() if "IP101" in line and line.startswith("|"))
    assert row.count("|") == 6


def test_what_was_mended_is_told_as_gone_from_the_file(shop: Path, run_cli: RunCli) -> None:
    run_cli("inventory.csv", "-o", "json=before.json", cwd=shop)
    mended = SHEET.replace("AAA copy leather handbag, mirror quality", "Leather handbag")
    (shop / "inventory.csv").write_text(mended, "utf-8")
    text = run_cli("plan", "inventory.csv", "--before", "before.json", cwd=shop).stdout
    gone = text.partition("No longer found")[2]
    assert "BAG-1" in gone
    assert "SPY-2" not in gone
    assert "no longer found in the files checked on" in gone


def test_a_file_not_given_again_is_not_told_as_mended(shop: Path, run_cli: RunCli) -> None:
    run_cli("inventory.csv", "-o", "json=before.json", cwd=shop)
    (shop / "other.csv").write_text(SHEET.replace("BAG-1", "BAG-9"), "utf-8")
    text = run_cli("plan", "other.csv", "--before", "before.json", cwd=shop).stdout
    assert "BAG-1" not in text


def test_from_a_report(shop: Path, run_cli: RunCli) -> None:
    run_cli("inventory.csv", "-o", "json=report.json", cwd=shop)
    direct = run_cli("plan", "inventory.csv", cwd=shop).stdout
    assert run_cli("plan", "report.json", cwd=shop).stdout == direct


def test_nothing_to_plan_writes_nothing(shop: Path, run_cli: RunCli) -> None:
    (shop / "inventory.csv").write_text("sku,title,brand\nOK-3,Linen apron,Harrowfield\n", "utf-8")
    ran = run_cli("plan", "inventory.csv", "-o", "plan.md", cwd=shop)
    assert ran.code == 0
    assert "nothing was written" in ran.stderr
    assert not (shop / "plan.md").exists()


def test_a_file_that_could_not_be_read_is_named(shop: Path, run_cli: RunCli) -> None:
    (shop / "broken.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    ran = run_cli("plan", "inventory.csv", "broken.xlsx", cwd=shop)
    assert ran.code == 3
    assert "Not covered, because it could not be read: broken.xlsx" in ran.stdout


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("r.json", '{"schema": "listlint/report/9"}', "not a listlint report"),
        ("r.json", '{"schema": "listlint/report/1", ', "not JSON"),
        ("r.json", json.dumps({"schema": "listlint/report/1", "findings": [{}]}), "lacks"),
    ],
)
def test_a_wrong_report(shop: Path, run_cli: RunCli, name: str, text: str, said: str) -> None:
    (shop / name).write_text(text, "utf-8")
    ran = run_cli("plan", name, cwd=shop)
    assert ran.code == 2
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_wrong_output(shop: Path, run_cli: RunCli) -> None:
    assert ".md or .html" in run_cli("plan", "inventory.csv", "-o", "plan.docx", cwd=shop).stderr
    ran = run_cli("plan", "inventory.csv", "-o", "no/such/plan.md", cwd=shop)
    assert ran.code == 2
    assert "can't be written" in ran.stderr


def test_a_real_file(shared: Path, run_cli: RunCli) -> None:
    path = shared / "inventories" / "ebay__xushiiii__ebay_listings.csv"
    ran = run_cli("plan", path, "--lang", "en", "--isolated")
    assert ran.code in (0, 3)
    assert "Traceback" not in ran.stderr


def test_the_commands_of_the_page(shop: Path, run_cli: RunCli) -> None:
    lines = "".join(blocks("plan-of-action", "sh")).splitlines()
    assert lines
    for line in lines:
        command, _, wanted = line.partition("# exit ")
        ran = run_cli(*command.split()[1:], cwd=shop)
        assert ran.code == int(wanted), (line, ran.stderr)
