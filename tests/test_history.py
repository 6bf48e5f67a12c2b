"""Stored runs: what opened, what closed, what a pack brought, and what a day to come will bring."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from conftest import RunCli
from listlint.api import lint
from listlint.history import opened, record, runs
from listlint.history_show import facts
from listlint.model import Report
from teamwork import BAD, RULE, sheet


class Nights:
    """A catalog that is checked night after night."""

    def __init__(self, run_cli: RunCli, folder: Path) -> None:
        self.run, self.folder = run_cli, folder

    def check(self, *options: str, files: tuple[str, ...] = (".",)) -> int:
        chosen = ("--select", RULE, "-q", "--history", "h.db")
        return self.run(*files, *chosen, *options, cwd=self.folder).code

    def facts(self, *options: str) -> dict[str, Any]:
        ran = self.run("history", "h.db", "--output-format", "json", *options, cwd=self.folder)
        assert ran.code == 0, ran.stderr
        return json.loads(ran.stdout)


@pytest.fixture
def nights(run_cli: RunCli, tmp_path: Path) -> Nights:
    return Nights(run_cli, tmp_path)


def test_new_fixed_and_still_open(nights: Nights) -> None:
    path = sheet(nights.folder / "a.csv", f"A-1,{BAD},H", f"A-2,{BAD},H")
    assert nights.check() == 1
    assert [f["sku"] for f in nights.facts()["new"]] == ["A-1", "A-2"]
    sheet(path, f"A-3,{BAD},H", f"A-2,{BAD},H")
    assert nights.check() == 1
    found = nights.facts()
    assert [f["sku"] for f in found["new"]] == ["A-3"]
    assert [f["sku"] for f in found["fixed"]] == ["A-1"]
    assert [(f["sku"], f["days"]) for f in found["open"]] == [("A-2", 0)]
    assert [r["by_area"] for r in found["runs"]] == [{"ip": {"error": 2}}] * 2
    # Open, mended, open again.
    sheet(path, f"A-1,{BAD},H", f"A-2,{BAD},H")
    nights.check()
    assert [f["sku"] for f in nights.facts()["new"]] == ["A-1"]
    text = nights.run("history", "h.db", "--lang", "zh", cwd=nights.folder).stdout
    assert "仍未解决: 1" in text
    assert "a.csv A-2 title IP101" in text


def test_a_file_that_was_not_read_mends_nothing(nights: Nights) -> None:
    sheet(nights.folder / "a.csv", f"A-1,{BAD},H")
    other = sheet(nights.folder / "b.csv", f"B-1,{BAD},H")
    nights.check()
    nights.check(files=("a.csv",))
    assert nights.facts()["fixed"] == []
    other.write_bytes(b"PK\x03\x04 broken")
    assert nights.check() == 3
    assert nights.facts()["fixed"] == []
    other.unlink()
    nights.check()
    assert [f["sku"] for f in nights.facts()["fixed"]] == ["B-1"]


def test_since_a_day_and_ages(nights: Nights) -> None:
    path = sheet(nights.folder / "a.csv", f"A-1,{BAD},H")
    nights.check()
    sheet(path, f"A-1,{BAD},H", f"A-2,{BAD},H")
    nights.check()
    sheet(path, f"A-1,{BAD},H", f"A-2,{BAD},H", f"A-3,{BAD},H")
    nights.check()
    with sqlite3.connect(nights.folder / "h.db") as base:
        for number, day in ((1, "2026-11-01"), (2, "2026-11-10"), (3, "2026-11-21")):
            base.execute("UPDATE run SET at = ? WHERE id = ?", (f"{day}T03:00:00+00:00", number))
    found = nights.facts("--since", "2026-11-05")
    assert [(f["sku"], f["days"]) for f in found["new"]] == [("A-2", 11), ("A-3", 0)]
    assert [(f["sku"], f["days"]) for f in found["open"]] == [("A-1", 20)]


def test_which_pack_change_brought_which_finding(tmp_path: Path) -> None:
    path = sheet(tmp_path / "a.csv", f"A-1,{BAD},H", "A-2,Linen apron,H")
    other = sheet(tmp_path / "b.csv", "B-1,Linen apron,H")
    inputs = (str(path), str(other))
    now = lint(inputs, select=(RULE,), cache=False)
    history, packs = tmp_path / "h.db", {RULE: "ip/counterfeit"}

    def at(report: Report, version: str) -> Report:
        changed = [
            replace(p, version=version) if p.id == packs[RULE] else p for p in report.policies
        ]
        return replace(report, policies=tuple(changed))

    record(history, at(replace(now, findings=()), "2026.10"), inputs, packs)
    # The same file, a newer pack: the pack brought A-1. The other file has changed: nobody knows.
    sheet(other, f"B-1,{BAD},H")
    later = lint(inputs, select=(RULE,), cache=False)
    record(history, at(later, "2026.11"), inputs, packs)
    found = facts(history, None)
    assert {f["sku"]: f["cause"] for f in found["new"]} == {
        "A-1": "ip/counterfeit 2026.10 → 2026.11",
        "B-1": None,
    }
    assert found["packs"] == [{"id": "ip/counterfeit", "from": "2026.10", "to": "2026.11"}]


def test_suppressed_and_known_findings_are_closed(nights: Nights) -> None:
    sheet(nights.folder / "a.csv", f"A-1,{BAD},H")
    nights.check()
    nights.run("baseline", "a.csv", "--select", RULE, cwd=nights.folder)
    assert nights.check("--baseline", "listlint-baseline.json") == 0
    assert [f["sku"] for f in nights.facts()["fixed"]] == ["A-1"]


def test_an_expired_suppression_fails_the_nightly(nights: Nights) -> None:
    row = f"A-1,{BAD},H,{RULE}: a film prop until 2026-06-30"
    sheet(nights.folder / "a.csv", row, header="sku,title,brand,listlint_ignore")
    assert nights.check("--as-of", "2026-06-30") == 0
    assert nights.check("--as-of", "2026-07-01") == 1
    assert [f["rule"] for f in nights.facts()["new"]] == [RULE]


def test_replay_says_what_begins_to_fail(run_cli: RunCli, tmp_path: Path) -> None:
    sheet(
        tmp_path / "a.csv",
        f"A-1,{BAD},H,{RULE}: prop until 2026-12-31",
        f"A-2,{BAD},H,",
        header="sku,title,brand,listlint_ignore",
    )
    run_cli(
        "a.csv", "--select", RULE, "--history", "h.db", "-q", "--as-of", "2026-11-23", cwd=tmp_path
    )
    options = ("--select", RULE, "--as-of", "2026-11-23", "--replay", "2027-02-01")
    for given in (("h.db",), ("h.db", "a.csv"), ("a.csv",)):
        ran = run_cli("history", *given, *options, cwd=tmp_path)
        assert ran.code == 1, ran.stderr
        assert "a.csv:2 A-1" in ran.stdout
        assert "A-2" not in ran.stdout
    nothing = run_cli("history", "a.csv", *options[:-1], "2026-11-24", cwd=tmp_path)
    assert nothing.code == 0


def test_two_runs_at_once_are_both_kept(tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    path = sheet(tmp_path / "a.csv", f"A-1,{BAD},H")
    report = lint([str(path)], select=(RULE,), cache=False)
    history = tmp_path / "h.db"
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: record(history, report, ["a.csv"], {}), range(8)))
    with opened(history) as base:
        assert len(runs(base)) == 8
        assert base.execute("SELECT count(*) FROM spell").fetchone() == (1,)


def test_what_is_no_history_is_refused(run_cli: RunCli, tmp_path: Path) -> None:
    path = sheet(tmp_path / "a.csv", f"A-1,{BAD},H")
    assert run_cli("history", tmp_path / "nowhere.db").code == 2
    assert run_cli("history", path).code == 2
    assert run_cli(path, "--history", path, "--select", RULE).code == 2
    with sqlite3.connect(tmp_path / "other.db") as base:
        base.execute("CREATE TABLE x (y)")
    assert run_cli(path, "--history", tmp_path / "other.db", "--select", RULE).code == 2
    assert date.today()  # the day of a run is the machine's


def test_results_are_kept_and_told_apart(run_cli: RunCli, tmp_path: Path) -> None:
    """The cache: the same answer from it, and another one when anything that matters changes."""
    env = {"LISTLINT_CACHE_DIR": str(tmp_path / "cache")}
    path = sheet(tmp_path / "a.csv", f"A-1,{BAD},H", "A-1,Linen apron,H")
    options = ("--output-format", "json", "--select", f"{RULE},SEL")
    first = run_cli(path, *options, env=env)
    kept = list((tmp_path / "cache" / "results").glob("*.json"))
    assert len(kept) == 1
    assert run_cli(path, *options, env=env).stdout == first.stdout
    assert run_cli(path, *options, "--no-cache", env=env).stdout == first.stdout
    # A damaged entry is passed over.
    kept[0].write_text('{"key": "x"}', "utf-8")
    assert run_cli(path, *options, env=env).stdout == first.stdout
    # Suppressions are decided after it.
    (tmp_path / "a.csv.listlint.toml").write_text(
        f'[[suppress]]\nrule = "{RULE}"\nreason = "prop"\n', "utf-8"
    )
    again = run_cli(path, *options, env=env)
    assert [f["suppressed"] is not None for f in again.json["findings"] if f["rule"] == RULE] == [
        True
    ]
    sheet(path, "A-1,Linen apron,H")
    assert RULE not in run_cli(path, *options, env=env).json["summary"]["by_rule"]


def test_runs_at_once_share_the_cache(run_cli: RunCli, tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    rows = (f"A-{n},{BAD} number {n},H" for n in range(200))
    path = sheet(tmp_path / "a.csv", *rows)
    env = {"LISTLINT_CACHE_DIR": str(tmp_path / "cache")}
    options = (path, "--output-format", "json", "--select", RULE)
    alone = run_cli(*options, "--no-cache")
    with ThreadPoolExecutor(4) as pool:
        runs_at_once = list(pool.map(lambda _: run_cli(*options, env=env), range(4)))
    assert {(r.code, r.stdout) for r in runs_at_once} == {(alone.code, alone.stdout)}
    assert run_cli(*options, env=env).stdout == alone.stdout
    assert not list((tmp_path / "cache").rglob("*.tmp"))
