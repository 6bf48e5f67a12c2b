"""The reader of large xlsx sheets gives the same cells as calamine, in bounded memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest
import xlsxwriter

from listlint.readers import Grid, Limits, Note, UnreadableError, notes, streamed, workbook
from listlint.readers.container import open_zip
from listlint.readers.streamed import StreamedBook
from reading import read, shared
from test_readers_hostile import cell, xlsx

if TYPE_CHECKING:
    from collections.abc import Iterable

Seen = tuple[
    dict[tuple[str | None, int, int], str], dict[str | None, tuple[object, ...]], set[object]
]

NOT_THE_SAME = {
    # calamine leaves `_xC1EF_` as it stands and decodes other escapes of the kind.
    "XLSX_issue.4724.xlsx",
}


def gather(grids: Iterable[Grid], said: list[Note]) -> Seen:
    """(cells, what else is told of each sheet that has cells, notes)."""
    cells, sheets = {}, {}
    for grid in grids:
        for block in grid.blocks():
            for number, row in zip(block.numbers, block.rows, strict=True):
                cells.update({(grid.name, number, c): text for c, text in enumerate(row) if text})
        if any(name == grid.name for name, _, _ in cells):
            sheets[grid.name] = (
                sorted(grid.merged), grid.hidden, grid.hidden_rows, grid.hidden_columns,
                grid.numeric_columns,
            )  # fmt: skip
    of_cells = {
        (n.name, n.sheet, n.detail, n.row, n.column_index) for n in said if n.sheet in sheets
    }
    return cells, sheets, of_cells


def by_calamine(path: Path) -> Seen | None:
    """A workbook through calamine; None where anything of it could not be read so."""
    said: list[Note] = []
    try:
        seen = gather(workbook.grids(str(path), path.name, "xlsx", Limits(), said.append), said)
    except UnreadableError:
        return None
    return None if {n.name for n in said} & (notes.NOT_READ - {notes.NO_VALUE}) else seen


def by_stream(path: Path) -> Seen:
    said: list[Note] = []
    with open_zip(str(path), Limits()) as archive:
        book = StreamedBook(archive)
        try:
            grids = [book.grid(name, path.name, said.append) for name in book.sheets]
            return gather([g for g in grids if g is not None], said)
        finally:
            book.close()


def test_the_same_cells_as_calamine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "_second_try", _refuse)
    folders = (shared("inventories"), shared("nasty"))
    paths = [
        p for f in folders for p in sorted(f.rglob("*.xls[xm]")) if p.read_bytes()[:2] == b"PK"
    ]
    compared = 0
    for path in paths:
        if path.name in NOT_THE_SAME or (expected := by_calamine(path)) is None:
            continue
        assert by_stream(path) == expected, path
        compared += 1
    assert compared > 150


def _refuse(*_: object) -> None:
    raise UnreadableError(Note(notes.BROKEN))


def test_every_kind_of_cell(tmp_path: Path) -> None:
    path = tmp_path / "cells.xlsx"
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet("S & Söhne")
    bold = book.add_format({"bold": True})
    formats = ["0%", "00000", "yyyy-mm-dd", "[h]:mm", "hh:mm", "#,##0.00 €", '"SKU"0000', "General"]
    for n, code in enumerate(formats):
        shown = book.add_format({"num_format": code})
        for m, value in enumerate([0, 0.25, 1, 59, 60, 61, 45000.75, -3.5, 1e15, 4006381333931]):
            # A length of time beyond what Python can tell ends calamine's sheet.
            page.write_number(m, n, 7 if code == "[h]:mm" and value > 1e9 else value, shown)
    page.write_rich_string(11, 0, "Oak ", bold, "cutting", " board")
    page.write_string(11, 1, " kept \n& <b> ")
    page.write_string(11, 2, "_x000D_ ümlaut 東京 😀")
    page.write_formula(11, 3, '="a"&"b"', None, "ab")
    page.write_formula(11, 4, "=1/0", None, "#DIV/0!")
    page.write_boolean(11, 5, True)
    page.write_formula(11, 6, "=A1", None, "")
    page.merge_range("B14:B16", "merged")
    page.write(199, 30, "far off")
    page.set_row(13, None, None, {"hidden": True})
    page.set_column(4, 5, None, None, {"hidden": True})
    book.add_worksheet("empty")
    hidden = book.add_worksheet("hidden")
    hidden.write(0, 0, "x")
    hidden.hide()
    book.close()
    expected = by_calamine(path)
    assert expected is not None
    assert by_stream(path) == expected
    assert len(expected[0]) > 80


@pytest.mark.parametrize(
    "row",
    [
        '<row><c><v>1</v></c><c t="inlineStr"><is><t>a</t></is></c></row>',
        "<row r='2'><c r='B2'><v>5</v></c></row>",
        '<row r="3"><c t="n" r="B3" s="0"><v>1e3</v></c><c r="D3"/></row>',
        '<row r="3"><c r="C3"><v>1</v></c><c r="A3"><v>2</v></c></row>',
        '<row r="3"><c r="A3" t="inlineStr"><is><r><t>a</t></r><r><t xml:space="preserve"> b</t></r>'
        '<rPh sb="0" eb="1"><t>zz</t></rPh></is></c></row>',
        '<row r="3"><c r="A3" t="inlineStr"><is><t><![CDATA[<c r="A9">]]></t></is></c></row>',
        '<row r="3"><!-- <c r="A9"/> --><c r="A3"><v>1</v></c></row>',
        '<row r="3"><c r="A3" t="str"><f>x</f><v> a &amp;amp; _x0041_ </v></c></row>',
        '<row r="3"><c r="A3" t="d"><v>2020-01-02T03:04:05</v></c><c r="B3" t="b"><v>0</v></c></row>',
        '<row r="3"/><row r="4"></row><row r="5"><c r="A5"><v>abc</v></c></row>',
        '<row r="3"><c r="a3"><v>1</v></c></row>',
    ],
)
def test_unusual_rows(row: str, tmp_path: Path) -> None:
    path = xlsx(tmp_path / "odd.xlsx", ["<sheetData>", row])
    expected = by_calamine(path)
    assert expected is not None
    assert by_stream(path) == expected


@pytest.mark.parametrize(
    ("sheet", "said"),
    [
        ('<row r="0"><c r="A0"><v>1</v></c></row>', notes.BROKEN),
        ('<row r="1"><c r="ZZZ1"><v>1</v></c></row>', notes.BROKEN),
        ('<row r="1"><c r="A1" t="s"><v>7</v></c></row>', notes.BROKEN),
        ('<row r="1"><c r="A1" t="odd"><v>7</v></c></row>', notes.BROKEN),
        ('<row r="1"><c r="A1"><v>1</w></c></row>', notes.BROKEN),
        ('<row r="1"><c><v>&lol;</v></c></row>', notes.UNSAFE),
    ],
)
def test_damage_is_named(sheet: str, said: str, tmp_path: Path) -> None:
    path = xlsx(tmp_path / "bad.xlsx", ["<sheetData>", sheet])
    with pytest.raises(UnreadableError) as caught:
        by_stream(path)
    assert caught.value.note.name == said


def test_entities_and_a_missing_end(tmp_path: Path) -> None:
    def raw(sheet: str) -> Path:
        import zipfile

        path = xlsx(tmp_path / "raw.xlsx", ["<sheetData>"])
        with zipfile.ZipFile(path) as old:
            parts = {name: old.read(name) for name in old.namelist()}
        parts["xl/worksheets/sheet1.xml"] = sheet.encode()
        with zipfile.ZipFile(path, "w") as new:
            for name, data in parts.items():
                new.writestr(name, data)
        return path

    bomb = '<!DOCTYPE w [<!ENTITY a "aaaa">]><worksheet><sheetData></sheetData></worksheet>'
    with pytest.raises(UnreadableError) as caught:
        by_stream(raw(bomb))
    assert caught.value.note.name == notes.UNSAFE
    with pytest.raises(UnreadableError) as caught:
        by_stream(raw('<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="2">'))
    assert caught.value.note.name == notes.TRUNCATED


def test_a_stray_cell_at_the_far_corner_is_read(tmp_path: Path) -> None:
    path = xlsx(
        tmp_path / "far.xlsx",
        [
            '<dimension ref="A1:XFD1048576"/><sheetData>',
            f'<row r="1">{cell("A1", "sku")}</row>',
            f'<row r="1048576">{cell("XFD1048576", "x")}</row>',
        ],
    )
    cells, said = read(path)
    assert cells == {("S", 1, 0): "sku", ("S", 1_048_576, 16_383): "x"}
    assert said == []


def test_large_parts_are_streamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "stock.xlsx"
    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet("S")
    page.append(["sku", "title", "price"])
    for n in range(12_000):
        page.append([f"M-{n}", f"Mug {n % 7}", n / 4])
    book.save(path)
    expected = read(path)
    monkeypatch.setattr(streamed, "LARGE_PART", 1000)
    assert read(path) == expected
    assert len(expected[0]) == 36_003


MEASURE = """
import sys
from listlint.readers import Limits, open_source
for grid in open_source(sys.argv[1], "x", Limits(), print):
    print(sum(len(block.rows) for block in grid.blocks()))
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="measured by /proc")
def test_memory_of_a_large_sheet(tmp_path: Path) -> None:
    rows = 250_000
    texts = (
        f'<row r="{n}">' + "".join(cell(f"{c}{n}", f"{c} of row {n}") for c in "ABCDEFGHIJKLMNOPQ")
        + "</row>"
        for n in range(1, rows + 1)
    )  # fmt: skip
    path = xlsx(tmp_path / "large.xlsx", ["<sheetData>", *texts])
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path)],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    count, peak = map(int, done.stdout.split())
    assert count == rows
    assert peak < 300 << 10
