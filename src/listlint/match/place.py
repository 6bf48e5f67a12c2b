"""Where a match stands, and what stands around it: what conditions are asked about."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from listlint.later import expression
from listlint.slotted import slotted
from listlint.text.chars import SENTENCE_END, SEPARATOR, is_cjk
from listlint.text.fold import Folded, fold_cells
from listlint.text.unmask import in_plain_sight

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from listlint.batch import Batch, Column
    from listlint.match.scanner import Looked
    from listlint.match.syntax import Phrases, Term

TEXT_FIELDS = (
    "title",
    "subtitle",
    "bullet_points",
    "description",
    "search_terms",
    "tags",
    "seo_title",
    "seo_description",
    "attributes",
    "image_alt",
    "condition_note",
    "compatible_with",
    "warning_text",
    "material",
    "ingredients",
)
"""What word rules look at unless they say otherwise: all that the shopper or the marketplace reads."""

_CONTEXT_FIELDS = (*TEXT_FIELDS, "category", "product_type")
_NUMBER = expression(r"\d[\d.,]*")


class BatchText:
    """Folded text of a batch's cells and listings, each worked out once and only when asked."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self._cells: dict[tuple[int, int], Folded] = {}
        self._listings: dict[int, str] = {}
        self._split: tuple[int, frozenset[str]] = (-1, frozenset())
        """The words of the listing that was asked about last: several phrases ask in a row."""
        self._fields: dict[tuple[str, int], str] = {}
        self._texts: dict[int, list[str]] = {}
        self._words: dict[int, frozenset[str]] = {}
        self._others: dict[str, str] = {}
        """Folded cells of columns that are not folded together."""
        self._holding: dict[int, Mapping[str, Looked]] = {}

    @staticmethod
    def of(batch: Batch) -> BatchText:
        """The one for this batch."""
        found = batch.extra.get("text")
        if not isinstance(found, BatchText):
            found = batch.extra["text"] = BatchText(batch)
        return found

    def cell(self, position: int, i: int) -> Folded:
        """The cell of the column at `position` (in the sheet's columns) of listing `i`."""
        key = (position, i)
        found = self._cells.get(key)
        if found is None:
            cell = self.batch.values[position][i]
            looked = self._holding.get(position, {}).get(cell)
            if looked is not None:
                return looked.folded
            found = self._cells[key] = Folded(cell)
            if position in self._texts:
                found.text = self._texts[position][i]
        return found

    def keep(self, position: int, texts: list[str], holding: Mapping[str, Looked]) -> None:
        """The column's cells as folded together, and what is known of those that hold anything."""
        self._texts[position], self._holding[position] = texts, holding

    def column(self, position: int) -> list[str]:
        """The column's cells, folded."""
        if position not in self._texts:
            self._texts[position] = fold_cells(self.batch.values[position])
        return self._texts[position]

    def words(self, position: int) -> frozenset[str]:
        """All words of the column's folded cells."""
        if position not in self._words:
            self._words[position] = frozenset(" ".join(set(self.column(position))).split())
        return self._words[position]

    def field(self, name: str, i: int) -> str:
        """All text of a field in listing `i`, folded; values apart by separators."""
        key = (name, i)
        found = self._fields.get(key)
        if found is None:
            found = self._fields[key] = SEPARATOR.join(self._said((name,), i))
        return found

    def listing(self, i: int) -> str:
        """All that is said of listing `i`, folded; values apart by separators."""
        found = self._listings.get(i)
        if found is None:
            found = self._listings[i] = SEPARATOR.join(self._said(_CONTEXT_FIELDS, i))
        return found

    @cached_property
    def _positions(self) -> dict[str | None, list[int]]:
        """Where in the sheet's columns each field is."""
        found: dict[str | None, list[int]] = {}
        for position, column in enumerate(self.batch.sheet.columns):
            found.setdefault(column.field, []).append(position)
        return found

    def _said(self, fields: Iterable[str], i: int) -> Iterator[str]:
        """The cells of the fields in listing `i` that are not blank, folded."""
        for name in fields:
            for position in self._positions.get(name, ()):
                cell = self.batch.values[position][i]
                if not cell or cell.isspace():
                    continue
                if position in self._texts:
                    yield self._texts[position][i]
                else:
                    if cell not in self._others:
                        self._others[cell] = fold_cells([cell])[0]
                    yield self._others[cell]

    def says(self, i: int, phrases: Phrases) -> bool:
        """Whether one of the phrases stands anywhere in listing `i`."""
        listing = self.listing(i)
        if self._split[0] != i:
            self._split = (i, frozenset(listing.split()))
        return phrases.found(listing, self._split[1])

    def price(self, i: int) -> float | None:
        """The listing's price as a number, in its own currency; None when there is none."""
        return parse_price(self.batch.get("price", i))


def words_span(words: Sequence[str], first: int, last: int) -> tuple[int, int]:
    """Where in a folded text words `first` to before `last` of it stand."""
    start = len(" ".join(["", *words[:first], ""]))
    return start, start + len(" ".join(words[first:last]))


def parse_price(text: str) -> float | None:
    """The amount in `text` ("$1,299.00", "12,50 €", "¥3000"); None when there is no number."""
    match = _NUMBER.search(text)
    if match is None:
        return None
    digits = match[0].rstrip(".,")
    comma, dot = digits.rfind(","), digits.rfind(".")
    if comma > dot:
        # A comma with one or two digits behind it is a decimal comma.
        decimal = len(digits) - comma - 1 <= 2
        digits = digits.replace(".", "").replace(",", "." if decimal else "")
    else:
        digits = digits.replace(",", "")
    if digits.count(".") > 1:
        digits = digits.replace(".", "")
    return float(digits)


@slotted(eq=False)
class Place:
    """A match: `term` at `start:end` of the folded cell, in listing `i`."""

    text: BatchText
    position: int
    i: int
    folded: Folded
    start: int
    end: int
    term: Term
    label: str | None = None
    """The disguise that was taken off to find it, if one was."""

    @cached_property
    def evasion(self) -> str | None:
        """What disguised the words, plain folding included; None for words that are as they seem."""
        if self.label is not None or self.folded.original.isascii():
            return self.label
        return in_plain_sight(self.match, self.term.text)

    @property
    def column(self) -> Column:
        """The column it stands in."""
        return self.text.batch.sheet.columns[self.position]

    @cached_property
    def span(self) -> tuple[int, int]:
        """Half-open, in the original cell."""
        return self.folded.span(self.start, self.end)

    @property
    def words(self) -> str:
        """The words as folded."""
        return self.folded.text[self.start : self.end]

    @property
    def broken(self) -> bool:
        """Whether a sentence ends inside the match."""
        return SENTENCE_END.search(self.match) is not None

    @property
    def match(self) -> str:
        """The original words."""
        a, b = self.span
        return self.folded.original[a:b]

    def distance(self, start: int, end: int) -> float:
        """Words between the match and `start:end` of the same cell; infinite when they overlap."""
        text = self.folded.text
        if end <= self.start:
            return _words(text[end : self.start])
        if start >= self.end:
            return _words(text[self.end : start])
        return float("inf")


_HIRAGANA = expression("[\u3041-\u309f]")


def _words(between: str) -> float:
    """How many words stand in `between`; two characters count as one in scripts without spaces.

    Of hiragana four do: particles and the endings of polite verbs (`していただければ`) are long.
    """
    count = 0.0
    for token in between.split():
        if is_cjk(token[0]):
            count += (len(token) - len(_HIRAGANA.findall(token)) / 2) / 2
        else:
            count += 1
    return count
