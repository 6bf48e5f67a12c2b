"""How a delimited text is written: its separator, whether quotes are escaped by a backslash."""

from __future__ import annotations

import csv
import io
import math
import os
import re
from collections import Counter

from listlint.later import expression
from listlint.slotted import slotted

DELIMITERS = ",;\t|"
_BY_SUFFIX = {".tsv": "\t", ".tab": "\t", ".psv": "|"}
_SEP_LINE = expression(r"\ufeff?sep=(.)\r?\n?", re.IGNORECASE)
_ROWS = 200
_NUMBER = expression(r"[-+]?[\d., ]*\d%?")


@slotted(frozen=True, slots=True)
class Layout:
    """What `csv.reader` needs to know. `width`: fields of the typical record; `skip`: lines that
    only tell Excel the separator and that it does not show."""

    delimiter: str
    width: int
    escape: str | None = None
    skip: int = 0


@slotted(frozen=True, slots=True)
class TextForm:
    """How a delimited text is written: the codec and the layout of its records."""

    encoding: str
    layout: Layout


def sniff(sample: str, shown_path: str, *, whole: bool) -> Layout:
    """The layout of a text that begins with `sample` (all of it if `whole`).

    Every separator is tried on the first records: the right one gives the same number of fields,
    more than one, nearly everywhere, and leaves no other separator in the cells.
    """
    told = _SEP_LINE.match(sample)
    if told:
        rest = sample[told.end() :]
        _, width = _try(rest, told[1], None, whole=whole)
        return Layout(told[1], width, skip=1)
    wanted = _BY_SUFFIX.get(os.path.splitext(shown_path)[1].lower())
    best, best_score, best_width = wanted or ",", 0.0, 1
    for delimiter in DELIMITERS:
        score, width = _try(sample, delimiter, None, whole=whole)
        if delimiter == wanted:
            score *= 1.5
        # The comma is in ordinary sentences; any other separator in every line is meant.
        if delimiter == ",":
            score *= 0.95
        if score > best_score:
            best, best_score, best_width = delimiter, score, width
    return Layout(best, best_width, escape=_escape(sample, best, whole=whole))


def _records(
    sample: str, delimiter: str, escape: str | None, *, whole: bool, strict: bool = False
) -> list[list[str]]:
    """The first records; the last one is left out where the sample may have cut it."""
    rows: list[list[str]] = []
    reader = csv.reader(
        io.StringIO(sample, newline=""), delimiter=delimiter, escapechar=escape, strict=strict
    )
    for row in reader:
        rows.append(row)
        if len(rows) > _ROWS:
            break
    else:
        if not whole and len(rows) > 1:
            rows.pop()
    return [row for row in rows if any(row)]


def _try(sample: str, delimiter: str, escape: str | None, *, whole: bool) -> tuple[float, int]:
    """(how well the separator explains the sample, fields of the typical record)."""
    try:
        rows = _records(sample, delimiter, escape, whole=whole)
    except csv.Error:
        # A quote that never closes; the lines themselves still tell.
        lines = [line.split(delimiter) for line in sample.splitlines()[:_ROWS]]
        rows = [line for line in lines if any(line)]
    if not rows:
        return 0.0, 1
    widths = Counter(len(row) for row in rows)
    # A wide header over short rows, or a longer row now and then, is still the same table.
    width = max((w for w in widths if w > 1), key=lambda w: (widths[w], w), default=1)
    if width == 1:
        return 0.0, 1
    # A row a field or two off its neighbours is still the same table, if less so.
    near = sum(n for w, n in widths.items() if abs(w - width) <= max(1, width // 10) and w > 1)
    steady = (widths[width] + 0.7 * (near - widths[width])) / len(rows)
    others = [other for other in DELIMITERS if other != delimiter]
    cells = [cell for row in rows if len(row) == width for cell in row if cell]
    clean = sum(
        1 for cell in cells if not any(o in cell for o in others) or _NUMBER.fullmatch(cell)
    )
    return steady * math.log2(width) ** 0.5 * (0.3 + 0.7 * clean / max(1, len(cells))), width


def _escape(sample: str, delimiter: str, *, whole: bool) -> str | None:
    """A backslash if the quotes only balance with it."""
    if '\\"' not in sample:
        return None
    for escape in (None, "\\"):
        try:
            _records(sample, delimiter, escape, whole=whole, strict=True)
        except csv.Error as error:
            if not whole and "unexpected end" in str(error):
                return escape
            continue
        return escape
    return None
