"""One look at a batch for all rules that look for words or shapes: who finds what where.

What a cell holds depends on its text, and its field says who is interested. So each distinct cell
of a field is looked at once; what comes again in later batches is remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

from listlint.counters import WORK
from listlint.match.cells import Cells
from listlint.match.place import BatchText, Place
from listlint.match.probe import FewShapes, Probe, Shape, ShapeFinder, Shapes
from listlint.match.words import AllTerms, FewTerms, Want, Word, WordFinder
from listlint.text.fold import Folded

if TYPE_CHECKING:
    from listlint.batch import Batch
    from listlint.text.variation import Variation

KEPT = 8_000_000
"""Characters of cells of one field that are remembered between batches."""

FEW = 400_000
"""Characters up to which it is quicker to look single words up than to build the automaton of all."""

FEW_FOR_SHAPES = 150_000
"""The same for shapes: there are fewer needles than words."""


class Looked(NamedTuple):
    """What was found in a cell."""

    folded: Folded
    words: Sequence[Word]
    shapes: Sequence[Shape]


class _Known(NamedTuple):
    """The cells of a field that were looked at: how they fold, and what those hold that hold anything."""

    texts: dict[str, str]
    holding: dict[str, Looked]

    def clear(self) -> None:
        """Forget them."""
        self.texts.clear()
        self.holding.clear()


class ShapePlace(NamedTuple):
    """A shape in the column at `position`, in listing `i`."""

    position: int
    i: int
    number: int
    start: int
    end: int
    disguise: Variation | None = None


class Found(NamedTuple):
    """What a batch holds: places by number of the want, shapes by number of the probe."""

    places: Mapping[int, Sequence[Place]]
    shapes: Mapping[int, Sequence[ShapePlace]]
    longest: dict[int, Sequence[Place]]
    """`places` without those that a longer one covers, of the wants that were asked for so."""


class Shaped(Protocol):
    """A rule that looks for shapes."""

    shape_fields: frozenset[str]

    @property
    def probe(self) -> Probe:
        """What its patterns require."""


class Scanner:
    """Finds what all `wants` and `shapes` look for, at once.

    `few` knows the words of all wants already (`few_shapes` looks for all shapes as long as there is
    little text).
    """

    def __init__(
        self,
        wants: Sequence[Want],
        shapes: Sequence[Shaped] = (),
        few: FewTerms | None = None,
        few_shapes: FewShapes | None = None,
    ) -> None:
        self._wants = wants
        self._kept = few
        self._few = WordFinder(few, wants) if few is not None else None
        self._room = FEW
        self._words: WordFinder | None = None
        self._few_shapes = few_shapes
        self._shaped = shapes
        self._shapes: ShapeFinder | None = None
        self._fields: frozenset[str] = frozenset().union(
            *(w.fields for w in wants), *(s.shape_fields for s in shapes)
        )
        self._known: dict[str, _Known] = {}

    def matches(self, batch: Batch, slot: int) -> Sequence[Place]:
        """Places of the want numbered `slot`, in row and column order, none covered by a longer one;
        computed once a batch."""
        found = self._found(batch)
        if slot not in found.longest:
            found.longest[slot] = list(longest(found.places.get(slot, ())))
        return found.longest[slot]

    def all_matches(self, batch: Batch, slot: int) -> Sequence[Place]:
        """The same with those that a longer one covers, which comes before them."""
        return self._found(batch).places.get(slot, ())

    def shapes(self, batch: Batch) -> Mapping[int, Sequence[ShapePlace]]:
        """Shapes by number of the probe, in column, row and pattern order; computed once a batch."""
        return self._found(batch).shapes

    def _found(self, batch: Batch) -> Found:
        found = batch.extra.get("found")
        if not isinstance(found, Found):
            found = batch.extra["found"] = self._scan(batch)
        return found

    def _scan(self, batch: Batch) -> Found:
        positions: dict[str, list[int]] = {}
        for position, column in enumerate(batch.sheet.columns):
            if column.field in self._fields:
                positions.setdefault(column.field, []).append(position)
        with WORK.stage("words"):
            repeating = self._look(batch, positions)
            places, shapes = self._place(batch, positions)
            for field in positions:
                if field not in repeating:
                    del self._known[field]
            return Found(places, shapes, {})

    def _look(self, batch: Batch, positions: Mapping[str, Sequence[int]]) -> set[str]:
        """Look at the cells that are not known; the fields whose cells come again and again."""
        plain: list[tuple[str, list[str]]] = []
        strange: list[tuple[str, list[str]]] = []
        repeating = set()
        for field, places in positions.items():
            known = self._known.setdefault(field, _Known({}, {}))
            distinct = set().union(*(batch.values[p] for p in places))
            if 2 * len(distinct) <= len(places) * len(batch):
                repeating.add(field)
                if sum(map(len, known.texts)) > KEPT:
                    known.clear()
            new = distinct.difference(known.texts)
            ascii_cells = list(filter(str.isascii, new))
            plain.append((field, ascii_cells))
            strange.append((field, list(new.difference(ascii_cells))))
        # ASCII is folded, levelled and searched for disguises several times as fast by itself.
        self._look_at(plain)
        self._look_at(strange)
        return repeating

    def _look_at(self, parts: Sequence[tuple[str, list[str]]]) -> None:
        """Look at (field, cells) that are not known."""
        cells = [cell for _, part in parts for cell in part]
        if not cells:
            return
        looked = Cells(cells, [field for field, part in parts for _ in part])
        finder = self._finder(len(looked.visible))
        words = finder.find(looked)
        with WORK.stage("shapes"):
            finds = self._shape_finder()
            shapes = dict(finds.find(looked))
            for n, more in finds.find_disguised(looked, finder.unmasked).items():
                shapes[n] = [*shapes.get(n, ()), *more]
        texts, at = looked.texts, 0
        for field, part in parts:
            self._known[field].texts.update(zip(part, texts[at : at + len(part)], strict=True))
            at += len(part)
        for n in words.keys() | shapes.keys():
            folded = Folded(cells[n])
            folded.text = texts[n]
            one = Looked(folded, words.get(n, ()), shapes.get(n, ()))
            self._known[looked.fields[n]].holding[cells[n]] = one

    def expect_much(self) -> None:
        """Have the next cells looked at with the automaton of all words, however few they are."""
        self._room = -1

    def _finder(self, size: int) -> WordFinder:
        """What finds the words of so many characters more."""
        self._room -= size
        if self._few is not None and self._room >= 0:
            return self._few
        if self._words is None:
            self._few = None
            terms = AllTerms(self._wants) if self._kept is None else self._kept.many()
            self._words = WordFinder(terms, self._wants)
        return self._words

    def _shape_finder(self) -> Shapes:
        if self._few_shapes is not None and self._room >= FEW - FEW_FOR_SHAPES:
            return self._few_shapes
        if self._shapes is None:
            self._few_shapes = None
            self._shapes = ShapeFinder([s.probe for s in self._shaped])
        return self._shapes

    def _place(
        self, batch: Batch, positions: Mapping[str, Sequence[int]]
    ) -> tuple[dict[int, list[Place]], dict[int, list[ShapePlace]]]:
        """What was found in the cells, where they stand."""
        text = BatchText.of(batch)
        places: dict[int, list[Place]] = {}
        shapes: dict[int, list[ShapePlace]] = {}
        for field, columns in positions.items():
            known, holding = self._known[field]
            for position in columns:
                cells = batch.values[position]
                text.keep(position, [known[cell] for cell in cells], holding)
                for i in [i for i, cell in enumerate(cells) if cell in holding]:
                    folded, words, found = holding[cells[i]]
                    for word in words:
                        place = Place(
                            text,
                            position,
                            i,
                            word.folded or folded,
                            word.start,
                            word.end,
                            word.term,
                        )
                        place.label = word.label
                        if word.term.gapped and place.broken:
                            continue
                        WORK.places += len(word.owners)
                        for k in word.owners:
                            places.setdefault(k, []).append(place)
                    for shape in found:
                        there = ShapePlace(position, i, *shape[1:])
                        shapes.setdefault(shape.slot, []).append(there)
        for found_places in places.values():
            found_places.sort(key=lambda p: (p.i, p.position, p.start, -p.end))
        for found_shapes in shapes.values():
            found_shapes.sort(key=_order)
        return places, shapes


def _order(shape: ShapePlace) -> tuple[int, int, bool, int, int, int]:
    """Column, row and pattern; what is plain to see before what is disguised."""
    position, i, number, start, end, disguise = shape
    return position, i, disguise is not None, number, start, end


def longest(
    places: Iterable[Place], counts: Callable[[Place], bool] | None = None
) -> Iterator[Place]:
    """Of places that overlap in one cell the longest; of the same words in one cell the first.

    `counts` is asked before a place may hide others. What is excused hides the words of its own
    phrase ("negative feedback" of an amplifier hides "negative"), not those in or beside a gap.
    """
    last: Place | None = None
    phrase: Place | None = None
    seen: set[str] = set()
    for place in places:
        if last is not None and (place.i, place.position) == (last.i, last.position):
            if _overlap(last, place) or place.words in seen:
                continue
        else:
            seen = set()
        if phrase is not None and _inside(phrase, place):
            continue
        if counts is not None and not counts(place):
            if not place.term.gapped:
                phrase = place
            continue
        last = place
        seen.add(place.words)
        yield place


def _inside(first: Place, second: Place) -> bool:
    if (second.i, second.position) != (first.i, first.position):
        return False
    if second.folded is first.folded:
        return first.start <= second.start and second.end <= first.end
    return first.span[0] <= second.span[0] and second.span[1] <= first.span[1]


def _overlap(first: Place, second: Place) -> bool:
    if second.folded is first.folded:
        return second.start < first.end
    return second.span[0] < first.span[1]
