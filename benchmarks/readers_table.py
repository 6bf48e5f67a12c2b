"""Make the tables of docs/readers.md by trying every format and every dialect.

    python benchmarks/readers_table.py [--check | --folder FOLDER]

A file with the same oddities is written in each format and read back; each dialect is recognised in
its own examples. `--check` changes nothing and exits 1 where the committed tables are not these.
`--folder` prints what is read of each file of a folder, as the whole program reads it: listings and
fields by sheet; sheets without listings are only counted.
"""

from __future__ import annotations

import base64
import gzip
import io
import json
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections import Counter
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from listlint.columns import load_library, recognise
from listlint.policy.paths import builtin
from listlint.readers import Limits, UnreadableError, open_source

if TYPE_CHECKING:
    from collections.abc import Callable

    from listlint.columns import ColumnLibrary
    from listlint.readers import Note

DOCS = Path(__file__).parent.parent / "docs" / "readers.md"
BEGIN, END = "<!-- {} by benchmarks/readers_table.py -->\n", "<!-- end -->\n"

HEADER = ["sku", "title", "price", "gtin"]
DATE = datetime(2026, 1, 2)
ROW = ["00042", "Kräutertee 東京 <b>süß</b>\nzweite Zeile", "12.5", "4006381333931"]


def xlsx() -> bytes:
    """A workbook with every oddity that the format has."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    page = book.add_worksheet("Stock")
    page.write_row(0, 0, HEADER)
    page.write_number(1, 0, 42, book.add_format({"num_format": "00000"}))
    page.write_rich_string(
        1, 1, "Kräutertee ", book.add_format({"bold": True}), "東京", " <b>süß</b>\nzweite Zeile"
    )
    page.write_number(1, 2, 12.5)
    page.write_number(1, 3, 4006381333931)
    page.write_number(2, 0, 0.15, book.add_format({"num_format": "0%"}))
    page.write_datetime(2, 1, DATE, book.add_format({"num_format": "dd/mm/yy"}))
    page.write_formula(2, 2, "=1+1", None, 2)
    page.write_formula(2, 3, "=1/0", None, "#DIV/0!")
    page.write_formula(3, 0, "=A1")
    page.merge_range("B5:B6", "merged")
    page.set_row(6, None, None, {"hidden": True})
    page.write(6, 0, "hidden row")
    aside = book.add_worksheet("Aside")
    aside.write(0, 0, "aside")
    aside.hide()
    book.close()
    data = buffer.getvalue()
    # A formula that was never calculated: xlsxwriter writes a zero.
    return _replaced(data, b"<f>A1</f><v>0</v>", b"<f>A1</f>")


def _replaced(data: bytes, old: bytes, new: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(buffer, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(old, new))
    return buffer.getvalue()


def ods() -> bytes:
    """An OpenDocument sheet with a hidden sheet, a date, percent and an error."""

    def text(value: str) -> str:
        lines = "".join(f"<text:p>{line}</text:p>" for line in escaped(value).split("\n"))
        return f'<table:table-cell office:value-type="string">{lines}</table:table-cell>'

    def number(value: str, kind: str = "float") -> str:
        return (
            f'<table:table-cell office:value-type="{kind}" office:value="{value}"><text:p>{value}'
            "</text:p></table:table-cell>"
        )

    rows = [
        "".join(map(text, HEADER)),
        text(ROW[0]) + text(ROW[1]) + number(ROW[2]) + number(ROW[3]),
        number("0.15", "percentage")
        + f'<table:table-cell office:value-type="date" office:date-value="{DATE:%Y-%m-%d}"/>'
        + '<table:table-cell table:formula="of:=1+1" office:value-type="float" office:value="2"/>',
    ]
    body = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text", "style")
    )
    content = (
        f'<office:document-content {spaces}><office:automatic-styles><style:style style:name="h" '
        'style:family="table"><style:table-properties table:display="false"/></style:style>'
        '</office:automatic-styles><office:body><office:spreadsheet><table:table table:name="Stock">'
        f'{body}</table:table><table:table table:name="Aside" table:style-name="h"><table:table-row>'
        f"{text('aside')}</table:table-row></table:table></office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        space = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
        archive.writestr("META-INF/manifest.xml", f'<manifest:manifest xmlns:manifest="{space}"/>')
    return buffer.getvalue()


def delimited(separator: str) -> bytes:
    """The two rows as text with quotes where they are needed."""
    cells = [[f'"{cell}"' if "\n" in cell else cell for cell in row] for row in (HEADER, ROW)]
    return "".join(separator.join(row) + "\r\n" for row in cells).encode()


def escaped(text: str) -> str:
    """Text for XML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def html() -> bytes:
    """A table as programs write it into an .xls."""
    rows = [HEADER, [escaped(cell).replace("\n", "<br>") for cell in ROW]]
    body = "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in rows)
    return f'<html><meta charset="utf-8"><table>{body}</table></html>'.encode()


def feed() -> bytes:
    """A Google Merchant feed of one item."""
    item = "".join(f"<g:{k}>{escaped(v)}</g:{k}>" for k, v in zip(HEADER, ROW, strict=True))
    space = 'xmlns:g="http://base.google.com/ns/1.0"'
    return f"<rss {space}><channel><item>{item}</item></channel></rss>".encode()


def excel_2003() -> bytes:
    """SpreadsheetML of Excel 2003."""
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    rows = "".join(
        "<Row>"
        + "".join(f'<Cell><Data ss:Type="String">{escaped(c)}</Data></Cell>' for c in row)
        + "</Row>"
        for row in (HEADER, ROW)
    )
    return (
        f'<?xml version="1.0"?><Workbook xmlns="{space}" xmlns:ss="{space}"><Worksheet ss:Name="Stock">'
        f"<Table>{rows}</Table></Worksheet></Workbook>"
    ).encode()


def parquet() -> bytes:
    """A table of texts."""
    buffer = io.BytesIO()
    pq.write_table(pa.table({k: [v] for k, v in zip(HEADER, ROW, strict=True)}), buffer)
    return buffer.getvalue()


def zipped() -> bytes:
    """A CSV in a zip."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("stock.csv", delimited(","))
    return buffer.getvalue()


RECORD = dict(zip(HEADER, ROW, strict=True))

FORMATS: tuple[tuple[str, str, Callable[[], bytes]], ...] = (
    ("Excel workbook (xlsx, xlsm, xltx)", "xlsx", xlsx),
    ("OpenDocument (ods)", "ods", ods),
    ("Excel 2003 XML (xml, xls)", "xml", excel_2003),
    ("HTML table (xls, html)", "xls", html),
    ("comma-separated (csv)", "csv", lambda: delimited(",")),
    ("semicolons (csv)", "csv", lambda: delimited(";")),
    ("tabs (tsv, txt)", "txt", lambda: delimited("\t")),
    ("bars (psv)", "psv", lambda: delimited("|")),
    ("feed (RSS, Atom)", "xml", feed),
    ("JSON array", "json", lambda: json.dumps([RECORD]).encode()),
    ("JSON lines", "jsonl", lambda: f"{json.dumps(RECORD)}\n".encode() * 2),
    ("Parquet (extra `parquet`)", "parquet", parquet),
    ("zip", "zip", zipped),
    ("gzip", "csv.gz", lambda: gzip.compress(delimited(","))),
    ("base64 text", "xlsx", lambda: base64.b64encode(xlsx())),
)

Sheets = dict[str | None, dict[tuple[int, int], str]]

FEATURES: tuple[tuple[str, Callable[[Sheets, set[str], Any], bool]], ...] = (
    ("text, any script", lambda s, n, g: ROW[1] in _main(s).values()),
    ("numbers in full", lambda s, n, g: ROW[3] in _main(s).values()),
    ("leading zeros", lambda s, n, g: ROW[0] in _main(s).values()),
    ("percent", lambda s, n, g: "15%" in _main(s).values()),
    ("dates", lambda s, n, g: "2026-01-02" in _main(s).values()),
    ("cached value", lambda s, n, g: _main(s).get((3, 2)) == "2"),
    ("no value said", lambda s, n, g: "formula-without-value" in n),
    ("error values", lambda s, n, g: "#DIV/0!" in _main(s).values() and "error-cell" in n),
    ("merged cells", lambda s, n, g: any(grid.merged for grid in g)),
    ("hidden rows said", lambda s, n, g: "hidden-rows" in n),
    ("hidden sheets said", lambda s, n, g: "hidden-sheet" in n),
)
HOLDS_ALL = frozenset({"xlsx"})
HOLDS_SOME = {"ods": {"percent", "dates", "cached value", "hidden sheets said"}}
EVERY = {"text, any script", "numbers in full", "leading zeros"}


def _main(sheets: Sheets) -> dict[tuple[int, int], str]:
    return next(iter(sheets.values()), {})


def formats_table() -> str:
    """Format × what of it is read. A dash: the format can't hold it."""
    lines = [
        "| format | " + " | ".join(name for name, _ in FEATURES) + " |",
        "|---|" + "---|" * len(FEATURES),
    ]
    for title, suffix, make in FORMATS:
        held = (
            {n for n, _ in FEATURES}
            if suffix in HOLDS_ALL
            else EVERY | HOLDS_SOME.get(suffix, set())
        )
        sheets, names, grids = _read(make(), suffix)
        marks = [
            ("yes" if test(sheets, names, grids) else "**no**") if name in held else "–"
            for name, test in FEATURES
        ]
        lines.append(f"| {title} | " + " | ".join(marks) + " |")
    return "\n".join(lines) + "\n"


def _read(data: bytes, suffix: str) -> tuple[Sheets, set[str], Any]:
    said: list[Note] = []
    sheets: Sheets = {}
    grids = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"stock.{suffix}"
        path.write_bytes(data)
        try:
            for grid in open_source(str(path), path.name, Limits(), said.append):
                cells = sheets.setdefault(grid.name, {})
                for block in grid.blocks():
                    for number, row in zip(block.numbers, block.rows, strict=True):
                        cells.update({(number, c): text for c, text in enumerate(row)})
                grids.append(grid)
        except UnreadableError as error:
            said.append(error.note)
    return sheets, {note.name for note in said}, grids


def dialects_table() -> str:
    """Dialect × what its examples come to."""
    lines = [
        "| dialect | for | fields that its examples fill | rows that continue a listing | rows left out "
        "| marketplace |",
        "|---|---|---|---|---|---|",
    ]
    library = load_library(builtin())
    for path in sorted((builtin() / "dialects").glob("*.toml")):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        lines.append(_dialect_line(table, library))
    return "\n".join(lines) + "\n"


def _dialect_line(table: dict[str, Any], library: ColumnLibrary) -> str:
    fields: set[str] = set()
    left: set[str] = {test["reason"] for test in table.get("skip", ())}
    markets: dict[str, None] = {}
    continues = bool(table.get("inherit"))
    for example in table["example"]:
        head = [(n, row) for n, row in enumerate(example["rows"], 1) if row]
        layout = recognise(
            head,
            path=example.get("path", "inventory.csv"),
            sheet=example.get("sheet"),
            hidden=False,
            library=library,
        )
        fields |= {c.field for c in layout.columns if c.field}
        rows = [(n, row) for n, row in head if n >= layout.data_row or n in layout.known_skips]
        left |= {why for n, row in rows if (why := layout.skip(n, row))}
        markets.update(dict.fromkeys(layout.marketplaces))
    ordered = [name for name in library.groups if name in fields]
    return (
        f"| `{table['id']}` | {table['title']['en']} | {', '.join(ordered)} | "
        f"{'yes' if continues else '–'} | {', '.join(sorted(left)) or '–'} | "
        f"{', '.join(markets) or 'not told'} |"
    )


def folder_table(folder: str) -> str:
    """File × listings read and fields mapped, by one run of the program."""
    command = [sys.executable, "-m", "listlint", folder, "--isolated", "--select", "FILE"]
    done = subprocess.run(
        [*command, "--output-format", "json"], capture_output=True, encoding="utf-8", check=False
    )
    report = json.loads(done.stdout)
    lines = [
        "| file | sheet | dialect | marketplace | rows | fields mapped | columns left |",
        "|---|---|---|---|---|---|---|",
    ]
    others: Counter[str] = Counter()
    for entry in report["files"]:
        name = PurePosixPath(entry["path"]).name
        if entry["dialect"] is None:
            lines.append(f"| {name} | {entry['sheet'] or ''} | unread | | | | |")
        elif not entry["columns"]:
            others[name] += 1
        else:
            fields = ", ".join(dict.fromkeys(entry["columns"].values()))
            markets = ", ".join(entry["marketplaces"]) or "not told"
            lines.append(
                f"| {name} | {entry['sheet'] or ''} | {entry['dialect']} | {markets} | "
                f"{entry['rows']} | {fields} | {len(entry['unmapped'])} |"
            )
    rest = ", ".join(f"{name} {count}" for name, count in others.items())
    return (
        "\n".join(lines) + f"\n\n{report['summary']['listings']} listings. "
        f"Sheets without listings (instructions, lists): {rest or 'none'}.\n"
    )


def page(text: str) -> str:
    """The page with its tables made anew."""
    for name, make in (("Formats", formats_table), ("Dialects", dialects_table)):
        begin = BEGIN.format(name)
        before, found, rest = text.partition(begin)
        if not found:
            raise ValueError(f"{DOCS}: no line {begin.strip()!r}")
        text = before + begin + "\n" + make() + "\n" + END + rest.partition(END)[2]
    return text


def main() -> int:
    """Run the command."""
    if sys.argv[1:2] == ["--folder"]:
        print(folder_table(sys.argv[2]), end="")
        return 0
    committed = DOCS.read_text(encoding="utf-8")
    made = page(committed)
    if "--check" in sys.argv[1:]:
        return int(made != committed)
    DOCS.write_text(made, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
