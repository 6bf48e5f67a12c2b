"""The command line: options in, exit code out. Everything heavy is imported by the command that runs."""

from __future__ import annotations

import locale
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from listlint import __version__

if TYPE_CHECKING:
    from collections.abc import Callable

    from listlint.config import Settings
    from listlint.model import Lang, Report
    from listlint.run import Prepared

CLEAN, FOUND, WRONG, UNREAD = 0, 1, 2, 3


class _DefaultGroup(click.Group):
    """`listlint inventory.xlsx` is `listlint check inventory.xlsx`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own = {"--help", "-h", "--version"}
        if args and args[0] not in self.commands and args[0] not in own:
            args = ["check", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_DefaultGroup, context_settings={"help_option_names": ["-h", "--help"]})
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


def _stop(message: str) -> NoReturn:
    """Usage, configuration, policy or plugin is wrong: one line, exit 2."""
    click.echo(f"listlint: {message}", err=True)
    sys.exit(WRONG)


def _guess_lang() -> Lang:
    """The reader's language from the environment; English unless it is Chinese."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANGUAGE", "LANG"):
        value = os.environ.get(name)
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    found = locale.getlocale()[0] or ""
    return "zh" if found.lower().startswith(("zh", "chinese")) else "en"


_COMMON: tuple[Callable[[Any], Any], ...] = (
    click.option(
        "--select", multiple=True, metavar="RULE,…", help="Only these rules, areas, packs."
    ),
    click.option("--ignore", multiple=True, metavar="RULE,…", help="All but these."),
    click.option(
        "--marketplace", multiple=True, metavar="ID", help="amazon.de, ebay.com … (repeatable)."
    ),
    click.option(
        "--config",
        "config",
        multiple=True,
        metavar="FILE|KEY=VALUE",
        help="Settings file, or one setting.",
    ),
    click.option("--isolated", is_flag=True, help="Read no settings file."),
    click.option("--as-of", metavar="DATE", help="Judge as on this day (YYYY-MM-DD)."),
    click.option("--lang", type=click.Choice(["en", "zh"]), help="Language of the messages."),
)


def _common(command: Any) -> Any:
    for option in reversed(_COMMON):
        command = option(command)
    return command


def _settings(inputs: tuple[str, ...], options: dict[str, Any]) -> Settings:
    """The settings of a command; stops the run where they are wrong."""
    from listlint.config import ConfigError, convert, key_name, settings_for

    given: dict[str, Any] = {"lang": options.get("lang")}
    try:
        file: Path | None = None
        for item in options.get("config", ()):
            key, eq, value = item.partition("=")
            if eq and not Path(item).exists():
                name = key_name(key, "--config")
                given[name] = convert(name, _plain(value), f"--config {item}")
            else:
                file = Path(item)
                if not file.is_file():
                    raise ConfigError(f"--config {item}: no such file")
        for name in ("select", "ignore", "marketplace"):
            words = [w.strip() for item in options.get(name, ()) for w in item.split(",")]
            given[name] = tuple(w for w in words if w)
        for name in ("as_of", "fail_on", "jobs", "timeout", "max_memory", "max_cells"):
            if options.get(name) is not None:
                option = "--" + name.replace("_", "-")
                given[name] = convert(name, options[name], option)
        settings = settings_for(inputs, file, bool(options.get("isolated")), given)
    except ConfigError as error:
        _stop(str(error))
    return settings


def _plain(value: str) -> Any:
    """A `KEY=VALUE` value: a list where there are commas."""
    return [v.strip() for v in value.split(",")] if "," in value else value


def _prepare(settings: Settings) -> Prepared:
    from listlint.config import ConfigError
    from listlint.plugins import PluginError
    from listlint.policy.errors import PolicyError
    from listlint.run import prepare

    try:
        return prepare(settings)
    except (ConfigError, PluginError, PolicyError, FileNotFoundError) as error:
        _stop(str(error))


@main.command()
@click.argument("inputs", nargs=-1, metavar="FILE…")
@_common
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
    type=click.Choice(["error", "warning", "info"]),
    help="Exit 1 from this severity on (default: error).",
)
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
@click.option("--redact", is_flag=True, help="Mask seller identifiers in the output.")
@click.option("-q", "--quiet", is_flag=True, help="Show nothing on stdout.")
def check(inputs: tuple[str, ...], outputs: tuple[str, ...], **options: Any) -> None:
    """Check spreadsheets (the default command)."""
    from listlint.config import ConfigError
    from listlint.reporters.write import (
        OutputError,
        check_outputs,
        choose_format,
        style_for,
        write_outputs,
    )
    from listlint.run import lint

    if not inputs:
        _stop("no input: name a spreadsheet, a folder, a glob, or - for standard input")
    settings = _settings(inputs, options)
    prepared = _prepare(settings)
    lang: Lang = settings.lang or _guess_lang()
    reporters = prepared.plugins.reporters
    try:
        wanted = [_output(item) for item in outputs]
        if not options["quiet"]:
            shown = "statistics" if options["statistics"] else choose_format(os.environ)
            wanted.insert(0, (options["output_format"] or shown, "-"))
        check_outputs(wanted, reporters, [i for i in inputs if i != "-"])
        with _progress() as progress:
            report = lint(inputs, prepared, progress)
        style = style_for(sys.stdout, os.environ, lang)
        if options["redact"]:
            style = replace(style, redact=True)
        write_outputs(report, wanted, style, reporters)
    except OutputError as error:
        _stop(error.text.get(lang))
    except ConfigError as error:
        _stop(str(error))
    sys.exit(_exit_code(report, settings, bool(options["exit_zero"])))


def _output(item: str) -> tuple[str, str]:
    """FORMAT=PATH, taken apart."""
    name, eq, path = item.partition("=")
    if not eq or not name or not path:
        _stop(f"-o {item}: write FORMAT=PATH, for example -o html=report.html")
    return name, path


def _progress() -> Any:
    """A progress bar on a terminal, nothing in a pipe."""
    from contextlib import nullcontext

    if not sys.stderr.isatty():
        return nullcontext()
    from listlint.progress import Bar

    return Bar()


def _exit_code(report: Report, settings: Settings, exit_zero: bool) -> int:
    from listlint.model import Area, Severity

    if any(f.area is Area.FILE and f.severity is Severity.ERROR for f in report.findings):
        return UNREAD
    if exit_zero:
        return CLEAN
    worst = min((f.severity.rank for f in report.counted), default=9)
    return FOUND if worst <= settings.fail_on.rank else CLEAN


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
        _stop(str(error))
    for failure in outcome.failures:
        click.echo(str(failure))
    failed = len(outcome.failures)
    click.echo(f"{outcome.rules} rules, {outcome.examples} examples, {failed} failed")
    sys.exit(FOUND if failed else CLEAN)


@main.command()
@click.argument("code")
@_common
def explain(code: str, **options: Any) -> None:
    """Say what a rule finds, why it matters, what to do, and where that was read."""
    from listlint.describe import explain as describe

    settings = _settings((), options)
    prepared = _prepare(settings)
    spec = prepared.library.rule(code)
    if spec is None:
        import difflib

        words = [w for s in prepared.library.rules for w in (s.meta.code, s.meta.name)]
        close = difflib.get_close_matches(code, words, n=1)
        _stop(f"no rule is called {code!r}" + (f"; did you mean {close[0]}?" if close else ""))
    click.echo(describe(spec, settings.lang or _guess_lang()))


@main.command()
@_common
@click.option("--output-format", type=click.Choice(["text", "json"]), default="text")
def rules(output_format: str, **options: Any) -> None:
    """List the rules."""
    from listlint.describe import listing

    settings = _settings((), options)
    prepared = _prepare(settings)
    click.echo(listing(prepared.chosen, settings.lang or _guess_lang(), output_format))


@main.command()
@click.argument("inputs", nargs=-1, required=True, metavar="FILE…")
@click.option("--lang", type=click.Choice(["en", "zh"]))
def columns(inputs: tuple[str, ...], lang: Lang | None) -> None:
    """Show what each column was taken for, and why."""
    from listlint.describe import columns as describe

    text, unread = describe(inputs, lang or _guess_lang())
    click.echo(text)
    sys.exit(UNREAD if unread else CLEAN)
