"""From a report to mended files, or to a look at what would change."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from listlint.batch import column_letters
from listlint.files import write_whole
from listlint.fix import delimited, refusal, workbook
from listlint.fix.plan import CellChange, plan
from listlint.fix.refusal import Refused
from listlint.model import Finding, Text
from listlint.readers import Death, UnreadableError, run_bounded
from listlint.reporters.show import visible
from listlint.slotted import field, slotted

if TYPE_CHECKING:
    from listlint.model import Lang, Report
    from listlint.readers.interface import Limits

WORKBOOKS = frozenset({".xlsx", ".xlsm"})
TEXTS = frozenset({".csv", ".tsv", ".txt", ".tab", ".psv"})


@slotted(slots=True)
class Outcome:
    """What came of mending: written files, changed cells, findings gone, and what was refused."""

    written: dict[str, str] = field(default_factory=dict)
    """File → where its mended copy is."""
    changes: list[CellChange] = field(default_factory=list)
    refused: list[tuple[str, Text]] = field(default_factory=list)
    """(place, why)."""

    @property
    def mended(self) -> set[str]:
        """Fingerprints of the findings that are gone."""
        return {f.fingerprint for c in self.changes for f in c.findings}


def fix_report(
    report: Report, limits: Limits, *, unsafe: bool, in_place: bool, write: bool
) -> Outcome:
    """Mend the files of a report; with `write` false only find out what would change."""
    outcome = Outcome()
    by_file: dict[str, list[CellChange]] = {}
    for change in plan(report.findings, unsafe):
        by_file.setdefault(change.path, []).append(change)
    for path, changes in by_file.items():
        try:
            _file(path, changes, limits, outcome, in_place=in_place, write=write)
        except Refused as why:
            outcome.refused.append((path, why.text))
    return outcome


def target_of(path: str, *, in_place: bool) -> Path:
    """Where the mended copy of a file goes: `inventory.fixed.xlsx` beside it, or over it."""
    given = Path(path)
    return given if in_place else given.with_name(f"{given.stem}.fixed{given.suffix}")


def _file(
    path: str,
    changes: Sequence[CellChange],
    limits: Limits,
    outcome: Outcome,
    *,
    in_place: bool,
    write: bool,
) -> None:
    if path == "-":
        raise Refused(refusal.STDIN)
    if not os.path.isfile(path):
        raise Refused(refusal.INSIDE)
    with tempfile.TemporaryDirectory(prefix="listlint-") as folder:
        made = os.path.join(folder, "mended")
        refused: dict[tuple[str | None, int, int], Refused] = {}

        def work(_: int) -> Iterator[dict[tuple[str | None, int, int], Refused] | Refused]:
            try:
                yield _made(path, made, changes, limits)
            except Refused as why:
                yield why

        for _, answer in run_bounded(work, [0], limits):
            if isinstance(answer, Death):
                raise Refused(answer.note().detail)
            if isinstance(answer, Refused):
                raise answer
            refused = answer
        done = [c for c in changes if (c.sheet, c.row, c.column) not in refused]
        for c in changes:
            why = refused.get((c.sheet, c.row, c.column))
            if why is not None:
                outcome.refused.append((_place(c), why.text))
        if not done:
            return
        outcome.changes += done
        target = target_of(path, in_place=in_place)
        outcome.written[path] = target.as_posix()
        if write:
            put(made, target, path)


def _made(
    path: str, made: str, changes: Sequence[CellChange], limits: Limits
) -> dict[tuple[str | None, int, int], Refused]:
    """Write the mended copy; the cells that could not be changed. Runs within bounds."""
    with open(path, "rb") as file:
        zipped = file.read(2) == b"PK"
    suffix = Path(path).suffix.lower()
    if zipped and suffix in WORKBOOKS:
        sheets: dict[str, dict[tuple[int, int], tuple[str, str]]] = {}
        for c in changes:
            sheets.setdefault(c.sheet or "", {})[c.row, c.column] = (c.old, c.new)
        try:
            wrong = workbook.change(path, made, sheets, limits)
            return {(sheet, row, column): why for (sheet, row, column), why in wrong.items()}
        except UnreadableError as error:
            raise Refused(error.note.detail) from None
    if zipped or suffix not in TEXTS:
        raise Refused(refusal.NO_WRITER)
    cells = {(c.row, c.column): (c.old, c.new) for c in changes}
    data, refused = delimited.change(path, path, cells)
    Path(made).write_bytes(data)
    return {(None, row, column): why for (row, column), why in refused.items()}


def put(made: str, target: Path, source: str) -> None:
    """Put a finished file where it belongs, with the mode of its source. Raises `Refused`."""
    try:
        if not target.exists():
            shutil.copymode(source, made)
        write_whole(target, Path(made).read_bytes())
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise Refused(
            Text(f"{refusal.CANT_WRITE.en}: {reason}", f"{refusal.CANT_WRITE.zh}：{reason}")
        ) from None


def _place(change: CellChange) -> str:
    sheet = f"!{change.sheet}" if change.sheet else ""
    return f"{change.path}{sheet}:{column_letters(change.column)}{change.row}"


def diff(outcome: Outcome) -> Iterable[str]:
    """The changes as lines: place, rules, the cell as it is and as it is to be."""
    last = None
    for c in outcome.changes:
        if c.path != last:
            yield f"--- {visible(c.path)}"
            yield f"+++ {visible(outcome.written[c.path])}"
            last = c.path
        first: Finding = c.findings[0]
        rules = " ".join(sorted({f.rule for f in c.findings}))
        where = " ".join(p for p in (first.location.column, first.location.sku) if p)
        yield f"@@ {visible(_place(c).removeprefix(c.path).lstrip('!:'))} {visible(where)} {rules} @@"
        yield f"-{visible(c.old, spaces=True)}"
        yield f"+{visible(c.new, spaces=True)}"


def summary(outcome: Outcome, lang: Lang, *, written: bool) -> Iterable[str]:
    """What came of it, in sentences."""
    cells: dict[str, int] = {}
    for c in outcome.changes:
        cells[c.path] = cells.get(c.path, 0) + 1
    for path, count in cells.items():
        target = outcome.written[path]
        text = (
            Text(f"{target}: {count} cells mended", f"{target}：已修正 {count} 个单元格")
            if written
            else Text(f"{path}: {count} cells can be mended", f"{path}：可修正 {count} 个单元格")
        )
        yield text.get(lang)
    for place, why in outcome.refused:
        yield f"{visible(place)}: {why.get(lang)}"
