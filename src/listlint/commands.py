"""The commands of teams that keep listlint switched on: baseline, why-not, history, init, config."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from listlint.cli_options import (
    CLEAN,
    FOUND,
    UNREAD,
    common_options,
    guess_lang,
    prepare_or_stop,
    prepared_by_file,
    progress_bar,
    resolver_of,
    rule_or_stop,
    stop,
)
from listlint.model import Text

if TYPE_CHECKING:
    from listlint.config import Resolver, Settings
    from listlint.fix import Outcome
    from listlint.model import Lang, Report
    from listlint.run import Prepared
    from listlint.scaffold import Ci


def say(lang: Lang, text: Text) -> None:
    """One line to a person, beside whatever stdout is for."""
    click.echo(text.get(lang), err=True)


def _run(
    inputs: tuple[str, ...], options: dict[str, Any], **given: Any
) -> tuple[Report, Resolver, Prepared]:
    """A run by the options, with `given` settings put over them; stops where they are wrong."""
    from listlint.config import ConfigError
    from listlint.run import lint

    resolver = resolver_of(options)
    resolver.given = {**resolver.given, **given}
    try:
        prepared = prepare_or_stop(resolver.main(inputs))
        with progress_bar() as progress:
            report = lint(inputs, prepared, progress, prepared_by_file(resolver, prepared))
    except ConfigError as error:
        stop(str(error))
    return report, resolver, prepared


def unread(report: Report) -> bool:
    """Whether something of the run's inputs could not be read."""
    from listlint.model import Area, Severity

    return any(f.area is Area.FILE and f.severity is Severity.ERROR for f in report.findings)


@click.command()
@click.argument("inputs", nargs=-1, required=True, metavar="FILE…")
@common_options
@click.option("-o", "--output", "output", metavar="FILE", help="Default: as the settings say.")
@click.option("--prune", is_flag=True, help="Only take out what is no longer found.")
def baseline(inputs: tuple[str, ...], output: str | None, prune: bool, **options: Any) -> None:
    """Accept what is found now as known; later runs report only what is new."""
    from listlint.baseline import DEFAULT_NAME, Baseline
    from listlint.config import ConfigError
    from listlint.decide import relative

    report, _, prepared = _run(inputs, options, baseline="")
    settings = prepared.settings
    lang = settings.lang or guess_lang()
    named = output or _configured(inputs, options)
    path = Path(named or Path(settings.base) / DEFAULT_NAME)
    found = [(f, relative(f.location.path, settings.base)) for f in report.findings]
    checked = {relative(e.path, settings.base) for e in report.files if e.kind != "unread"}
    fresh = Baseline.of(found)
    try:
        old = Baseline.load(path) if path.exists() else Baseline()
        rules = {s.meta.code for s in prepared.chosen}
        gone = old.stale([f for f, _ in found], checked, rules)
        for entry in old.entries.values():
            if entry.path not in checked and not (Path(settings.base) / entry.path).exists():
                gone[entry.id] = entry.count
        new = old.without(gone)
        if not prune:
            new.entries.update(fresh.entries)
        new.save(path)
    except ConfigError as error:
        stop(str(error))
    except OSError as error:
        stop(f"{path}: can't be written: {error.strerror}")
    total = sum(e.count for e in new.entries.values())
    before = sum(e.count for e in old.entries.values())
    say(
        lang,
        Text(
            f"{path}: {total} known findings, {before} before, {sum(gone.values())} gone",
            f"{path}：已知发现 {total} 个（之前 {before} 个，已消失 {sum(gone.values())} 个）",
        ),
    )
    sys.exit(UNREAD if unread(report) else CLEAN)


def _configured(inputs: tuple[str, ...], options: dict[str, Any]) -> str | None:
    """The baseline that the settings name."""
    settings = resolver_of(options).main(inputs)
    return str(Path(settings.base) / settings.baseline) if settings.baseline else None


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="HISTORY [FILE…]")
@common_options
@click.option("--since", metavar="DATE", help="Compare with the last run up to this day.")
@click.option("--replay", metavar="DATE", help="Which listings begin to fail by this day.")
@click.option("--output-format", type=click.Choice(["text", "json"]), default="text")
def history(
    names: tuple[str, ...],
    since: str | None,
    replay: str | None,
    output_format: str,
    **options: Any,
) -> None:
    """Show the trend of stored runs, what is new, mended and still open."""
    from listlint.config import ConfigError, convert
    from listlint.history_show import last_inputs, show
    from listlint.history_show import replay as compared

    lang: Lang = options["lang"] or guess_lang()
    try:
        if replay is None:
            day = convert("as_of", since, "--since") if since else None
            click.echo(show(Path(names[0]), day, lang, output_format))
            return
        stored = _is_history(names[0])
        inputs = names[1:] if stored else names
        inputs = inputs or last_inputs(Path(names[0]))
        then = convert("as_of", replay, "--replay")
        now, _, prepared = _run(inputs, options)
        later, _, _ = _run(inputs, options, as_of=then)
        text, failing = compared(now, later, prepared.library, lang, output_format)
    except ConfigError as error:
        stop(str(error))
    click.echo(text)
    if unread(now):
        sys.exit(UNREAD)
    sys.exit(FOUND if failing else CLEAN)


def _is_history(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            return file.read(16) == b"SQLite format 3\0"
    except OSError:
        return False


@click.command()
@click.argument("folder", default=".", type=click.Path(path_type=Path, file_okay=False))
@click.option("--marketplace", multiple=True, metavar="ID", help="Where the goods are sold.")
@click.option("--files", metavar="PATH", help="Where the spreadsheets are.")
@click.option("--ci", type=click.Choice(["github", "gitlab", "none"]), help="Which workflow.")
@click.option("--hook/--no-hook", default=True, help="A pre-commit hook.")
@click.option("--registers/--no-registers", default=True, help="A workbook for what you hold.")
@click.option("-y", "--yes", is_flag=True, help="Ask nothing; take the defaults.")
@click.option("--lang", type=click.Choice(["en", "zh"]))
def init(
    folder: Path,
    marketplace: tuple[str, ...],
    files: str | None,
    ci: Ci | None,
    hook: bool,
    registers: bool,
    yes: bool,
    lang: Lang | None,
) -> None:
    """Write settings, register templates, a hook and a workflow; nothing is overwritten."""
    from listlint.config import ConfigError
    from listlint.policy.library import load_profiles
    from listlint.policy.paths import builtin
    from listlint.scaffold import Answers, scaffold

    lang = lang or guess_lang()
    ask = not yes and sys.stdin.isatty()
    words = [w.strip() for item in marketplace for w in item.split(",") if w.strip()]
    if not words and ask:
        words = _asked(lang, _MARKETPLACES, "").replace(",", " ").split()
    if files is None:
        files = _asked(lang, _FILES, ".") if ask else "."
    if ci is None:
        said = _asked(lang, _CI, "github") if ask else "github"
        ci = "gitlab" if said == "gitlab" else "none" if said == "none" else "github"
    profiles = load_profiles([builtin()])
    aliases = {a: p.id for p in profiles.values() for a in (p.id, *p.aliases)}
    for word in words:
        if word.casefold() not in aliases:
            stop(f"no marketplace is called {word!r}; known are {', '.join(sorted(profiles))}")
    ids = tuple(dict.fromkeys(aliases[w.casefold()] for w in words))
    try:
        made = scaffold(folder, Answers(ids, files, ci, hook, registers), lang)
    except ConfigError as error:
        stop(str(error))
    for path in made.written:
        say(lang, Text(f"written: {path}", f"已写入：{path}"))
    for path in made.kept:
        say(lang, Text(f"left as it is: {path}", f"已存在，未改动：{path}"))


_MARKETPLACES = Text(
    "Where are the goods sold (amazon.com, amazon.de, ebay.com …; empty: as the files tell)",
    "商品在哪些平台销售（amazon.com、taobao …；留空则由文件判断）",
)
_FILES = Text("Where are the spreadsheets", "表格放在哪里")
_CI = Text("Which workflow (github, gitlab, none)", "使用哪种流水线（github、gitlab、none）")


def _asked(lang: Lang, question: Text, default: str) -> str:
    return str(
        click.prompt(question.get(lang), default=default, show_default=bool(default))
    ).strip()


@click.group()
def config() -> None:
    """About the settings themselves."""


@config.command("schema")
def config_schema() -> None:
    """Print the JSON Schema of listlint.toml, for editors."""
    from listlint.config_schema import text

    click.echo(text(), nl=False)


@click.command(context_settings={"ignore_unknown_options": True}, add_help_option=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="FILE… [OPTIONS]")
@click.pass_context
def fix(ctx: click.Context, arguments: tuple[str, ...]) -> None:
    """Mend what is safe: the same as `listlint --fix`, with the same options."""
    assert isinstance(ctx.parent, click.Context)
    main = ctx.parent.command
    main.main(args=["check", "--fix", *arguments], prog_name="listlint")


@click.command("why-not")
@click.argument("code")
@click.argument("inputs", nargs=-1, required=True, metavar="FILE…")
@common_options
@click.option("--row", type=int, metavar="N", help="Only this row of the sheet.")
def why_not(code: str, inputs: tuple[str, ...], row: int | None, **options: Any) -> None:
    """Say why a rule did not fire: not selected, no column, excused, suppressed …"""
    from listlint.config import ConfigError
    from listlint.whynot import why_not as reasons

    resolver = resolver_of(options)
    try:
        settings = resolver.main(inputs)
        prepared = prepare_or_stop(settings)
        spec = rule_or_stop(prepared, code)
        lang = settings.lang or guess_lang()
        click.echo(f"{spec.meta.code} {spec.meta.name}")
        for text in reasons(spec, prepared, inputs, row):
            click.echo(f"  {text.get(lang)}")
    except ConfigError as error:
        stop(str(error))


def _mended(report: Report, settings: Settings, options: dict[str, Any], write: bool) -> Outcome:
    from listlint.fix import fix_report
    from listlint.readers import Limits

    limits = Limits(settings.max_memory, settings.max_cells, settings.timeout)
    return fix_report(
        report,
        limits,
        unsafe=bool(options["unsafe_fixes"]),
        in_place=bool(options["in_place"]),
        write=write,
    )


def show_diff(report: Report, settings: Settings, lang: Lang, options: dict[str, Any]) -> int:
    """Show what --fix would change; the exit code: 1 where there is something to change."""
    from listlint.fix.apply import diff, summary

    outcome = _mended(report, settings, options, write=False)
    for line in diff(outcome):
        click.echo(line)
    for line in summary(outcome, lang, written=False):
        click.echo(line, err=True)
    if unread(report):
        return UNREAD
    return FOUND if outcome.changes else CLEAN


def mend(report: Report, settings: Settings, lang: Lang, options: dict[str, Any]) -> Report:
    """Write the mended files; the report of what is left in them."""
    from listlint.collect import flagged
    from listlint.fix.apply import summary
    from listlint.risk import rank
    from listlint.slotted import replace

    outcome = _mended(report, settings, options, write=True)
    for line in summary(outcome, lang, written=True):
        click.echo(line, err=True)
    gone = outcome.mended
    left = tuple(f for f in report.findings if f.fingerprint not in gone)
    report = replace(report, findings=left, flagged=flagged(left))
    return replace(report, risk=rank(report))
