"""`--engine spark`: the main job on a cluster. Findings go to a folder, counts to stdout."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from listlint.cli_options import CLEAN, FOUND, UNREAD, stop

if TYPE_CHECKING:
    from listlint.model import Lang
    from listlint.run import Prepared


def check_on_spark(
    inputs: Sequence[str],
    prepared: Prepared,
    outputs: Sequence[tuple[str, str]],
    lang: Lang,
    options: dict[str, Any],
) -> int:
    """The exit code of a run on Spark; stops it where usage or settings are wrong."""
    folders = [path for name, path in outputs if name == "parquet"]
    if len(folders) != 1 or len(outputs) != 1:
        stop("--engine spark writes one table: give -o parquet=FOLDER and nothing else")
    for name in ("add_ignore", "diff", "fix", "unsafe_fixes", "baseline", "timing"):
        if options.get(name):
            stop(f"--{name.replace('_', '-')} is not for --engine spark")
    try:
        from listlint import spark
    except ImportError:
        stop("--engine spark needs an extra: pip install 'listlint[spark]'")
    from listlint.config import ConfigError

    try:
        groups = spark.run(inputs, prepared, folders[0], lang).collect()
    except ConfigError as error:
        stop(str(error))
    if not options["quiet"]:
        for row in sorted(groups, key=lambda r: (-r["count"], r["rule"])):
            click.echo(f"{row['count']:>12,}  {row['rule']} {row['name']}  {row['severity']}")
        click.echo(f"{sum(row['count'] for row in groups):>12,}  {folders[0]}")
    return _exit_code(groups, prepared, exit_zero=bool(options["exit_zero"]))


def _exit_code(groups: Sequence[Any], prepared: Prepared, *, exit_zero: bool) -> int:
    from listlint.model import Confidence, Severity

    if any(row["area"] == "file" and row["severity"] == "error" for row in groups):
        return UNREAD
    failing = any(
        Severity(row["severity"]).rank <= severity.rank
        and Confidence(row["confidence"]).rank <= confidence.rank
        for row in groups
        for severity, confidence in prepared.settings.fail_on.bars
    )
    return FOUND if failing and not exit_zero else CLEAN
