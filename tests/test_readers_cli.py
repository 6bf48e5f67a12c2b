"""What sellers have, and what strangers may send, through the whole program."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
import zipfile
from typing import TYPE_CHECKING

import openpyxl
import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Ran, RunCli


def found(ran: Ran, area: str = "seller") -> list[tuple[str, str, str]]:
    """(rule's name, cell, field) of the findings of an area."""
    return [(f["name"], f["cell"], f["field"]) for f in ran.json["findings"] if f["area"] == area]


def file_notes(ran: Ran) -> dict[str, str]:
    """Name of what was said of files → its severity."""
    return {f["name"]: f["severity"] for f in ran.json["findings"] if f["area"] == "file"}


def check(run_cli: RunCli, folder: Path, *arguments: str) -> Ran:
    """`listlint` in a folder without settings, as JSON."""
    return run_cli(*arguments, "--isolated", "--output-format", "json", cwd=folder)


# --- columns -------------------------------------------------------------------------------------


def test_asins_and_barcodes_in_one_column_are_each_checked(run_cli: RunCli, tmp_path: Path) -> None:
    (tmp_path / "loader.csv").write_text(
        "sku,title,brand,product-id,product-id-type,price\n"
        "A-1,Wool vest,Nordvale,B01I53BE4Q,ASIN,20\n"
        "A-2,Wool sock,Nordvale,4006381333932,EAN,20\n"
        "A-3,Wool hat,Nordvale,4006381333931,EAN,20\n"
        "A-4,Wool cap,Nordvale,GTIN exempt,,20\n"
    )
    ran = check(run_cli, tmp_path, "loader.csv", "--select", "seller")
    assert found(ran) == [("gtin-check-digit", "D3", "gtin")]


def test_a_column_that_the_settings_name(run_cli: RunCli, tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text(
        "Ref;Werbezeile;Intern\n1;Replica watch 1:1;Ware eins\n2;Blue stoneware mug;Ware zwei\n"
    )
    (tmp_path / "listlint.toml").write_text(
        '[columns]\nRef = "sku"\nWerbezeile = "title"\n"Intern" = ""\n'
    )
    ran = run_cli("own.csv", "--output-format", "json", cwd=tmp_path)
    (entry,) = ran.json["files"]
    assert entry["columns"] == {"Ref": "sku", "Werbezeile": "title"}
    assert entry["unmapped"] == ["Intern"]
    assert ("B2", "title") in {(f["cell"], f["field"]) for f in ran.json["findings"]}
    shown = run_cli("columns", "own.csv", cwd=tmp_path)
    assert re.search(r"Werbezeile +title +the settings say so", shown.stdout)

    (tmp_path / "listlint.toml").write_text('[columns]\nRef = "skuu"\n')
    for command in (["own.csv"], ["columns", "own.csv"]):
        ran = run_cli(*command, cwd=tmp_path)
        assert (ran.code, ran.stdout) == (2, "")
        assert "'Ref': no such field: skuu" in ran.stderr


def test_columns_names_what_it_could_not_read(run_cli: RunCli, tmp_path: Path) -> None:
    (tmp_path / "good.csv").write_text("sku,title\nA-1,Blue stoneware mug\n")
    (tmp_path / "prose.csv").write_text("dear all\nthe list follows\nregards\n")
    (tmp_path / "scan.xlsx").write_bytes(b"%PDF-1.7\n")
    ran = run_cli("columns", "scan.xlsx", "prose.csv", "good.csv", "gone.csv", cwd=tmp_path)
    assert ran.code == 3
    assert "good.csv: listings" in ran.stdout
    for line in ("scan.xlsx: not-a-spreadsheet", "prose.csv: unrecognised", "gone.csv: missing"):
        assert line in ran.stdout


# --- listlint's own ------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_checked_workbook_is_checked_again(lang: str, run_cli: RunCli, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Stock"
    for row in (["sku", "title"], ["A-1", "Replica watch 1:1"], ["A-2", "Blue stoneware mug"]):
        book.active.append(row)
    book.save(tmp_path / "stock.xlsx")
    first = check(run_cli, tmp_path, "stock.xlsx", "--lang", lang, "-o", "xlsx=checked.xlsx")
    again = check(run_cli, tmp_path, "checked.xlsx", "--lang", lang)
    assert again.code == first.code == 1
    kinds = [(f["sheet"], f["dialect"], f["rows"]) for f in again.json["files"]]
    assert ("Stock", "generic", 2) in kinds
    assert {(dialect, rows) for sheet, dialect, rows in kinds if sheet != "Stock"} == {
        ("listlint-report", 0)
    }
    assert again.json["summary"]["listings"] == 2
    cells = [(f["rule"], f["cell"]) for f in first.json["findings"]]
    assert [(f["rule"], f["cell"]) for f in again.json["findings"]] == cells


def test_reports_beside_the_inventory_are_no_inventory(run_cli: RunCli, tmp_path: Path) -> None:
    (tmp_path / "stock.csv").write_text("sku,title\nA-1,Replica watch 1:1\n")
    formats = ("json", "jsonl", "csv", "sarif", "junit", "gitlab", "rdjson")
    names = {"sarif": "sarif.json", "junit": "junit.xml", "gitlab": "gl.json", "rdjson": "rd.json"}
    outputs = [f"--output={f}={names.get(f, 'report.' + f)}" for f in formats]
    first = check(run_cli, tmp_path, "stock.csv", *outputs)
    again = check(run_cli, tmp_path, ".")
    assert (first.code, again.code) == (1, 1)
    assert again.json["summary"]["listings"] == 1
    assert len([f for f in again.json["findings"] if f["area"] != "file"]) == len(
        [f for f in first.json["findings"] if f["area"] != "file"]
    )


# --- what can't be read --------------------------------------------------------------------------


def ole(stream: str) -> bytes:
    """The head of an OLE file that names a stream, as Excel writes a file with a password."""
    name = stream.encode("utf-16-le")
    entry = name.ljust(64, b"\0") + (len(name) + 2).to_bytes(2, "little") + b"\2"
    header = bytearray(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0"))
    header[24:34] = bytes.fromhex("3e000300feff09000600")
    header[44:48] = (1).to_bytes(4, "little")
    header[48:52] = (1).to_bytes(4, "little")
    header[68:76] = b"\xfe\xff\xff\xff\0\0\0\0"
    header[76:80] = (0).to_bytes(4, "little")
    header[80:512] = b"\xff" * 432
    fat = b"\xfd\xff\xff\xff\xfe\xff\xff\xff".ljust(512, b"\xff")
    root = "Root Entry".encode("utf-16-le")
    top = root.ljust(64, b"\0") + (len(root) + 2).to_bytes(2, "little") + b"\5\1"
    top += b"\xff\xff\xff\xff\xff\xff\xff\xff\1\0\0\0"
    return bytes(header) + fat + (top.ljust(128, b"\0") + entry.ljust(128, b"\0")).ljust(512, b"\0")


def zipped(name: str, data: bytes, *, cut: int = 0) -> bytes:
    """A zip of one member, its last bytes cut off."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return buffer.getvalue()[: -cut or None]


BAD = {
    "locked.xlsx": (ole("EncryptedPackage"), "encrypted"),
    "scan.xlsx": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "not-a-spreadsheet"),
    "photo.csv": (b"\x89PNG\r\n\x1a\n" + b"\0\1\2" * 50, "not-a-spreadsheet"),
    "letter.xlsx": (zipped("word/document.xml", b"<w/>"), "not-a-spreadsheet"),
    "cut.xlsx": (zipped("xl/workbook.xml", b"<workbook/>" * 90, cut=40), "truncated"),
    "cut64.xlsx": (base64.b64encode(zipped("xl/a.xml", b"<a/>" * 90, cut=40)), "truncated"),
    "empty.csv": (b"", "empty-file"),
    "blank.csv": (b"\xef\xbb\xbf\r\n \r\n", "empty-file"),
    "entities.xml": (
        b'<!DOCTYPE r [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><r><item><t>&b;</t></item></r>',
        "unsafe-content",
    ),
    "site.xml": (b"<html><body>hello</body></html>", "not-a-spreadsheet"),
    "half.json": (b'[{"sku": "1", "title": "a mug"}, {"sku": "2", "ti', None),
    "prose.txt": (b"Dear all,\nplease find the list attached.\nRegards\n", "unrecognised-sheet"),
    "nothing.zip": (zipped("readme.md", b"# hello"), "not-a-spreadsheet"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_unread_is_said_and_the_rest_is_checked(
    name: str, run_cli: RunCli, tmp_path: Path
) -> None:
    data, wanted = BAD[name]
    (tmp_path / name).write_bytes(data)
    (tmp_path / "good.csv").write_text("sku,title\nA-1,Blue stoneware mug\n")
    ran = check(run_cli, tmp_path, name, "good.csv")
    assert ran.code == 3
    errors = {n for n, severity in file_notes(ran).items() if severity == "error"}
    assert errors
    if wanted is not None:
        assert errors == {wanted}
    assert [f["rows"] for f in ran.json["files"] if f["path"] == "good.csv"] == [1]
    chinese = run_cli(name, "--isolated", "--lang", "zh", cwd=tmp_path)
    assert chinese.code == 3
    assert re.search("[\u4e00-\u9fff]", chinese.stdout)


def test_standard_input_of_any_format(run_cli: RunCli, tmp_path: Path) -> None:
    """A pipe has no name: content alone tells."""
    import subprocess
    import sys

    book = openpyxl.Workbook()
    for row in (["sku", "title"], ["A-1", "Blue stoneware mug"]):
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    texts = ("sku\ttitle\nA-1\tBlue stoneware mug\n", '{"sku": "A-1", "title": "Mug"}\n' * 2)
    for data in (buffer.getvalue(), *(text.encode("utf-16") for text in texts[:1]), b"", b"\0\1"):
        done = subprocess.run(
            [sys.executable, "-m", "listlint", "-", "--isolated", "--output-format", "json"],
            input=data, capture_output=True, cwd=tmp_path, check=False, timeout=120,
        )  # fmt: skip
        report = json.loads(done.stdout)
        read = sum(f["rows"] for f in report["files"])
        assert (done.returncode, read) == ((0, 1) if len(data) > 10 else (3, 0))
        assert {f["path"] for f in report["files"]} == {"-"}


# --- what goes out -------------------------------------------------------------------------------

EVIL = [
    '=HYPERLINK("http://evil.example","replica watch 1:1")',
    "@SUM(1+1)*cmd|' /C calc'!A0 replica watch 1:1",
    "+1-800-555-0100 call replica watch 1:1",
    "<script>alert(1)</script> replica watch 1:1 <img src=x onerror=alert(1)>",
    "\x1b]0;pwned\x07\x1b[2J replica watch 1:1 \u202egnp",
    "::error file=a.py::replica watch 1:1 ##vso[task.setvariable variable=x]y %0A::stop-commands::z",
    "replica watch 1:1\r\n::add-mask::secret\n##[command]rm",
]


@pytest.fixture(scope="module")
def outputs(run_cli: RunCli, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of every report on listings that try to run wherever they come out."""
    folder = tmp_path_factory.mktemp("evil")
    with (folder / "=cmd.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["sku", "title", "=1+1"])
        writer.writerows([[f"=A{n}", text, text] for n, text in enumerate(EVIL)])
    formats = ("html", "xlsx", "csv", "github", "azure", "markdown", "text", "junit", "gitlab")
    ran = run_cli(
        "=cmd.csv", "--isolated", *(f"--output={f}=out.{f}" for f in formats),
        cwd=folder, env={"FORCE_COLOR": "1"},
    )  # fmt: skip
    assert ran.code == 1
    (folder / "screen").write_text(ran.stdout, encoding="utf-8")
    return folder


def test_no_cell_of_a_report_is_a_formula(outputs: Path) -> None:
    with (outputs / "out.csv").open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.reader(file))
    assert len(rows) > len(EVIL)
    assert not [c for row in rows for c in row if re.match(r"\s*[=+\-@\t\r]", c)]
    book = openpyxl.load_workbook(outputs / "out.xlsx")
    cells = [cell for page in book for row in page.iter_rows() for cell in row if cell.value]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert {text for text in EVIL if "\x1b" not in text and "\r" not in text} <= {
        cell.value for cell in cells
    }


def test_no_cell_runs_in_a_page(outputs: Path) -> None:
    page = (outputs / "out.html").read_text(encoding="utf-8")
    assert "alert(1)" in page
    assert "<script>alert" not in page
    assert not re.search(r"<img[^>]*onerror", page)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202e]", page)


def test_no_cell_acts_on_a_terminal(outputs: Path) -> None:
    screen = (outputs / "screen").read_text(encoding="utf-8")
    assert "␛" in screen
    # Colours of our own are all that begins with an escape.
    assert not re.search("\x1b(?!\\[[0-9;]*m)", screen)
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1a\x7f\u202e]", screen)


def test_no_cell_is_a_workflow_command(outputs: Path) -> None:
    for name in ("github", "azure", "text", "markdown"):
        for line in (outputs / f"out.{name}").read_text(encoding="utf-8").splitlines():
            if name == "github":
                assert re.match(r"::(error|warning|notice) file=", line)
            else:
                assert not line.lstrip().startswith("::")
            assert not re.search(r"##\[|.##vso\[", line)


def test_markup_of_a_report_is_whole(outputs: Path) -> None:
    from xml.etree import ElementTree

    assert ElementTree.parse(outputs / "out.junit").getroot().tag == "testsuites"
    assert json.loads((outputs / "out.gitlab").read_text(encoding="utf-8"))
