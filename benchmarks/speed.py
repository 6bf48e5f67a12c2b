"""Measures listlint beside what people would use instead: `python benchmarks/speed.py --rows 100000`.

Every step is a whole process, start-up included; the kernel says what it used (wait4). Steps take
turns, so that a noisy machine is noisy for all of them, and the median of the runs counts. Ratios
of one call are what to compare; seconds of different days are not. Peak memory is that of the
largest process of a step, not the sum.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

# This process stays small on purpose: a child's peak includes its parent's size when it was started.
import peers

HERE = Path(__file__).resolve().parent
SLOW_ROWS = 500
"""Peers that need minutes are run on so many rows, and listlint on the same."""
PACK = """schema = 1
[pack]
id = "bench/words"
version = "1"
updated = 2026-11-23
review_by = 2036-11-23
[[rule]]
code = "LST999"
name = "benchmark-words"
kind = "terms"
severity = "info"
message = {{ en = "{{match}}", zh = "{{match}}" }}
why = {{ en = "-", zh = "-" }}
fix = {{ en = "-", zh = "-" }}
source = [{{ url = "https://example.com", retrieved = 2026-11-23 }}]
terms_file = "words.csv"
evasion = false
bad = [{{ listing = {{ title = "A {word} for the shelf" }}, match = "{word}" }}]
good = [{{ listing = {{ title = "A tray for the shelf" }} }}]
"""


@dataclass
class Step:
    """One command and what its runs came to: seconds by the clock, seconds of CPU, peak megabytes."""

    name: str
    command: Sequence[str]
    rows: int = 0
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    peak: list[float] = field(default_factory=list)
    ok: tuple[int, ...] = (0,)

    def run(self, env: dict[str, str]) -> None:
        """Once more. Raises `RuntimeError` when the command fails: a step that failed is not fast."""
        start = perf_counter()
        with tempfile.TemporaryFile() as err:
            child = subprocess.Popen(self.command, env=env, stdout=subprocess.DEVNULL, stderr=err)
            _, status, used = os.wait4(child.pid, 0)
            code = os.waitstatus_to_exitcode(status)
            # Popen must not wait for a child that is gone.
            child.returncode = code
            if code not in self.ok:
                err.seek(0)
                raise RuntimeError(f"{self.name}: exit {code}: {err.read()[-2000:].decode()}")
        self.wall.append(perf_counter() - start)
        self.cpu.append(used.ru_utime + used.ru_stime)
        # Linux counts in kB, macOS in bytes.
        self.peak.append(used.ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3))

    @property
    def seconds(self) -> float:
        """The median by the clock."""
        return statistics.median(self.wall)

    @property
    def megabytes(self) -> float:
        """The highest peak."""
        return max(self.peak)


class Bench:
    """The steps of one call, in the order in which they are to be shown."""

    def __init__(self, folder: Path, runs: int) -> None:
        self.folder = folder
        self.runs = runs
        self.steps: dict[str, Step] = {}
        self.env = {
            **{k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"},
            "LISTLINT_CACHE_DIR": str(folder / "cache"),
            "PYTHONPATH": os.pathsep.join(
                filter(None, (str(HERE.parent / "src"), os.environ.get("PYTHONPATH")))
            ),
            "LC_ALL": "C.UTF-8",
        }

    def catalog(self, rows: int, kind: str) -> Path:
        """A generated catalog, made once and kept for later calls."""
        path = self.folder / f"catalog-{rows}.{kind}"
        if not path.exists():
            command = [sys.executable, str(HERE / "generate.py"), "--rows", str(rows)]
            subprocess.run([*command, "--formats", kind, str(self.folder)], check=True)
        return path

    def listlint(self, name: str, path: Path, rows: int, *options: str) -> None:
        """A step that lints `path`."""
        command = [sys.executable, "-m", "listlint", str(path), "--isolated", "--exit-zero"]
        self.steps[name] = Step(
            name, [*command, "--no-cache", "--output-format", "jsonl", *options], rows
        )

    def peer(self, name: str, rows: int, *arguments: str | Path) -> None:
        """A step of peers.py, where its library is installed."""
        if not peers.installed(name):
            print(f"{name}: not installed, left out", file=sys.stderr)
            return
        command = [sys.executable, str(HERE / "peers.py"), name, *map(str, arguments)]
        self.steps[name] = Step(name, command, rows)

    def prepare(self, *arguments: str | Path) -> None:
        """Run a helper of peers.py that is not measured."""
        command = [sys.executable, str(HERE / "peers.py"), *map(str, arguments)]
        subprocess.run(command, env=self.env, check=True, stdout=subprocess.DEVNULL)

    def go(self) -> None:
        """All steps, in turns."""
        for n in range(self.runs):
            for step in self.steps.values():
                print(f"run {n + 1}/{self.runs}: {step.name}", file=sys.stderr)
                step.run(self.env)

    def ratio(self, above: str, below: str) -> float | None:
        """Seconds of one step for those of another, each for a row; None where one did not run."""
        if above not in self.steps or below not in self.steps:
            return None
        a, b = self.steps[above], self.steps[below]
        return (a.seconds / max(a.rows, 1)) / (b.seconds / max(b.rows, 1))


def add_main(bench: Bench, rows: int, jobs: int) -> None:
    """Reading, linting and the loops people write, on one catalog."""
    book, text = bench.catalog(rows, "xlsx"), bench.catalog(rows, "csv")
    slow = min(rows, SLOW_ROWS)
    terms = bench.folder / "terms.txt"
    bench.prepare("shipped-terms", "-", terms)
    bench.peer("csv-lists", rows, text)
    bench.listlint("listlint csv", text, rows)
    bench.listlint(f"listlint csv, {jobs} jobs", text, rows, "--jobs", str(jobs))
    bench.peer("calamine", rows, book)
    bench.listlint("listlint xlsx", book, rows)
    bench.listlint(f"listlint xlsx, {jobs} jobs", book, rows, "--jobs", str(jobs))
    bench.peer("openpyxl-read-only", rows, book)
    bench.peer("openpyxl-re", slow, bench.catalog(slow, "xlsx"), terms)
    bench.listlint("listlint xlsx, few rows", bench.catalog(slow, "xlsx"), slow)
    bench.peer("pandas-contains", slow, bench.catalog(slow, "csv"), terms)
    bench.peer("frictionless", rows, text)
    if peers.installed("parquet-lists"):
        table = bench.catalog(rows, "parquet")
        bench.peer("parquet-lists", rows, table)
        bench.listlint("listlint parquet", table, rows)
        bench.listlint(f"listlint parquet, {jobs} jobs", table, rows, "--jobs", str(jobs))


def add_start(bench: Bench) -> None:
    """Start-up: bare Python, the version, fifty rows."""
    bench.steps["python -c pass"] = Step("python -c pass", [sys.executable, "-c", "pass"])
    command = [sys.executable, "-m", "listlint", "--version"]
    bench.steps["listlint --version"] = Step("listlint --version", command)
    bench.listlint("listlint 50 rows", bench.catalog(50, "csv"), 0)


def add_terms(bench: Bench, rows: int, sizes: Sequence[int]) -> None:
    """Packs of invented words beside ripgrep looking for the same in the folded text."""
    text = bench.catalog(rows, "csv")
    folded = bench.folder / f"folded-{rows}.txt"
    if not folded.exists():
        bench.prepare("fold", text, folded)
    for size in sizes:
        pack = bench.folder / f"words-{size}"
        write_words(pack, size)
        bench.listlint(f"listlint csv, {size} terms", text, rows,
                       "--select", "LST999", "--config", f"policies={pack}")  # fmt: skip
        if shutil.which("rg"):
            command = [
                "rg",
                "-F",
                "-o",
                "--no-line-number",
                "-f",
                str(pack / "words.txt"),
                str(folded),
            ]
            bench.steps[f"rg, {size} terms"] = Step(f"rg, {size} terms", command, rows, ok=(0, 1))


def add_growth(bench: Bench, rows: int) -> None:
    """The same CSV ten times as long."""
    bench.listlint("listlint csv", bench.catalog(rows, "csv"), rows)
    bench.listlint("listlint csv, ten times", bench.catalog(rows * 10, "csv"), rows * 10)


def write_words(pack: Path, size: int) -> None:
    """A pack that looks for `size` invented words, most of which occur nowhere."""
    pack.mkdir(exist_ok=True)
    rng = random.Random(size)
    words: set[str] = set()
    while len(words) < size:
        words.add("".join(rng.choice("bcdfghklmnprstvz") + rng.choice("aeiou") for _ in range(4)))
    chosen = sorted(words)
    (pack / "words.txt").write_text("\n".join(f" {w} " for w in chosen) + "\n", "utf-8")
    (pack / "words.csv").write_text("term\n" + "\n".join(chosen) + "\n", "utf-8")
    (pack / "words.toml").write_text(PACK.format(word=chosen[0]), "utf-8")


@dataclass(frozen=True, slots=True)
class Goal:
    """A ratio to reach: at most (or at least) so much."""

    what: str
    limit: float
    reached: Callable[[Bench], float | None]
    at_least: bool = False


def goals(jobs: int, sizes: Sequence[int]) -> list[Goal]:
    """The ratios to hold, for those steps that ran."""

    def of(above: str, below: str) -> Callable[[Bench], float | None]:
        return lambda bench: bench.ratio(above, below)

    def growth(bench: Bench) -> float | None:
        long = bench.steps.get("listlint csv, ten times")
        return long.megabytes / bench.steps["listlint csv"].megabytes if long else None

    few, many = sizes
    return [
        Goal("xlsx : calamine reading alone", 1.8, of("listlint xlsx", "calamine")),
        Goal(f"xlsx, {jobs} jobs : calamine", 1.2, of(f"listlint xlsx, {jobs} jobs", "calamine")),
        Goal("csv : csv module into lists", 3.5, of("listlint csv", "csv-lists")),
        Goal(f"csv, {jobs} jobs : csv module", 2.0, of(f"listlint csv, {jobs} jobs", "csv-lists")),
        Goal("openpyxl read-only : xlsx", 3.5, of("openpyxl-read-only", "listlint xlsx"), True),
        Goal("openpyxl + re : xlsx, same rows", 40, of("openpyxl-re", "listlint xlsx, few rows"), True),
        Goal("openpyxl + re : xlsx, by the row", 40, of("openpyxl-re", "listlint xlsx"), True),
        Goal(f"csv, one job : {jobs} jobs", 1.8, of("listlint csv", f"listlint csv, {jobs} jobs"), True),
        Goal(f"xlsx, one job : {jobs} jobs", 1.8, of("listlint xlsx", f"listlint xlsx, {jobs} jobs"), True),
        Goal("parquet : pyarrow into lists", 3.5, of("listlint parquet", "parquet-lists")),
        Goal(f"parquet, one job : {jobs} jobs", 1.8, of("listlint parquet", f"listlint parquet, {jobs} jobs"), True),
        Goal(f"{few} terms : rg -F -o", 1.3, of(f"listlint csv, {few} terms", f"rg, {few} terms")),
        Goal(f"{many} terms : rg -F -o", 0.6, of(f"listlint csv, {many} terms", f"rg, {many} terms")),
        Goal("ten times the terms", 1.5, of(f"listlint csv, {many} terms", f"listlint csv, {few} terms")),
        Goal("peak memory, ten times the rows", 1.5, growth),
        Goal("listlint --version : python -c pass", 4, of("listlint --version", "python -c pass")),
        Goal("50-row csv : python -c pass", 15, of("listlint 50 rows", "python -c pass")),
    ]  # fmt: skip


def show(bench: Bench, table: list[Goal]) -> None:
    """Two Markdown tables: the steps, and the ratios with their goals."""
    print(
        f"\nPython {platform.python_version()}, {os.cpu_count()} cores, median of {bench.runs} runs\n"
    )
    print("| step | rows | s | CPU s | rows/s | peak MB |\n|---|---:|---:|---:|---:|---:|")
    for step in bench.steps.values():
        rate = f"{step.rows / step.seconds:,.0f}" if step.rows else ""
        cpu = statistics.median(step.cpu)
        cells = (
            step.name,
            f"{step.rows:,}" if step.rows else "",
            f"{step.seconds:.2f}",
            f"{cpu:.2f}",
            rate,
        )
        print(f"| {' | '.join(cells)} | {step.megabytes:.0f} |")
    print("\n| ratio | goal | reached | |\n|---|---:|---:|---|")
    for goal in table:
        reached = goal.reached(bench)
        if reached is None:
            continue
        held = reached >= goal.limit if goal.at_least else reached <= goal.limit
        sign = "≥" if goal.at_least else "≤"
        print(
            f"| {goal.what} | {sign} {goal.limit:g} | {reached:.2f} | {'yes' if held else 'no'} |"
        )


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--parts", default="main,start", help="of main, start, terms, growth")
    parser.add_argument("--terms", default="10000,100000", help="the two sizes of part terms")
    parser.add_argument("--folder", type=Path, help="where catalogs are kept between calls")
    args = parser.parse_args()
    sizes = [int(n) for n in args.terms.split(",")]
    parts: dict[str, Callable[[Bench], None]] = {
        "main": lambda bench: add_main(bench, args.rows, args.jobs),
        "start": add_start,
        "terms": lambda bench: add_terms(bench, args.rows, sizes),
        "growth": lambda bench: add_growth(bench, args.rows),
    }
    wanted = args.parts.split(",")
    if unknown := set(wanted) - parts.keys():
        parser.error(f"no part is called {', '.join(sorted(unknown))}")
    with tempfile.TemporaryDirectory() as temporary:
        bench = Bench(args.folder or Path(temporary), args.runs)
        bench.folder.mkdir(parents=True, exist_ok=True)
        for part in wanted:
            parts[part](bench)
        # Packs are compiled once and then come from the cache; that is how people run it.
        for step in bench.steps.values():
            if "listlint" in step.name:
                few = Step(step.name, [*step.command])
                if step.rows:
                    few.command = [
                        str(bench.catalog(50, "csv")) if "catalog-" in word else word
                        for word in step.command
                    ]
                few.run(bench.env)
        bench.go()
        show(bench, goals(args.jobs, sizes))


if __name__ == "__main__":
    main()
