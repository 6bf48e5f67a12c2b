"""Readers: every format, encoding and kind of value gives the text a person sees, where they see it."""

from __future__ import annotations

import base64
import codecs
import csv
import gzip
import io
import json
import tomllib
import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.styles import Font

from listlint.readers import Limits, Note, Source, expand, notes, open_source, sources
from listlint.readers.dialect import sniff
from listlint.readers.encoding import detect_bytes
from listlint.readers.ooxml import parse_format
from listlint.readers.values import text_of
from reading import names, read, shared

ROOT = Path(__file__).parents[1]


def test_every_note_is_a_rule() -> None:
    packs = [
        tomllib.loads((ROOT / "policies" / "file" / name).read_text("utf-8"))
        for name in ("readers.toml", "oddities.toml")
    ]
    assert {rule["name"] for pack in packs for rule in pack["rule"]} == set(notes.NAMES)


# --- delimited text ----------------------------------------------------------------------------

SENTENCES = {
    "gb18030": "不锈钢保温杯,适用于户外运动的大容量水壶\n儿童积木玩具,颜色随机发货\n",
    "big5": "不鏽鋼保溫杯,適用於戶外運動的大容量水壺\n兒童積木玩具,顏色隨機出貨\n",
    "cp932": "ステンレス水筒,アウトドア用の大容量ボトル\n子供用ブロック,色はランダムです\n",
    "cp949": "스테인리스 보온병,야외 활동용 대용량 물병\n어린이 블록 장난감,색상은 무작위로 배송됩니다\n",
    "cp1251": "Термос из нержавеющей стали,Большая бутылка для походов\nДетский конструктор,Цвет случайный\n",
    "cp1252": "Trinkflasche aus Edelstahl für draußen,Größe wählbar – 750 ml\nCafetière à piston,modèle élégant\n",
    "cp1250": "Bidon ze stali nierdzewnej,Pojemność duża\nKlocki dla dzieci,Różne kolory, wysyłka losowa część źródło\n",
    "cp1254": "Paslanmaz çelik şişe,Büyük boy ışıklı\nÇocuk oyuncağı,Renkler karışık gönderilir\n",
}


@pytest.mark.parametrize("name", SENTENCES)
def test_old_encodings(name: str, tmp_path: Path) -> None:
    text = "sku,title,description\n" + "".join(
        f"{n},{line}\n" for n, line in enumerate(SENTENCES[name].splitlines())
    )
    path = tmp_path / "stock.csv"
    path.write_bytes(text.encode(name))
    cells, said = read(path)
    assert cells[None, 2, 1] == SENTENCES[name].split(",")[0]
    assert notes.ENCODING in names(said)


@pytest.mark.parametrize(
    "name", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le"]
)
@pytest.mark.parametrize("title", ["Trinkflasche für Käfer", "不锈钢保温杯户外运动"])
def test_unicode_encodings(name: str, title: str, tmp_path: Path) -> None:
    path = tmp_path / "stock.txt"
    path.write_bytes(f"sku\ttitle\n{'A1'}\t{title}\n".encode(name))
    cells, said = read(path)
    assert cells == {
        (None, 1, 0): "sku",
        (None, 1, 1): "title",
        (None, 2, 0): "A1",
        (None, 2, 1): title,
    }
    assert not said


def test_foreign_letters_far_down_still_decide(tmp_path: Path) -> None:
    path = tmp_path / "stock.csv"
    path.write_bytes(b"sku,title\n" + b"1,plain\n" * 400_000 + "2,Größe\n".encode("cp1252"))
    cells, _ = read(path)
    assert cells[None, 400_002, 1] == "Größe"


def test_damaged_utf8_is_read_with_a_word(tmp_path: Path) -> None:
    path = tmp_path / "stock.csv"
    path.write_bytes(b"sku,title\n" + "1,Größe für Käfer\n".encode() * 30 + b"2,ab\xffcd\n")
    cells, said = read(path)
    assert cells[None, 2, 1] == "Größe für Käfer"
    assert cells[None, 32, 1] == "ab\ufffdcd"
    assert notes.DECODED_WITH_LOSS in names(said)


def test_utf8_read_as_cp1252_before_is_not_detected_as_something_else() -> None:
    assert detect_bytes("Größe\n".encode()).name == "utf-8"


def test_mojibake_is_said(tmp_path: Path) -> None:
    path = tmp_path / "stock.csv"
    path.write_text("sku,title\n1,GrÃ¶ÃŸe fÃ¼r KÃ¤fer\n", "utf-8")
    assert notes.MOJIBAKE in names(read(path)[1])
    path.write_text("sku,title\n1,Größe für SÃO PAULO\n", "utf-8")
    assert notes.MOJIBAKE not in names(read(path)[1])


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("suffix", [".csv", ".txt"])
def test_delimiters_by_content(delimiter: str, suffix: str, tmp_path: Path) -> None:
    rows = [
        ["sku", "title", "price", "tags"],
        ["A1", "Bottle, 750 ml; steel | blue", "12,50", "a, b"],
        ["A2", "Cup", "3,20", ""],
    ]
    path = tmp_path / f"stock{suffix}"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    cells, _ = read(path)
    assert cells[None, 2, 1] == rows[1][1]
    assert cells[None, 2, 2] == "12,50"


@pytest.mark.parametrize(
    ("text", "delimiter", "width"),
    [
        ("sep=;\na,b;c\n1;2\n", ";", 2),
        ("T;Cp;S\n1,5;2,3;3,1\n2,5;2,3;3,1\n", ";", 3),
        ("Price list 2026\n\nsku,title,price\n1,a,2\n2,b,3\n3,c,4\n", ",", 3),
        (
            "#INFO,Version=1\n#INFO Action and Category are required; see the help,\nsku,title,price,qty\n1,a,2,3\n2,b,3,4\n",
            ",",
            4,
        ),
        ("title\nA bottle, blue\nA cup\n", ",", 2),
        ("title\nBottle\nCup\n", ",", 1),
        ('"a";"b"\n"1,2,3";"x,y,z"\n', ";", 2),
    ],
)
def test_sniffing(text: str, delimiter: str, width: int) -> None:
    layout = sniff(text, "x.csv", whole=True)
    assert (layout.delimiter, layout.width) == (delimiter, width)


def test_backslash_escapes_only_where_they_balance(tmp_path: Path) -> None:
    path = tmp_path / "stock.csv"
    path.write_text('sku,title\n1,"a \\"big\\" cup, blue"\n2,"C:\\\\new"\n')
    assert read(path)[0][None, 2, 1] == 'a "big" cup, blue'
    path.write_text('sku,title\n1,"ends with \\"\n2,"C:\\new"\n')
    assert read(path)[0][None, 3, 1] == "C:\\new"


def test_rows_are_numbered_by_record(tmp_path: Path) -> None:
    path = tmp_path / "stock.csv"
    path.write_text('sku,title\n\n1,"two\nlines"\n\n\n2,cup\n')
    cells, _ = read(path)
    assert cells[None, 3, 1] == "two\nlines"
    assert cells[None, 6, 1] == "cup"


def test_digits_and_notation_stay_as_written(tmp_path: Path) -> None:
    path = tmp_path / "stock.csv"
    path.write_text("sku,gtin,note\n007,4.57E+12,'00123\n008,0400638133393,=1+1\n")
    cells, _ = read(path)
    assert [cells[None, 2, n] for n in range(3)] == ["007", "4.57E+12", "'00123"]
    assert [cells[None, 3, n] for n in range(3)] == ["008", "0400638133393", "=1+1"]


def test_ragged_rows_are_said_once(tmp_path: Path) -> None:
    path = tmp_path / "stock.csv"
    path.write_text("a,b,c\n1,2,3\n1,2\n1,2,3,4\n1,2,3\n")
    said = read(path)[1]
    assert [(note.name, note.row) for note in said] == [(notes.RAGGED, 3)]


def test_marks_and_nuls(tmp_path: Path) -> None:
    path = tmp_path / "stock.csv"
    path.write_bytes(b"\xef\xbb\xbf\xef\xbb\xbfsku,title\n1,a\x00b\n")
    cells, said = read(path)
    assert cells[None, 1, 0] == "sku"
    assert cells[None, 2, 1] == "a\x00b"
    assert notes.NULS in names(said)


def test_a_quote_that_never_closes_costs_one_line(tmp_path: Path) -> None:
    path = tmp_path / "stock.csv"
    lines = [f"{n},title {n},text {n},9.99\n" for n in range(1, 12_000)]
    lines[6000] = '6001,"broken title,text,9.99\n'
    path.write_text("sku,title,text,price\n" + "".join(lines))
    cells, said = read(path)
    assert cells[None, 6002, 1] == '"broken title'
    assert cells[None, 6003, 0] == "6002"
    assert cells[None, 12_000, 3] == "9.99"
    assert [(note.name, note.row) for note in said] == [(notes.UNBALANCED_QUOTES, 6002)]


def test_loose_quotes_as_a_spreadsheet_program_takes_them(tmp_path: Path) -> None:
    path = tmp_path / "stock.csv"
    path.write_text('sku,title,price\n1,"6" pipe",3\n2,a 6" pipe,4\n')
    cells, said = read(path)
    assert cells[None, 2, 1] == '6 pipe"'
    assert cells[None, 3, 1] == 'a 6" pipe'
    assert not said
    path = tmp_path / "report.txt"
    path.write_text('sku\ttitle\tprice\n1\t"Best" cup\t3\n2\tcup\t4\n')
    assert read(path)[0][None, 2, 1] == '"Best" cup'


texts = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc",), exclude_characters="\ufeff")
    | st.just("\n"),
    min_size=1,
    max_size=20,
).filter(lambda text: text.strip() == text)


@settings(max_examples=150, deadline=None)
@given(
    rows=st.lists(st.lists(texts, min_size=3, max_size=3), min_size=2, max_size=8),
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8-sig", "utf-16"]),
)
def test_csv_round_trip(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[list[str]],
    delimiter: str,
    encoding: str,
) -> None:
    path = tmp_path_factory.mktemp("csv") / "stock.csv"
    with path.open("w", newline="", encoding=encoding) as file:
        # What the text cannot tell by itself is told by the first line, as Excel does.
        file.write(f"sep={delimiter}\r\n")
        csv.writer(file, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(rows)
    cells, _ = read(path)
    assert cells == {
        (None, number, column): text
        for number, row in enumerate(rows, 1)
        for column, text in enumerate(row)
    }


# --- workbooks -----------------------------------------------------------------------------------


def book(path: Path, rows: dict[str, object], **formats: str) -> None:
    """A workbook with these cells."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    for place, value in rows.items():
        sheet[place] = value
    for place, code in formats.items():
        sheet[place].number_format = code
    workbook.save(path)


def test_values_as_a_person_sees_them(tmp_path: Path) -> None:
    path = tmp_path / "stock.xlsx"
    book(
        path,
        {
            "C4": "sku", "D6": 4006381333931, "E6": 19.9, "F6": True, "G6": datetime(2026, 1, 2),
            "H6": datetime(2026, 1, 2, 3, 4, 5), "I6": time(4, 5), "J6": timedelta(hours=30),
            "C7": 123, "D7": 0.15, "E7": 12345678, "F7": "00123", "G7": 0.1 + 0.2, "H7": -5,
            "I7": 1e-7, "J7": "=1/0", "C8": 7,
        },
        C7="00000000", D7="0%", E7="000-000-000", C8='"SKU-"0000',
    )  # fmt: skip
    cells, said = read(path)

    def row(number: int) -> dict[int, str]:
        return {key[2]: text for key, text in cells.items() if key[1] == number}

    assert row(4) == {2: "sku"}
    assert row(6) == {
        3: "4006381333931", 4: "19.9", 5: "TRUE", 6: "2026-01-02", 7: "2026-01-02 03:04:05",
        8: "04:05:00", 9: "30:00:00",
    }  # fmt: skip
    assert row(7) == {
        2: "00000123", 3: "15%", 4: "012-345-678", 5: "00123", 6: "0.3", 7: "-5", 8: "1e-07",
    }  # fmt: skip
    assert row(8) == {2: "SKU-0007"}
    missing = next(note for note in said if note.name == notes.NO_VALUE)
    assert (missing.row, missing.column_index) == (7, 9)


@pytest.mark.parametrize(
    ("code", "value", "shown"),
    [
        ("0000000000000", 400638133393.0, "0400638133393"),
        ("000-00-0000", 1234567.0, "001-23-4567"),
        ("0.00%", 0.125, "12.5%"),
        ("00000;-00000", 42.0, "00042"),
        ("00", -1.0, "-1"),
    ],
)
def test_number_formats(code: str, value: float, shown: str) -> None:
    found = parse_format(code)
    assert found is not None
    assert found.show(value) == shown


@pytest.mark.parametrize(
    "code",
    ["General", "0", "0.00", "#,##0.00", "@", "yyyy-mm-dd", '"$"#,##0', "0.00E+00", "[h]:mm:ss"],
)
def test_number_formats_that_change_nothing(code: str) -> None:
    assert parse_format(code) is None


def test_errors_hidden_merged(tmp_path: Path) -> None:
    path = tmp_path / "stock.xlsx"
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = "Template"
    sheet.append(["sku", "title", "price"])
    sheet.append(["1", "cup", "#N/A"])
    sheet["C2"].data_type = "e"
    sheet.append(["2", "bottle", 3])
    sheet.append(["3", None, 4])
    sheet.merge_cells("B3:B4")
    sheet.row_dimensions[4].hidden = True
    sheet.column_dimensions["C"].hidden = True
    secret = workbook.create_sheet("old")
    secret.append(["sku", "title"])
    secret.sheet_state = "veryHidden"
    workbook.save(path)
    said: list[Note] = []
    grids = list(open_source(str(path), "stock.xlsx", Limits(), said.append))
    rows = [row for block in grids[0].blocks() for row in block.rows]
    assert rows[1] == ["1", "cup", "#N/A"]
    assert grids[0].merged == ((3, 1, 4, 1),)
    assert grids[0].hidden_rows == {4}
    assert grids[0].hidden_columns == {2}
    assert grids[0].numeric_columns == {2}
    assert [grid.hidden for grid in grids] == [False, True]
    assert {notes.ERROR_CELL, notes.HIDDEN_ROWS, notes.HIDDEN_SHEET} <= names(said)


def test_digits_beyond_fifteen_are_said(tmp_path: Path) -> None:
    path = tmp_path / "stock.xlsx"
    book(path, {"A1": "code", "A2": 12345678901234567000})
    said = read(path)[1]
    assert [(note.name, note.row, note.column_index) for note in said] == [
        (notes.DIGITS_LOST, 2, 0)
    ]


def test_rich_text_and_escapes(tmp_path: Path) -> None:
    from openpyxl.cell.rich_text import CellRichText, TextBlock
    from openpyxl.cell.text import InlineFont

    path = tmp_path / "stock.xlsx"
    book(
        path,
        {
            "A1": CellRichText("Best ", TextBlock(InlineFont(b=True), "cup")),
            "B1": "a\nb",
            "C1": " x ",
        },
    )
    workbook = openpyxl.load_workbook(path)
    workbook.active["A1"].font = Font(bold=True)
    assert [read(path)[0]["Sheet", 1, n] for n in range(3)] == ["Best cup", "a\nb", " x "]


cell_values = st.one_of(
    st.text(
        st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff"),
        min_size=1, max_size=30,
    ).filter(lambda text: text[0] not in "=" and "_x" not in text and text.strip() == text),
    st.integers(-(10**14), 10**14),
    st.floats(-1e6, 1e6).map(lambda number: round(number, 4)),
    st.booleans(),
    st.dates(date(1901, 1, 1), date(2100, 1, 1)),
)  # fmt: skip
places = st.tuples(st.integers(1, 60), st.integers(1, 30))


@settings(max_examples=60, deadline=None)
@given(table=st.dictionaries(places, cell_values, min_size=1, max_size=12))
def test_xlsx_round_trip(
    tmp_path_factory: pytest.TempPathFactory, table: dict[tuple[int, int], object]
) -> None:
    path = tmp_path_factory.mktemp("xlsx") / "stock.xlsx"
    workbook = openpyxl.Workbook()
    for (row, column), value in table.items():
        workbook.active.cell(row, column, value)
    workbook.save(path)
    cells, _ = read(path)
    assert cells == {
        ("Sheet", row, column - 1): text_of(float(value) if type(value) is int else value)
        for (row, column), value in table.items()
    }


# --- markup, records, archives -------------------------------------------------------------------


def test_html_table_in_xls(tmp_path: Path) -> None:
    path = tmp_path / "export.xls"
    path.write_text(
        "<html><head><style>td{x:y}</style></head><body><table><tr><th>sku</th><th colspan=2>title</th>"
        "<th>price</th></tr><tr><td rowspan=2>A1</td><td>Cup &amp; saucer<br>blue</td><td>x</td>"
        "<td>3</td></tr><tr><td>Bottle</td><td></td><td>4</td></tr></table></body></html>",
        "utf-8",
    )
    cells, said = read(path)
    assert cells[None, 1, 3] == "price"
    assert cells[None, 2, 1] == "Cup & saucer\nblue"
    assert cells[None, 3, 1] == "Bottle"
    assert cells[None, 3, 3] == "4"
    assert names(said) == {notes.WRONG_EXTENSION}


RSS = """<?xml version="1.0" encoding="{encoding}"?>
<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel><title>Shop</title>
<item><g:id>A1</g:id><g:title>Cup &amp; saucer <![CDATA[<b>bold</b>]]></g:title>
<g:additional_image_link>u1</g:additional_image_link><g:additional_image_link>u2</g:additional_image_link>
<g:shipping><g:country>DE</g:country><g:price>4 EUR</g:price></g:shipping></item>
<item><g:id>A2</g:id><g:title>{title}</g:title><g:gtin>04006381333931</g:gtin></item>
</channel></rss>"""


@pytest.mark.parametrize(
    ("encoding", "title"), [("utf-8", "Größe"), ("gbk", "不锈钢保温杯"), ("windows-1251", "Чашка")]
)
def test_rss_feed(encoding: str, title: str, tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    path.write_bytes(RSS.format(encoding=encoding, title=title).encode(encoding))
    cells, said = read(path)
    header = {cells[None, 1, n]: n for n in range(7) if (None, 1, n) in cells}
    assert list(header) == [
        "id",
        "title",
        "additional_image_link",
        "shipping/country",
        "shipping/price",
        "gtin",
    ]
    assert cells[None, 2, 1] == "Cup & saucer <b>bold</b>"
    assert (cells[None, 2, 2], cells[None, 2, 3]) == ("u1", "u2")
    assert cells[None, 3, 1] == title
    assert cells[None, 3, header["gtin"]] == "04006381333931"
    assert not said


def test_atom_feed(tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    path.write_text(
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0">'
        '<title>Shop</title><entry><g:id>A1</g:id><title>Cup</title><link href="https://e.example/1"/>'
        "</entry></feed>"
    )
    cells, _ = read(path)
    assert [cells[None, 2, n] for n in range(3)] == ["A1", "Cup", "https://e.example/1"]


def test_excel_2003_xml(tmp_path: Path) -> None:
    path = tmp_path / "export.xls"
    path.write_text(
        '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="S"><Table>'
        '<Row ss:Index="3"><Cell><Data ss:Type="String">sku</Data></Cell>'
        '<Cell ss:Index="4"><Data ss:Type="Number">0123</Data></Cell></Row></Table></Worksheet></Workbook>'
    )
    cells, said = read(path)
    assert cells == {("S", 3, 0): "sku", ("S", 3, 3): "0123"}
    assert names(said) == {notes.WRONG_EXTENSION}


@pytest.mark.parametrize("lines", [True, False])
def test_json(lines: bool, tmp_path: Path) -> None:
    records = [
        {"sku": "A1", "title": "Cup \ud800", "bullets": ["a", "b"], "price": {"amount": 1.10}},
        {"sku": "A2", "title": "不锈钢", "gtin": 4006381333931, "active": True},
    ]
    path = tmp_path / "stock.json"
    text = "\n".join(json.dumps(r) for r in records) if lines else json.dumps({"products": records})
    path.write_text(text)
    cells, _ = read(path)
    assert [cells[None, 1, n] for n in range(7)] == [
        "sku", "title", "bullets", "bullets", "price/amount", "gtin", "active",
    ]  # fmt: skip
    assert [cells[None, 2, n] for n in range(5)] == ["A1", "Cup \ufffd", "a", "b", "1.1"]
    assert cells[None, 3, 5] == "4006381333931"
    assert cells[None, 3, 6] == "TRUE"


def test_json_with_several_lists(tmp_path: Path) -> None:
    path = tmp_path / "stock.json"
    sold = [{"sku": "A1", "title": "Cup"}]
    kept = [{"sku": "B1", "variants": [{"sku": "B1-S"}]}]
    document = {"shop": {"name": "S"}, "products": sold, "data": {"kept": kept, "tags": ["x"]}}
    path.write_text(json.dumps(document))
    cells, _ = read(path)
    assert {sheet for sheet, *_ in cells} == {"products", "data/kept"}
    assert (cells["products", 2, 0], cells["data/kept", 2, 0]) == ("A1", "B1")


def test_parquet(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "stock.parquet"
    table = pa.table(
        {
            "sku": ["A1", None],
            "gtin": [4006381333931, 1],
            "price": [1.5, 2.0],
            "tags": [["a", "b"], []],
        }
    )
    pq.write_table(table, path)
    cells, _ = read(path)
    assert [cells[None, 2, n] for n in range(4)] == ["A1", "4006381333931", "1.5", "a; b"]
    assert cells[None, 3, 2] == "2"


def test_archives_and_base64(tmp_path: Path) -> None:
    book(tmp_path / "a.xlsx", {"A1": "sku"})
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("../../up.csv", "sku,title\n1,cup\n")
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(tmp_path / "a.xlsx", "in/a.xlsx")
        archive.writestr("b.zip", inner.getvalue())
        archive.writestr("broken.xlsx", b"PK\x03\x04nothing")
        archive.writestr("__MACOSX/._a.xlsx", b"x")
        archive.writestr("readme.md", b"x")
    said: list[Note] = []
    found = {}
    for grid in open_source(str(path), "all.zip", Limits(), said.append):
        found[grid.path] = [row for block in grid.blocks() for row in block.rows]
    assert found == {
        "all.zip/in/a.xlsx": [["sku"]],
        "all.zip/b.zip/up.csv": [["sku", "title"], ["1", "cup"]],
    }
    assert [(note.name, note.path) for note in said] == [(notes.TRUNCATED, "all.zip/broken.xlsx")]

    packed = tmp_path / "stock.csv.gz"
    packed.write_bytes(gzip.compress(b"sku,title\n1,cup\n"))
    assert read(packed)[0][None, 2, 1] == "cup"

    text = tmp_path / "stock.xlsx"
    text.write_bytes(base64.encodebytes((tmp_path / "a.xlsx").read_bytes()))
    cells, said = read(text)
    assert cells == {("Sheet", 1, 0): "sku"}
    assert names(said) == {notes.WRONG_EXTENSION}


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", b"", notes.EMPTY),
        ("a.csv", b" \r\n\r\n", notes.EMPTY),
        ("a.xlsx", b"%PDF-1.7 \x00", notes.NOT_A_SPREADSHEET),
        ("a.csv", bytes(range(256)) * 20, notes.NOT_A_SPREADSHEET),
        ("a.xlsx", b"PK\x03\x04" + b"\x00" * 50, notes.TRUNCATED),
        ("a.xml", b"<!DOCTYPE r [<!ENTITY a 'b'>]><r><item>&a;</item></r>", notes.UNSAFE),
        ("a.xml", b"<rss><item><id>1</id>", notes.TRUNCATED),
        ("a.json", b'[{"sku": "A"}, {"sku": ', notes.BROKEN),
        ("a.json", b'{"a":' * 100_000, notes.UNSAFE),
        ("a.xls", b"<html><body>Login</body></html>", notes.NOT_A_SPREADSHEET),
        ("a.csv.gz", gzip.compress(b"sku,title\n1,cup\n" * 99, mtime=0)[:-20], notes.TRUNCATED),
        ("a.slk", b"ID;PWXL;N;E\nC;Y1;X1;K1\n", notes.NOT_A_SPREADSHEET),
    ],
)
def test_what_can_not_be_read_is_named(
    name: str, content: bytes, said: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    cells, found = read(path)
    assert not cells
    assert said in names(found)


# --- sources -------------------------------------------------------------------------------------


def test_expand(tmp_path: Path) -> None:
    for name in (
        "b.csv",
        "a.xlsx",
        ".hidden.csv",
        "~$a.xlsx",
        "notes.md",
        "sub/c.tsv",
        "node_modules/d.csv",
    ):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text("sku,title\n")
    (tmp_path / "report.json").write_text('{"schema": "listlint/report/1"}')
    (tmp_path / "stock.listlint.xlsx").write_text("a checked copy")
    # What only speaks of listlint is read.
    (tmp_path / "x.json").write_text('[{"sku": "1", "title": "a poster that says listlint"}]')
    (tmp_path / "y.csv.gz").write_bytes(gzip.compress(b"sku,title\n"))
    (tmp_path / "z.tar.gz").write_bytes(gzip.compress(b"no data"))
    said: list[Note] = []
    inputs = [
        str(tmp_path),
        str(tmp_path / "b.csv"),
        str(tmp_path / "*.xls"),
        str(tmp_path / "gone.csv"),
        "-",
    ]
    found = expand(inputs, said.append, io.BytesIO(b"sku,title\n1,cup\n"))
    shown = [Path(source.shown).name for source in found]
    assert shown == ["a.xlsx", "b.csv", "x.json", "y.csv.gz", "c.tsv", "-"]
    assert [(note.name, Path(note.path or "").name) for note in said] == [
        (notes.PASSED_OVER, "report.json"),
        (notes.PASSED_OVER, "stock.listlint.xlsx"),
        (notes.MISSING, "*.xls"),
        (notes.MISSING, "gone.csv"),
    ]
    stdin = found[-1]
    assert isinstance(stdin, Source)
    assert read(stdin.path, stdin.shown)[0][None, 2, 1] == "cup"
    stdin.discard()
    assert not Path(stdin.path).exists()
    assert Path(found[0].path).exists()


def test_endless_standard_input_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "MAX_STDIN", 1 << 20)
    said: list[Note] = []
    data = io.BytesIO(b"sku,title\n" * 300_000)
    assert expand(["-"], said.append, data) == []
    assert [(note.name, note.path) for note in said] == [(notes.TOO_LARGE, "-")]
    assert data.tell() < 3 << 20


def test_a_glob_of_folders_is_those_folders(tmp_path: Path) -> None:
    for name in ("one/a.csv", "two/deep/b.csv"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("sku,title\n")
    said: list[Note] = []
    found = expand([str(tmp_path / "*")], said.append)
    assert ([Path(s.shown).name for s in found], said) == (["a.csv", "b.csv"], [])


def test_a_folder_without_data_is_said(tmp_path: Path) -> None:
    said: list[Note] = []
    assert expand([str(tmp_path)], said.append) == []
    assert names(said) == {notes.MISSING}


# --- real files ----------------------------------------------------------------------------------

REAL = [
    ("dianxiaomi__Eason8880__sample_data.xls", None, 1, 0, "ERP类目"),
    ("jp-master__seiumiyata__商品マスタ.csv", None, 1, 1, "商品名"),
    ("cn-goods__MantoraHou__taobao1.csv", None, 1, 2, "raw_title"),
    ("magento__Karimdaikhi__catalog_product.csv", None, 1, 2, "description"),
    ("ebay__xushiiii__ebay_listings.csv", None, 5, 1, "Custom label (SKU)"),
    ("ebay__Collectors-Playbook__eBay-draft-listing-template.csv", None, 2, 2, "2023 Topps Chrome Mike Trout #1 Baseball"),
    ("woocommerce__artur8800__wc-product-export.csv", None, 2, 3, "Имя"),
    ("google-feed__xSANCHOSx__google_feed.xml", None, 2, 1, "OLAPLEX Hair Treatment"),
    ("amazon-flatfile__3con6__template.xlsm", "Template", 1, 0, "TemplateType=fptcustom"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "sheet", "row", "column", "text"), REAL)
def test_real_files(name: str, sheet: str | None, row: int, column: int, text: str) -> None:
    cells, _ = read(shared("inventories", name))
    assert cells[sheet, row, column] == text


def test_codecs_are_those_of_python() -> None:
    for name in SENTENCES:
        assert codecs.lookup(detect_bytes(SENTENCES[name].encode(name)).name)
