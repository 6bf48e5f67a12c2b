"""`listlint plan`: drafts the plan of action that a marketplace asks for, from findings."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from listlint.cli_options import (
    CLEAN,
    UNREAD,
    common_options,
    guess_lang,
    prepare_or_stop,
    prepared_by_file,
    progress_bar,
    resolver_of,
    stop,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from listlint.model import Lang, Text
    from listlint.plan import Facts, Item
    from listlint.policy.library import Library
    from listlint.run import Prepared

_SUFFIXES = {".md": "markdown", ".markdown": "markdown", ".html": "html", ".htm": "html"}


@click.command("plan")
@click.argument("inputs", nargs=-1, required=True, metavar="FILE…")
@common_options
@click.option(
    "-o", "--output", metavar="PATH", help="Write to PATH (.md or .html); else Markdown on stdout."
)
@click.option(
    "--reason",
    "reasons",
    multiple=True,
    metavar="REASON",
    help="Only this suspension reason, say suspected-ip (repeatable).",
)
@click.option(
    "--before",
    metavar="REPORT",
    help="An earlier JSON report: what it had and this check has not is told as corrected in the file.",
)
def command(
    inputs: tuple[str, ...],
    output: str | None,
    reasons: tuple[str, ...],
    before: str | None,
    **options: Any,
) -> None:
    """Draft a plan of action (appeal) from spreadsheets or from one JSON report.

    What the check saw is stated; causes, corrections and measures are boxes for you to confirm.
    Errors and warnings count, advice does not. Exit 3 where something could not be read.
    """
    from listlint.config import ConfigError
    from listlint.files import write_whole
    from listlint.plan import FORMATS, PlanError, draft, load_reasons
    from listlint.policy.errors import PolicyError
    from listlint.policy.paths import builtin

    style = _style(output)
    resolver = resolver_of(options)
    try:
        prepared = prepare_or_stop(resolver.main(inputs))
        lang: Lang = prepared.settings.lang or guess_lang()
        known = load_reasons(builtin())
        for word in reasons:
            if word not in known.by_id:
                stop(f"--reason {word}: not known; one of: {', '.join(known.by_id)}")
        items, facts = _gather(inputs, before, prepared, resolver, lang)
    except (ConfigError, PlanError, PolicyError) as error:
        stop(str(error))
    if reasons:
        items = [i for i in items if known.of(i.reason, i.area).id in reasons]
    if not items and not facts.corrected:
        click.echo(_nothing(lang), err=True)
    else:
        blocks = draft(items, facts, known, _papers(prepared.library), lang)
        text = FORMATS[style](blocks, lang)
        if output is None:
            click.echo(text, nl=False)
        else:
            try:
                write_whole(output, text)
            except OSError as error:
                stop(f"-o {output}: can't be written: {error.strerror or error}")
    sys.exit(UNREAD if facts.unread else CLEAN)


def _style(output: str | None) -> str:
    from pathlib import Path

    if output is None:
        return "markdown"
    style = _SUFFIXES.get(Path(output).suffix.lower())
    if style is None:
        stop(f"-o {output}: name a file that ends in .md or .html")
    return style


def _nothing(lang: Lang) -> str:
    if lang == "zh":
        return "没有需要写入行动计划书的问题；未写出文件。"
    return "no finding to plan from; nothing was written"


def _gather(
    inputs: tuple[str, ...], before: str | None, prepared: Prepared, resolver: Any, lang: Lang
) -> tuple[list[Item], Facts]:
    """The items of the inputs, and what the head of the plan says. Raises `PlanError`, `ConfigError`."""
    from listlint.plan import Facts, PlanError, checked, is_report, read_report
    from listlint.run import lint

    if any(is_report(path) for path in inputs):
        if len(inputs) > 1:
            raise PlanError("give one JSON report alone, or spreadsheets")
        now = read_report(inputs[0])
    else:
        with progress_bar() as progress:
            now = checked(
                lint(inputs, prepared, progress, prepared_by_file(resolver, prepared)), lang
            )
    gone: list[Item] = []
    earlier = ""
    if before is not None:
        old = read_report(before)
        earlier = old.day
        here = {i.fingerprint for i in now.items}
        # Of a file that was not checked this time nothing can be said.
        known = now.paths - set(now.unread)
        gone = [i for i in old.items if i.fingerprint not in here and i.path in known]
    places = tuple(dict.fromkeys(m for i in now.items for m in i.marketplaces))
    return now.items, Facts(now.day, now.listings, places, now.unread, tuple(gone), earlier)


def _papers(library: Library) -> Callable[[str], Sequence[Text]]:
    """The documents that a rule asks for, by its code."""
    from listlint.registers import document_kinds

    def papers(code: str) -> Sequence[Text]:
        spec = library.rule(code)
        wanted = spec.data.get("document", ()) if spec is not None else ()
        keys = (wanted,) if isinstance(wanted, str) else wanted
        return [document_kinds()[key].name for key in keys]

    return papers
