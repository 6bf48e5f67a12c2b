"""Nightly runs in an SQLite file: what is new, what was mended, what has been open for how long.

A finding is kept once, with the runs in which it opened and closed, so a year of nights over a
large catalog takes little more than one. A finding closes only in a run that read its file.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from listlint.baseline import can_be_known
from listlint.config import ConfigError
from listlint.model import Area, FixedFinding, Past, PastRun
from listlint.slotted import slotted

if TYPE_CHECKING:
    from listlint.model import Finding, Report

VERSION = 1
_RUNS_SHOWN = 30
"""Runs that a report's charts show: a month of nights."""
_WAIT = 30.0
"""Seconds that a run waits for another one that is writing."""
_TABLES = """
CREATE TABLE run (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, as_of TEXT NOT NULL, version TEXT NOT NULL,
    listings INTEGER NOT NULL, flagged INTEGER NOT NULL, inputs TEXT NOT NULL
);
CREATE TABLE pack (run INTEGER NOT NULL, id TEXT NOT NULL, version TEXT NOT NULL, PRIMARY KEY (run, id));
CREATE TABLE file (
    run INTEGER NOT NULL, path TEXT NOT NULL, content TEXT NOT NULL, PRIMARY KEY (run, path)
);
CREATE TABLE trend (
    run INTEGER NOT NULL, area TEXT NOT NULL, severity TEXT NOT NULL, count INTEGER NOT NULL,
    PRIMARY KEY (run, area, severity)
);
CREATE TABLE finding (
    id INTEGER PRIMARY KEY, fingerprint TEXT NOT NULL UNIQUE, rule TEXT NOT NULL, name TEXT NOT NULL,
    area TEXT NOT NULL, severity TEXT NOT NULL, path TEXT NOT NULL, sheet TEXT, sku TEXT, field TEXT,
    match TEXT, pack TEXT NOT NULL
);
CREATE TABLE spell (
    finding INTEGER NOT NULL, opened INTEGER NOT NULL, closed INTEGER, cause TEXT,
    PRIMARY KEY (finding, opened)
);
CREATE INDEX open_spells ON spell (finding) WHERE closed IS NULL;
"""


@slotted(frozen=True, slots=True)
class Run:
    """A stored run; `at` is ISO time in UTC, `as_of` the day it judged by."""

    id: int
    at: str
    as_of: str
    listings: int
    flagged: int
    inputs: tuple[str, ...]


@slotted(frozen=True, slots=True)
class Known:
    """A finding as stored. `since` is when it opened; `cause` the pack change that brought it."""

    rule: str
    name: str
    area: str
    severity: str
    path: str
    sheet: str | None
    sku: str | None
    field: str | None
    match: str | None
    since: str
    cause: str | None


@contextmanager
def opened(path: Path, *, create: bool = False) -> Iterator[sqlite3.Connection]:
    """The history file. Raises `ConfigError` where it is missing or something else."""
    if not create and not path.is_file():
        raise ConfigError(f"history {path}: no such file; runs with --history {path} make it")
    try:
        with closing(sqlite3.connect(path, timeout=_WAIT, isolation_level=None)) as base:
            base.execute("PRAGMA trusted_schema = OFF")
            base.execute("BEGIN IMMEDIATE" if create else "BEGIN")
            (version,) = base.execute("PRAGMA user_version").fetchone()
            if version == 0 and create:
                _create(base, path)
            elif version != VERSION:
                raise ConfigError(f"history {path}: not a history of this version of listlint")
            yield base
            base.execute("COMMIT")
    except sqlite3.Error as error:
        raise ConfigError(f"history {path}: {error}") from None


def _create(base: sqlite3.Connection, path: Path) -> None:
    if base.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        raise ConfigError(f"history {path}: an SQLite file of something else")
    for statement in _TABLES.split(";"):
        if statement.strip():
            base.execute(statement)
    base.execute(f"PRAGMA user_version = {VERSION}")


def record(path: Path, report: Report, inputs: Sequence[str], packs_of: Mapping[str, str]) -> None:
    """Store a run. `packs_of`: rule code → its pack. Raises `ConfigError`."""
    with opened(path, create=True) as base:
        before = base.execute("SELECT max(id) FROM run").fetchone()[0]
        now = datetime.now(UTC).isoformat(timespec="seconds")
        values = (
            now, report.as_of.isoformat(), report.version, report.listings, report.flagged,
            json.dumps(list(inputs), ensure_ascii=False),
        )  # fmt: skip
        run = base.execute(
            "INSERT INTO run (at, as_of, version, listings, flagged, inputs) VALUES (?,?,?,?,?,?)",
            values,
        ).lastrowid
        assert run is not None
        packs = {p.id: p.version for p in report.policies}
        base.executemany("INSERT INTO pack VALUES (?,?,?)", [(run, *p) for p in packs.items()])
        files = {e.path: _content(e.path) for e in report.files if e.kind != "unread"}
        base.executemany("INSERT INTO file VALUES (?,?,?)", [(run, *f) for f in files.items()])
        _trend(base, run, report.counted)
        _spells(base, run, before, report.counted, files, packs, packs_of)


def _content(path: str) -> str:
    """What tells whether a file is as it was; "" for what is no file of its own."""
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()[:32]
    except OSError:
        return ""


def _trend(base: sqlite3.Connection, run: int, findings: Iterable[Finding]) -> None:
    counts: dict[tuple[str, str], int] = {}
    for f in findings:
        key = (f.area.value, f.severity.value)
        counts[key] = counts.get(key, 0) + 1
    rows = [(run, *key, count) for key, count in counts.items()]
    base.executemany("INSERT INTO trend VALUES (?,?,?,?)", rows)


def _spells(
    base: sqlite3.Connection,
    run: int,
    before: int | None,
    findings: Sequence[Finding],
    files: Mapping[str, str],
    packs: Mapping[str, str],
    packs_of: Mapping[str, str],
) -> None:
    """Open what is new, close what is gone from files that were read."""
    open_now = {
        fingerprint: (number, path)
        for number, fingerprint, path in base.execute(
            "SELECT f.id, f.fingerprint, f.path FROM spell s JOIN finding f ON f.id = s.finding "
            "WHERE s.closed IS NULL"
        )
    }
    old_packs = dict(base.execute("SELECT id, version FROM pack WHERE run = ?", (before,)))
    old_files = dict(base.execute("SELECT path, content FROM file WHERE run = ?", (before,)))
    seen: set[str] = set()
    for f in findings:
        if not can_be_known(f):
            continue
        seen.add(f.fingerprint)
        if f.fingerprint in open_now:
            continue
        old = next((o for o in f.former if o in open_now), None)
        if old is not None and _renamed(base, open_now[old][0], f):
            open_now[f.fingerprint] = open_now.pop(old)
            continue
        number = _stored(base, f, packs_of.get(f.rule, ""))
        place = f.location
        same_file = bool(files.get(place.path)) and old_files.get(place.path) == files[place.path]
        pack = packs_of.get(f.rule, "")
        cause = None
        # The file is as it was, so it is not the seller who brought it.
        if before is not None and same_file and old_packs.get(pack) != packs.get(pack):
            cause = f"{pack} {old_packs.get(pack, '–')} → {packs.get(pack, '–')}"
        base.execute("INSERT INTO spell VALUES (?,?,NULL,?)", (number, run, cause))
    gone = [
        (run, number)
        for fingerprint, (number, path) in open_now.items()
        if fingerprint not in seen and (path in files or not Path(path).exists())
    ]
    base.executemany("UPDATE spell SET closed = ? WHERE finding = ? AND closed IS NULL", gone)


def _renamed(base: sqlite3.Connection, number: int, f: Finding) -> bool:
    """Keep a finding on under the new code of its rule; False where that one is stored already."""
    done = base.execute(
        "UPDATE OR IGNORE finding SET fingerprint = ?, rule = ?, name = ? WHERE id = ?",
        (f.fingerprint, f.rule, f.name, number),
    )
    return done.rowcount > 0


def _stored(base: sqlite3.Connection, f: Finding, pack: str) -> int:
    place = f.location
    # A seller's own numbers need not stand in one more file.
    match = None if f.area is Area.SELLER or f.match is None else f.match[:200]
    row = (
        f.fingerprint, f.rule, f.name, f.area.value, f.severity.value, place.path, place.sheet,
        place.sku, place.field, match, pack,
    )  # fmt: skip
    cleaned = [x.encode("utf-8", "replace").decode() if isinstance(x, str) else x for x in row]
    (number,) = base.execute(
        "INSERT INTO finding (fingerprint, rule, name, area, severity, path, sheet, sku, field, "
        "match, pack) VALUES (?,?,?,?,?,?,?,?,?,?,?) "
        "ON CONFLICT (fingerprint) DO UPDATE SET severity = excluded.severity RETURNING id",
        cleaned,
    ).fetchone()
    return int(number)


def runs(base: sqlite3.Connection) -> list[Run]:
    """All runs, the oldest first."""
    return [
        Run(number, at, as_of, listings, flagged, tuple(json.loads(inputs)))
        for number, at, as_of, listings, flagged, inputs in base.execute(
            "SELECT id, at, as_of, listings, flagged, inputs FROM run ORDER BY id"
        )
    ]


def trend(base: sqlite3.Connection, number: int) -> dict[str, dict[str, int]]:
    """Area → severity → findings that counted in a run."""
    found: dict[str, dict[str, int]] = {}
    for area, severity, count in base.execute(
        "SELECT area, severity, count FROM trend WHERE run = ? ORDER BY area, severity", (number,)
    ):
        found.setdefault(area, {})[severity] = count
    return found


_KNOWN = (
    "SELECT f.rule, f.name, f.area, f.severity, f.path, f.sheet, f.sku, f.field, f.match, r.at, "
    "s.cause FROM spell s JOIN finding f ON f.id = s.finding JOIN run r ON r.id = s.opened WHERE {} "
    "ORDER BY r.id, f.path, f.sheet, f.sku, f.rule, f.id"
)


def new_since(base: sqlite3.Connection, number: int) -> list[Known]:
    """Findings that opened after run `number` and are open still."""
    where = "s.closed IS NULL AND s.opened > ?"
    return [Known(*row) for row in base.execute(_KNOWN.format(where), (number,))]


def fixed_since(base: sqlite3.Connection, number: int) -> list[Known]:
    """Findings that were open at run `number` or opened later, and have closed since."""
    return [Known(*row) for row in base.execute(_KNOWN.format("s.closed > ?"), (number,))]


def still_open(base: sqlite3.Connection, number: int) -> list[Known]:
    """Findings that were open at run `number` and are open still, the oldest first."""
    where = "s.closed IS NULL AND s.opened <= ?"
    return [Known(*row) for row in base.execute(_KNOWN.format(where), (number,))]


_COUNTS = """
SELECT r.id, r.as_of,
    (SELECT coalesce(sum(count), 0) FROM trend WHERE run = r.id AND severity = 'error'),
    (SELECT coalesce(sum(count), 0) FROM trend WHERE run = r.id AND severity = 'warning'),
    (SELECT coalesce(sum(count), 0) FROM trend WHERE run = r.id AND severity = 'info'),
    (SELECT count(*) FROM spell WHERE opened = r.id),
    (SELECT count(*) FROM spell WHERE closed = r.id)
FROM run r ORDER BY r.id DESC LIMIT ?
"""


def past(path: Path) -> Past:
    """What the reports show of earlier runs; the last stored one is the run reported on.

    Raises `ConfigError`.
    """
    with opened(path) as base:
        last = list(base.execute(_COUNTS, (_RUNS_SHOWN,)))[::-1]
        before = base.execute("SELECT max(id) FROM run WHERE id < ?", (last[-1][0],)).fetchone()[0]
        (first,) = base.execute("SELECT min(id) FROM run").fetchone()
        # In the first run everything would be new.
        shown = tuple(
            PastRun(*(row[1:] if row[0] != first else (*row[1:5], 0, row[6]))) for row in last
        )
        if before is None:
            return Past(shown)
        (since,) = base.execute("SELECT as_of FROM run WHERE id = ?", (before,)).fetchone()
        new = base.execute(
            "SELECT f.fingerprint FROM spell s JOIN finding f ON f.id = s.finding "
            "WHERE s.closed IS NULL AND s.opened > ?",
            (before,),
        )
        fixed = tuple(
            FixedFinding(k.rule, k.name, k.path, k.sheet, k.sku, k.match)
            for k in fixed_since(base, before)
        )
        return Past(shown, since, frozenset(fingerprint for (fingerprint,) in new), fixed)


def pack_changes(base: sqlite3.Connection, number: int) -> list[tuple[str, str, str]]:
    """(pack, version at run `number`, version in the last run) of packs that changed between."""
    query = "SELECT id, version FROM pack WHERE run = ?"
    (last,) = base.execute("SELECT max(id) FROM run").fetchone()
    old, new = dict(base.execute(query, (number,))), dict(base.execute(query, (last,)))
    return [
        (pack, old.get(pack, "–"), new.get(pack, "–"))
        for pack in sorted({*old, *new})
        if old.get(pack) != new.get(pack)
    ]
