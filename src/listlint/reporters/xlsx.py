"""`xlsx`: the checked workbook (docs/checked-workbook.md).

One workbook in Excel's own format comes back as it was, marked; anything else becomes a workbook.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import IO

from listlint.model import Lang, Report, Text
from listlint.readers import Death, run_bounded
from listlint.readers.interface import Limits
from listlint.reporters.interface import Style
from listlint.reporters.redact import for_format
from listlint.reporters.workbook import words

_Say = Callable[[Text], None]
_SECONDS, _SECONDS_PER_MEGABYTE = 60.0, 30.0
"""How long writing may take; a workbook of 100,000 rows has 30 megabytes and takes about 90 s."""
_GONE = Text("no longer there", "文件已不在")


class XlsxReporter:
    """The sheets that were checked, with flagged cells coloured and noted, and what was found."""

    name = "xlsx"
    binary = True

    def write(self, report: Report, out: IO[str], style: Style) -> None:
        """Refused: a workbook is no text."""
        raise TypeError("a workbook is binary; call save()")

    def save(self, report: Report, path: Path, style: Style) -> None:
        """Write the workbook to `path`.

        The files are opened again, so in a child process with limits, as they are for checking.
        Raises `OSError` when `path` can't be written.
        """
        report = for_format(report, style, public=False)
        sources = list(dict.fromkeys(source_of(entry.path) for entry in report.files))

        def say(text: Text) -> None:
            print(f"listlint: {text.get(style.lang)}", file=sys.stderr)

        reasons = _annotated(report, sources, path, style.lang, say)
        if reasons is None:
            return
        there = [s for s in sources if Path(s).is_file()]
        if there:
            for shown, reason in reasons.items():
                text = words.NOT_ANNOTATED
                say(_filled(text, shown, reason))
            ended = _run(_rebuild, report, there, path, style.lang, say)
            if ended is None:
                return
            reasons = dict.fromkeys(there, ended)
        gone = {s: _GONE.get(style.lang) for s in sources if s not in there}
        from listlint.reporters.workbook.rebuild import rows_only

        for text in rows_only(report, path, style.lang, {**reasons, **gone}):
            say(text)


def source_of(path: str) -> str:
    """The file on disk: for a member of a zip (`outer.zip/inner.csv`) the zip."""
    for candidate in (path, *(p.as_posix() for p in Path(path).parents)):
        if Path(candidate).is_file():
            return candidate
    return path


def _annotated(
    report: Report, sources: list[str], path: Path, lang: Lang, say: _Say
) -> dict[str, str] | None:
    """None when the one workbook that was read is marked; else why not (no reason if several were)."""
    from listlint.reporters.workbook.annotate import can_annotate

    read = {source_of(entry.path) for entry in report.files if entry.kind != "unread"}
    alone = [source for source in sources if source in read]
    if len(alone) != 1 or not can_annotate(alone[0]):
        return {}
    ended = _run(_annotate, report, alone, path, lang, say)
    return None if ended is None else {alone[0]: ended}


def _annotate(report: Report, sources: list[str], path: Path, lang: Lang) -> Iterator[Text]:
    from listlint.reporters.workbook.annotate import annotate

    return annotate(report, sources[0], path, lang)


def _rebuild(report: Report, sources: list[str], path: Path, lang: Lang) -> Iterator[Text]:
    from listlint.reporters.workbook.rebuild import rebuild

    return rebuild(report, sources, path, lang)


_Work = Callable[[Report, list[str], Path, Lang], Iterator[Text]]


def _run(
    work: _Work, report: Report, sources: list[str], path: Path, lang: Lang, say: _Say
) -> str | None:
    """Do `work` in a child, saying what it says; None when it went well, else why it did not."""
    job = partial(_job, work, report, sources, path, lang)
    size = sum(Path(source).stat().st_size for source in sources)
    limits = Limits(timeout=_SECONDS + _SECONDS_PER_MEGABYTE * size / 2**20)
    for _, message in run_bounded(job, [0], limits):
        if isinstance(message, Death):
            return message.note().detail.get(lang)
        if isinstance(message, OSError):
            raise message
        say(message)
    return None


def _job(
    work: _Work, report: Report, sources: list[str], path: Path, lang: Lang, _: int
) -> Iterator[Text | OSError]:
    # Millions of cells, none of them in a cycle, and the process ends with the job: looking for
    # cycles would only take time.
    gc.disable()
    try:
        yield from work(report, sources, path, lang)
    except OSError as error:
        # A full disk is not a broken workbook: there is no other way to write it.
        if error.errno is None:
            raise
        yield OSError(error.errno, error.strerror)


def _filled(text: Text, path: str, reason: str) -> Text:
    params = {"path": path, "reason": reason}
    return Text(text.en.format(**params), text.zh.format(**params))
