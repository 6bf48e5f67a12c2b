"""The command line: options in, exit code out. Everything heavy is imported by the command that runs."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from listlint import __version__
from listlint.cli_group import Commands
from listlint.cli_options import (
    CLEAN,
    FOUND,
    UNREAD,
    common_options,
    exit_code,
    guess_lang,
    prepare_or_stop,
    prepared_by_file,
    progress_bar,
    resolver_of,
    rule_or_stop,
    settings_of,
    stop,
)

if TYPE_CHECKING:
    from listlint.model import Lang


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
    for stream in (sys.stdout, sys.stderr):
        # A console that can't show a character must not stop the run.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    # A cancelled job (`timeout`, CI) unwinds as Ctrl-C does, so that temporary files go.
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))


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
    from dataclasses import replace
    from time import perf_counter

    from listlint.config import ConfigError
    from listlint.counters import WORK
    from listlint.reporters.write import (
        OutputError,
        check_outputs,
        choose_format,
        style_for,
        write_outputs,
    )
    from listlint.run import lint

    began = perf_counter()
    if not inputs:
        stop("no input: name a spreadsheet, a folder, a glob, or - for standard input")
    resolver = resolver_of(options)
    try:
        settings = resolver.main(inputs)
        if options["show_settings"]:
            from listlint.config_show import show

            click.echo(show(resolver, inputs, settings.lang or guess_lang()))
            sys.exit(CLEAN)
    except ConfigError as error:
        stop(str(error))
    with WORK.stage("policies"):
        prepared = prepare_or_stop(settings)
    lang: Lang = settings.lang or guess_lang()
    if options["engine"] == "spark":
        from listlint.commands_spark import check_on_spark

        sys.exit(check_on_spark(inputs, prepared, [_output(o) for o in outputs], lang, options))
    reporters = prepared.plugins.reporters
    try:
        wanted = [_output(item) for item in outputs]
        if not options["quiet"]:
            shown = "statistics" if options["statistics"] else choose_format(os.environ)
            wanted.insert(0, (options["output_format"] or shown, "-"))
        check_outputs(wanted, reporters, [i for i in inputs if i != "-"])
        with progress_bar() as progress:
            report = lint(inputs, prepared, progress, prepared_by_file(resolver, prepared))
        if options["add_ignore"] is not None:
            from listlint.commands_ignore import write_ignores

            sys.exit(write_ignores(report, resolver, prepared, lang, options))
        if options["diff"]:
            from listlint.commands import show_diff

            sys.exit(show_diff(report, settings, lang, options))
        if options["fix"] or options["unsafe_fixes"]:
            from listlint.commands import mend

            report = mend(report, settings, lang, options)
        if settings.history:
            from listlint.history import past, record

            packs_of = {s.meta.code: s.meta.pack for s in prepared.library.rules}
            kept = Path(settings.base) / settings.history
            record(kept, report, inputs, packs_of)
            report = replace(report, past=past(kept))
        style = style_for(sys.stdout, os.environ, lang)
        style = replace(style, redact=options["redact"])
        with WORK.stage("write"):
            write_outputs(report, wanted, style, reporters)
        if options["timing"]:
            from listlint.timing import table

            names = {s.meta.code: s.meta.name for s in prepared.library.rules}
            own = prepared.plugins.rules.keys()
            click.echo(table(WORK, perf_counter() - began, names, own, lang), err=True)
    except OutputError as error:
        stop(error.text.get(lang))
    except ConfigError as error:
        stop(str(error))
    sys.exit(exit_code(report, resolver, settings, bool(options["exit_zero"])))


def _output(item: str) -> tuple[str, str]:
    """FORMAT=PATH, taken apart."""
    name, eq, path = item.partition("=")
    if not eq or not name or not path:
        stop(f"-o {item}: write FORMAT=PATH, for example -o html=report.html")
    return name, path


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

    settings = settings_of((), options)
    prepared = prepare_or_stop(settings)
    spec = rule_or_stop(prepared, code)
    click.echo(describe(spec, settings.lang or guess_lang()))


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
