"""`parquet`: a table of findings, a row each, with the fields of the JSON report (`listlint[parquet]`).

One file locally; the same columns are what `listlint.spark` gives as a folder of files.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import IO, Any

from listlint.model import Finding, Lang, Report, Text
from listlint.reporters.interface import Style
from listlint.reporters.json import finding_of
from listlint.reporters.redact import for_format

_CHUNK = 10_000


def schema() -> Any:
    """The Arrow schema of a finding."""
    import pyarrow as pa

    text, whole = pa.string(), pa.int64()
    span = pa.list_(pa.int32())
    edit = pa.struct([("span", span), ("text", text), ("safe", pa.bool_())])
    return pa.schema(
        [(name, text) for name in ("rule", "name", "area", "severity", "confidence", "path", "sheet")]
        + [("row", whole)]
        + [(name, text) for name in ("column", "field", "cell", "sku", "match")]
        + [("span", span), ("term", text), ("evasion", text), ("marketplaces", pa.list_(text))]
        + [("message", text), ("why", text), ("fix", pa.struct([("text", text), ("edit", edit)]))]
        + [("source", pa.list_(pa.struct([("url", text), ("retrieved", text)])))]
        + [("suspension_reason", text), ("fingerprint", text)]
        + [("suppressed", pa.struct([("by", text), ("reason", text), ("until", text)]))]
        + [("sharpened", pa.list_(pa.struct([(n, text) for n in ("marketplace", "severity", "reason")])))]
    )  # fmt: skip


def rows_of(findings: Iterable[Finding], lang: Lang) -> list[dict[str, Any]]:
    """Findings as rows of the table; halves of surrogate pairs, which Arrow can't hold, replaced."""
    return [_whole(finding_of(finding, lang)) for finding in findings]


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {k: _whole(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_whole(v) for v in value]
    return value


class ParquetReporter:
    """The findings as one Parquet file."""

    name = "parquet"
    binary = True

    def write(self, report: Report, out: IO[str], style: Style) -> None:
        """Refused: Parquet is no text."""
        raise TypeError("Parquet is binary; call save()")

    def save(self, report: Report, path: Path, style: Style) -> None:
        """Write the table. Raises `OutputError` where pyarrow is missing."""
        try:
            import pyarrow as pa
            import pyarrow.parquet as pq
        except ImportError as error:
            from listlint.reporters.write import OutputError

            needed = "pip install 'listlint[parquet]'"
            raise OutputError(
                Text(f"parquet needs an extra: {needed}", f"parquet 需要扩展：{needed}")
            ) from error
        report = for_format(report, style, public=False)
        kind = schema()
        findings = iter(report.findings)
        with pq.ParquetWriter(path, kind) as out:
            while chunk := list(islice(findings, _CHUNK)):
                out.write_table(pa.Table.from_pylist(rows_of(chunk, style.lang), schema=kind))
