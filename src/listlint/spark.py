"""listlint on Spark (the extra `spark`): a DataFrame of listings in, a DataFrame of findings out.

from listlint.spark import lint

findings = lint(spark.read.parquet("s3a://lake/listings"), {"marketplace": ["amazon.de"]}, row_id="id")

The columns are those of the JSON report and the fingerprints are the same as of a local run over
the same rows under the same path. docs/scale.md has measurements and limits.
"""

from __future__ import annotations

import pickle
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any

from listlint.batch import Column, Sheet
from listlint.columns import Layout, load_library, recognise
from listlint.columns.layout import ColumnMap
from listlint.columns.rows import with_rules
from listlint.config import ConfigError, Resolver, Settings
from listlint.model import Lang, Text
from listlint.pipeline import HEAD_ROWS, SHEETS_PER_FILE
from listlint.policy.paths import builtin
from listlint.readers import expand
from listlint.readers.records import texts
from listlint.run import Prepared, prepare
from listlint.slotted import replace
from listlint.spark_worker import (
    FILES,
    FINDINGS,
    KEYS,
    ROW,
    Packed,
    Table,
    check_files,
    check_table,
    conclude,
    keys_of_table,
)

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from listlint.columns import ColumnLibrary
    from listlint.readers.interface import Note

_GIVEN = Text("named by the caller", "由调用者指定")
_ORDER = ("path", "sheet", "row", "_column", "span", "rule", "match", "message")


def lint(
    df: DataFrame,
    settings: Settings | Mapping[str, Any] | None = None,
    *,
    columns: Mapping[str, str] | None = None,
    row_id: str | None = None,
    path: str = "table",
) -> DataFrame:
    """The findings of a table of listings, as a table with the fields of the JSON report.

    `settings`: those of a local run (a mapping of their names to values, or `Settings`); settings
    files are not looked for, and baseline, sidecar files and `jobs` do not hold here. `columns`:
    column → canonical field; without it, columns are recognised by their names and the first rows.
    `row_id`: a column of whole numbers that tells and orders the rows; it becomes `row`. Without
    it, `row` and `cell` are null, and which of several equal rows comes first is not certain.
    `path`: what to call the table in findings and fingerprints.

    Lazy, but for the rows that columns are recognised by. Raises `ConfigError`, `PolicyError`,
    `PluginError`.
    """
    from pyspark.sql import functions as F  # noqa: N812

    prepared = prepare(_settings(settings))
    names = tuple(df.columns)
    if row_id is not None and row_id not in names:
        raise ConfigError(f"no column is called {row_id!r}")
    number = F.monotonically_increasing_id() if row_id is None else F.col(f"`{row_id}`")
    rows = df.withColumn(ROW, number.cast("long"))
    layout = _layout(rows, names, columns, path, row_id is not None)
    profiles = prepared.library.profiles
    told = [prepared.library.profile(name) for name in prepared.settings.marketplace]
    marketplaces = tuple(p.id for p in told if p is not None)
    sheet = Sheet(
        path,
        None,
        layout.dialect,
        tuple(Column(c.index, c.header, c.field) for c in layout.columns if c.field),
        marketplaces or tuple(m for m in layout.marketplaces if m in profiles),
    )
    lang = prepared.settings.lang or "en"
    table = Table(layout, sheet, names, row_id is not None, lang, {0: sheet})
    packed = _broadcast(df.sparkSession, Packed.of(prepared))
    findings = _map(rows, check_table, FINDINGS, table, packed)
    keys = _map(rows, keys_of_table, KEYS, table, packed)
    across = _concluded(keys, table, packed)
    found = _numbered(findings.unionByName(across))
    if row_id is None:
        found = found.withColumn("row", F.lit(None).cast("long"))
    return found


def lint_files(
    spark: SparkSession, inputs: Sequence[str], prepared: Prepared, lang: Lang = "en"
) -> DataFrame:
    """The findings of files, folders and globs that every worker can open by the same path.

    Each file is read as it is locally; one that can't be read ends in `FILE` findings. What was
    found is kept on disk by Spark: `unpersist` what the table is made of by stopping the session.
    """
    from pyspark import StorageLevel
    from pyspark.sql import functions as F  # noqa: N812

    missing: list[Note] = []
    sources = expand(inputs, missing.append)
    if missing:
        raise ConfigError("; ".join(f"{n.path}: {n.detail.en}" for n in missing))
    packed = _broadcast(spark, Packed.of(prepared))
    tasks = [(n, s.path, s.shown) for n, s in zip(count(), sources, strict=False)]
    wanted = spark.createDataFrame(tasks, "number long, path string, shown string")
    wanted = wanted.repartitionByRange(max(1, len(tasks)), "number")
    function = partial(_with, check_files, packed, SHEETS_PER_FILE, lang)
    said = wanted.mapInArrow(function, _spark_schema(FILES)).persist(StorageLevel.DISK_ONLY)
    held = said.filter(F.col("sheet").isNotNull()).select("sheet").collect()
    sheets = {s.number: s for s in (pickle.loads(row["sheet"]) for row in held)}
    empty = Sheet("", None, "generic", ())
    table = Table(Layout("listings", "generic"), empty, (), True, lang, sheets)
    findings = said.filter(F.col("finding").isNotNull()).select("finding.*")
    keys = said.filter(F.col("key").isNotNull()).select("key.*")
    return _numbered(findings.unionByName(_concluded(keys, table, packed)))


# --- plans ---------------------------------------------------------------------------------------


def _settings(given: Settings | Mapping[str, Any] | None) -> Settings:
    if isinstance(given, Settings):
        return given
    return Resolver(None, True, dict(given or {})).main(())


def _broadcast(spark: SparkSession, packed: Packed) -> Any:
    """Something with the packed run as `value`, sent to each machine once."""
    return spark.sparkContext.broadcast(packed)


def _with(function: Any, packed: Any, *args: Any) -> Any:
    records = args[-1]
    return function(records, *args[:-1], packed.value)


def _map(df: DataFrame, function: Any, kind: Any, table: Table, packed: Any) -> DataFrame:
    return df.mapInArrow(partial(_with, function, packed, table), _spark_schema(kind))


def _spark_schema(kind: Any) -> Any:
    from pyspark.sql.pandas.types import from_arrow_schema

    return from_arrow_schema(kind)


def _concluded(keys: DataFrame, table: Table, packed: Any) -> DataFrame:
    """The findings of keys that two or more rows share."""
    from pyspark.sql import Window
    from pyspark.sql import functions as F  # noqa: N812

    same = Window.partitionBy("rule", "key")
    shared = keys.withColumn("_rows", F.count("*").over(same)).filter("_rows > 1").drop("_rows")
    ordered = shared.sortWithinPartitions("rule", "key", "sheet", "number", "column")
    return _map(ordered, conclude, FINDINGS, table, packed)


def _numbered(findings: DataFrame) -> DataFrame:
    """Fingerprints of findings that are else the same get `:2`, `:3` … in their order."""
    from pyspark.sql import Window
    from pyspark.sql import functions as F  # noqa: N812

    same = Window.partitionBy("fingerprint").orderBy(*_ORDER)
    nth = F.row_number().over(same)
    whole = F.when(nth == 1, F.col("fingerprint")).otherwise(
        F.concat(F.col("fingerprint"), F.lit(":"), nth.cast("string"))
    )
    return findings.withColumn("fingerprint", whole).drop("_column")


def _layout(
    rows: DataFrame,
    names: Sequence[str],
    columns: Mapping[str, str] | None,
    path: str,
    numbered: bool,
) -> Layout:
    """What the columns hold. Rows have any number and none stands near a header."""
    library = load_library(builtin())
    if columns is None:
        layout = _recognised(rows, names, path, numbered, library)
    else:
        layout = _given(names, columns, library)
    if layout.kind != "listings":
        raise ConfigError("no column is recognised as a title; name the columns with columns=")
    conditions = tuple(c for c in layout.conditions if c.near is None)
    return replace(layout, data_row=-(1 << 62), known_skips={}, conditions=conditions)


def _recognised(
    rows: DataFrame, names: Sequence[str], path: str, numbered: bool, library: ColumnLibrary
) -> Layout:
    sample = rows.orderBy(ROW) if numbered else rows
    held = sample.limit(HEAD_ROWS - 1).toArrow()
    cells = [texts(held.column(name).combine_chunks()) for name in names]
    head = [(1, list(names))]
    head += [(n, list(row)) for n, row in enumerate(zip(*cells, strict=True), 2)]
    return recognise(head, path=path, sheet=None, hidden=False, library=library)


def _given(names: Sequence[str], columns: Mapping[str, str], library: ColumnLibrary) -> Layout:
    unknown = sorted({*columns.values()} - library.groups.keys())
    missing = sorted(columns.keys() - {*names})
    if unknown or missing:
        what = [f"no field is called {n!r}" for n in unknown]
        what += [f"no column is called {n!r}" for n in missing]
        raise ConfigError("; ".join(what))
    maps = tuple(ColumnMap(i, n, columns.get(n), _GIVEN, 100) for i, n in enumerate(names))
    layout = Layout("listings", "generic", (1,), 2, maps)
    return with_rules(layout, None, library, 1)


# --- the command line ----------------------------------------------------------------------------


def run(inputs: Sequence[str], prepared: Prepared, folder: str, lang: Lang) -> DataFrame:
    """Check files and write the findings as Parquet into `folder`, which must not be there yet.

    Gives what was written, grouped by area, severity, confidence: what an exit code is made of.
    Raises `ConfigError`.
    """
    from pyspark.errors import AnalysisException
    from pyspark.sql import SparkSession
    from pyspark.sql import functions as F  # noqa: N812

    spark = SparkSession.builder.appName("listlint").getOrCreate()
    try:
        lint_files(spark, inputs, prepared, lang).write.parquet(folder)
    except AnalysisException as error:
        raise ConfigError(f"-o parquet={folder}: {str(error).splitlines()[0]}") from None
    written = spark.read.parquet(folder).filter(
        F.col("suppressed").isNull() | (F.col("area") == "file")
    )
    return written.groupBy("area", "severity", "confidence", "rule", "name").count()
