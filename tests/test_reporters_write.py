"""Writing reports: whole or not at all, never over an inventory."""

from __future__ import annotations

import io
import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest

from listlint.model import Report
from listlint.reporters.interface import Style
from listlint.reporters.write import (
    OutputError,
    check_outputs,
    choose_format,
    style_for,
    write_outputs,
)
from reports import entry, finding, hostile, ordinary, report


class Failing:
    """A reporter that dies half-way."""

    name = "failing"
    binary = False

    def write(self, report: Report, out: IO[str], style: Style) -> None:
        out.write("half")
        raise RuntimeError("died")

    def save(self, report: Report, path: Path, style: Style) -> None:
        raise AssertionError


class Workbook:
    """A binary format."""

    name = "workbook"
    binary = True

    def write(self, report: Report, out: IO[str], style: Style) -> None:
        raise AssertionError

    def save(self, report: Report, path: Path, style: Style) -> None:
        assert path.read_bytes() == b""
        assert path.suffix == ".bin"
        path.write_bytes(b"PK\x00")


EXTRA = {"failing": Failing, "workbook": Workbook}


def test_several_outputs_in_one_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outputs = [
        ("concise", "-"),
        ("json", tmp_path / "a.json"),
        ("sarif", str(tmp_path / "b.sarif")),
    ]
    write_outputs(ordinary(), outputs, Style())
    assert capsys.readouterr().out.startswith("inventory.xlsx!Template:B12: error IP101")
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))["summary"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.json", "b.sarif"]


def test_files_have_no_colours_and_no_limit(tmp_path: Path) -> None:
    made = report(*(finding(n, match=f"w{n}", excerpt=f"w{n}") for n in range(2, 72)))
    write_outputs(made, [("text", tmp_path / "a.txt")], Style(colour=True, limit=5))
    written = (tmp_path / "a.txt").read_text(encoding="utf-8")
    assert written.count("reads as an offer") == 70
    assert "\x1b" not in written


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    target.write_text("old")
    with pytest.raises(RuntimeError):
        write_outputs(ordinary(), [("failing", target)], Style(), EXTRA)
    assert target.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_permissions_follow_the_umask_and_the_old_file(tmp_path: Path) -> None:
    new, old = tmp_path / "new.json", tmp_path / "old.json"
    old.write_text("")
    old.chmod(0o640)
    before = os.umask(0o022)
    try:
        write_outputs(ordinary(), [("json", new), ("json", old)], Style())
    finally:
        os.umask(before)
    assert stat.S_IMODE(new.stat().st_mode) == 0o644
    assert stat.S_IMODE(old.stat().st_mode) == 0o640


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real.json", tmp_path / "link.json"
    real.write_text("")
    try:
        link.symlink_to(real)
    except OSError:
        pytest.skip("no symbolic links here")
    write_outputs(ordinary(), [("json", link)], Style())
    assert link.is_symlink()
    assert json.loads(real.read_text(encoding="utf-8"))


def test_missing_folder_is_named_in_both_languages(tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "a.json"
    with pytest.raises(OutputError) as caught:
        write_outputs(ordinary(), [("json", path)], Style())
    assert str(path) in caught.value.text.en
    assert str(path) in caught.value.text.zh
    assert "does not exist" in str(caught.value)


def test_nothing_is_written_when_one_output_is_wrong(tmp_path: Path) -> None:
    outputs = [("json", tmp_path / "a.json"), ("csv", tmp_path / "nowhere" / "b.csv")]
    with pytest.raises(OutputError):
        write_outputs(ordinary(), outputs, Style())
    assert not list(tmp_path.iterdir())


def test_what_the_system_refuses_is_an_output_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(OutputError, match=r"a\.json: can't be written: Permission denied"):
        write_outputs(ordinary(), [("json", tmp_path / "a.json")], Style())


@pytest.mark.parametrize("path", ["{}", "{}/"])
def test_a_folder_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(OutputError, match="is a folder"):
        check_outputs([("json", path.format(tmp_path))])


def test_unknown_format_lists_the_known(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"'jsn'; known are .*json"):
        check_outputs([("jsn", tmp_path / "a")])
    check_outputs([("failing", tmp_path / "a")], EXTRA)


def test_two_outputs_may_not_share_a_path(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="two outputs"):
        check_outputs([("json", tmp_path / "a"), ("csv", tmp_path / "." / "a")])
    with pytest.raises(OutputError, match="two outputs"):
        check_outputs([("json", "-"), ("csv", "-")])


def test_an_inventory_is_never_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("shop.csv").write_text("title\nx\n")
    Path("shop.zip").write_bytes(b"PK")
    made = report(files=(entry("shop.csv", None), entry("shop.zip/inner.csv", None)))
    for name in ("./shop.csv", "shop.zip"):
        with pytest.raises(OutputError, match="one of the files to check"):
            write_outputs(made, [("csv", name)], Style())
    assert Path("shop.csv").read_text() == "title\nx\n"


def test_csv_files_begin_with_a_mark_for_excel(tmp_path: Path) -> None:
    write_outputs(hostile(), [("csv", tmp_path / "a.csv")], Style())
    assert (tmp_path / "a.csv").read_bytes().startswith(b'\xef\xbb\xbf"severity"')


def test_binary_reporters_get_a_file_of_their_own(tmp_path: Path) -> None:
    write_outputs(ordinary(), [("workbook", tmp_path / "a.bin")], Style(), EXTRA)
    assert (tmp_path / "a.bin").read_bytes() == b"PK\x00"


def test_binary_to_a_stream_without_bytes_is_refused() -> None:
    with pytest.raises(OutputError, match="-o workbook=PATH"):
        write_outputs(ordinary(), [("workbook", "-")], Style(), EXTRA, io.StringIO())


@pytest.mark.skipif(not Path("/dev/null").exists(), reason="no /dev/null")
def test_a_device_is_written_to_not_replaced() -> None:
    write_outputs(ordinary(), [("json", "/dev/null")], Style())
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


@pytest.mark.parametrize("name", ["json", "csv", "markdown", "text", "junit"])
def test_stdout_of_a_narrow_locale(name: str) -> None:
    here = Path(__file__).parent
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from reports import hostile\n"
        "from listlint.reporters.interface import Style\n"
        "from listlint.reporters.write import write_outputs\n"
        "write_outputs(hostile(), [(sys.argv[2], '-')], Style(lang='zh'))\n"
    )
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = subprocess.run(
        [sys.executable, "-c", code, str(here), name],
        capture_output=True,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.decode("ascii" if name == "text" else "utf-8")
    assert b"IP101" in done.stdout


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        ({}, "text"),
        ({"CI": "true"}, "text"),
        ({"GITHUB_ACTIONS": "true"}, "github"),
        ({"GITHUB_ACTIONS": "false"}, "text"),
        ({"GITLAB_CI": "true"}, "gitlab"),
        ({"TF_BUILD": "True"}, "azure"),
    ],
)
def test_format_by_environment(env: dict[str, str], expected: str) -> None:
    assert choose_format(env) == expected


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_style_of_a_terminal_and_of_a_pipe() -> None:
    assert style_for(Terminal(), {}).colour
    assert style_for(Terminal(), {}).limit == 50
    assert not style_for(Terminal(), {"NO_COLOR": "1"}).colour
    assert not style_for(Terminal(), {"TERM": "dumb"}).colour
    piped = style_for(io.StringIO(), {}, "zh")
    assert (piped.colour, piped.limit, piped.lang) == (False, None, "zh")
    assert style_for(io.StringIO(), {"FORCE_COLOR": "1"}).colour
    assert not style_for(io.StringIO(), {"FORCE_COLOR": "1", "NO_COLOR": "1"}).colour
