"""A cell's stored value as the text a person sees: digits in full, dates as ISO 8601."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Literal

from listlint.slotted import slotted

if TYPE_CHECKING:
    from collections.abc import Callable

Value = int | float | str | bool | time | date | datetime | timedelta

EXACT_DIGITS = 10**15
"""Spreadsheet programs keep fifteen significant digits of a number."""


@slotted(frozen=True, slots=True)
class NumberFormat:
    """A number format that shows what the stored number does not say.

    `pad`: leading zeros up to so many digits, spread over `mask` (`000-000`); `percent`: times a
    hundred with so many decimals. Only the first (positive) section of the format counts.
    """

    kind: Literal["pad", "percent"]
    digits: int
    mask: str = ""

    def show(self, value: Value) -> str:
        """The number as the program shows it; whatever is no number as usual."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return text_of(value)
        if self.kind == "percent":
            shown = f"{value * 100:.{max(self.digits, 10)}f}".rstrip("0").rstrip(".")
            return f"{shown or '0'}%"
        if value < 0 or value != int(value):
            return text_of(value)
        digits = str(int(value)).zfill(self.digits)
        if not self.mask:
            return digits
        extra = len(digits) - self.digits
        rest = iter(digits[extra:])
        return digits[:extra] + "".join(next(rest) if c == "0" else c for c in self.mask)


def text_of(value: Value) -> str:
    """Any cell value as text."""
    return _CONVERT.get(type(value), str)(value)


def _number(value: float) -> str:
    # A GTIN is stored as 4006381333931.0; the program shows fifteen digits of anything else.
    if value.is_integer():
        return str(int(value))
    return format(value, ".15g")


def _moment(value: datetime) -> str:
    text = value.isoformat(sep=" ", timespec="seconds")
    return text.removesuffix(" 00:00:00")


def _duration(value: timedelta) -> str:
    minutes, seconds = divmod(round(value.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}"


_CONVERT: dict[type, Callable[..., str]] = {
    str: str,
    bool: lambda value: "TRUE" if value else "FALSE",
    int: str,
    float: _number,
    date: date.isoformat,
    datetime: _moment,
    time: lambda value: value.isoformat(timespec="seconds"),
    timedelta: _duration,
}


_MAX_KNOWN = 100_000


class Converter:
    """Turns rows of values into rows of text, touching only the columns that need it."""

    def __init__(self) -> None:
        self.numeric: set[int] = set()
        """0-based columns in which a number has been seen."""
        self.inexact: tuple[int, int] | None = None
        """(row within its block, column) of the first number too long to be exact."""
        self.warn = True
        """Whether to look for one."""
        self._numbers: dict[float, str] = {}

    def rows(self, rows: list[list[Value]]) -> list[list[str]]:
        """Rows of equal length as text, changed in place."""
        for index, column in enumerate(list(zip(*rows, strict=True))):
            kinds = set(map(type, column))
            kinds.discard(str)
            if kinds:
                shown = self._column(index, column, kinds)
                for row, text in zip(rows, shown, strict=True):
                    row[index] = text
        return rows  # type: ignore[return-value]

    def _column(self, index: int, column: tuple[Any, ...], kinds: set[type]) -> list[str]:
        if float in kinds or int in kinds:
            self.numeric.add(index)
        if float not in kinds:
            return list(map(text_of, column))
        if self.warn and self.inexact is None:
            self._look_for_inexact(index, column)
        if kinds == {float}:
            numbers = [value for value in column if value.__class__ is float]
            if all(map(float.is_integer, numbers)):
                if len(numbers) == len(column):
                    return list(map(str, map(int, column)))
                return [value if value.__class__ is str else str(int(value)) for value in column]
        known = self._numbers
        shown: list[str] = []
        for value in column:
            if value.__class__ is not float:
                shown.append(text_of(value))
                continue
            text = known.get(value)
            if text is None:
                text = _number(value)
                if len(known) < _MAX_KNOWN:
                    known[value] = text
            shown.append(text)
        return shown

    def _look_for_inexact(self, index: int, column: tuple[Any, ...]) -> None:
        numbers = [value if value.__class__ is float else 0.0 for value in column]
        if max(numbers) >= EXACT_DIGITS:
            place = next(at for at, value in enumerate(numbers) if value >= EXACT_DIGITS)
            self.inexact = (place, index)
