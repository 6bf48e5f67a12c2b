"""Measures listlint on Spark beside local runs: `python benchmarks/spark_scale.py --rows 100000`.

One catalog as Parquet is checked locally by one worker and by several, and on a local Spark with as
many cores, after a first small job has started everything, cut into partitions in several ways. The
findings are compared. Seconds of CPU are those of all processes (the JVM among them), since the
clock says little on a machine that does other things too. For Spark the same table is also sent to
Python and back with nothing done to it: what Spark itself costs.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Thread
from time import perf_counter, sleep
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "src"))
sys.path.insert(0, str(HERE))


@dataclass(frozen=True, slots=True)
class Step:
    """What a run took: seconds by the clock, seconds of CPU of this process and all below it."""

    name: str
    wall: float
    cpu: float


def timed(name: str, function: Callable[[], Any]) -> tuple[Step, Any]:
    """The step and what it gave."""
    began, used = perf_counter(), cpu_seconds()
    found = function()
    step = Step(name, perf_counter() - began, cpu_seconds() - used)
    print(f"{step.name}: {step.wall:.1f} s, {step.cpu:.1f} s of CPU", file=sys.stderr)
    return step, found


_SEEN: dict[int, int] = {}
"""Ticks of CPU of every process from here on down, as last seen: Spark's workers come and go, and
nobody who can be asked waits for them."""


def cpu_seconds() -> float:
    """Of this process and all that came from it since the start (Linux)."""
    children: dict[int, list[int]] = {}
    spent: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(folder.name))
        spent[int(folder.name)] = int(fields[11]) + int(fields[12])
    below = [os.getpid()]
    while below:
        pid = below.pop()
        if pid in spent:
            _SEEN[pid] = spent[pid]
        below += children.get(pid, ())
    return sum(_SEEN.values()) / os.sysconf("SC_CLK_TCK")


def watch() -> None:
    """Look at the processes once a second, so that little of those that end is missed."""
    while True:
        cpu_seconds()
        sleep(1)


def skewed(df: Any) -> Any:
    """The table in eight partitions, nine tenths of it in one."""
    from pyspark.sql import functions as F  # noqa: N812

    place = F.when(F.col("line") % 10 != 0, 0).otherwise(F.col("line") % 7)
    return df.repartition(8, place)


def same(findings: Any) -> set[tuple[Any, ...]]:
    """What must not depend on where a finding was made."""
    names = ("rule", "row", "sku", "field", "match", "fingerprint", "severity", "message")
    return {(*(f[n] for n in names), str(f["span"])) for f in findings}


def through(records: Iterator[Any]) -> Iterator[Any]:
    """Arrow batches to Python lists and back, without any check."""
    import pyarrow as pa

    for record in records:
        texts = [column.to_pylist() for column in record.columns]
        yield pa.RecordBatch.from_pydict({"rows": [sum(map(len, map(str, texts[0])))]})


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="where the catalog is kept between calls")
    args = parser.parse_args()
    Thread(target=watch, daemon=True).start()
    with tempfile.TemporaryDirectory() as temporary:
        measure(args.rows, args.cores, args.folder or Path(temporary))


def measure(rows: int, cores: int, folder: Path) -> None:
    """Print one table."""
    import pyarrow.parquet as pq
    from pyspark.sql import SparkSession

    from generate import write
    from listlint import api
    from listlint.reporters.parquet import rows_of
    from listlint.spark import lint

    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"numbered-{rows}.parquet"
    if not path.exists():
        plain = folder / f"catalog-{rows}.parquet"
        if not plain.exists():
            write(plain, "parquet", rows, 1, 0.01)
        table = pq.read_table(plain)
        numbered = table.append_column("line", [list(range(2, rows + 2))])
        pq.write_table(numbered, path, row_group_size=10_000)
    steps: list[Step] = []
    sets = {}

    def local(jobs: int) -> Any:
        return api.lint([str(path)], jobs=jobs, cache=False)

    for jobs in sorted({1, cores}):
        step, report = timed(f"local, {jobs} jobs", partial(local, jobs))
        steps.append(step)
        sets[step.name] = same(rows_of(report.findings, "en"))
    os.environ["PYTHONPATH"] = str(HERE.parent / "src")
    builder = SparkSession.builder.master(f"local[{cores}]").appName("listlint-scale")
    start, spark = timed(
        "Spark starts",
        builder.config("spark.ui.enabled", "false")
        .config("spark.driver.memory", "4g")
        .config("spark.sql.shuffle.partitions", str(2 * cores))
        .getOrCreate,
    )
    df = spark.read.parquet(str(path))

    def on_spark(table: Any) -> Any:
        return lint(table, row_id="line", path=str(path)).toArrow()

    first, _ = timed("first job", lambda: on_spark(df.limit(100)))
    tables = {
        "as stored": df,
        "1 partition": df.coalesce(1),
        "8 partitions": df.repartition(8),
        "8, skewed": skewed(df),
    }
    for name, table in tables.items():
        step, found = timed(f"Spark, {name}", partial(on_spark, table))
        steps.append(step)
        sets[step.name] = same(found.to_pylist())
        alike = sets[step.name] == sets["local, 1 jobs"]
        print(f"{step.name}: {len(found):,} findings, as of one worker: {alike}", file=sys.stderr)
    step, _ = timed("Spark, no check", lambda: df.mapInArrow(through, "rows long").collect())
    steps.append(step)
    spark.stop()
    show(rows, cores, [start, first], steps)
    equal = len({frozenset(s) for s in sets.values()}) == 1
    print(f"\n{len(next(iter(sets.values()))):,} findings; the same in all runs: {equal}")
    if not equal:
        sys.exit(1)


def show(rows: int, cores: int, starts: list[Step], steps: list[Step]) -> None:
    """Print the table."""
    said = ", ".join(f"{s.name} {s.wall:.1f} s ({s.cpu:.1f} of CPU)" for s in starts)
    print(f"\n{rows:,} listings, {cores} cores; {said}\n")
    print(
        "| step | s | CPU s | rows/s | rows a CPU second | of local |\n|---|---:|---:|---:|---:|---:|"
    )
    for s in steps:
        share = steps[0].cpu / s.cpu
        cells = (f"{s.wall:.1f}", f"{s.cpu:.1f}", f"{rows / s.wall:,.0f}", f"{rows / s.cpu:,.0f}")
        print(f"| {s.name} | {' | '.join(cells)} | {share:.2f} |")


if __name__ == "__main__":
    main()
