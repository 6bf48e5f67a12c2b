"""The command `check` itself, from its options to its exit code."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from listlint.cli_options import (
    CLEAN,
    exit_code,
    guess_lang,
    prepare_or_stop,
    prepared_by_file,
    progress_bar,
    resolver_of,
    stop,
)
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
from listlint.slotted import replace

if TYPE_CHECKING:
    from listlint.model import Lang


def run(inputs: tuple[str, ...], outputs: tuple[str, ...], options: dict[str, Any]) -> int:
    """Check, report, mend: what the options ask for. The exit code."""
    began = perf_counter()
    if not inputs:
        stop("no input: name a spreadsheet, a folder, a glob, or - for standard input")
    resolver = resolver_of(options)
    try:
        settings = resolver.main(inputs)
        if options["show_settings"]:
            from listlint.config_show import show

            print(show(resolver, inputs, settings.lang or guess_lang()))
            return CLEAN
    except ConfigError as error:
        stop(str(error))
    with WORK.stage("policies"):
        prepared = prepare_or_stop(settings)
    lang: Lang = settings.lang or guess_lang()
    if options["engine"] == "spark":
        from listlint.commands_spark import check_on_spark

        return check_on_spark(inputs, prepared, [_output(o) for o in outputs], lang, options)
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

            return write_ignores(report, resolver, prepared, lang, options)
        if options["diff"]:
            from listlint.commands import show_diff

            return show_diff(report, settings, lang, options)
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
            print(table(WORK, perf_counter() - began, names, own, lang), file=sys.stderr)
    except OutputError as error:
        stop(error.text.get(lang))
    except ConfigError as error:
        stop(str(error))
    return exit_code(report, resolver, settings, bool(options["exit_zero"]))


def _output(item: str) -> tuple[str, str]:
    """FORMAT=PATH, taken apart."""
    name, eq, path = item.partition("=")
    if not eq or not name or not path:
        stop(f"-o {item}: write FORMAT=PATH, for example -o html=report.html")
    return name, path
