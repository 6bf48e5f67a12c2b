"""Columns of text for a few thousand listings of one sheet: what every rule looks at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from listlint.slotted import field, slotted


def column_letters(index: int) -> str:
    """A1-style letters of a 0-based column."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@slotted(frozen=True, slots=True)
class Column:
    """A column of the sheet. `index` is 0-based; `header` as it stands; `field` canonical or None."""

    index: int
    header: str
    field: str | None


@slotted(frozen=True, slots=True)
class Sheet:
    """What is known of the sheet that a batch comes from.

    `marketplaces` are profile ids that hold for the whole sheet; a row's own marketplace column wins.
    """

    path: str
    name: str | None
    dialect: str
    columns: tuple[Column, ...]
    marketplaces: tuple[str, ...] = ()
    number: int = 0
    """Position among the sheets of the run, so that places sort."""


@slotted(eq=False)
class Batch:
    """`values[c][i]` is the text of `sheet.columns[c]` in listing `i`; '' where there is none.

    `numbers[i]` is the row number as the spreadsheet program shows it; `inherits[i]` is True for a
    row that only continues the listing above (a Shopify variant or picture).
    """

    sheet: Sheet
    numbers: Sequence[int]
    values: list[list[str]]
    inherits: Sequence[bool] = ()
    extra: dict[str, object] = field(default_factory=dict)
    """What the text layer computed for this batch (folded text), by its own keys."""

    def __len__(self) -> int:
        return len(self.numbers)

    @cached_property
    def by_field(self) -> dict[str, list[tuple[Column, list[str]]]]:
        """Canonical field → its columns with their values, in sheet order."""
        found: dict[str, list[tuple[Column, list[str]]]] = {}
        for column, values in zip(self.sheet.columns, self.values, strict=True):
            if column.field is not None:
                found.setdefault(column.field, []).append((column, values))
        return found

    def of(self, name: str) -> list[tuple[Column, list[str]]]:
        """The columns that hold canonical field `name`; empty when the sheet has none."""
        return self.by_field.get(name, [])

    def has(self, *names: str) -> bool:
        """Whether the sheet has a column for any of the fields."""
        return any(name in self.by_field for name in names)

    def get(self, name: str, i: int) -> str:
        """The first non-empty value of field `name` in listing `i`, stripped; '' if none."""
        for _, values in self.of(name):
            value = values[i].strip()
            if value:
                return value
        return ""

    def all(self, name: str, i: int) -> list[str]:
        """All non-empty values of field `name` in listing `i`."""
        return [v for _, values in self.of(name) if (v := values[i]).strip()]

    def filled(self, *names: str) -> Iterator[tuple[Column, int, str]]:
        """(column, listing, value) of every non-blank cell of the fields, column by column."""
        for name in names:
            for column, values in self.of(name):
                for i, value in enumerate(values):
                    if value and not value.isspace():
                        yield column, i, value
