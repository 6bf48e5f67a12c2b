"""Presenting a report. Reporters decide nothing."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from listlint.reporters.interface import Reporter

BUILTIN: Mapping[str, str] = {
    "text": "listlint.reporters.text:TextReporter",
    "grouped": "listlint.reporters.text:TextReporter",
    "concise": "listlint.reporters.concise:ConciseReporter",
    "full": "listlint.reporters.text:FullReporter",
    "statistics": "listlint.reporters.statistics:StatisticsReporter",
    "json": "listlint.reporters.json:JsonReporter",
    "jsonl": "listlint.reporters.json:JsonLinesReporter",
    "csv": "listlint.reporters.csv:CsvReporter",
    "markdown": "listlint.reporters.markdown:MarkdownReporter",
    "sarif": "listlint.reporters.sarif:SarifReporter",
    "junit": "listlint.reporters.xml:JunitReporter",
    "checkstyle": "listlint.reporters.xml:CheckstyleReporter",
    "github": "listlint.reporters.github:GithubReporter",
    "gitlab": "listlint.reporters.gitlab:GitlabReporter",
    "azure": "listlint.reporters.azure:AzureReporter",
    "rdjson": "listlint.reporters.rdjson:RdjsonReporter",
    "xlsx": "listlint.reporters.xlsx:XlsxReporter",
    "html": "listlint.reporters.html:HtmlReporter",
    "parquet": "listlint.reporters.parquet:ParquetReporter",
}
"""Format → where its reporter is; imported only when asked for."""


def get(name: str, extra: Mapping[str, type[Reporter]] | None = None) -> Reporter:
    """The reporter of a format. Raises `KeyError` for an unknown one."""
    if extra and name in extra:
        return extra[name]()
    module, _, attribute = BUILTIN[name].partition(":")
    reporter: Reporter = getattr(import_module(module), attribute)()
    return reporter
