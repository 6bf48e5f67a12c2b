"""Kept packs: what is damaged, foreign or older is made anew, and findings are those of plain packs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from conftest import ROOT, RunCli
from listlint.api import Finding, Linter, lint
from listlint.kept.blocks import Blocks, DamagedError, pack
from listlint.match import scanner
from listlint.policy.load import load_models, pack_files
from listlint.policy.paths import builtin

SHEET = (
    "sku,title,brand,description\n"
    "A-1,AAA copy handbag,Harrowfield,Kills 99.9% of bacteria\n"
    "A-2,Linen apron,Harrowfield,Plain weave\n"
    "A-3,Guccii style bag,Generic,N1ke-like trainers\n"
)
First = tuple[list[dict[str, Any]], dict[str, bytes]]
"""The findings of a first run, and what it kept."""


def check(run_cli: RunCli, folder: Path, cache: Path) -> tuple[int, list[dict[str, Any]], str]:
    """Exit code, findings and stderr of a run over `sheet.csv` with that cache folder."""
    (folder / "sheet.csv").write_text(SHEET, "utf-8")
    options = ("--isolated", "--no-cache", "--output-format", "json")
    ran = run_cli("sheet.csv", *options, cwd=folder, env={"LISTLINT_CACHE_DIR": str(cache)})
    return ran.code, ran.json["findings"], ran.stderr


def kept(cache: Path) -> dict[str, bytes]:
    """What is kept, by name of the file."""
    return {path.name: path.read_bytes() for path in sorted(cache.glob("*.bin"))}


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory, run_cli: RunCli) -> First:
    """The findings of a run with an empty cache, and what it kept."""
    folder = tmp_path_factory.mktemp("first")
    code, findings, said = check(run_cli, folder, folder / "cache")
    assert (code, said) == (1, "")
    assert findings
    return findings, kept(folder / "cache")


def spoiled(data: bytes, how: str) -> bytes:
    """The file, damaged in one way."""
    if how == "empty":
        return b""
    if how == "cut":
        return data[: len(data) // 2]
    if how == "foreign":
        return os.urandom(4096)
    if how == "older":
        return b"listlint kept 1\n" + data[16:]
    middle = len(data) // 2
    return data[:middle] + bytes(b ^ 0xFF for b in data[middle:])


# Each way compiles all packs again; two of them only with -m slow.
SLOW = pytest.mark.slow


@pytest.mark.parametrize(
    "how",
    [
        "cut",
        "older",
        "garbled",
        pytest.param("empty", marks=SLOW),
        pytest.param("foreign", marks=SLOW),
    ],
)
def test_a_spoiled_file_is_made_anew(
    how: str, first: First, tmp_path: Path, run_cli: RunCli
) -> None:
    findings, files = first
    cache = tmp_path / "cache"
    cache.mkdir()
    for name, data in files.items():
        (cache / name).write_bytes(spoiled(data, how))
    assert check(run_cli, tmp_path, cache) == (1, findings, "")
    assert kept(cache) == files


def test_a_file_of_other_policies_is_not_used_under_a_new_name(first: First) -> None:
    (name,) = (n for n in first[1] if n.startswith("packs-"))
    with pytest.raises(DamagedError):
        Blocks("another key", _never(first[1][name]))


def _never(data: bytes) -> Any:
    def load(again: bool) -> bytes:
        if again:
            raise DamagedError
        return data

    return load


def test_without_a_folder_to_keep_anything_in_the_answer_is_the_same(
    first: First, tmp_path: Path, run_cli: RunCli
) -> None:
    (tmp_path / "file").write_text("in the way", "utf-8")
    assert check(run_cli, tmp_path, tmp_path / "file" / "cache") == (1, first[0], "")


def test_two_runs_at_once_share_the_folder(first: First, tmp_path: Path, run_cli: RunCli) -> None:
    from concurrent.futures import ThreadPoolExecutor

    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        folder.mkdir()
    with ThreadPoolExecutor() as pool:
        answers = list(pool.map(lambda f: check(run_cli, f, tmp_path / "cache"), folders))
    assert answers == [(1, first[0], "")] * 2
    assert kept(tmp_path / "cache") == first[1]


def test_short_and_long_texts_are_searched_to_the_same_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is looked up for a short text finds what the automatons of a long one find."""
    batches = [
        [listing for rule in model.rule for example in (*rule.bad, *rule.good)
         for listing in (example.rows or [example.listing])]
        for _, model in load_models(pack_files([builtin()]))
    ]  # fmt: skip
    inventory = str(ROOT / "sample_inventory")

    def found(few: int) -> list[list[Finding]]:
        monkeypatch.setattr(scanner, "FEW", few)
        monkeypatch.setattr(scanner, "FEW_FOR_SHAPES", few)
        linter = Linter()
        report = lint([inventory], cache=False)
        return [*map(linter.check_listings, batches), list(report.findings)]

    short, long = found(1 << 40), found(-1)
    assert min(map(len, short[-1:])) > 0
    assert short == long


def test_each_value_comes_back_and_no_other_key_has_one() -> None:
    table = {f"key {n}": [n, "字"] for n in range(1000)}
    blocks = Blocks("k", lambda again: pack("k", {"one": {"a": 1}}, table))
    assert {key: blocks.get(key) for key in table} == table
    assert [blocks.get(f"other {n}") for n in range(1000)] == [None] * 1000
    assert blocks.section("one") == {"a": 1}


def test_damage_that_shows_late_is_mended_while_it_is_read() -> None:
    whole = pack("k", {"one": 1}, {f"key {n}": n for n in range(1000)})
    broken = whole[:-2000] + bytes(b ^ 1 for b in whole[-2000:])
    blocks = Blocks("k", lambda again: whole if again else broken)
    assert [blocks.get(f"key {n}") for n in range(1000)] == list(range(1000))
