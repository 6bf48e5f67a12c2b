"""Suppressions: where they may stand, what they must say, when they end, and what is said of them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from conftest import RunCli
from listlint.config import Settings
from listlint.run import prepare
from listlint.suppress import Names, fits_path, parse_cell
from teamwork import BAD, NAME, ONLY, RULE, excused, findings, sheet, skus


@pytest.fixture(scope="module")
def names() -> Names:
    return Names(prepare(Settings()).library)


HEADER = "sku,title,brand,listlint_ignore"


def test_column(run_cli: RunCli, tmp_path: Path) -> None:
    path = sheet(
        tmp_path / "a.csv",
        f"A-1,{BAD},Harrowfield,{RULE}: a film prop until 2099-01-01",
        f"A-2,{BAD},Harrowfield,{NAME}: by its name",
        f"A-3,{BAD},Harrowfield,IP102: another rule",
        f"A-4,{BAD},Harrowfield,",
        header=HEADER,
    )
    ran = run_cli(path, *ONLY)
    assert skus(ran) == ["A-3", "A-4"]
    assert excused(ran) == {"A-1": "column", "A-2": "column"}
    first = ran.json["findings"][0]["suppressed"]
    assert first == {"by": "column", "reason": "a film prop", "until": "2099-01-01"}
    assert ran.json["summary"]["by_rule"] == {RULE: 2}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("IP101", "reason"),
        ("IP101:", "reason"),
        ("IP101: until 2099-01-01", "reason"),
        ("ALL: be quiet", "more than one"),
        ("*: be quiet", "more than one"),
        ("ip: be quiet", "more than one"),
        ("IP1: be quiet", "more than one"),
        ("IP999: no such rule", "no rule"),
        ("counterfeit-grad: a slip", "counterfeit-grade"),
        ("FILE001: not read", "could not be read"),
        ("please ignore this", "CODE: reason"),
        ("IP101: prop until 2026-13-45", "date"),
        ("IP101: prop until tomorrow", "date"),
    ],
)
def test_refused(names: Names, text: str, why: str) -> None:
    (parsed,) = parse_cell(text, names)
    assert parsed[3] is not None
    assert why in parsed[3].en
    assert parsed[3].zh


def test_several_in_a_cell(names: Names) -> None:
    text = "IP101: a prop; as agreed with legal (until 2027-01-31); IP102: 同上 至 2027-02-01\nLST101: x"
    found = list(parse_cell(text, names))
    assert [(rule, reason, until) for rule, reason, until, _ in found] == [
        ("IP101", "a prop; as agreed with legal", date(2027, 1, 31)),
        ("IP102", "同上", date(2027, 2, 1)),
        ("LST101", "x", None),
    ]
    assert [wrong for *_, wrong in found] == [None] * 3


def test_a_refused_one_excuses_nothing_and_is_said(run_cli: RunCli, tmp_path: Path) -> None:
    path = sheet(tmp_path / "a.csv", f"A-1,{BAD},Harrowfield,ALL: be quiet; {RULE}", header=HEADER)
    ran = run_cli(path, *ONLY)
    assert skus(ran) == ["A-1"]
    said = findings(ran, "suppression-refused")
    assert [f["cell"] for f in said] == ["D2", "D2"]
    assert {f["area"] for f in said} == {"file"}


def test_an_expired_one_counts_again_and_is_said(run_cli: RunCli, tmp_path: Path) -> None:
    path = sheet(
        tmp_path / "a.csv", f"A-1,{BAD},Harrowfield,{RULE}: prop until 2026-06-30", header=HEADER
    )
    before = run_cli(path, *ONLY, "--as-of", "2026-06-30")
    assert (before.code, skus(before)) == (0, [])
    after = run_cli(path, *ONLY, "--as-of", "2026-07-01")
    assert (after.code, skus(after)) == (1, ["A-1"])
    (said,) = findings(after, "suppression-expired")
    assert "2026-06-30" in said["message"]
    assert not findings(after, "suppression-unused")


def test_an_unused_one_is_said_unless_nobody_looked(run_cli: RunCli, tmp_path: Path) -> None:
    path = sheet(
        tmp_path / "a.csv", f"A-1,Linen apron,Harrowfield,{RULE}: was a prop", header=HEADER
    )
    (said,) = findings(run_cli(path, *ONLY), "suppression-unused")
    assert (said["cell"], said["severity"]) == ("D2", "info")
    other = run_cli(path, "--select", "LST101", "--output-format", "json")
    assert not findings(other, "suppression-unused")


def test_note_on_a_cell(run_cli: RunCli, tmp_path: Path) -> None:
    from openpyxl import Workbook
    from openpyxl.comments import Comment

    book = Workbook()
    page = book.active
    for row in (["sku", "title", "brand"], ["A-1", BAD, "H"], ["A-2", BAD, "H"], ["A-3", BAD, "H"]):
        page.append(row)
    page["B2"].comment = Comment(f"Ann:\nlistlint: {RULE}: a prop, asked legal", "Ann")
    page["C3"].comment = Comment(f"listlint: {RULE}: on another cell", "Ann")
    page["B4"].comment = Comment("what a nice picture", "Ann")
    path = tmp_path / "a.xlsx"
    book.save(path)
    ran = run_cli(path, *ONLY)
    assert excused(ran) == {"A-1": "note"}
    assert skus(ran) == ["A-2", "A-3"]
    assert [f["cell"] for f in findings(ran, "suppression-unused")] == ["C3"]


def config(folder: Path, text: str) -> None:
    (folder / "listlint.toml").write_text(text, "utf-8")


def test_table_in_the_settings(run_cli: RunCli, tmp_path: Path) -> None:
    sheet(tmp_path / "drafts" / "a.csv", f"A-1,{BAD},Harrowfield", f"B-1,{BAD},Harrowfield")
    sheet(tmp_path / "live.csv", f"A-1,{BAD},Harrowfield")
    config(
        tmp_path,
        f"""
        [[suppress]]
        rule = "{RULE}"
        path = "drafts/*"
        sku = ["A-*", "C-*"]
        match = "aaa  REPLICA"
        reason = "not yet live"

        [[suppress]]
        rule = "{RULE}"
        path = "old.csv"
        reason = "a file that this run does not look at"
        """,
    )
    ran = run_cli(tmp_path, *ONLY)
    assert sorted(skus(ran)) == ["A-1", "B-1"]
    assert excused(ran) == {"A-1": "config"}
    assert not findings(ran, "suppression-unused")


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ('rule = "IP101"\nsku = "A-1"', "reason"),
        ('reason = "because"\nsku = "A-1"', "rule"),
        ('rule = "IP101"\nreason = "because"', "everywhere"),
        ('rule = "IP101"\nreason = "because"\npath = "*"', "everywhere"),
        ('rule = "ip"\nreason = "because"\nsku = "A-1"', "more than one"),
        ('rule = "IP101"\nreason = "because"\nskus = "A-1"', "'sku'"),
        ('rule = "IP101"\nreason = "because"\nsku = "A-1"\nuntil = "soon"', "until"),
    ],
)
def test_settings_that_are_refused_stop_the_run(
    run_cli: RunCli, tmp_path: Path, table: str, words: str
) -> None:
    path = sheet(tmp_path / "a.csv", f"A-1,{BAD},Harrowfield")
    config(tmp_path, f"[[suppress]]\n{table}\n")
    ran = run_cli(path, *ONLY)
    assert (ran.code, ran.stdout) == (2, "")
    assert "listlint.toml" in ran.stderr
    assert words in ran.stderr


def test_add_ignore_writes_the_sidecar(run_cli: RunCli, tmp_path: Path) -> None:
    path = sheet(tmp_path / "a[1].csv", f"A*1,{BAD},Harrowfield", f"A-2,{BAD},Harrowfield")
    ran = run_cli(
        path, "--select", RULE, "--add-ignore", "sold to a museum", "--until", "2099-12-31"
    )
    assert ran.code == 0
    assert path.read_text("utf-8").count(BAD) == 2
    again = run_cli(path, *ONLY)
    assert (again.code, excused(again)) == (0, {"A*1": "sidecar", "A-2": "sidecar"})
    # A star in a SKU is a star, not a pattern.
    path.write_text(path.read_text("utf-8").replace("A*1", "A-1"), "utf-8")
    other = run_cli(path, *ONLY)
    assert skus(other) == ["A-1"]
    assert findings(other, "suppression-unused")


def test_add_ignore_in_the_settings(run_cli: RunCli, tmp_path: Path) -> None:
    path = sheet(tmp_path / "a.csv", f"A-1,{BAD},Harrowfield")
    (tmp_path / "pyproject.toml").write_text('[tool.listlint]\nlang = "en"\n', "utf-8")
    assert run_cli(path, "--select", RULE, "--add-ignore", "ok", "--ignore-in", "config").code == 0
    assert excused(run_cli(path, *ONLY)) == {"A-1": "config"}
    assert run_cli(path, "--select", RULE, "--add-ignore", " ").code == 2


def test_what_was_not_read_is_never_excused(run_cli: RunCli, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"PK\x03\x04 broken")
    assert run_cli(path, "--add-ignore", "hush").code == 3
    assert not (tmp_path / "a.xlsx.listlint.toml").exists()
    assert run_cli(path, "--ignore", "FILE", "--config", "severity.FILE=info").code == 3


@pytest.mark.parametrize(
    ("path", "pattern", "fits"),
    [
        ("drafts/a.csv", "drafts/", True),
        ("drafts/a.csv", "a.csv", True),
        ("drafts/a.csv", "*.csv", True),
        ("drafts/deep/a.csv", "drafts/*", True),
        ("live/a.csv", "drafts/*", False),
        ("a.csv", "./a.csv", True),
        ("data.csv", "a.csv", False),
    ],
)
def test_path_patterns(path: str, pattern: str, fits: bool) -> None:
    assert fits_path(path, (pattern,)) is fits
