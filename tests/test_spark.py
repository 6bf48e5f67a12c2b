"""Spark: the same findings as a local run over the same rows, however they are partitioned."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import listlint
from conftest import RunCli, generate
from listlint import api
from listlint.config import ConfigError

if importlib.util.find_spec("pyspark") is None or importlib.util.find_spec("pandas") is None:
    pytest.skip("pyspark is not installed (the extra `spark`)", allow_module_level=True)
if shutil.which("java") is None and not os.environ.get("JAVA_HOME"):
    pytest.skip("Spark needs Java", allow_module_level=True)

# One session of Spark for all of them, whichever process of pytest-xdist they go to.
pytestmark = pytest.mark.xdist_group("spark")

ROWS, MANY = 2_000, 100_000
"""Listings of the comparison, in each run of the tests and when asked for (`-m slow`)."""

ACROSS = {"SEL301", "SEL302", "SEL303"}
"""Rules across rows of which the catalog has cases."""


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory, cache_dir: Path) -> Iterator[Any]:
    """A Spark of two workers, which import listlint from where this process did."""
    from pyspark.sql import SparkSession

    with pytest.MonkeyPatch.context() as patch:
        here = str(Path(listlint.__file__).parent.parent)
        patch.setenv(
            "PYTHONPATH", os.pathsep.join(filter(None, (here, os.environ.get("PYTHONPATH"))))
        )
        patch.setenv("LISTLINT_CACHE_DIR", str(cache_dir))
        session = (
            SparkSession.builder.master("local[2]")
            .appName("listlint-tests")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.sql.shuffle.partitions", "3")
            .config("spark.sql.warehouse.dir", str(tmp_path_factory.mktemp("warehouse")))
            .getOrCreate()
        )
        session.sparkContext.setLogLevel("ERROR")
        yield session
        session.stop()


def generated(rows: int) -> list[dict[str, str]]:
    """Listings as the benchmarks have them, with doubles planted far from each other."""
    made = [row for row, _ in generate().listings(rows, problems=0.02)]
    for n in range(0, rows // 2, max(1, rows // 40)):
        made[rows - 1 - n] |= {"sku": made[n]["sku"]}
        made[rows - 2 - n] |= {"gtin": made[n]["gtin"], "brand": "Other Maker"}
        own = {name: made[rows - 3 - n][name] for name in ("sku", "gtin")}
        made[rows - 3 - n] = made[n] | own
    return made


def written(path: Path, count: int) -> Path:
    """A Parquet file of listings whose column `line` is the row number of a local run."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = [{**row, "line": n} for n, row in enumerate(generated(count), 2)]
    pq.write_table(pa.Table.from_pylist(rows), path, row_group_size=max(500, count // 10))
    return path


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The listings of an ordinary comparison."""
    return written(tmp_path_factory.mktemp("lake") / "catalog.parquet", ROWS)


def same(findings: Any) -> set[tuple[Any, ...]]:
    """What must not depend on where a finding was made."""
    return {
        (f["rule"], f["row"], f["sku"], f["field"], f["match"], str(f["span"]), f["fingerprint"],
         f["severity"], f["message"])
        for f in findings
    }  # fmt: skip


def local(path: Path, jobs: int, **settings: Any) -> set[tuple[Any, ...]]:
    """The findings of a local run."""
    from listlint.reporters.parquet import rows_of

    report = api.lint([str(path)], jobs=jobs, cache=False, **settings)
    return same(rows_of(report.findings, "en"))


def skewed(df: Any) -> Any:
    """The table in six partitions, nine tenths of it in one of them and one or more of them empty."""
    from pyspark.sql import functions as F  # noqa: N812

    place = F.when(F.col("line") % 10 != 0, 0).otherwise(F.col("line") % 7)
    return df.repartition(6, place)


def compare(spark: Any, path: Path, count: int, partitionings: dict[str, Any]) -> None:
    """Asserts that a catalog gives the same findings by one worker, two, and on Spark however it is
    cut."""
    from listlint.spark import lint

    expected = local(path, 1)
    assert len(expected) > count // 100
    assert {f[0] for f in expected} & ACROSS == ACROSS
    assert local(path, 2) == expected
    df = spark.read.parquet(str(path))
    for name, cut in partitionings.items():
        found = lint(cut(df), row_id="line", path=str(path)).toArrow().to_pylist()
        assert same(found) == expected, name
        assert len(found) == len(expected), name


def test_the_same_findings_everywhere(spark: Any, catalog: Path) -> None:
    cuts = {"three partitions": lambda df: df.repartition(3), "skewed": skewed}
    compare(spark, catalog, ROWS, cuts)


@pytest.mark.slow
def test_the_same_findings_everywhere_at_length(spark: Any, tmp_path: Path) -> None:
    cuts = {
        "as it is stored": lambda df: df,
        "one partition": lambda df: df.coalesce(1),
        "sixteen partitions": lambda df: df.repartition(16),
        "skewed": skewed,
    }
    compare(spark, written(tmp_path / "catalog.parquet", MANY), MANY, cuts)


def test_files_and_a_corrupt_one_among_them(
    spark: Any, catalog: Path, tmp_path: Path, run_cli: RunCli
) -> None:
    import pyarrow.parquet as pq

    folder = tmp_path / "lake"
    folder.mkdir()
    head = pq.read_table(catalog).slice(0, 60)
    pq.write_table(head, folder / "a.parquet", row_group_size=20)
    good = (folder / "a.parquet").read_bytes()
    (folder / "b.parquet").write_bytes(good[: len(good) // 2])
    (folder / "d.parquet").write_bytes(with_a_damaged_group(folder / "a.parquet", 1))
    (folder / "c.csv").write_text(
        "sku,title,gtin\nX-1,AAA copy handbag in brown leather,4006381333931\n"
        f"{head['sku'][0].as_py()},A lamp for the desk,4006381333931\n",
        "utf-8",
    )
    out = tmp_path / "out"
    ran = run_cli(folder, "--engine", "spark", "-o", f"parquet={out}", "--isolated")
    assert ran.code == 3, ran.stderr
    found = pq.read_table(out).to_pylist()
    expected = run_cli(folder, "--isolated", "--output-format", "json", "--config", "cache=false")
    assert same(found) == same(expected.json["findings"])
    broken = [f for f in found if f["path"].endswith("b.parquet")]
    assert {f["area"] for f in broken} == {"file"}
    damaged = [f for f in found if f["path"].endswith("d.parquet")]
    assert [f["row"] for f in damaged if f["rule"] == broken[0]["rule"]] == [22]
    assert any(f["row"] > 41 for f in damaged if f["area"] != "file")
    assert any(f["rule"] == "IP101" and f["path"].endswith("c.csv") for f in found)


def with_a_damaged_group(path: Path, number: int) -> bytes:
    """The bytes of a Parquet file with a column of one row group overwritten."""
    import pyarrow.parquet as pq

    column = pq.ParquetFile(path).metadata.row_group(number).column(1)
    at = column.dictionary_page_offset or column.data_page_offset
    data = bytearray(path.read_bytes())
    data[at : at + column.total_compressed_size] = b"\xff" * column.total_compressed_size
    return bytes(data)


def test_columns_by_name_and_rows_without_a_number(spark: Any) -> None:
    from listlint.spark import lint

    df = spark.createDataFrame(
        [("1", "AAA copy handbag", 3), ("2", None, 4)], "a string, b string, c int"
    )
    found = lint(df, columns={"a": "sku", "b": "title"}).toArrow().to_pylist()
    copies = [f for f in found if f["rule"] == "IP101"]
    assert [(f["sku"], f["match"], f["column"], f["row"], f["cell"]) for f in copies] == [
        ("1", "AAA copy", "b", None, None)
    ]


def test_settings_hold(spark: Any) -> None:
    from listlint.spark import lint

    df = spark.createDataFrame([("1", "AAA copy handbag")], "sku string, title string")
    settings = {"select": ("IP101",), "severity": {"IP101": api.Severity.INFO}, "lang": "zh"}
    found = lint(df, settings).toArrow().to_pylist()
    assert [(f["rule"], f["severity"]) for f in found] == [("IP101", "info")]
    assert not found[0]["message"].isascii()


def test_what_cannot_be(spark: Any) -> None:
    from listlint.spark import lint

    df = spark.createDataFrame([("1", "x")], "sku string, title string")
    for wrong in (
        {"row_id": "nothing"},
        {"columns": {"sku": "no_such_field"}},
        {"columns": {"nothing": "title"}},
    ):
        with pytest.raises(ConfigError):
            lint(df, **wrong)  # type: ignore[arg-type]


def test_usage(run_cli: RunCli, tmp_path: Path) -> None:
    assert run_cli(tmp_path, "--engine", "spark").code == 2
    ran = run_cli(tmp_path / "gone.csv", "--engine", "spark", "-o", f"parquet={tmp_path / 'out'}")
    assert ran.code == 2
    assert "gone.csv" in ran.stderr
