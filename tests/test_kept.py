"""Kept packs: what is damaged, foreign or older is made anew, and findings are those of plain packs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from conftest import ROOT, RunCli
from house import pack_text, rule
from listlint.api import Finding, Linter, lint
from listlint.config import Settings
from listlint.kept.blocks import Blocks, DamagedError, pack
from listlint.match import scanner
from listlint.policy.load import load_models, pack_files
from listlint.policy.paths import builtin

SHEET = (
    "sku,title,brand,description\n"
    "A-1,AAA copy handbag,Harrowfield,Kills 99.9% of bacteria\n"
    "A-2,Linen apron,Harrowfield,Plain weave\n"
    "A-3,Guccii style bag,Generic,N1ke-like trainers\n"
    "B-1,Gold zorkmid,Harrowfield,Rare\n"
)
First = tuple[list[dict[str, Any]], dict[str, bytes]]
"""The findings of a first run, and what it kept."""


def check(
    run_cli: RunCli, folder: Path, cache: Path, *more: str
) -> tuple[int, list[dict[str, Any]], str]:
    """Exit code, findings and stderr of a run over `sheet.csv` with that cache folder."""
    (folder / "sheet.csv").write_text(SHEET, "utf-8")
    options = ("--isolated", "--no-cache", "--output-format", "json", *more)
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


def cache_of(folder: Path, made: First) -> Path:
    """A folder in which the first run's files are kept."""
    cache = folder / "cache"
    cache.mkdir()
    for name, data in made[1].items():
        (cache / name).write_bytes(data)
    return cache


def own_rules(folder: Path, *rules: str) -> str:
    """The option for a pack of these rules, kept in `folder`."""
    (folder / "our").mkdir(exist_ok=True)
    (folder / "our" / "coins.toml").write_text(pack_text("coins", *rules), "utf-8")
    return f"policies={folder / 'our'}"


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


@pytest.mark.parametrize(
    ("how", "what"),
    [
        ("garbled", "packs of the house"),
        ("cut", "packs of the house"),
        ("empty", "packs of the house"),
        ("foreign", "packs of the house"),
        ("older", "packs of the house"),
        ("garbled", "everything"),
    ],
)
def test_a_spoiled_file_is_made_anew(
    how: str, what: str, first: First, tmp_path: Path, run_cli: RunCli
) -> None:
    cache = cache_of(tmp_path, first)
    own = ("--config", own_rules(tmp_path, rule("LST901")))
    code, findings, said = check(run_cli, tmp_path, cache, *own)
    assert (code, said) == (1, "")
    files = kept(cache)
    for name, data in files.items():
        if what == "everything" or name not in first[1]:
            (cache / name).write_bytes(spoiled(data, how))
    assert kept(cache) != files
    assert check(run_cli, tmp_path, cache, *own) == (1, findings, "")
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


@pytest.mark.skipif(os.name == "nt", reason="needs a terminal as POSIX has it")
def test_without_a_folder_to_keep_anything_in_the_answer_is_the_same_after_a_wait_that_is_said(
    first: First, tmp_path: Path
) -> None:
    import pty

    (tmp_path / "file").write_text("in the way", "utf-8")
    (tmp_path / "sheet.csv").write_text(SHEET, "utf-8")
    for cache, waits in ((tmp_path / "file" / "cache", True), (cache_of(tmp_path, first), False)):
        command = [sys.executable, "-m", "listlint", "sheet.csv", "--isolated", "--no-cache"]
        env = {**os.environ, "LISTLINT_CACHE_DIR": str(cache), "LC_ALL": "C.UTF-8"}
        terminal, end = pty.openpty()
        ran = subprocess.run(
            [*command, "--output-format", "json"],
            cwd=tmp_path,
            env=env,
            stdout=subprocess.PIPE,
            stderr=end,
            check=False,
            timeout=300,
        )
        os.close(end)
        said = b""
        with suppress(OSError), os.fdopen(terminal, "rb") as stream:
            said = stream.read1(10_000)
        assert (b"Preparing the policies" in said) is waits
        assert json.loads(ran.stdout)["findings"] == first[0]


def test_two_runs_at_once_share_the_folder(first: First, tmp_path: Path, run_cli: RunCli) -> None:
    from concurrent.futures import ThreadPoolExecutor

    cache = cache_of(tmp_path, first)
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        folder.mkdir()
    own = ("--config", own_rules(tmp_path, rule("LST901")))
    with ThreadPoolExecutor() as pool:
        one, other = pool.map(lambda f: check(run_cli, f, cache, *own), folders)
    assert one == other
    assert [f for f in one[1] if f["rule"] != "LST901"] == first[0]
    assert len(kept(cache)) == len(first[1]) + 1


def test_a_change_of_ones_own_rule_leaves_what_is_kept_of_the_others(
    first: First, tmp_path: Path, run_cli: RunCli
) -> None:
    findings, files = first
    cache = cache_of(tmp_path, first)
    counts = []
    for words in ("zorkmid", "doubloon", "zorkmid"):
        own = ("--config", own_rules(tmp_path, rule("LST901", f'terms = ["{words}"]')))
        _, found, said = check(run_cli, tmp_path, cache, *own)
        assert said == ""
        assert [f for f in found if f["rule"] != "LST901"] == findings
        counts.append(sum(f["rule"] == "LST901" for f in found))
        assert {name: data for name, data in kept(cache).items() if name in files} == files
    assert counts == [1, 0, 1]
    assert len(kept(cache)) == len(files) + 2


SHARED = """terms = ["aaa copy", "zorkmid*"]
unless = [{ context = "negation" }]"""
SHAPE = "patterns = ['(?i)kills \\d+']"


@pytest.mark.parametrize("few", [1 << 40, -1])
def test_own_rules_share_words_and_contexts_with_the_shipped(
    few: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(scanner, "FEW", few)
    monkeypatch.setattr(scanner, "FEW_FOR_SHAPES", few)
    own_rules(
        tmp_path,
        rule("LST901", SHARED),
        rule("LST902", SHAPE, kind="pattern", bad="Kills 9 of ten"),
    )
    shipped, both = Linter(), Linter(Settings(base=str(tmp_path), policies=("our",)))
    listings = [
        {"title": "AAA copy handbag", "description": "Kills 99.9% of bacteria"},
        {"title": "Handbag, no AAA copy", "description": "Guccii style, N1ke-like"},
        {"title": "Gold z0rkmids"},
        {"title": "Not a zorkmid"},
    ]
    found = both.check_listings(listings)
    mine = [(f.rule, f.location.row) for f in found if f.rule.startswith("LST90")]
    assert sorted(mine) == [("LST901", 2), ("LST901", 4), ("LST902", 2)]
    theirs = [f for f in found if not f.rule.startswith("LST90")]
    assert len(theirs) > 3
    assert theirs == shipped.check_listings(listings)


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
