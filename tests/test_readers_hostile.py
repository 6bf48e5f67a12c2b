"""Hostile files: each ends in a note, within bounds, and the files after it are still read."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from listlint.readers import Death, Limits, Note, expand, notes, open_source, run_bounded, sniff
from reading import names, outcome, read, shared

if TYPE_CHECKING:
    from collections.abc import Iterator

posix = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs POSIX limits")

# --- the sandbox ---------------------------------------------------------------------------------


def _misbehave(what: str) -> Iterator[str]:
    yield f"begin {what}"
    if what == "abort":
        os.abort()
    elif what == "hang":
        time.sleep(60)
    elif what == "spin":
        while True:
            pass
    elif what == "hoard":
        hoard = []
        while True:
            hoard.append(bytearray(64 << 20))
    elif what == "segfault":
        ctypes.string_at(0)
    elif what == "raise":
        raise KeyError("no such thing")
    elif what == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif what == "litter":
        Path(tempfile.mkdtemp(), "left").write_text("x")
        yield tempfile.gettempdir()
    yield f"end {what}"


@posix
def test_every_death_is_told_and_the_next_job_done() -> None:
    jobs = ["fine", "abort", "fine", "hang", "hoard", "raise", "segfault", "kill", "fine"]
    limits = Limits(max_memory=1 << 30, timeout=3.0)
    found: dict[int, list[str | Death]] = {}
    for job, message in run_bounded(_misbehave, jobs, limits):
        found.setdefault(job, []).append(message)
    assert list(found) == list(range(len(jobs)))
    for job in (0, 2, 8):
        assert found[job] == ["begin fine", "end fine"]
    reasons = {
        jobs[job]: end.reason
        for job, messages in found.items()
        if isinstance(end := messages[-1], Death)
    }
    assert reasons == {
        "abort": "crashed", "hang": "timeout", "hoard": "memory", "raise": "crashed",
        "segfault": "crashed", "kill": "memory",
    }  # fmt: skip
    crash = found[5][-1]
    assert isinstance(crash, Death)
    assert "no such thing" in crash.note("a.csv").detail.en


@posix
def test_the_child_leaves_nothing_behind() -> None:
    messages = [message for _, message in run_bounded(_misbehave, ["litter", "abort"], Limits())]
    folder = messages[1]
    assert isinstance(folder, str)
    assert not Path(folder).exists()


@posix
def test_a_caller_who_stops_early_ends_the_child() -> None:
    stream = run_bounded(_misbehave, ["spin"], Limits())
    assert next(iter(stream)) == (0, "begin spin")
    # Comes back although the child would spin for ever.
    stream.close()  # type: ignore[attr-defined]


@posix
def test_time_that_the_caller_takes_does_not_count() -> None:
    for _, message in run_bounded(_misbehave, ["fine"], Limits(timeout=0.5)):
        assert isinstance(message, str)
        time.sleep(0.6)


# --- files made to hurt --------------------------------------------------------------------------

CONTENT_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def xlsx(path: Path, sheet: Iterator[str] | list[str], head: str = "") -> Path:
    """An xlsx of one sheet from the rows' XML."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("[Content_Types].xml", CONTENT_TYPES)
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" Type="{RELATIONS}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
        )
        archive.writestr(
            "xl/workbook.xml",
            f'{head}<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>'
            '<sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" Type="{RELATIONS}/worksheet" '
            'Target="worksheets/sheet1.xml"/></Relationships>',
        )
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as member:
            member.write(f'<worksheet xmlns="{MAIN}">'.encode())
            for piece in sheet:
                member.write(piece.encode())
            member.write(b"</sheetData></worksheet>")
    return path


def cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def sandboxed(path: Path, limits: Limits) -> tuple[int, set[str]]:
    """(cells read, names of notes) of a file read in the sandbox."""
    cells, said = 0, set()
    for _, message in run_bounded(outcome, [str(path)], limits):
        if isinstance(message, Death):
            said.add(message.note().name)
        elif message[0] == "cells":
            assert isinstance(message[1], int)
            cells = message[1]
        else:
            assert isinstance(message[1], Note)
            said.add(message[1].name)
    return cells, said


SMALL = Limits(max_memory=1 << 30, max_cells=5_000_000, timeout=20)


@posix
def test_a_cell_at_the_far_corner(tmp_path: Path) -> None:
    rows = [
        "<sheetData>",
        f'<row r="1">{cell("A1", "sku")}</row>',
        f'<row r="1048576">{cell("XFD1048576", "x")}</row>',
    ]
    # The box around the two cells would not fit into any memory: such a sheet is streamed.
    assert sandboxed(xlsx(tmp_path / "far.xlsx", rows), SMALL) == (2, set())
    rows[0] = '<dimension ref="A1:XFD1048576"/><sheetData>'
    rows.pop()
    assert sandboxed(xlsx(tmp_path / "vain.xlsx", rows), SMALL) == (1, set())


@posix
def test_a_million_empty_rows(tmp_path: Path) -> None:
    rows = (f'<row r="{n}"><c r="A{n}" s="0"/></row>' for n in range(2, 1_000_001))
    whole = [
        "<sheetData>",
        f'<row r="1">{cell("A1", "sku")}</row>',
        *rows,
        f'<row r="1000001">{cell("A1000001", "last")}</row>',
    ]
    assert sandboxed(xlsx(tmp_path / "rows.xlsx", whole), SMALL) == (2, set())


@posix
def test_wide_and_long(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_text(",".join(f"c{n}" for n in range(16_384)) + "\n" + ",".join("v" * 16_384) + "\n")
    assert sandboxed(path, SMALL) == (32_768, set())
    path = tmp_path / "long.csv"
    path.write_text("sku,title\n" + f'1,"{"x" * 32_767}"\n' * 100)
    assert sandboxed(path, SMALL) == (202, set())
    letters = sniff_letters(16_383)
    rows = [
        "<sheetData>",
        '<row r="1">',
        cell("A1", "x" * 32_767),
        cell(f"{letters}1", "end"),
        "</row>",
    ]
    assert sandboxed(xlsx(tmp_path / "wide.xlsx", rows), SMALL) == (2, set())


def sniff_letters(index: int) -> str:
    """Letters of a 0-based column."""
    letters, number = "", index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@posix
def test_zip_bombs(tmp_path: Path) -> None:
    zeros = "0" * (1 << 20)
    rows = ["<sheetData>", '<row r="1">', '<c r="A1" t="inlineStr"><is><t>', *([zeros] * 3000)]
    bomb = xlsx(tmp_path / "bomb.xlsx", rows)
    assert bomb.stat().st_size < 32_000_000
    assert sandboxed(bomb, SMALL) == (0, {notes.TOO_LARGE})
    outer = tmp_path / "outer.zip"
    with zipfile.ZipFile(outer, "w") as archive:
        archive.write(bomb, "bomb.xlsx")
        archive.writestr("fine.csv", "sku,title\n1,cup\n")
    assert sandboxed(outer, SMALL) == (4, {notes.TOO_LARGE})
    nested = tmp_path / "0.zip"
    for depth in range(1, 7):
        path = tmp_path / f"{depth}.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.write(outer if depth == 1 else nested, "inner.zip")
        nested = path
    assert sandboxed(nested, SMALL) == (0, {notes.TOO_LARGE})


@posix
def test_a_gzip_bomb(tmp_path: Path) -> None:
    import gzip

    path = tmp_path / "bomb.csv.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        for _ in range(1200):
            file.write(b"0" * (1 << 20))
    assert sandboxed(path, SMALL) == (0, {notes.TOO_LARGE})


@posix
def test_entities_in_a_workbook(tmp_path: Path) -> None:
    entities = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
    )
    path = xlsx(
        tmp_path / "lol.xlsx",
        ["<sheetData>", '<row r="1"><c r="A1"><v>&j;</v></c></row>'],
        f"{entities}]>",
    )
    cells, said = sandboxed(path, SMALL)
    assert cells == 0
    assert said & {notes.BROKEN, notes.EMPTY, notes.UNSAFE}


@posix
@pytest.mark.parametrize(
    "line",
    [
        '"never closed,1,2,3\n',
        'a,"b\n',
        '"a"b"c,"\n',
        '""""",""x,"\n',
        "\0" * 50 + ',"\n',
        '\\",\\"\n',
    ],
)
def test_unbalanced_quotes_over_a_large_file(line: str, tmp_path: Path) -> None:
    path = tmp_path / "quotes.csv"
    path.write_text("sku,title,price,tags\n" + line * (20_000_000 // len(line)))
    cells, said = sandboxed(path, Limits(max_memory=1 << 30, timeout=60))
    assert cells or said


@posix
def test_one_endless_line(tmp_path: Path) -> None:
    path = tmp_path / "line.csv"
    with path.open("w") as file:
        file.write("sku,title\n")
        for _ in range(30):
            file.write("x" * 1_000_000)
    assert notes.TOO_LARGE in sandboxed(path, SMALL)[1]


def test_more_cells_than_allowed_end_a_text(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("sku,title\n" + "1,cup\n" * 20_000)
    cells, said = read(path, limits=Limits(max_cells=25_000))
    assert 0 < len(cells) <= 25_000
    assert notes.TOO_LARGE in names(said)


@posix
def test_what_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "good.csv").write_text("sku,title\n")
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "a.csv").symlink_to(tmp_path / "b.csv")
    (tmp_path / "b.csv").symlink_to(tmp_path / "a.csv")
    (tmp_path / "up").symlink_to(tmp_path)
    outside = tmp_path.parent / f"{tmp_path.name}-outside.csv"
    outside.write_text("secret,title\n")
    (tmp_path / "leak.csv").symlink_to(outside)
    (tmp_path / "alias.csv").symlink_to(tmp_path / "good.csv")
    said: list[Note] = []
    found = expand([str(tmp_path)], said.append)
    assert len(found) == 1
    assert {Path(note.path or "").name: note.name for note in said} == {
        "pipe.csv": notes.NOT_A_FILE,
        "a.csv": notes.NOT_A_FILE,
        "b.csv": notes.NOT_A_FILE,
        "leak.csv": notes.NOT_A_FILE,
    }
    said.clear()
    assert (
        expand([str(tmp_path / "a.csv"), str(tmp_path / "pipe.csv"), "/dev/zero"], said.append)
        == []
    )
    assert [note.name for note in said] == [notes.MISSING, notes.NOT_A_FILE, notes.NOT_A_FILE]


def test_a_file_that_shrinks_while_being_read(tmp_path: Path) -> None:
    path = tmp_path / "stock.csv"
    path.write_text("sku,title\n" + "1,cup\n" * 200_000)
    said: list[Note] = []
    grid = next(iter(open_source(str(path), "stock.csv", Limits(), said.append)))
    blocks = grid.blocks()
    next(blocks)
    os.truncate(path, 100)
    assert sum(len(block.rows) for block in blocks) < 200_000


# --- any bytes -----------------------------------------------------------------------------------

SEEDS = [
    b"", b"PK\x03\x04", b"PK\x05\x06" + bytes(18), sniff.OLE_MAGIC + bytes(504), b"\x1f\x8b\x08\x00",
    b"PAR1", b"<?xml version='1.0'?><rss><item>", b"<html><table><tr><td>", b"[{", b'{"a":1}\n{"b":2}\n',
    b"UEsD" * 20, b"sep=;\n", b"\xff\xfe", b"\xef\xbb\xbf", b"a,b\n\"", b"ID;P",
]  # fmt: skip


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    seed=st.sampled_from(SEEDS),
    rest=st.binary(max_size=600)
    | st.text(alphabet="\",;\t|\n\r\0a1'\\=é", max_size=300).map(str.encode),
    name=st.sampled_from(
        ["x.csv", "x.xlsx", "x.xls", "x.ods", "x.json", "x.xml", "x.parquet", "x.zip", "x"]
    ),
)
def test_any_bytes_end_in_cells_or_a_note(
    tmp_path: Path, seed: bytes, rest: bytes, name: str
) -> None:
    path = tmp_path / name
    path.write_bytes(seed + rest)
    cells, said = read(path)
    assert cells or said


@posix
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_damaged_workbooks_end_in_cells_or_a_note(tmp_path: Path, data: st.DataObject) -> None:
    import openpyxl

    path = tmp_path / "base.xlsx"
    if not path.exists():
        book = openpyxl.Workbook()
        for n in range(30):
            book.active.append([f"sku {n}", f"title {n}", n * 1.5])
        book.save(path)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    content = content[: data.draw(st.integers(1, len(content)))]
    damaged = tmp_path / "damaged.xlsx"
    damaged.write_bytes(content)
    cells, said = sandboxed(damaged, SMALL)
    assert cells or said


# --- the collection of nasty files ---------------------------------------------------------------


@posix
@pytest.mark.skipif(sys.platform == "darwin", reason="address space is not limited there")
def test_the_collection(tmp_path: Path) -> None:
    folder = shared("nasty")
    paths = [str(path) for path in sorted(folder.rglob("*")) if path.is_file()]
    limits = Limits(max_memory=2 << 30, timeout=20)
    seen: dict[int, bool] = {}
    deaths = []
    for job, message in run_bounded(outcome, paths, limits):
        if isinstance(message, Death):
            deaths.append((paths[job], message))
        seen[job] = seen.get(job, False) or isinstance(message, Death) or bool(message[1])
    assert len(seen) == len(paths)
    assert [paths[job] for job, anything in seen.items() if not anything] == []
    assert [death for death in deaths if death[1].reason == "timeout"] == []
    shutil.rmtree(tmp_path, ignore_errors=True)
