"""Mending files: what is safe, what is wording, and that nothing else in the file changes."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest

from conftest import ROOT, RunCli
from listlint.config import Settings
from listlint.fix import delimited, workbook
from listlint.fix.refusal import Refused
from listlint.policy.load import load_models, pack_files
from listlint.policy.paths import builtin
from listlint.policy.testing import batch_of, findings_of
from listlint.readers.interface import Limits
from listlint.run import engine_for, prepare
from listlint.wording import reword
from teamwork import findings

TIDY = ("--select", "LST191,LST192,LST193,SEL106,LST101,IP251")


@pytest.mark.parametrize(
    ("cell", "words", "left"),
    [
        ("Velcro ties - Free Shipping! - black", "Free Shipping", "Velcro ties - black"),
        ("Apron FREE DELIVERY", "FREE DELIVERY", "Apron"),
        ("Free gift! Apron", "Free gift", "Apron"),
        ("Apron (free shipping) blue", "free shipping", "Apron blue"),
        ("Apron, free shipping, blue", "free shipping", "Apron, blue"),
        ("Soft. Free shipping.", "Free shipping", "Soft."),
        ("【包邮】围裙", "包邮", "围裙"),
        ("围裙包邮亚麻", "包邮", "围裙亚麻"),
    ],
)
def test_taking_words_out(cell: str, words: str, left: str) -> None:
    start = cell.index(words)
    edit = reword(cell, (start, start + len(words)), "")
    assert cell[: edit.span[0]] + edit.text + cell[edit.span[1] :] == left
    assert not edit.safe


def test_other_words_keep_the_capital() -> None:
    assert reword("Velcro ties", (0, 6), "hook and loop").text == "Hook and loop"


def rules_with_words() -> list[tuple[str, dict[str, Any]]]:
    return [
        (rule.code, example.listing)
        for _, model in load_models(pack_files([builtin()]))
        for rule in model.rule
        if rule.replacement
        for example in rule.bad
        if example.listing
    ]


def test_wording_mends_what_the_rule_found() -> None:
    """Wherever a rule says what to write instead, writing so leaves nothing for it to find."""
    tried = 0
    prepared = prepare(Settings())
    engine = engine_for(prepared)
    for code, listing in rules_with_words():
        batch = batch_of([dict(listing)], ())
        found = [f for f in findings_of(engine, batch) if f.rule == code and f.fix.edit]
        for f in found[:1]:
            edit, cell = f.fix.edit, f.excerpt
            assert edit is not None
            assert cell is not None
            new = cell[: edit.span[0]] + edit.text + cell[edit.span[1] :]
            mended = {k: new if v == cell else v for k, v in listing.items()}
            again = findings_of(engine, batch_of([mended], ()))
            assert f.match not in [g.match for g in again if g.rule == code], (code, new)
            tried += 1
    assert tried > 5


CSV = (
    "\ufeffsku;title;brand;Barcode;Discription\r\n"
    '"A-1 ";Linen\u200bapron;"Harrow;field";36000291452;"say ""hi"""\r\n'
    "A-2;  Free shipping - Linen apron;Ｈarrow;4006381333931;tidy\r\n"
    "\r\n"
    'A-3;"Wool ""big""  scarf";Harrow;4006381333931;\r\n'
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_csv_changes_only_cells_with_findings(
    run_cli: RunCli, tmp_path: Path, encoding: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(CSV.encode(encoding))
    ran = run_cli(path, *TIDY, "--fix", "--output-format", "json")
    assert path.read_bytes() == CSV.encode(encoding)
    expected = (
        CSV.replace('"A-1 "', '"A-1"').replace("\u200b", "").replace("36000291452", "036000291452")
        .replace(";  Free", ";Free").replace("Ｈarrow", "Harrow").replace("  scarf", " scarf")
        .replace("Discription", "Description")
    )  # fmt: skip
    assert (tmp_path / "a.fixed.csv").read_bytes().decode(encoding) == expected
    assert [f["rule"] for f in findings(ran) if f["area"] != "file"] == ["LST101"]
    # What was mended is not found again.
    again = run_cli(tmp_path / "a.fixed.csv", *TIDY, "--output-format", "json")
    assert [f["rule"] for f in findings(again) if f["area"] != "file"] == ["LST101"]


def test_legacy_encoding_stays(run_cli: RunCli, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    text = "sku,标题,品牌\n" + "".join(
        f"A-{n},亚麻围裙带口袋厨房用品纯色,海岭家居\n" for n in range(9)
    )
    path.write_bytes((text + "A-99 ,亚麻围裙,海岭家居\n").encode("gb18030"))
    assert run_cli(path, *TIDY, "--fix", "-q").code == 0
    assert (tmp_path / "a.fixed.csv").read_bytes() == (text + "A-99,亚麻围裙,海岭家居\n").encode(
        "gb18030"
    )


def test_diff_shows_and_writes_nothing(run_cli: RunCli, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(CSV, "utf-8")
    ran = run_cli(path, *TIDY, "--diff", "--unsafe-fixes")
    assert ran.code == 1
    lines = ran.stdout.splitlines()
    assert lines[1] == f"+++ {(tmp_path / 'a.fixed.csv').as_posix()}"
    at = lines.index("-  Free shipping - Linen apron")
    assert lines[at + 1] == "+Linen apron"
    assert "LST101" in lines[at - 1]
    assert "-Linen⟨U+200B⟩apron" in lines
    assert [p.name for p in tmp_path.iterdir()] == ["a.csv"]
    clean = tmp_path / "clean.csv"
    clean.write_text("sku,title,brand\nA-1,Linen apron,Harrow\n", "utf-8")
    assert run_cli(clean, *TIDY, "--diff").code == 0


def test_in_place_only_when_asked(run_cli: RunCli, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(CSV, "utf-8")
    assert run_cli(path, *TIDY, "--fix", "--unsafe-fixes", "--in-place", "-q").code == 0
    assert [p.name for p in tmp_path.iterdir()] == ["a.csv"]
    assert "Free shipping" not in path.read_text("utf-8")


def test_suppressed_findings_are_left_alone(run_cli: RunCli, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "sku,title,brand,listlint_ignore\n"
        'A-1,"Linen  apron",Harrow,"LST192: as printed on the box"\n',
        "utf-8",
    )
    run_cli(path, *TIDY, "--fix", "-q")
    assert not (tmp_path / "a.fixed.csv").exists()


def make_workbook(path: Path) -> None:
    """A workbook with about everything that a library would lose or change."""
    from openpyxl import Workbook
    from openpyxl.chart import BarChart, Reference
    from openpyxl.styles import Font
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    page = book.active
    page.title = "Template"
    page.append(["sku", "title", "brand", "ean", "price", "note"])
    page.append(["A-1 ", "Linen\u200bapron & <towel>", "Harrowfield", 36000291452, 9.5, "=E2*2"])
    page.append(["A-2", "Velcro ties  black", "Cordtidy", None, 3, None])
    page["B2"].font = Font(bold=True)
    page["D2"].number_format = "0"
    check = DataValidation(type="list", formula1='"a,b"')
    page.add_data_validation(check)
    check.add("G2:G9")
    chart = BarChart()
    chart.add_data(Reference(page, min_col=5, min_row=1, max_row=3))
    page.add_chart(chart, "H2")
    other = book.create_sheet("Licences")
    other.append(["document", "document_number"])
    book.save(path)


def test_workbook_keeps_everything_else(run_cli: RunCli, tmp_path: Path) -> None:
    from openpyxl import load_workbook

    path = tmp_path / "a.xlsx"
    make_workbook(path)
    # A part that no library knows: a macro project, a signature, whatever.
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0 macros")
    run_cli(path, *TIDY, "--fix", "--unsafe-fixes", "-q")
    old, new = zipfile.ZipFile(path), zipfile.ZipFile(tmp_path / "a.fixed.xlsx")
    assert old.namelist() == new.namelist()
    changed = {n for n in old.namelist() if old.read(n) != new.read(n)}
    assert changed <= {"xl/worksheets/sheet1.xml", "xl/workbook.xml"}
    book = load_workbook(tmp_path / "a.fixed.xlsx")
    page = book["Template"]
    assert [c.value for c in page[2]] == [
        "A-1", "Linenapron & <towel>", "Harrowfield", "036000291452", 9.5, "=E2*2",
    ]  # fmt: skip
    assert page["B3"].value == "Hook and loop ties black"
    assert page["B2"].font.b
    assert page.data_validations.dataValidation[0].formula1 == '"a,b"'
    assert book.sheetnames == ["Template", "Licences"]


def test_shared_strings_and_macros_of_real_templates(
    run_cli: RunCli, shared: Path, tmp_path: Path
) -> None:
    """Excel's own workbooks: every part but the sheet is the same, every other cell too."""
    from openpyxl import load_workbook

    source = (
        shared
        / "inventories"
        / "amazon-flatfile__elstraussoscode__Schnellkochtöpfe_2025-09-22T08_26_00Z.xlsm"
    )
    path = tmp_path / "template.xlsm"
    path.write_bytes(source.read_bytes())
    book = load_workbook(source, read_only=True)
    name, cells = None, []
    for page in book:
        for row in page.iter_rows():
            cells = [c for c in row if isinstance(c.value, str) and len(c.value) > 3]
            if cells:
                break
        if cells:
            name = page.title
            break
    assert name is not None
    cell = cells[0]
    place = (cell.row, cell.column - 1)
    target = tmp_path / "out.xlsm"
    refused = workbook.change(
        str(path), str(target), {name: {place: (cell.value, "Nēw <tèxt>")}}, Limits()
    )
    assert refused == {}
    old, new = zipfile.ZipFile(path), zipfile.ZipFile(target)
    changed = [n for n in old.namelist() if old.read(n) != new.read(n)]
    assert [n for n in changed if n != "xl/workbook.xml"] == [
        n for n in changed if n.startswith("xl/worksheets/")
    ]
    before, after = load_workbook(path, read_only=True), load_workbook(target, read_only=True)
    for page in before:
        for one, two in zip(page.iter_rows(), after[page.title].iter_rows(), strict=True):
            for a, b in zip(one, two, strict=True):
                if (page.title, getattr(a, "coordinate", "")) == (name, cell.coordinate):
                    assert b.value == "Nēw <tèxt>"
                else:
                    assert a.value == b.value


def test_formulas_and_changed_cells_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    make_workbook(path)
    wanted = {(2, 5): ("19", "20"), (2, 1): ("something else", "x"), (50, 0): ("a", "b")}
    refused = workbook.change(str(path), str(tmp_path / "b.xlsx"), {"Template": wanted}, Limits())
    assert {place: why.text.en[:10] for place, why in refused.items()} == {
        ("Template", 2, 5): "it would b",
        ("Template", 2, 1): "the cell d",
        ("Template", 50, 0): "the cell i",
    }


def test_a_mended_csv_cell_never_becomes_a_formula(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("sku,title\nA-1, =1+1\n", "utf-8")
    data, refused = delimited.change(str(path), "a.csv", {(2, 1): (" =1+1", "=1+1")})
    assert data == path.read_bytes()
    assert "formula" in refused[2, 1].text.en


def test_broken_quotes_are_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('sku,title\nA-1,"5" pipe"\nA-2 ,x\n', "utf-8")
    with pytest.raises(Refused):
        delimited.change(str(path), "a.csv", {(3, 0): ("A-2 ", "A-2")})


def test_formats_that_cannot_be_changed_are_said(run_cli: RunCli, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('[{"sku": "A-1 ", "title": "Linen apron", "brand": "H"}]', "utf-8")
    ran = run_cli(path, *TIDY, "--fix", "-q")
    assert "save it as xlsx or CSV" in ran.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]


def test_misspelt_headers_are_said_and_mended(run_cli: RunCli, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("sku,title,Discription\nA-1,Linen apron,Plain linen\n", "utf-8")
    (said,) = findings(run_cli(path, "--output-format", "json"), "misspelt-header")
    assert (said["cell"], said["severity"]) == ("C1", "info")
    run_cli(path, "--fix", "-q")
    assert (tmp_path / "a.fixed.csv").read_text("utf-8").startswith("sku,title,Description\n")


def test_sample_is_mended_without_new_findings(run_cli: RunCli, tmp_path: Path) -> None:
    """Mending the sample takes findings away and adds none."""
    for source in (ROOT / "sample_inventory").iterdir():
        (tmp_path / source.name).write_bytes(source.read_bytes())
    before = run_cli(tmp_path, "--output-format", "json")
    run_cli(tmp_path, "--fix", "--unsafe-fixes", "--in-place", "-q")
    after = run_cli(tmp_path, "--output-format", "json")
    old, new = ({(f["rule"], f["sku"], f["field"]) for f in findings(r)} for r in (before, after))
    assert new <= old
