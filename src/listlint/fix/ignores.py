"""Suppressions written into the sheet's own `listlint_ignore` column, which is added where there is none."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from listlint.columns import load_library
from listlint.fix import delimited, refusal, workbook
from listlint.fix.apply import TEXTS, WORKBOOKS, put
from listlint.fix.refusal import Refused
from listlint.model import Area
from listlint.pipeline import recognise_grid
from listlint.policy.paths import builtin
from listlint.readers import Death, UnreadableError, expand, open_source, run_bounded
from listlint.slotted import field, slotted

if TYPE_CHECKING:
    from listlint.model import Finding
    from listlint.readers.interface import Limits

COLUMN = "listlint_ignore"
_MOST_COLUMNS = 16_384
"""Columns of a workbook's sheet."""


@slotted(slots=True)
class _Target:
    """A sheet's suppression column, and what stands in it in the rows that are wanted."""

    column: int
    header_row: int
    data_row: int
    new: bool
    told: dict[int, str] = field(default_factory=dict)


@slotted(slots=True)
class _Made:
    """What came of a file: the places (sheet, row) that could not be written."""

    left: set[tuple[str | None, int]]


def annotate(
    path: str, findings: Sequence[Finding], words: dict[str, str], limits: Limits
) -> list[Finding]:
    """Write a suppression for each finding into its row; the findings for which that can't be done.

    `words` holds, for each rule, the suppression as a cell says it. The file is changed in place,
    and nothing else in it. Raises `Refused` where the file can't be changed at all.
    """
    if path == "-":
        raise Refused(refusal.STDIN)
    if not os.path.isfile(path):
        raise Refused(refusal.INSIDE)
    wanted: dict[tuple[str | None, int], dict[str, None]] = {}
    for f in findings:
        # What is said of the file itself is no matter of one row.
        if f.location.row is not None and f.area is not Area.FILE:
            place = (f.location.sheet, f.location.row)
            wanted.setdefault(place, {})[words[f.rule]] = None
    with tempfile.TemporaryDirectory(prefix="listlint-") as folder:
        made = os.path.join(folder, "made")

        def work(_: int) -> Iterator[_Made | Refused]:
            try:
                yield _write(path, made, {k: list(v) for k, v in wanted.items()}, limits)
            except Refused as why:
                yield why

        left: set[tuple[str | None, int]] = set(wanted)
        for _, answer in run_bounded(work, [0], limits):
            if isinstance(answer, Death):
                raise Refused(answer.note().detail)
            if isinstance(answer, Refused):
                raise answer
            left = answer.left
        if left != set(wanted):
            put(made, Path(path), path)
    return [
        f
        for f in findings
        if f.area is Area.FILE
        or f.location.row is None
        or (f.location.sheet, f.location.row) in left
    ]


def _write(
    path: str, made: str, wanted: dict[tuple[str | None, int], list[str]], limits: Limits
) -> _Made:
    """Write the changed copy. Runs within bounds."""
    with open(path, "rb") as file:
        zipped = file.read(2) == b"PK"
    suffix = Path(path).suffix.lower()
    if suffix not in (WORKBOOKS if zipped else TEXTS):
        raise Refused(refusal.NO_WRITER)
    try:
        targets = _targets(path, wanted, limits)
        cells: dict[str | None, dict[tuple[int, int], tuple[str, str]]] = {}
        for (sheet, row), said in wanted.items():
            target = targets.get(sheet)
            if target is None or row < target.data_row:
                continue
            old = target.told.get(row, "")
            text = "; ".join([*([old.strip()] if old.strip() else []), *said])
            here = cells.setdefault(sheet, {})
            here[row, target.column] = (old, text)
            if target.new:
                here[target.header_row, target.column] = ("", COLUMN)
        written = {(sheet, row) for sheet, places in cells.items() for row, _ in places}
        refused = _changed(path, made, cells, targets, limits, zipped=zipped)
    except UnreadableError as error:
        raise Refused(error.note.detail) from None
    if any((s, t.header_row, t.column) in refused for s, t in targets.items() if t.new):
        raise Refused(refusal.MALFORMED)
    return _Made(
        {
            (sheet, row)
            for sheet, row in wanted
            if (sheet, row) not in written or (sheet, row, targets[sheet].column) in refused
        }
    )


def _changed(
    path: str,
    made: str,
    cells: dict[str | None, dict[tuple[int, int], tuple[str, str]]],
    targets: dict[str | None, _Target],
    limits: Limits,
    *,
    zipped: bool,
) -> set[tuple[str | None, int, int]]:
    """Write the file with the cells in it; those that could not be."""
    if zipped:
        sheets = {name or "": places for name, places in cells.items()}
        return set(workbook.change(path, made, sheets, limits))
    target = targets.get(None)
    widen = (target.header_row, target.column + 1) if target is not None and target.new else None
    data, refused = delimited.change(path, path, cells.get(None, {}), widen)
    Path(made).write_bytes(data)
    return {(None, row, column) for row, column in refused}


def _targets(
    path: str, wanted: dict[tuple[str | None, int], list[str]], limits: Limits
) -> dict[str | None, _Target]:
    """The suppression column of each sheet that has wanted rows; a new one stands after all others."""
    library = load_library(builtin())
    found: dict[str | None, _Target] = {}
    for source in expand([path], lambda note: None):
        for grid in open_source(source.path, source.shown, limits, lambda note: None):
            rows = {row for sheet, row in wanted if sheet == grid.name}
            opened = recognise_grid(grid, 0, library)
            layout = opened.layout
            if not rows or not layout.columns:
                continue
            own = next((c.index for c in layout.columns if c.field == COLUMN), None)
            target = _Target(
                own or 0, max(layout.header_rows, default=0), layout.data_row, own is None
            )
            width = 1 + max(c.index for c in layout.columns)
            for block in opened.rest:
                for number, row in zip(block.numbers, block.rows, strict=True):
                    if len(row) > width:
                        filled = (i for i, cell in enumerate(row) if cell.strip())
                        width = max(width, 1 + max(filled, default=0))
                    if own is not None and number in rows and own < len(row):
                        target.told[number] = row[own]
            if own is None:
                target.column = width
            if target.header_row and target.column < _MOST_COLUMNS:
                found[grid.name] = target
    return found
