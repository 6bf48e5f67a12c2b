"""Files as sellers have them, written from tests/layouts/*.toml: read, recognised and mapped rightly."""

from __future__ import annotations

import csv
import io
import tomllib
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from listlint.columns import ColumnLibrary, Layout, load_library, recognise
from listlint.policy.paths import builtin
from listlint.readers import Limits, Note, open_source

FILES = sorted((Path(__file__).parent / "layouts").glob("*.toml"))
HEAD_ROWS = 200

Head = list[tuple[int, list[str]]]


@pytest.fixture(scope="module")
def library() -> ColumnLibrary:
    return load_library(builtin())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_layout(path: Path, tmp_path: Path, library: ColumnLibrary) -> None:
    made = tomllib.loads(path.read_text(encoding="utf-8"))
    file = tmp_path / made["file"]
    write(made, file)
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


def write(made: dict[str, Any], path: Path) -> None:
    """The file, as the program that it is from writes it."""
    if path.suffix in (".xlsx", ".xlsm"):
        book = openpyxl.Workbook()
        book.remove(book.active)
        for sheet in made["sheet"]:
            page = book.create_sheet(sheet["name"])
            for row in rows_of(sheet):
                page.append([cell or None for cell in row])
            for cells in sheet.get("merged", ()):
                page.merge_cells(cells)
            if sheet.get("hidden"):
                page.sheet_state = "hidden"
        book.save(path)
        return
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
    path.write_bytes(text.encode(made.get("encoding", "utf-8")))


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
