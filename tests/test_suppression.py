"""Suppressions: where they may stand, what they must say, when they end, and what is said of them."""

from __future__ import annotations

import shutil
import zipfile
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


COLUMN = ("--add-ignore", "sold to a museum; see 旧 file", "--until", "2099-12-31",
          "--ignore-in", "column")  # fmt: skip


def test_add_ignore_in_a_new_column_of_a_text(run_cli: RunCli, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(
        f'sku,title,brand\r\nA-1,"{BAD}, large",Harrowfield\r\nA-2,Linen apron,Harrowfield\r\n'
        f"A-3,{BAD},Harrowfield".encode()
    )
    assert run_cli(path, "--select", RULE, *COLUMN).code == 0
    said = f"{RULE}: sold to a museum; see 旧 file until 2099-12-31"
    assert path.read_bytes().decode() == (
        f'sku,title,brand,listlint_ignore\r\nA-1,"{BAD}, large",Harrowfield,{said}\r\n'
        f"A-2,Linen apron,Harrowfield,\r\nA-3,{BAD},Harrowfield,{said}"
    )
    again = run_cli(path, *ONLY)
    assert (again.code, excused(again)) == (0, {"A-1": "column", "A-3": "column"})
    assert run_cli(path, *ONLY, "--as-of", "2100-01-01").code == 1


def test_add_ignore_goes_to_the_column_that_is_there(run_cli: RunCli, tmp_path: Path) -> None:
    rows = (f"A-1,LST101: agreed,{BAD}", f"A-2,,{BAD}")
    path = sheet(tmp_path / "a.csv", *rows, header="sku,listlint_ignore,title")
    assert run_cli(path, "--select", RULE, *COLUMN).code == 0
    lines = path.read_text("utf-8").splitlines()
    assert lines[0] == "sku,listlint_ignore,title"
    assert lines[1].startswith(f"A-1,LST101: agreed; {RULE}: sold")
    assert skus(run_cli(path, *ONLY)) == []


def test_add_ignore_in_a_workbook_leaves_the_rest_alone(
    run_cli: RunCli, shared: Path, tmp_path: Path
) -> None:
    """A seller's own workbook: only its sheet is written, and every old cell reads as before."""
    openpyxl = pytest.importorskip("openpyxl")
    source = shared / "inventories" / "cn-goods__liaowwxx__商品.xlsx"
    path = tmp_path / "a.xlsx"
    shutil.copy(source, path)
    assert run_cli(path, "--fail-on", "info", "-q").code == 1
    assert run_cli(path, *COLUMN).code == 0
    assert run_cli(path, "--fail-on", "info", "-q").code == 0
    old, new = zipfile.ZipFile(source), zipfile.ZipFile(path)
    changed = {n for n in old.namelist() if old.read(n) != new.read(n)}
    assert changed <= {"xl/worksheets/sheet1.xml", "xl/workbook.xml"}
    first, second = (openpyxl.load_workbook(p).worksheets[0] for p in (source, path))
    for row, wider in zip(first.iter_rows(), second.iter_rows(), strict=True):
        assert [c.value for c in row] == [c.value for c in wider[: len(row)]]
        assert [c.style_id for c in row] == [c.style_id for c in wider[: len(row)]]
        assert len(wider) == len(row) + 1


def test_add_ignore_where_no_column_can_be_written(run_cli: RunCli, tmp_path: Path) -> None:
    # Latin text can't hold the reason; the sidecar can.
    path = tmp_path / "a.csv"
    path.write_bytes(f"sku,title,brand\nA-1,{BAD} für Gäste,Harrowfield\n".encode("cp1252"))
    before = path.read_bytes()
    ran = run_cli(path, "--select", RULE, *COLUMN)
    assert (ran.code, path.read_bytes()) == (0, before)
    assert excused(run_cli(path, *ONLY))["A-1"] == "sidecar"
    # What would read as two suppressions is no reason for one.
    path = sheet(tmp_path / "b.csv", f"A-1,{BAD},Harrowfield")
    ran = run_cli(path, "--select", RULE, "--add-ignore", "x; IP102: y", "--ignore-in", "column")
    assert ran.code == 2
    assert "IP102" in ran.stderr


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
