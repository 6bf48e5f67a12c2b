"""`listlint --add-ignore REASON`: suppressions written where people will see them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from listlint.cli_options import CLEAN, UNREAD
from listlint.commands import say, unread
from listlint.model import Text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from listlint.config import Resolver
    from listlint.model import Finding, Lang, Report
    from listlint.run import Prepared
    from listlint.suppress import Names


def write_ignores(
    report: Report, resolver: Resolver, prepared: Prepared, lang: Lang, options: dict[str, Any]
) -> int:
    """Write a suppression for each finding that counts; the exit code. Raises `ConfigError`."""
    from listlint.config import ConfigError, convert
    from listlint.decide import relative
    from listlint.suppress_file import append, sidecar_of, tables_for, worth_writing

    reason = " ".join(str(options["add_ignore"]).split())
    if not reason:
        raise ConfigError("--add-ignore: a suppression needs a reason")
    until = convert("as_of", options["until"], "--until") if options["until"] else None
    findings: Sequence[Finding] = worth_writing(report.findings)
    if options["ignore_in"] == "column":
        findings = _into_sheets(findings, reason, until, prepared, lang)
    by_target: dict[Path, list[tuple[Finding, str | None]]] = {}
    for f in findings:
        path = f.location.path
        if options["ignore_in"] != "config":
            by_target.setdefault(sidecar_of(_on_disk(path)), []).append((f, None))
            continue
        file = resolver.file_of(path) or Path("listlint.toml")
        by_target.setdefault(file, []).append((f, relative(path, str(file.parent))))
    for target, items in by_target.items():
        tables = tables_for([f for f, _ in items], [p for _, p in items], reason, until)
        inside = target.name == "pyproject.toml"
        append(target, tables, "tool.listlint.suppress" if inside else "suppress")
        say(
            lang,
            Text(
                f"{target}: {len(tables)} suppressions added for {len(items)} findings",
                f"{target}：为 {len(items)} 个发现添加了 {len(tables)} 条豁免",
            ),
        )
    return UNREAD if unread(report) else CLEAN


def _into_sheets(
    findings: Sequence[Finding], reason: str, until: date | None, prepared: Prepared, lang: Lang
) -> list[Finding]:
    """Write what can be written into the rows themselves; the findings that are left."""
    from listlint.fix.ignores import COLUMN, annotate
    from listlint.fix.refusal import Refused
    from listlint.readers import Limits
    from listlint.suppress import Names

    settings, names = prepared.settings, Names(prepared.library)
    limits = Limits(settings.max_memory, settings.max_cells, settings.timeout)
    words = {f.rule: _said(f.rule, reason, until, names) for f in findings}
    by_path: dict[str, list[Finding]] = {}
    for f in findings:
        by_path.setdefault(f.location.path, []).append(f)
    left: list[Finding] = []
    for path, items in by_path.items():
        try:
            kept = annotate(path, items, words, limits)
        except Refused as why:
            kept = items
            say(lang, Text(f"{path}: {why.text.en}", f"{path}：{why.text.zh}"))
        count = len(items) - len(kept)
        if count:
            say(
                lang,
                Text(
                    f"{path}: {count} findings are suppressed in the column {COLUMN}",
                    f"{path}：已在 {COLUMN} 列中豁免 {count} 个发现",
                ),
            )
        left += kept
    return left


def _said(rule: str, reason: str, until: date | None, names: Names) -> str:
    """A suppression as a cell says it. Raises `ConfigError` where it would be read otherwise."""
    from listlint.config import ConfigError
    from listlint.suppress import parse_cell

    text = f"{rule}: {reason}" + (f" until {until.isoformat()}" if until else "")
    if list(parse_cell(text, names)) != [(rule, reason, until, None)]:
        raise ConfigError(
            f"--add-ignore: {reason!r} would read as something else in a cell; use other words or "
            "--ignore-in sidecar"
        )
    return text


def _on_disk(path: str) -> str:
    """The file itself; for a member of an archive, the archive."""
    at = Path(path)
    while not at.exists() and at.parent != at:
        at = at.parent
    return str(at)
