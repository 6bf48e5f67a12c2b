"""Measures listlint on Spark beside local runs: `python benchmarks/spark_scale.py --rows 100000`.

One catalog as Parquet is checked locally by one worker and by several, and on a local Spark with as
many cores, after a first small job has started everything. The findings are compared, and for
Spark the same plan with the engine left out (Arrow to Python and back) is timed too.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "src"))
sys.path.insert(0, str(HERE))


def timed(function: Callable[[], Any]) -> tuple[float, Any]:
    """(seconds, what it gave)."""
    began = perf_counter()
    found = function()
    return perf_counter() - began, found


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
    steps: list[tuple[str, int, float]] = []
    sets = {}
    for jobs in sorted({1, cores}):
        spent, report = timed(lambda jobs=jobs: api.lint([str(path)], jobs=jobs, cache=False))  # type: ignore[misc]
        steps.append((f"local, {jobs} jobs", jobs, spent))
        sets[f"local {jobs}"] = same(rows_of(report.findings, "en"))
    os.environ["PYTHONPATH"] = str(HERE.parent / "src")
    builder = SparkSession.builder.master(f"local[{cores}]").appName("listlint-scale")
    start, spark = timed(
        builder.config("spark.ui.enabled", "false")
        .config("spark.driver.memory", "4g")
        .config("spark.sql.shuffle.partitions", str(2 * cores))
        .getOrCreate
    )
    df = spark.read.parquet(str(path))
    first, _ = timed(lambda: lint(df.limit(100), row_id="line", path=str(path)).count())
    for partitions in (1, 3, 8):
        spread = df.repartition(partitions)
        spent, found = timed(lambda df=spread: lint(df, row_id="line", path=str(path)).toArrow())  # type: ignore[misc]
        steps.append((f"Spark, {partitions} partitions", min(cores, partitions), spent))
        sets[f"Spark {partitions}"] = same(found.to_pylist())
    spent, _ = timed(lambda: df.repartition(8).mapInArrow(through, "rows long").collect())
    steps.append(("Spark, no check", cores, spent))
    spark.stop()
    print(
        f"\n{rows:,} listings, {cores} cores; Spark start {start:.1f} s, first job {first:.1f} s\n"
    )
    print("| step | s | rows/s | rows/s a core |\n|---|---:|---:|---:|")
    for name, used, seconds in steps:
        rate = rows / seconds
        print(f"| {name} | {seconds:.1f} | {rate:,.0f} | {rate / used:,.0f} |")
    equal = len({frozenset(s) for s in sets.values()}) == 1
    print(f"\n{len(next(iter(sets.values()))):,} findings; the same in all runs: {equal}")
    if not equal:
        sys.exit(1)


if __name__ == "__main__":
    main()
