"""The command line: options in, exit code out. Everything heavy is imported by the command that runs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from listlint import __version__
from listlint.cli_group import Commands
from listlint.cli_options import (
    CLEAN,
    FOUND,
    UNREAD,
    common_options,
    guess_lang,
    prepare_or_stop,
    ready,
    rule_or_stop,
    settings_of,
    stop,
)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="listlint")
def main() -> None:
    """Finds in a listing spreadsheet what would get the account suspended.

    \b
    listlint inventory.xlsx             check a spreadsheet
    listlint catalog/ -o html=out.html  check a folder, write a report too
    listlint explain IP101              what a rule is about

    Exit codes: 0 clean; 1 findings at or above --fail-on; 2 usage, configuration, policy or plugin
    wrong; 3 something could not be read.
    """
    ready()


@main.command()
@click.argument("inputs", nargs=-1, metavar="FILE…")
@common_options
@click.option("--output-format", metavar="FORMAT", help="What stdout shows: text, json, sarif …")
@click.option(
    "-o",
    "--output",
    "outputs",
    multiple=True,
    metavar="FORMAT=PATH",
    help="Also write a report (repeatable).",
)
@click.option(
    "--fail-on",
    metavar="SEVERITY[:CONFIDENCE]",
    help="Exit 1 from this on: error (default), warning, info; warning:high wants confidence too.",
)
@click.option("--fix", is_flag=True, help="Mend what is safe, in a new file beside the old one.")
@click.option("--unsafe-fixes", is_flag=True, help="Mend wording too, where the rule says how.")
@click.option("--diff", is_flag=True, help="Only show what --fix would change.")
@click.option("--in-place", is_flag=True, help="Let --fix change the file itself.")
@click.option("--baseline", metavar="FILE", help="Report only what is not in this baseline.")
@click.option("--no-cache", is_flag=True, help="Check files again that were checked before.")
@click.option("--history", metavar="FILE", help="Store this run in an SQLite file.")
@click.option(
    "--add-ignore",
    metavar="REASON",
    help="Write a suppression for each finding, with this reason, and stop.",
)
@click.option("--until", metavar="DATE", help="Last day of what --add-ignore writes.")
@click.option(
    "--ignore-in",
    type=click.Choice(["sidecar", "config", "column"]),
    default="sidecar",
    help="Where --add-ignore writes: beside the file, the settings, the sheet's own column.",
)
@click.option("--show-settings", is_flag=True, help="Show each setting and where it comes from.")
@click.option("--exit-zero", is_flag=True, help="Exit 0 in spite of findings.")
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="Worker processes; the answer is the same with any N.",
)
@click.option("--max-memory", type=int, metavar="BYTES", help="Most memory one file may take.")
@click.option("--max-cells", type=int, metavar="N", help="Most cells one sheet may have.")
@click.option("--timeout", type=float, metavar="SECONDS", help="Most time one file may take.")
@click.option("--statistics", is_flag=True, help="Show counts by rule instead of findings.")
@click.option(
    "--redact/--no-redact",
    default=None,
    help="Mask seller identifiers, or don't (default: in formats meant for public CI).",
)
@click.option(
    "--engine",
    type=click.Choice(["local", "spark"]),
    default="local",
    help="Where files are checked; spark writes -o parquet=FOLDER.",
)
@click.option("--timing", is_flag=True, help="Show on stderr where the time went.")
@click.option("-q", "--quiet", is_flag=True, help="Show nothing on stdout.")
def check(inputs: tuple[str, ...], outputs: tuple[str, ...], **options: Any) -> None:
    """Check spreadsheets (the default command)."""
    from listlint.checking import run

    sys.exit(run(inputs, outputs, options))


@main.command("test")
@click.argument("policies", nargs=-1, type=click.Path(path_type=Path))
def test_command(policies: tuple[Path, ...]) -> None:
    """Run every example of the policies (default: those that ship with listlint)."""
    from listlint.policy.errors import PolicyError
    from listlint.policy.library import load_profiles
    from listlint.policy.load import pack_files
    from listlint.policy.paths import builtin
    from listlint.policy.testing import run_tests

    shipped = builtin()
    try:
        outcome = run_tests(
            pack_files(policies or [shipped]), pack_files([shipped]), load_profiles([shipped])
        )
    except PolicyError as error:
        stop(str(error))
    for failure in outcome.failures:
        click.echo(str(failure))
    failed = len(outcome.failures)
    click.echo(f"{outcome.rules} rules, {outcome.examples} examples, {failed} failed")
    sys.exit(FOUND if failed else CLEAN)


@main.command()
@click.argument("code")
@common_options
def explain(code: str, **options: Any) -> None:
    """Say what a rule finds, why it matters, what to do, and where that was read."""
    from listlint.describe import explain as describe
    from listlint.sharpened import Sharpened

    settings = settings_of((), options)
    prepared = prepare_or_stop(settings)
    spec = rule_or_stop(prepared, code)
    sharpened = Sharpened(prepared.library, settings.as_of).of_rule(spec)
    click.echo(describe(spec, settings.lang or guess_lang(), sharpened))


@main.command()
@common_options
@click.option("--output-format", type=click.Choice(["text", "json"]), default="text")
def rules(output_format: str, **options: Any) -> None:
    """List the rules."""
    from listlint.describe import listing

    settings = settings_of((), options)
    prepared = prepare_or_stop(settings)
    click.echo(listing(prepared.chosen, settings.lang or guess_lang(), output_format))


@main.command()
@click.argument("inputs", nargs=-1, required=True, metavar="FILE…")
@common_options
def columns(inputs: tuple[str, ...], **options: Any) -> None:
    """Show what each column was taken for, and why."""
    from listlint.config import ConfigError
    from listlint.describe import columns as describe

    settings = settings_of(inputs, options)
    try:
        text, unread = describe(inputs, settings.lang or guess_lang(), settings)
    except ConfigError as error:
        stop(str(error))
    click.echo(text)
    sys.exit(UNREAD if unread else CLEAN)
