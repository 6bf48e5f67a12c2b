"""Many workers: the same answer as one, a part whose worker dies is tried again and never lost."""

from __future__ import annotations

import csv
import io
import os
import random
import signal
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import ROOT
from listlint import parallel
from listlint.batch import Batch
from listlint.config import Resolver
from listlint.counters import Work
from listlint.model import Finding
from listlint.pipeline import Message, Rows, Session, SheetDone, check_source
from listlint.readers import Limits, Note, Source
from listlint.readers.parquet import parts
from listlint.rules.interface import Hit, Key, Meeting, Run
from listlint.run import prepare, session_for

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="workers are forked here")

HEADER = ["sku", "title", "brand", "price", "description"]


class Echo:
    """A rule that says every title back, so that what was read can be compared."""

    needs = ("title",)

    def __init__(self, meta: Any) -> None:
        self.meta = meta

    def check(self, batch: Batch, run: Run) -> Iterator[Hit]:
        for column, i, value in batch.filled("title", "description"):
            _act_on(value)
            yield Hit(i, column, match=value, span=(0, len(value)))


class Meet:
    """A rule across rows: equal brands meet."""

    needs = ("brand",)

    def __init__(self, meta: Any) -> None:
        self.meta = meta

    def keys(self, batch: Batch, run: Run) -> Iterator[Key]:
        for column, i, value in batch.filled("brand"):
            yield Key(value, i, column, value)

    def conclude(self, key: str, group: Any, run: Run) -> Iterator[Meeting]:
        yield from map(Meeting, group)


def _act_on(value: str) -> None:
    """Titles that do something to the process that reads them."""
    if value.startswith("raise"):
        raise ZeroDivisionError("a rule failed")
    if value.startswith("die once "):
        mark = Path(value.removeprefix("die once "))
        if not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
    if value.startswith("die always"):
        os.kill(os.getpid(), signal.SIGKILL)


@cache
def plain_session() -> Session:
    """A session whose only rules are the two above."""
    prepared = prepare(Resolver(None, True, {"select": ("IP101",)}).main(()))
    session = session_for(prepared)
    meta = session.engine.rules[0].meta
    session.engine.rules = [Echo(replace(meta, fields=()))]
    session.engine.cross = {meta.code: Meet(meta)}
    return session


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of a few rows, so that small files have many."""
    monkeypatch.setattr(parallel, "_TEXT_FROM", 1)
    monkeypatch.setattr(parallel, "_ZIPPED_FROM", 1)
    monkeypatch.setattr(parallel, "_RANGE", (512, 2048))


def alone(path: Path, session: Session) -> list[Message]:
    """What one process makes of a file, read from the beginning to the end."""
    return list(check_source(Source(str(path), path.name), 0, session))


def with_jobs(path: Path, session: Session, jobs: int) -> list[Message]:
    """What so many workers make of it."""
    sources = [Source(str(path), path.name)]
    return [m for _, m in parallel.messages([0], sources, {0: session}, jobs)]


def said(messages: Iterable[Message]) -> dict[str, Any]:
    """Messages in an order of their own: where batches were cut makes no difference."""
    found: dict[str, Any] = {"findings": [], "keys": [], "notes": [], "sheets": []}
    for message in messages:
        if isinstance(message, Rows):
            found["findings"] += message.findings
            found["keys"] += message.keys
        elif isinstance(message, Note):
            found["notes"].append(message)
        elif isinstance(message, SheetDone):
            found["sheets"].append((message.entry, message.sheet))
    found["findings"].sort(key=_place)
    found["keys"].sort(key=lambda k: (k.rule, k.key, k.number))
    found["notes"].sort(key=str)
    return found


def _place(finding: Finding) -> tuple[int, str]:
    return finding.location.row or 0, finding.location.field or ""


def same(path: Path, *jobs: int) -> dict[str, Any]:
    """Asserts that the number of workers makes no difference; what they all say."""
    session = plain_session()
    expected = said(alone(path, session))
    for n in jobs or (1, 2, 3):
        assert said(with_jobs(path, session, n)) == expected, f"{n} jobs"
    return expected


def rows(count: int, **planted: str) -> list[list[str]]:
    """A header and so many listings; `r7="…"` is the description in row 7."""
    made = [HEADER]
    for n in range(2, count + 2):
        text = planted.get(f"r{n}", f"A sturdy lamp for the desk, number {n}")
        made.append([f"S-{n}", f"Desk lamp {n} with dimmer", f"Brand{n % 50}", "9.99", text])
    return made


def written(path: Path, table: list[list[str]], encoding: str = "utf-8", **dialect: Any) -> Path:
    """The table as a delimited text."""
    out = io.StringIO(newline="")
    csv.writer(out, **dialect).writerows(table)
    path.write_bytes(out.getvalue().encode(encoding))
    return path


NEW_LINES = {f"r{n}": 'two "quoted"\nlines,\r\nthree' for n in range(3, 900, 3)}


@pytest.mark.parametrize(
    ("name", "encoding", "dialect"),
    [
        ("a.csv", "utf-8", {}),
        ("a.csv", "utf-8-sig", {"quoting": csv.QUOTE_ALL}),
        ("a.csv", "utf-16", {}),
        ("a.csv", "cp1252", {"delimiter": ";"}),
        ("a.tsv", "utf-8", {"delimiter": "\t", "lineterminator": "\n"}),
        ("a.csv", "utf-8", {"lineterminator": "\r"}),
    ],
)
def test_texts(tmp_path: Path, name: str, encoding: str, dialect: dict[str, Any]) -> None:
    planted = NEW_LINES | {"r50": "für Öfen – größer"}
    found = same(written(tmp_path / name, rows(900, **planted), encoding, **dialect))
    assert len(found["findings"]) == 1800
    assert max(_place(f)[0] for f in found["findings"]) == 901


@pytest.mark.parametrize("encoding", ["gb18030", "cp932", "big5hkscs"])
def test_texts_in_two_byte_encodings(tmp_path: Path, encoding: str) -> None:
    text = {"gb18030": "这是一个很好的台灯，价格便宜。\n包装", "cp932": "机の上のランプです。ソ\n表示",
            "big5hkscs": "這是一個很好的檯燈，價格便宜。\n功能"}[encoding]  # fmt: skip
    planted = {f"r{n}": text for n in range(2, 600, 2)}
    found = same(written(tmp_path / "a.csv", rows(600, **planted), encoding))
    assert any(f.match == text for f in found["findings"])


@pytest.mark.parametrize(
    "line",
    [
        'S-x,6" pipe,Brand1,9.99,a literal quote in a cell',
        'S-x,"never closed,Brand1,9.99,text',
        'S-x,"closed" badly,Brand1,9.99,text',
        "S-x,too short",
        "S-x,too long,Brand1,9.99,text,more,and more",
        "",
        'S-x,"a\x00b",Brand1,9.99,text',
        "S-x,a lone return\rS-y,in a line,Brand2,9.99,text",
        'S-x,6" pipe,Brand1,9.99,"a cell\nof two lines"',
    ],
)
@pytest.mark.parametrize("at", [3, 250, 599])
def test_oddities_in_a_text(tmp_path: Path, line: str, at: int) -> None:
    path = written(tmp_path / "a.csv", rows(600, **NEW_LINES))
    lines = path.read_bytes().decode().split("\r\nS-")
    lines[at] += "\r\n" + line
    path.write_bytes("\r\nS-".join(lines).encode())
    same(path)


def test_bytes_that_do_not_decode(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", rows(600, **dict.fromkeys(NEW_LINES, "größer")))
    path.write_bytes(path.read_bytes().replace(b"number 60", b"number \xff60\xe4"))
    found = same(path)
    assert "decoded-with-loss" in {n.name for n in found["notes"]}


def test_more_cells_than_allowed(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", rows(12_000))
    session = plain_session()
    small = replace_limits(session, Limits(max_cells=30_000))
    expected = said(alone(path, small))
    assert [n.name for n in expected["notes"]] == ["too-large"]
    assert said(with_jobs(path, small, 2)) == expected


def replace_limits(session: Session, limits: Limits) -> Session:
    """The session with other limits."""
    return Session(session.engine, session.columns, limits, rebuild=session.rebuild)


CELL = st.text(st.sampled_from('ab",\n\r é'), max_size=6)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(odd=st.lists(st.tuples(st.integers(2, 400), CELL), max_size=4), quoted=st.booleans())
def test_any_text(tmp_path: Path, odd: list[tuple[int, str]], *, quoted: bool) -> None:
    quoting = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
    path = written(
        tmp_path / "a.csv", rows(400, **dict.fromkeys(NEW_LINES, "x\ny")), quoting=quoting
    )
    data = path.read_bytes()
    generator = random.Random(len(odd))
    for _, text in odd:
        at = generator.randrange(len(data) // 3, len(data))
        data = data[:at] + text.encode() + data[at:]
    path.write_bytes(data)
    same(path, 2)


def test_no_codec_swallows_a_line_end() -> None:
    """What ranges rest on: a byte that begins a character and comes to nothing leaves the next."""
    for codec in ("utf-8", "cp1252", "cp932", "cp949", "gb18030", "big5hkscs", "euc_jp"):
        for first in range(0x80, 0x100):
            for second in (b"", b"\x40", b"\x81", b"\xa1", b"\xe4"):
                text = (bytes([first]) + second + b'\n"').decode(codec, "replace")
                assert text.endswith('\n"'), (codec, first, second)


# --- other formats -------------------------------------------------------------------------------


def test_a_workbook(tmp_path: Path) -> None:
    xlsxwriter = pytest.importorskip("xlsxwriter")
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name, count in (("One", 12_000), ("Two", 300)):
            sheet = book.add_worksheet(name)
            for n, row in enumerate(rows(count)):
                sheet.write_row(n, 0, row)
        sheet = book.add_worksheet("Licences")
        sheet.write_row(0, 0, ["Document", "Number", "Valid until"])
        sheet.write_row(1, 0, ["CPC", "123", "2030-01-01"])
    found = same(path)
    assert len(found["findings"]) == 2 * 12_300


@pytest.mark.parametrize("group", [1_000, 7_000, 100_000])
def test_parquet(tmp_path: Path, group: int) -> None:
    path = parquet_of(tmp_path / "a.parquet", rows(12_000), group)
    assert len(same(path)["findings"]) == 24_000


def test_row_groups_are_read_apart(tmp_path: Path) -> None:
    path = parquet_of(tmp_path / "a.parquet", rows(12_000), 1_000)
    found = parts(str(path), 2)
    assert [(p.first, p.end, p.number, p.records) for p in found] == [
        (0, 5, 2, 5_000), (5, 10, 5_002, 5_000), (10, 12, 10_002, 2_000)
    ]  # fmt: skip
    uneven = parquet_of(tmp_path / "b.parquet", rows(12_000), 11_000)
    assert len(parts(str(uneven), 2)) == 1


def test_a_damaged_row_group_is_told_and_the_others_are_checked(tmp_path: Path) -> None:
    pq = pytest.importorskip("pyarrow.parquet")
    path = parquet_of(tmp_path / "a.parquet", rows(12_000), 1_000)
    group = pq.ParquetFile(path).metadata.row_group(6)
    column = group.column(1)
    data = bytearray(path.read_bytes())
    at = column.dictionary_page_offset or column.data_page_offset
    data[at : at + column.total_compressed_size] = b"\xff" * column.total_compressed_size
    path.write_bytes(data)
    found = same(path)
    assert [(n.name, n.row) for n in found["notes"]] == [("broken-file", 6_002)]
    assert found["notes"][0].detail.en.startswith("rows 6002–7001: ")
    numbers = {_place(f)[0] for f in found["findings"]}
    assert numbers == {*range(2, 12_002)} - {*range(6_002, 7_002)}
    assert found["sheets"][0][0].rows == 11_000


def parquet_of(path: Path, table: list[list[str]], group: int) -> Path:
    """The table as Parquet in row groups of so many records."""
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    header, *body = table
    columns = dict(zip(header, map(list, zip(*body, strict=True)), strict=True))
    pq.write_table(pa.table(columns), path, row_group_size=group)
    return path


def test_a_misspelt_header_is_told_in_a_long_file_too(tmp_path: Path) -> None:
    table = rows(900)
    table[0] = ["sku", "title", "brand", "price", "Discription"]
    found = same(written(tmp_path / "a.csv", table))
    assert "misspelt-header" in {n.name for n in found["notes"]}


def test_files_come_in_their_order(tmp_path: Path) -> None:
    session = plain_session()
    sources = []
    for n in range(9):
        path = written(tmp_path / f"{n}.csv", rows(900 if n % 3 == 0 else 5))
        sources.append(Source(str(path), path.name))
    sources.insert(4, Source(str(tmp_path / "gone.csv"), "gone.csv"))
    sessions = dict.fromkeys(range(10), session)
    got = {j: list(parallel.messages(range(10), sources, sessions, j)) for j in (1, 2, 4)}
    for found in got.values():
        order = [n for n, _ in found]
        assert order == sorted(order)
        assert set(order) == set(range(10))
        assert said(m for _, m in found) == said(m for _, m in got[1])


# --- deaths --------------------------------------------------------------------------------------


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_a_worker_that_dies_once_costs_a_retry(tmp_path: Path, jobs: int, suffix: str) -> None:
    calm = rows(900, r2="die once nowhere")
    plain = _saved(tmp_path / f"plain.{suffix}", calm)
    mark = tmp_path / "mark"
    wild = [[c.replace("nowhere", str(mark)) for c in row] for row in calm]
    path = _saved(tmp_path / f"wild.{suffix}", wild)
    (tmp_path / "nowhere").touch()
    session = plain_session()
    before = Path.cwd()
    os.chdir(tmp_path)
    try:
        expected, found = said(alone(plain, session)), said(with_jobs(path, session, jobs))
    finally:
        os.chdir(before)
    assert mark.exists()
    assert not found["notes"]
    assert [_place(f) for f in found["findings"]] == [_place(f) for f in expected["findings"]]
    assert len(found["keys"]) == len(expected["keys"])


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_a_part_that_always_dies_is_told(tmp_path: Path, suffix: str) -> None:
    path = _saved(tmp_path / f"a.{suffix}", rows(12_000, r6000="die always"))
    found = said(with_jobs(path, plain_session(), 2))
    assert len(found["notes"]) == 1
    note = found["notes"][0]
    assert note.name in ("reader-crashed", "out-of-memory")
    assert "were not checked" in note.detail.en
    numbers = {_place(f)[0] for f in found["findings"]}
    assert 6000 not in numbers
    assert {2, 12_001} <= numbers
    first, last = (int(n) for n in note.detail.en.split()[1].split("–"))
    assert numbers == set(range(2, 12_002)) - set(range(first, last + 1))


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_rule_that_fails_is_told(tmp_path: Path, jobs: int) -> None:
    path = _saved(tmp_path / "a.xlsx", rows(12_000, r6000="raise"))
    found = said(with_jobs(path, plain_session(), jobs))
    assert [n.name for n in found["notes"]] == ["reader-crashed"]
    assert "ZeroDivisionError: a rule failed" in found["notes"][0].detail.en
    assert {2, 12_001} <= {_place(f)[0] for f in found["findings"]}


def _saved(path: Path, table: list[list[str]]) -> Path:
    if path.suffix == ".csv":
        return written(path, table)
    xlsxwriter = pytest.importorskip("xlsxwriter")
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Products")
        for n, row in enumerate(table):
            sheet.write_row(n, 0, row)
    return path


# --- work ----------------------------------------------------------------------------------------


def test_work_of_workers_adds_up() -> None:
    one, two = Work(rows=3, findings=1), Work(rows=4)
    one.rules["IP101"] += 1.0
    two.rules["IP101"] += 2.0
    with two.stage("read"):
        pass
    one.add(two)
    assert (one.rows, one.findings, one.rules["IP101"]) == (7, 1, 3.0)
    assert one.stages["read"] >= 0
    assert one.take().rows == 7
    assert (one.rows, one.rules) == (0, {})


def test_a_shared_stage_is_not_the_time_of_the_rule_that_came_first() -> None:
    work = Work()
    with work.stage("rules"):
        before = work.shared
        with work.stage("words"):
            sum(range(1_000_000))
        shared = work.shared - before
    assert work.stages["words"] > 0.001
    assert shared == pytest.approx(work.stages["words"])
    assert work.stages["rules"] < work.stages["words"]


def test_timing_names_a_slow_plugin(tmp_path: Path, run_cli: Any) -> None:
    example = (ROOT / "docs" / "examples" / "plugin" / "house_rules.py").read_text("utf-8")
    slow = example.replace('        for column, i, value in batch.filled("title"):\n',
                           '        sum(range(20_000_000))\n'
                           '        for column, i, value in batch.filled("title"):\n')  # fmt: skip
    assert slow != example
    (tmp_path / "house_rules.py").write_text(slow, "utf-8")
    (tmp_path / "listlint.toml").write_text('plugins = ["house_rules.py"]\n', "utf-8")
    path = written(tmp_path / "stock.csv", rows(30))
    ran = run_cli(path, "--timing", "--output-format", "json", "--jobs", "2")
    assert "house-internal-name  [plugin]" in ran.stderr
    assert "30  rows checked" in ran.stderr
    assert ran.json["summary"]["listings"] == 30


# --- the whole program ---------------------------------------------------------------------------


def test_the_report_is_the_same_with_any_number_of_workers(tmp_path: Path, run_cli: Any) -> None:
    stock = rows(2_000, r40="AAA copy, same as the original", r1900="best replica, whatsapp me")
    stock[60][0] = stock[1900][0]
    path = written(tmp_path / "stock.csv", stock)
    path.write_bytes(path.read_bytes() + b"\r\n" * 600_000)
    reports = [
        run_cli(path, "--output-format", "jsonl", "--jobs", n, "--config", "cache=false").stdout
        for n in ("1", "2", "3")
    ]
    assert '"row": 1900' in reports[0]
    assert reports[0] == reports[1] == reports[2]
