"""Files as sellers have them, written from tests/layouts/*.toml: read, recognised and mapped rightly."""

from __future__ import annotations

import base64
import csv
import html
import io
import json
import tomllib
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from listlint.columns import ColumnLibrary, Layout, load_library, recognise
from listlint.policy.paths import builtin
from listlint.readers import Limits, Note, open_source

if TYPE_CHECKING:
    from conftest import RunCli

FILES = sorted((Path(__file__).parent / "layouts").glob("*.toml"))
HEAD_ROWS = 200

Head = list[tuple[int, list[str]]]


@pytest.fixture(scope="module")
def library() -> ColumnLibrary:
    return load_library(builtin())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_layout(path: Path, tmp_path: Path, library: ColumnLibrary) -> None:
    made = tomllib.loads(path.read_text(encoding="utf-8"))
    file = written(made, tmp_path)
    said: list[Note] = []
    seen: list[str | None] = []
    for grid in open_source(str(file), file.name, Limits(), said.append):
        rows = [pair for b in grid.blocks() for pair in zip(b.numbers, b.rows, strict=True)]
        layout = recognise(
            rows[:HEAD_ROWS],
            path=grid.path,
            sheet=grid.name,
            hidden=grid.hidden,
            library=library,
            merged=grid.merged,
        )
        sheet = made["sheet"][len(seen)]
        seen.append(grid.name)
        assert grid.name == sheet.get("name")
        assert grid.hidden == sheet.get("hidden", False)
        check(layout, rows, sheet)
    assert len(seen) == len(made["sheet"])


def check(layout: Layout, rows: Head, sheet: dict[str, Any]) -> None:
    """Hold a recognised sheet against what the file says of itself."""
    assert layout.kind == sheet["kind"]
    if layout.kind != "listings":
        return
    mapped: dict[str, set[str]] = {}
    for column in layout.columns:
        mapped.setdefault(column.header, set()).add(column.field or "")
    wanted = {h: {f} if isinstance(f, str) else set(f) for h, f in sheet["expect"].items()}
    assert {h: mapped.get(h) for h in wanted} == wanted
    assert layout.dialect == sheet["dialect"]
    assert list(layout.marketplaces) == sheet.get("marketplaces", [])
    data = [(n, r) for n, r in rows if n >= layout.data_row and layout.skip(n, r) is None]
    inherits = layout.inherits([row for _, row in data])
    assert [n for (n, _), more in zip(data, inherits, strict=True) if not more] == sheet["listings"]
    continued = [n for (n, _), more in zip(data, inherits, strict=True) if more]
    assert continued == sheet.get("inherits", [])


def test_the_whole_program_reads_them_so(run_cli: RunCli, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    wanted: dict[str, list[dict[str, Any]]] = {}
    for path in FILES:
        made = tomllib.loads(path.read_text(encoding="utf-8"))
        folder = tmp_path / path.stem
        folder.mkdir()
        name = f"{path.stem}/{written(made, folder).name}"
        wanted[f"{name}/{made['member']}" if "member" in made else name] = made["sheet"]
    ran = run_cli("*", "--isolated", "--output-format", "json", "--select", "FILE", cwd=tmp_path)
    assert ran.code == 0
    found: dict[str, list[dict[str, Any]]] = {}
    for entry in ran.json["files"]:
        found.setdefault(entry["path"], []).append(entry)
    assert found.keys() == wanted.keys()
    count = 0
    for path_shown, sheets in wanted.items():
        assert [e["sheet"] for e in found[path_shown]] == [s.get("name") for s in sheets]
        for entry, sheet in zip(found[path_shown], sheets, strict=True):
            if sheet["kind"] == "listings":
                count += len(sheet["listings"])
                check_entry(entry, sheet)
    assert ran.json["summary"]["listings"] == count


def check_entry(entry: dict[str, Any], sheet: dict[str, Any]) -> None:
    """Hold what the report says of a sheet against what its file says of itself."""
    assert entry["dialect"] == sheet["dialect"]
    assert entry["marketplaces"] == sheet.get("marketplaces", [])
    assert entry["rows"] == len(sheet["listings"]) + len(sheet.get("inherits", []))
    plain = {h: f for h, f in sheet["expect"].items() if isinstance(f, str) and f}
    assert {h: entry["columns"].get(h) for h in plain} == plain


def written(made: dict[str, Any], folder: Path) -> Path:
    """The file in the folder, packed or wrapped as it says."""
    path = folder / made["file"]
    member = made.get("member")
    if member is None:
        write(made, path)
        if made.get("wrap") == "base64":
            path.write_bytes(base64.b64encode(path.read_bytes()))
        return path
    inner = folder / Path(member).name
    write(made, inner)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(inner, member)
    inner.unlink()
    return path


def write(made: dict[str, Any], path: Path) -> None:
    """The file, as the program that it is from writes it."""
    if "text" in made:
        path.write_bytes(made["text"].encode(made.get("encoding", "utf-8")))
    elif path.suffix in (".xlsx", ".xlsm"):
        write_workbook(made["sheet"], path)
    elif path.suffix == ".xls":
        path.write_text(as_html(rows_of(made["sheet"][0])), encoding="utf-8")
    elif path.suffix == ".jsonl":
        header, *rows = rows_of(made["sheet"][0])
        records = [{k: v for k, v in zip(header, row, strict=True) if v} for row in rows]
        path.write_text("".join(json.dumps(r) + "\n" for r in records), encoding="utf-8")
    elif path.suffix == ".parquet":
        write_parquet(rows_of(made["sheet"][0]), path)
    else:
        path.write_bytes(as_text(made))


def write_workbook(sheets: list[dict[str, Any]], path: Path) -> None:
    """Sheets, merged cells and hidden sheets with openpyxl."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for sheet in sheets:
        page = book.create_sheet(sheet["name"])
        for row in rows_of(sheet):
            page.append([cell or None for cell in row])
        for cells in sheet.get("merged", ()):
            page.merge_cells(cells)
        if sheet.get("hidden"):
            page.sheet_state = "hidden"
    book.save(path)


def write_parquet(table: list[list[str]], path: Path) -> None:
    """A column of text for each header."""
    arrow = pytest.importorskip("pyarrow")
    header, *rows = table
    columns = dict(zip(header, zip(*rows, strict=True), strict=True))
    parquet = pytest.importorskip("pyarrow.parquet")
    parquet.write_table(arrow.table({name: list(cells) for name, cells in columns.items()}), path)


def as_html(table: list[list[str]]) -> str:
    """The table as programs write it into an .xls: no head, breaks as they are."""
    lines = [
        "<tr>" + "".join(f"<td>{html.escape(c).replace('&lt;br/&gt;', '<br/>')}</td>" for c in row)
        for row in table
    ]
    return (
        f"<html><head><meta charset='utf-8'></head><table border=1>{''.join(lines)}</table></html>"
    )


def as_text(made: dict[str, Any]) -> bytes:
    """Delimited text in the file's encoding."""
    buffer = io.StringIO(newline="")
    (sheet,) = made["sheet"]
    writer = csv.writer(
        buffer,
        delimiter=made.get("delimiter", ","),
        lineterminator=made.get("newline", "\n"),
        quoting=csv.QUOTE_ALL if made.get("quote") == "all" else csv.QUOTE_MINIMAL,
    )
    writer.writerows(rows_of(sheet))
    text = made.get("prefix", "") + buffer.getvalue()
    return text.encode(made.get("encoding", "utf-8"))


def rows_of(sheet: dict[str, Any]) -> list[list[str]]:
    """The rows, with what the file says of further columns and rows."""
    rows = [list(row) for row in sheet["rows"]]
    if pad := sheet.get("pad_columns"):
        for number, row in enumerate(rows):
            more = range(pad["to"] - len(row))
            row += [pad["header"].format(n + 1) if number == 0 else "" for n in more]
    if again := sheet.get("repeat"):
        rows += [list(again["row"]) for _ in range(again["times"])]
    return rows
