"""Run the whole of listlint over a folder of nasty files and print counts by outcome.

    python benchmarks/nasty.py FOLDER [--each] [--timeout 20] [--max-memory 2G] [--list]

Every file is named on the command line of one run (`--each`: of a run of its own), so that it is
read, its columns are mapped and its rows are checked as for a seller, and the files after a bad one
are checked too. Exit 1 if a traceback was shown, a file took longer than the limit, memory went over
it, or a file was neither read nor said to be unread.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

UNREAD = 3
"""Exit code of a run in which something was not read."""


@dataclass(frozen=True, slots=True)
class Ran:
    """One run of the program: its report, and what it cost (seconds, bytes)."""

    code: int
    report: dict[str, Any]
    errors: str
    seconds: float


def run(paths: list[str], timeout: float, max_memory: int, scratch: str) -> Ran:
    """listlint on these files, with these limits a file; `scratch`: folder of temporary files."""
    command = [
        sys.executable, "-m", "listlint", "--isolated", "--output-format", "json",
        "--timeout", str(timeout), "--max-memory", str(max_memory), "--", *paths,
    ]  # fmt: skip
    began = time.perf_counter()
    # The program's own limits end a file; this one ends a program that ignores them.
    done = subprocess.run(
        command, capture_output=True, encoding="utf-8", timeout=(timeout + 5) * len(paths) + 60,
        check=False, env={**os.environ, "LC_ALL": "C.UTF-8", "TMPDIR": scratch},
    )  # fmt: skip
    try:
        report = json.loads(done.stdout)
    except ValueError:
        report = {"files": [], "findings": []}
    return Ran(done.returncode, report, done.stderr, time.perf_counter() - began)


def outcome(path: str, report: dict[str, Any]) -> tuple[str, set[str]]:
    """(what became of one file, names of the oddities that were said of it)."""

    def of_file(item: dict[str, Any]) -> bool:
        return bool(item["path"] == path or item["path"].startswith(path + "/"))

    said = [f for f in report["findings"] if f["area"] == "file" and of_file(f)]
    unread = [f["name"] for f in said if f["severity"] == "error"]
    if set(unread) == {"unrecognised-sheet"}:
        return "read, and no sheet of listings in it (said)", {f["name"] for f in said}
    oddities = {f["name"] for f in said} - set(unread)
    sheets = [f for f in report["files"] if of_file(f)]
    read = [f for f in sheets if f["dialect"] is not None]
    if unread:
        return f"{'read in part' if read else 'unread'}: {unread[0]}", oddities
    if not read:
        return "UNREAD AND UNSAID", oddities
    if any(f["rows"] for f in read):
        return "listings or registers checked", oddities
    return "read, no rows to check", oddities


def _size(text: str) -> int:
    factor = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}.get(text[-1:].upper())
    return int(text[:-1]) * factor if factor else int(text)


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--each", action="store_true", help="one run of the program a file")
    parser.add_argument("--timeout", type=float, default=20.0)
    parser.add_argument("--max-memory", type=_size, default=2 << 30)
    parser.add_argument("--list", action="store_true", help="name the files of each outcome")
    given = parser.parse_args()
    paths = [p.as_posix() for p in sorted(given.folder.rglob("*")) if p.is_file()]
    scratch = tempfile.mkdtemp(prefix="nasty-")

    outcomes: defaultdict[str, list[str]] = defaultdict(list)
    oddities: Counter[str] = Counter()
    tracebacks, wrong_codes = 0, 0
    slowest, elapsed = (0.0, ""), 0.0
    for group in [[p] for p in paths] if given.each else [paths]:
        ran = run(group, given.timeout, given.max_memory, scratch)
        elapsed += ran.seconds
        slowest = max(slowest, (ran.seconds, group[0]))
        tracebacks += ran.errors.count("Traceback (most recent call last)")
        ends = {}
        for path in group:
            ends[path], odd = outcome(path, ran.report)
            outcomes[ends[path]].append(path)
            oddities.update(odd)
        anything = any(
            end.startswith(("unread", "read in part", "read, and no")) for end in ends.values()
        )
        wrong_codes += (ran.code == UNREAD) != anything or ran.code not in (0, 1, UNREAD)
    # Kilobytes of the largest process that ended, readers among them (Linux).
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss << 10
    left = os.listdir(scratch)
    shutil.rmtree(scratch)

    for end, files in sorted(outcomes.items(), key=lambda item: (-len(item[1]), item[0])):
        print(f"{len(files):6}  {end}")
        if given.list:
            print("".join(f"          {file}\n" for file in files), end="")
    print("oddities said:", ", ".join(f"{name} {count}" for name, count in oddities.most_common()))
    each = f"; slowest {slowest[0]:.2f} s ({slowest[1]})" if given.each else ""
    print(f"{len(paths)} files in {elapsed:.1f} s{each}; peak {peak >> 20} MB of one process")
    silent = len(outcomes["UNREAD AND UNSAID"])
    hangs = sum(len(files) for end, files in outcomes.items() if end.endswith("timed-out"))
    crashes = sum(len(files) for end, files in outcomes.items() if end.endswith("reader-crashed"))
    over = int(peak > given.max_memory)
    print(
        f"tracebacks {tracebacks}, crashes {crashes}, over {given.timeout:g} s {hangs}, over the memory "
        f"limit {over}, unread and unsaid {silent}, wrong exit codes {wrong_codes}, "
        f"temporary files left {len(left)}"
    )
    return 1 if tracebacks or crashes or hangs or over or silent or wrong_codes or left else 0


if __name__ == "__main__":
    sys.exit(main())
