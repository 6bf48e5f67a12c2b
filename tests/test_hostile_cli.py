"""Hostile files through the whole program: an exit code, a word, bounded memory, nothing left behind."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest

from test_readers_hostile import cell, sniff_letters, xlsx

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Ran, RunCli

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs POSIX limits")

GOOD = "sku,title\nMUG-1,Stoneware mug\n"


@pytest.fixture
def check(run_cli: RunCli, tmp_path: Path) -> Callable[..., Ran]:
    """Runs `listlint` on files beside a good one; temporary files must be gone afterwards."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    (tmp_path / "good.csv").write_text(GOOD)

    def run(*arguments: str | Path) -> Ran:
        ran = run_cli(
            *arguments, tmp_path / "good.csv", "--isolated", "--output-format", "json",
            env={"TMPDIR": str(scratch)},
        )  # fmt: skip
        # Whatever became of the others, the good file was checked.
        assert [f["rows"] for f in ran.json["files"] if f["path"].endswith("good.csv")] == [1]
        assert list(scratch.iterdir()) == []
        return ran

    return run


def said(ran: Ran) -> set[str]:
    """Names of what was said of files, good news apart."""
    return {f["name"] for f in ran.json["findings"] if f["area"] == "file"}


def peak() -> int:
    """Bytes of the largest process among those that ended (Linux counts kilobytes)."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit


def test_a_bomb_of_several_gigabytes(check: Callable[..., Ran], tmp_path: Path) -> None:
    zeros = "0" * (1 << 20)
    rows = ["<sheetData>", '<row r="1"><c r="A1" t="inlineStr"><is><t>', *([zeros] * 4096)]
    bomb = xlsx(tmp_path / "bomb.xlsx", rows)
    assert bomb.stat().st_size < 32 << 20
    ran = check(bomb, "--max-memory", 1 << 30)
    assert (ran.code, said(ran)) == (3, {"too-large"})
    assert peak() < 1 << 30


def test_sizes_that_a_zip_understates(check: Callable[..., Ran], tmp_path: Path) -> None:
    # The directory says 64 bytes; the member holds 2 GB of one text.
    rows = [
        "<sheetData>",
        '<row r="1"><c r="A1" t="inlineStr"><is><t>',
        *(["0" * (1 << 20)] * 2048),
    ]
    bomb = xlsx(tmp_path / "liar.xlsx", rows)
    data = bytearray(bomb.read_bytes())
    with zipfile.ZipFile(bomb) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    at = data.rfind(size.to_bytes(4, "little"))
    data[at : at + 4] = (64).to_bytes(4, "little")
    bomb.write_bytes(data)
    ran = check(bomb, "--max-memory", 1 << 30, "--timeout", 30)
    assert ran.code == 3
    assert said(ran) & {"too-large", "out-of-memory", "broken-file", "timed-out"}


def test_a_million_empty_rows(check: Callable[..., Ran], tmp_path: Path) -> None:
    rows = [
        "<sheetData>",
        f'<row r="1">{cell("A1", "sku")}{cell("B1", "title")}</row>',
        f'<row r="2">{cell("A2", "MUG-2")}{cell("B2", "Stoneware mug")}</row>',
        *(f'<row r="{n}"><c r="A{n}" s="0"/></row>' for n in range(3, 1_000_003)),
        f'<row r="1000003">{cell("A1000003", "MUG-3")}{cell("B1000003", "Steel mug")}</row>',
    ]
    ran = check(xlsx(tmp_path / "rows.xlsx", rows))
    assert ran.code in (0, 1)
    assert ran.json["files"][0]["rows"] == 2


def test_as_wide_as_a_sheet_can_be(check: Callable[..., Ran], tmp_path: Path) -> None:
    names = [("sku" if n == 0 else "title" if n == 1 else f"c{n}") for n in range(16_384)]
    header = "".join(cell(f"{sniff_letters(n)}1", name) for n, name in enumerate(names))
    longest = "mug " * 8191 + "end"
    assert len(longest) == 32_767
    row = f'<row r="2">{cell("A2", "MUG-2")}{cell("B2", longest)}{cell("XFD2", "end")}</row>'
    rows = ["<sheetData>", f'<row r="1">{header}</row>', row]
    ran = check(xlsx(tmp_path / "wide.xlsx", rows))
    assert ran.code in (0, 1)
    assert ran.json["files"][0]["rows"] == 1
    assert len(ran.json["files"][0]["unmapped"]) == 16_382


def test_a_stray_cell_at_the_far_corner(check: Callable[..., Ran], tmp_path: Path) -> None:
    rows = [
        "<sheetData>",
        f'<row r="1">{cell("A1", "sku")}{cell("B1", "title")}</row>',
        f'<row r="2">{cell("A2", "MUG-2")}{cell("B2", "Stoneware mug")}</row>',
        f'<row r="1048576">{cell("XFD1048576", "x")}</row>',
    ]
    ran = check(xlsx(tmp_path / "far.xlsx", rows), "--max-memory", 1 << 30)
    assert ran.code in (0, 1)
    assert ran.json["files"][0]["rows"] == 1


def test_nuls_and_lone_surrogates(check: Callable[..., Ran], tmp_path: Path) -> None:
    (tmp_path / "nul.csv").write_bytes(b"sku,title\nM\0UG-2,Stone\0ware mug\n")
    (tmp_path / "half.csv").write_bytes(b"sku,title\nMUG-2,Stoneware \xed\xa0\xbd mug\n")
    (tmp_path / "half.jsonl").write_text('{"sku": "1", "title": "a \\ud83d mug"}\n' * 2)
    (tmp_path / "half.json").write_text('[{"s\\udc00ku": "1", "title": "\\udfff mug"}]')
    ran = check(*(tmp_path / n for n in ("nul.csv", "half.csv", "half.jsonl", "half.json")))
    assert {"nul-characters", "decoded-with-loss"} <= said(ran)
    assert [f["rows"] for f in ran.json["files"]] == [1, 1, 2, 1, 1]


@pytest.mark.slow
@pytest.mark.parametrize("line", ['MUG-2,"Stoneware mug,3\n', '"MUG-2,mug\n', 'a"b,"c"d,e"\n'])
def test_unbalanced_quotes_over_a_hundred_megabytes(
    line: str, check: Callable[..., Ran], tmp_path: Path
) -> None:
    path = tmp_path / "quotes.csv"
    with path.open("w") as file:
        file.write("sku,title,quantity\n")
        block = line * (1_000_000 // len(line))
        for _ in range(100):
            file.write(block)
    ran = check(path, "--timeout", 40, "--select", "FILE", "--max-memory", 1 << 30)
    assert ran.code in (0, 3)
    assert said(ran)


def test_loops_pipes_and_devices(check: Callable[..., Ran], tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    os.mkfifo(folder / "pipe.csv")
    (folder / "a.csv").symlink_to(folder / "b.csv")
    (folder / "b.csv").symlink_to(folder / "a.csv")
    (folder / "up").symlink_to(tmp_path)
    ran = check(folder, folder / "pipe.csv", folder / "a.csv", "/dev/zero")
    assert ran.code == 3
    assert said(ran) == {"not-a-file", "missing"}


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_a_file_that_shrinks_while_it_is_checked(
    suffix: str, check: Callable[..., Ran], tmp_path: Path
) -> None:
    path = tmp_path / f"stock.{suffix}"
    if suffix == "csv":
        path.write_text("sku,title\n" + "".join(f"M-{n},Mug {n}\n" for n in range(200_000)))
    else:
        book = openpyxl.Workbook(write_only=True)
        page = book.create_sheet("S")
        page.append(["sku", "title"])
        for n in range(20_000):
            page.append([f"M-{n}", f"Mug {n}"])
        book.save(path)

    def shrink() -> None:
        while not done.is_set():
            os.truncate(path, max(100, path.stat().st_size - 200_000))
            done.wait(0.05)

    done = threading.Event()
    thread = threading.Thread(target=shrink)
    thread.start()
    try:
        ran = check(path)
    finally:
        done.set()
        thread.join()
    assert ran.code in (0, 1, 3)


def test_limits_given_on_the_command_line_hold(check: Callable[..., Ran], tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("sku,title\n" + "".join(f"M-{n},Mug\n" for n in range(20_000)))
    ran = check(path, "--max-cells", 10_000)
    assert (ran.code, said(ran)) == (3, {"too-large"})

    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet("S")
    page.append(["sku", "title"])
    for n in range(20_000):
        page.append([f"M-{n}", f"Mug {n}"])
    book.save(tmp_path / "long.xlsx")
    ran = check(tmp_path / "long.xlsx", "--max-cells", 10_000)
    assert (ran.code, said(ran)) == (3, {"too-large"})

    rows = [
        "<sheetData>",
        *(f'<row r="{n}">{cell(f"A{n}", "x" * 3000)}</row>' for n in range(1, 40_000)),
    ]
    ran = check(xlsx(tmp_path / "heavy.xlsx", rows), "--max-memory", 64 << 20)
    assert ran.code == 3
    assert said(ran) & {"too-large", "out-of-memory"}


def test_time_given_on_the_command_line_holds(check: Callable[..., Ran], tmp_path: Path) -> None:
    path = tmp_path / "slow.csv"
    path.write_text("sku,title\n" + "".join(f"M-{n},Mug {n} {n * 7919}\n" for n in range(400_000)))
    ran = check(path, "--timeout", 2)
    assert ran.code == 3
    assert "timed-out" in said(ran)


def test_a_run_that_is_cancelled_leaves_nothing(tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    path = tmp_path / "long.csv"
    path.write_text(
        "sku,title\n" + "".join(f"M-{n},Mug {n} of blue clay\n" for n in range(300_000))
    )
    running = subprocess.Popen(
        [sys.executable, "-m", "listlint", str(path), "--isolated", "--output-format", "json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "TMPDIR": str(scratch)},
    )  # fmt: skip
    while not any(scratch.iterdir()):
        assert running.poll() is None
        time.sleep(0.05)
    running.terminate()
    out, errors = running.communicate(timeout=60)
    assert (running.returncode, out) == (143, b"")
    assert b"Traceback" not in errors
    assert list(scratch.iterdir()) == []
