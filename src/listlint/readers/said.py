"""What both readers of workbooks do with a block of values, and say of a sheet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from listlint.model import Text
from listlint.readers import notes
from listlint.readers.interface import Block, Grid, Note

if TYPE_CHECKING:
    from listlint.readers.ooxml import SheetDetails
    from listlint.readers.values import Converter, Value


def say(details: SheetDetails, name: str | None, note: Callable[[Note], None]) -> None:
    """Notes about what the sheet's XML showed."""
    if details.error is not None:
        row, column, text = details.error
        en = f"{details.errors} cells hold an error value, the first {text}"
        zh = f"{details.errors} 个单元格是错误值，第一个为 {text}"
        note(Note(notes.ERROR_CELL, Text(en, zh), name, row + 1, column))
    if details.no_value is not None:
        row, column = details.no_value
        en = f"{details.no_values} formulas were never calculated"
        zh = f"{details.no_values} 个公式没有计算结果"
        note(Note(notes.NO_VALUE, Text(en, zh), name, row + 1, column))
    elif details.formulas:
        note(Note(notes.CACHED, Text("formulas", "公式"), name))
    if details.hidden_rows:
        en = f"{len(details.hidden_rows)} rows are hidden"
        zh = f"{len(details.hidden_rows)} 行被隐藏"
        note(Note(notes.HIDDEN_ROWS, Text(en, zh), name, min(details.hidden_rows)))


def patch(values: list[list[Value]], places: Sequence[int], details: SheetDetails) -> None:
    """Put in what the stored value does not show; `places`: 0-based rows of `values`."""
    if not details.shown:
        return
    for place, row in zip(places, values, strict=True):
        for column, shown in details.shown.get(place, ()):
            if column < len(row):
                row[column] = shown if isinstance(shown, str) else shown.show(row[column])


def text_block(
    values: list[list[Value]],
    numbers: Sequence[int],
    convert: Converter,
    grid: Grid,
    note: Callable[[Note], None],
) -> Block | None:
    """The rows (of equal length) as text, those without text left out; None where none is left."""
    text = convert.rows(values)
    if convert.inexact is not None:
        row, column = convert.inexact
        shown = text[row][column]
        note(Note(notes.DIGITS_LOST, Text(shown, shown), grid.name, numbers[row], column))
        convert.inexact, convert.warn = None, False
    grid.numeric_columns = frozenset(convert.numeric)
    if not all(map(any, text)):
        kept = [(n, row) for n, row in zip(numbers, text, strict=True) if any(row)]
        numbers, text = [n for n, _ in kept], [row for _, row in kept]
    return Block(numbers, text) if text else None
