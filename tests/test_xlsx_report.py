"""The checked workbook: what is kept, what is marked, what can't run."""

from __future__ import annotations

import csv
import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation

from conftest import ROOT, RunCli
from listlint.model import Lang, Location, Report, Severity
from listlint.reporters import get
from listlint.reporters.interface import Style
from listlint.reporters.workbook.plan import MAX_NOTE, note_of, reference, sheet_title
from listlint.reporters.workbook.sheets import COLOURS
from reports import HOSTILE, entry, finding, ordinary, report
from viewing import converted

RED = COLOURS[Severity.ERROR]


def save(made: Report, path: Path, lang: Lang = "en") -> Any:
    """The workbook written for a report, loaded."""
    path.touch()
    get("xlsx").save(made, path, Style(lang))
    return openpyxl.load_workbook(path)


@pytest.fixture
def inventory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """`inventory.xlsx` in the working folder, with what sellers have in their workbooks."""
    monkeypatch.chdir(tmp_path)
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Template"
    sheet.append(["SKU", "Item Name", "Price", "Double"])
    for row in range(2, 21):
        sheet.append([f"SKU-{row}", "AAA  Copy leather handbag", 9.5, f"=C{row}*2"])
    sheet["A5"].font = Font(bold=True, color="FF00FF00")
    sheet["C5"].number_format = "0.00 €"
    sheet["B12"].comment = Comment("ask the supplier", "Li")
    sheet["D3"].fill = PatternFill("solid", fgColor="FF123456")
    sheet.merge_cells("F1:G3")
    sheet.column_dimensions["B"].width = 77
    sheet.freeze_panes = "B2"
    choice = DataValidation(type="list", formula1='"New,Used"')
    choice.add("E2:E50")
    sheet.add_data_validation(choice)
    other = book.create_sheet("O'Brien, 其他")
    other["A1"] = "kept"
    book.create_sheet("Hidden").sheet_state = "hidden"
    book.save("inventory.xlsx")
    return tmp_path / "inventory.xlsx"


def test_the_sellers_workbook_comes_back_marked(inventory: Path) -> None:
    book = save(ordinary(), inventory.parent / "checked.xlsx")
    assert book.sheetnames == [
        "listlint", "Template", "O'Brien, 其他", "Hidden", "listlint findings", "listlint rules",
    ]  # fmt: skip
    sheet = book["Template"]
    assert sheet["B12"].fill.fgColor.rgb == RED
    assert sheet["B14"].fill.fgColor.rgb == COLOURS[Severity.INFO]
    assert sheet["B15"].fill.fgColor.rgb == "00000000", "a baselined finding is not marked"
    note = sheet["B12"].comment.text
    for said in (
        "IP101",
        "Why:",
        "Listings are removed",
        "What to do: Delete it.",
        "https://example.com",
    ):
        assert said in note
    assert "ask the supplier" in note, "the seller's own note stays"
    assert sheet["B2"].comment is None


def test_what_was_in_the_workbook_is_kept(inventory: Path) -> None:
    sheet = save(ordinary(), inventory.parent / "checked.xlsx")["Template"]
    assert sheet["D12"].value == "=C12*2"
    assert sheet["A5"].font.color.rgb == "FF00FF00"
    assert sheet["C5"].number_format == "0.00 €"
    assert sheet["D3"].fill.fgColor.rgb == "FF123456"
    assert [str(r) for r in sheet.merged_cells.ranges] == ["F1:G3"]
    assert sheet.data_validations.dataValidation[0].formula1 == '"New,Used"'
    assert sheet.column_dimensions["B"].width == 77
    assert sheet.freeze_panes == "B2"


def test_only_the_summary_is_selected(inventory: Path) -> None:
    book = save(ordinary(), inventory.parent / "checked.xlsx")
    assert book.active.title == "listlint"
    assert [s.title for s in book.worksheets if s.sheet_view.tabSelected] == ["listlint"]


def test_links_lead_to_the_cells(inventory: Path) -> None:
    book = save(ordinary(), inventory.parent / "checked.xlsx")
    found = {}
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                link = cell.hyperlink
                if link is not None and link.location:
                    assert link.ref == cell.coordinate
                    title, at = link.location.rsplit("!", 1)
                    assert title.strip("'").replace("''", "'") in book.sheetnames
                    found[sheet.title, cell.value] = at
    assert found["listlint findings", "B12"] == "B12"
    assert found["listlint findings", 13] == "A13"
    assert found["listlint", "All findings"] == "A1"


def test_findings_have_filters_and_rules_are_listed(inventory: Path) -> None:
    made = ordinary()
    book = save(made, inventory.parent / "checked.xlsx")
    findings = book["listlint findings"]
    assert findings.auto_filter.ref == f"A1:Q{len(made.findings) + 1}"
    assert findings.freeze_panes == "A2"
    assert findings.max_row == len(made.findings) + 1
    assert {c.value for c in book["listlint rules"]["A"]} >= {f.rule for f in made.findings}
    counts = {
        row[0].value: [c.value for c in row[1:5]] for row in book["listlint"].iter_rows(max_row=14)
    }
    assert counts["ip"] == [1, 0, 0, 1]
    assert counts["Total"] == [3, 1, 1, 5]


def test_notes_speak_the_readers_language(inventory: Path) -> None:
    book = save(ordinary(), inventory.parent / "checked.xlsx", "zh")
    note = book["Template"]["B12"].comment.text
    assert "原因" in note
    assert "商品会被下架" in note
    assert book["listlint"]["A1"].value == "listlint 检查结果"


def test_a_second_check_replaces_the_first(inventory: Path) -> None:
    save(ordinary(), inventory.parent / "checked.xlsx").save("inventory.xlsx")
    book = save(report(finding(13)), inventory.parent / "again.xlsx")
    sheet = book["Template"]
    assert len(book.sheetnames) == 6
    assert sheet["B12"].comment is None or "IP101" not in sheet["B12"].comment.text
    assert sheet["B12"].fill.fill_type is None
    assert sheet["B13"].comment.text.count("IP101") == 1


def test_what_cannot_be_kept_is_said_before_writing(
    inventory: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with zipfile.ZipFile(inventory, "a") as archive:
        archive.writestr("xl/slicers/slicer1.xml", "<slicers/>")
        archive.writestr("xl/cellimages.xml", "<x/>")
        archive.writestr("xl/vbaProject.bin", b"macro")
    book = save(ordinary(), inventory.parent / "checked.xlsx")
    said = capfd.readouterr().err
    for part in ("slicers", "pictures in cells (WPS)", "macros", "formula results"):
        assert part in said
    summary = [c.value for c in book["listlint"]["A"] if c.value]
    assert any("can't keep" in str(line) for line in summary)


def test_macros_stay_in_a_macro_workbook(
    inventory: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with zipfile.ZipFile(inventory, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"macro")
    save(ordinary(), inventory.parent / "checked.xlsm")
    assert "macros" not in capfd.readouterr().err
    with zipfile.ZipFile("checked.xlsm") as archive:
        assert archive.read("xl/vbaProject.bin") == b"macro"
        assert b"macroEnabled" in archive.read("[Content_Types].xml")


def rewritten(book: Path, part: str, old: bytes, new: bytes) -> None:
    """Replace bytes in one part of a workbook."""
    with zipfile.ZipFile(book) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old in parts[part]
    parts[part] = parts[part].replace(old, new)
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


def test_a_merged_column_is_not_spread_out(inventory: Path) -> None:
    rewritten(inventory, "xl/worksheets/sheet1.xml", b'"F1:G3"', b'"F1:F1048576"')
    path = inventory.parent / "checked.xlsx"
    path.touch()
    get("xlsx").save(ordinary(), path, Style())
    assert path.stat().st_size < 100_000
    with zipfile.ZipFile(path) as archive:
        assert b"F1:F1048576" in archive.read("xl/worksheets/sheet2.xml")


def test_a_workbook_openpyxl_cannot_load_is_written_anew(
    inventory: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    rewritten(inventory, "xl/styles.xml", b"FF00FF00", b"green")
    book = save(ordinary(), inventory.parent / "checked.xlsx")
    assert "written anew" in capfd.readouterr().err
    assert book["Template"]["B12"].fill.fgColor.rgb == RED


def csv_file(name: str, rows: list[list[str]]) -> None:
    with open(name, "w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows(rows)


@pytest.fixture
def in_tmp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_csv_becomes_a_workbook_that_shows_the_same(in_tmp: Path) -> None:
    rows = [["sku", "Item Name", "gtin", "price"]]
    rows += [
        ["007", "AAA  Copy leather handbag", "0012345678905", "19.90"],
        ["12", "=1+1", "", "-3"],
    ]
    csv_file("inventory.csv", rows)
    made = report(
        finding(2, path="inventory.csv", sheet=None, cell="B2"),
        files=(entry("inventory.csv", None),),
    )
    book = save(made, in_tmp / "checked.xlsx")
    sheet = book["inventory"]
    assert [c.value for c in sheet[2]] == [
        "007",
        "AAA  Copy leather handbag",
        "0012345678905",
        19.9,
    ]
    assert sheet["D2"].number_format == "0.00"
    assert sheet["D3"].value == -3
    assert sheet["B2"].fill.fgColor.rgb == RED
    assert sheet["B3"].value == "=1+1"
    assert sheet["B3"].data_type == "s"
    assert sheet["B3"].quotePrefix
    assert sheet["A1"].font.bold
    assert sheet.freeze_panes == "A2"


def test_several_files_share_a_workbook(in_tmp: Path) -> None:
    long = "a" * 40
    for name in ("one.csv", f"{long}1.csv", f"{long}2.csv"):
        csv_file(name, [["sku", "title"], ["1", "AAA  Copy leather handbag"]])
    names = ["one.csv", f"{long}1.csv", f"{long}2.csv", "gone.csv"]
    made = report(
        *(finding(2, path=name, sheet=None) for name in names),
        files=tuple(entry(name, None) for name in names),
    )
    book = save(made, in_tmp / "checked.xlsx")
    assert book.sheetnames[1] == "one"
    assert len(book.sheetnames) == 6
    assert all(len(name) <= 31 for name in book.sheetnames)
    assert all(book[name]["B2"].comment for name in book.sheetnames[1:4])


def test_a_member_of_a_zip_is_found(in_tmp: Path) -> None:
    csv_file("inner.csv", [["sku", "title"], ["1", "AAA  Copy leather handbag"]])
    with zipfile.ZipFile("outer.zip", "w") as archive:
        archive.write("inner.csv")
    path = "outer.zip/inner.csv"
    made = report(finding(2, path=path, sheet=None), files=(entry(path, None),))
    assert save(made, in_tmp / "checked.xlsx")["inner"]["B2"].comment


def test_without_the_file_the_flagged_cells_are_shown(
    in_tmp: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    made = report(
        finding(12, path="-", sheet=None),
        finding(90, path="-", sheet=None),
        files=(entry("-", None),),
    )
    book = save(made, in_tmp / "checked.xlsx")
    assert "can't be opened again" in capfd.readouterr().err
    sheet = book["-"]
    assert [c.value for c in sheet[3]] == [90, "AAA  Copy leather handbag"]
    assert sheet["B3"].comment
    links = [c.hyperlink.location for c in book["listlint findings"]["F"] if c.hyperlink]
    assert links == ["'-'!B2", "'-'!B3"]


@pytest.mark.parametrize("source", ["inventory.csv", "-"])
def test_nothing_in_the_workbook_can_run(in_tmp: Path, source: str) -> None:
    texts = [text.replace("\x00", "") for text in HOSTILE]
    csv_file(
        "inventory.csv",
        [["sku", "t"], *([t.encode("utf-8", "replace").decode()] * 2 for t in texts)],
    )
    findings = [
        finding(
            n,
            path=source,
            sheet=None,
            excerpt=text,
            match=text[:99],
            column=text[:60],
            sku=text[:60],
        )
        for n, text in enumerate(texts, start=2)
    ]
    book = save(report(*findings, files=(entry(source, None),)), in_tmp / "checked.xlsx")
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", cell.value
                if isinstance(cell.value, str) and cell.value.startswith(("=", "+", "-", "@")):
                    assert cell.quotePrefix
                link = cell.hyperlink
                if link is not None and link.target:
                    assert link.target.startswith(("https://", "http://"))


@pytest.mark.parametrize("name", ["annotated", "rebuilt"])
def test_libreoffice_opens_it(inventory: Path, name: str) -> None:
    made = ordinary()
    if name == "rebuilt":
        csv_file("inventory.csv", [["sku", "title"], *([f"S{n}", "AAA  Copy"] for n in range(30))])
        made = report(
            finding(12, path="inventory.csv", sheet=None), files=(entry("inventory.csv", None),)
        )
    save(made, inventory.parent / f"{name}.xlsx")
    again = converted(inventory.parent / f"{name}.xlsx", inventory.parent, "ods")
    assert again.stat().st_size > 1000


def test_notes_stay_within_what_a_cell_holds() -> None:
    text = note_of([finding(12, rule=f"IP{n}", excerpt="x") for n in range(100, 400)], "en")
    assert MAX_NOTE < len(text) < 32_767
    assert text.endswith("(more in the sheet of all findings)")


@given(st.lists(st.text(max_size=50), max_size=8))
def test_sheet_names_are_accepted_by_spreadsheet_programs(wanted: list[str]) -> None:
    taken: set[str] = set()
    made = [sheet_title(each, taken) for each in wanted]
    assert len({name.casefold() for name in made}) == len(made)
    for name in made:
        assert 0 < len(name.encode("utf-16-le")) <= 62
        assert not set(name) & set("[]:*?/\\")
        assert name[0] != "'" != name[-1]
        assert name.casefold() != "history"


def test_references_are_quoted() -> None:
    assert reference("O'Brien", "B2") == "'O''Brien'!B2"


def test_a_missing_row_is_no_link(in_tmp: Path) -> None:
    whole = finding(None, location=Location("inventory.csv"), match=None, excerpt=None)
    csv_file("inventory.csv", [["sku"], ["1"]])
    book = save(report(whole, files=(entry("inventory.csv", None),)), in_tmp / "checked.xlsx")
    assert book["listlint findings"]["K2"].value


def test_a_checked_workbook_is_checked_like_the_first(tmp_path: Path, run_cli: RunCli) -> None:
    shutil.copy(ROOT / "sample_inventory" / "amazon-us.xlsx", tmp_path)

    def findings(name: str, checked: str) -> list[tuple[Any, ...]]:
        outputs = [f"-oxlsx={checked}", "-ojson=report.json", "-q", "--as-of", "2026-11-23"]
        assert run_cli(name, *outputs, cwd=tmp_path).code == 1
        found = json.loads((tmp_path / "report.json").read_text("utf-8"))["findings"]
        return [(f["rule"], f["sheet"], f["cell"], f["match"]) for f in found]

    before = findings("amazon-us.xlsx", "checked.xlsx")
    assert len(before) > 20
    assert findings("checked.xlsx", "again.xlsx") == before
    once = openpyxl.load_workbook(tmp_path / "checked.xlsx")
    twice = openpyxl.load_workbook(tmp_path / "again.xlsx")
    assert twice.sheetnames == once.sheetnames
    assert twice["Template"]["E24"].comment.text == once["Template"]["E24"].comment.text
