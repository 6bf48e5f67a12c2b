"""What one sheet turned out to be: where its header and data are, and what each column holds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from listlint.columns.evidence import SHAPES
from listlint.columns.keys import clean
from listlint.model import Text
from listlint.readers.interface import Note
from listlint.slotted import field, slotted

Kind = Literal[
    "listings", "seller", "licences", "authorisations", "instructions", "empty", "unknown"
]

REASONS: dict[str, Text] = {
    "example": Text("the template's own example", "模板自带的示例"),
    "banner": Text("the template's own banner", "模板自带的横幅"),
    "hint": Text("a row of hints under the header", "表头下的填写提示"),
    "reserved": Text("a row that the template reserves", "模板保留行"),
    "header": Text("the header again", "重复的表头"),
    "note": Text("a note, not a listing", "说明文字，不是商品"),
    "total": Text("a row of totals", "合计行"),
    "leftover": Text(
        "nothing in it that tells a listing (formulas, defaults)",
        "没有商品内容（只有公式或默认值）",
    ),
}
"""Why a row is no listing."""

SELLER_MARKS = frozenset(
    ("seller_name", "trade_name", "seller_id", "vat_number", "ein", "uscc", "iban", "eori",
     "company_number")
)  # fmt: skip
"""Fields of which a sheet about a seller has at least one."""

GIVEN = 101
"""Score of a column of which the user says what it holds: nothing refutes it."""
KNOWN = 98
"""Score from which the layout itself says what the column is: its own headers, or a field's name."""
CLEAR = 88
"""Score from which a header leaves no doubt: exact, counted, in brackets that change nothing."""
BY_VALUES = 60
"""Score of a column that values alone tell."""

_BLANK = frozenset(
    ("", "0", "0.0", "FALSE", "#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "-", "--")
)


@slotted(frozen=True, slots=True)
class ColumnMap:
    """A column: 0-based `index`, `header` as it stands, canonical `field` or None, and why.

    `score` is 0..100: 100 a key or canonical name, 95 an exact synonym, 60 values alone. In a
    headerless sheet `header` is the column's letter. A column of several kinds of codes has a map
    for each: its cells of the shapes `having`, and of no shape of `without`, are the field's.
    """

    index: int
    header: str
    field: str | None
    because: Text
    score: int = 0
    having: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    @property
    def shared(self) -> bool:
        """Whether only some of the column's cells are the field's."""
        return bool(self.having or self.without)

    def own(self, cells: Sequence[str]) -> list[str]:
        """The cells that are the field's; '' in the place of the others."""
        tests = [(SHAPES[name], True) for name in self.having]
        tests += [(SHAPES[name], False) for name in self.without]
        return [
            cell if all(test(cell.strip()) is wanted for test, wanted in tests) else ""
            for cell in cells
        ]


@slotted(frozen=True, slots=True)
class FormCell:
    """One line of a two-column form ("Legal name | ACME GmbH"): the value stands at `row`, `index`."""

    row: int
    index: int
    header: str
    field: str | None
    value: str
    because: Text


@slotted(frozen=True, slots=True)
class SkipCondition:
    """A row to skip: every `(column, pattern)` must match; column -1 means any cell.

    With `near`, only rows up to that row number are looked at.
    """

    reason: str
    tests: tuple[tuple[int, re.Pattern[str]], ...]
    near: int | None = None


@slotted(frozen=True, slots=True)
class Layout:
    """A recognised sheet. Row numbers are those a person sees.

    `data_row` is the first row that holds data (one past the head when there is none yet).
    `form` is filled, and `columns` empty, when a seller sheet is a form of label and value.
    """

    kind: Kind
    dialect: str
    header_rows: tuple[int, ...] = ()
    data_row: int = 1
    columns: tuple[ColumnMap, ...] = ()
    marketplaces: tuple[str, ...] = ()
    form: tuple[FormCell, ...] = ()
    notes: tuple[Note, ...] = ()
    hidden: bool = False
    anchors: tuple[int, ...] = ()
    """Columns of which at least one is filled in every listing."""
    header_cells: tuple[tuple[int, str], ...] = ()
    """A few header cells by which a repeated header is known."""
    conditions: tuple[SkipCondition, ...] = ()
    note_pattern: re.Pattern[str] | None = None
    total_pattern: re.Pattern[str] | None = None
    known_skips: dict[int, str] = field(default_factory=dict)
    """Row number → reason, for rows near the header that were judged with their neighbours."""
    inherit_key: int | None = None
    inherit_blank: tuple[int, ...] = ()

    @property
    def unmapped(self) -> tuple[str, ...]:
        """Headers that became no field."""
        return tuple(c.header for c in self.columns if c.field is None and c.header)

    def skip(self, number: int, row: Sequence[str]) -> str | None:
        """Why the row is no listing (a key of `REASONS`), or None when it is one."""
        if number in self.known_skips:
            return self.known_skips[number]
        if self.anchors and (found := self._without_anchor(row)) is not None:
            return found
        if self.header_cells and self._repeats_header(row):
            return "header"
        for condition in self.conditions:
            if (condition.near is None or number <= condition.near) and _holds(condition, row):
                return condition.reason
        return None

    def _without_anchor(self, row: Sequence[str]) -> str | None:
        """The reason where none of the telling columns is filled, or one alone with a note."""
        width = len(row)
        text = ""
        for index in self.anchors:
            if index < width and (cell := row[index]) and cell.strip() not in _BLANK:
                if text:
                    return None
                text = cell
        if not text:
            return "leftover"
        text = text.strip()
        # "NB-3" alone is an item number; a note has words.
        worded = not text.isascii() or len(text.split()) > 1
        if worded and self.note_pattern is not None and self.note_pattern.match(text):
            return "note"
        if self.total_pattern is not None and self.total_pattern.match(text):
            return "total"
        return None

    def _repeats_header(self, row: Sequence[str]) -> bool:
        width = len(row)
        for index, header in self.header_cells:
            if index >= width or clean(row[index]) != header:
                return False
        return True

    def inherits(self, rows: Sequence[Sequence[str]]) -> list[bool]:
        """For each row, whether it only continues the listing above (a variant, a picture)."""
        key, blank = self.inherit_key, self.inherit_blank
        if not blank:
            return [False] * len(rows)
        return [
            all(index >= len(row) or not row[index].strip() for index in blank)
            and (key is None or (key < len(row) and row[key].strip() != ""))
            for row in rows
        ]


def _holds(condition: SkipCondition, row: Sequence[str]) -> bool:
    for index, pattern in condition.tests:
        if index < 0:
            if not any(cell and pattern.search(cell) for cell in row):
                return False
        elif index >= len(row) or not pattern.search(row[index].strip()):
            return False
    return True
