"""Kind `brand` with `options.misspelt`: a mark of the list written almost right, or torn apart.

`Guci handbag` is no typing error of an honest seller. A misspelling of a short name says nothing, so
the listing must be of the goods that the mark stands for (`options.goods`); one of a long name is no
chance (`Wolfskinn`). `Mick ey Mo use` needs no goods beside it: nobody writes so by chance. What is
known to be written for a mark though it is not near to it (`Abibas`) is in a list (`spoofs_file`).
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from listlint.batch import Batch
from listlint.kept.data import RuleData
from listlint.kinds.brand import Brand
from listlint.kinds.marks import SHORT_WORDS, START, AllMarks, KeptMarks, Marks, is_scrap
from listlint.kinds.words import hit_of
from listlint.match.conditions import Condition, Judge
from listlint.match.index import AnchorIndex
from listlint.match.place import BatchText, Place, words_span
from listlint.match.scanner import FEW
from listlint.match.syntax import Phrases, Term
from listlint.model import Severity
from listlint.rules.interface import Hit, RuleMeta, Run
from listlint.text.chars import SEPARATOR

SHORTEST_CERTAIN = 8
"""Fewest letters of a mark of one word that is known by itself when it is misspelt."""
SHORTEST_PLAIN = 8
"""Fewest letters of a mark torn into three pieces that might all be words."""
MOST_PIECES = 8
FEW_TO_TEAR = 100_000
"""Characters up to which marks torn apart are looked up one by one: finding all is soon made ready."""
REMEMBERED = 50_000
"""Cells of which it is remembered what is in them."""
_JOINERS = frozenset(("e", "y", "and", "und", "et", "en", "i", "n"))
FIELDS = ("title", "subtitle", "bullet_points", "search_terms", "tags", "seo_title")


class Slip(NamedTuple):
    """A mark misspelt or torn apart: in a folded cell the first word of it, how many, and which mark."""

    first: int
    size: int
    brand: Brand
    certain: bool = False
    """Whether no goods need to stand beside it."""


class MisspeltRule:
    """One hit a misspelt mark and cell. `{brand}` is the mark as its owner writes it.

    Options: `goods` (phrases, or `@context`, of which one must hold for the listing), `goods_of` (the
    same for marks of one class), `evidence` (worse: error), `torn` (look for marks torn apart instead
    of misspelt ones), `apart` (what is written in two words honestly), `shortest` (fewest letters of a
    name that is looked for), `spoofs_file` (CSV `written,brand,beside`; `beside` is empty, `goods`, or
    phrases apart by `|`).
    """

    def __init__(
        self,
        meta: RuleMeta,
        data: Mapping[str, Any],
        contexts: Mapping[str, Sequence[Condition]],
    ) -> None:
        self.meta = meta
        self.needs = meta.fields or FIELDS
        self._judge = Judge(data, contexts)
        options = data["options"]
        self._goods = _Goods(options.get("goods", ()), contexts)
        self._goods_of = {
            kind: _Goods(goods, contexts) for kind, goods in options.get("goods_of", {}).items()
        }
        self._evidence = Phrases(options["evidence"]) if options.get("evidence") else None
        self._torn = bool(options.get("torn"))
        self._data, self._contexts = data, contexts
        self._few = KeptMarks(data, contexts) if isinstance(data, RuleData) else None
        self._room = FEW_TO_TEAR if self._torn else FEW
        self._looked: dict[str, tuple[Slip, ...]] = {}
        self._spoofs: Mapping[str, Sequence[tuple[list[str], str, list[str]]]] = options.get(
            "spoofs", {}
        )
        self._beside: dict[str, Phrases] = {}
        self._apart = frozenset(options.get("apart", ()))

    @cached_property
    def all_marks(self) -> AllMarks:
        """The whole list."""
        return AllMarks(self._data, self._contexts)

    @property
    def _marks(self) -> Marks:
        return self.all_marks if self._few is None else self._few

    def check(self, batch: Batch, run: Run) -> Iterable[Hit]:
        """The misspelt marks of the batch."""
        text = BatchText.of(batch)
        columns = batch.sheet.columns
        positions = [p for p, column in enumerate(columns) if column.field in self.needs]
        self._look(text, positions)
        for position in positions:
            for i, folded in enumerate(text.column(position)):
                for slip in self._looked[folded]:
                    hit = self._hit(text, position, i, folded.split(), slip)
                    if hit is not None:
                        yield hit

    def _look(self, text: BatchText, positions: Sequence[int]) -> None:
        """Look at the folded cells of the columns that were not met before."""
        if len(self._looked) > REMEMBERED:
            self._looked.clear()
        cells = set().union(*(text.column(p) for p in positions))
        new = list(cells.difference(self._looked))
        self._looked.update(dict.fromkeys(new, ()))
        self._room -= sum(map(len, new))
        if self._room < 0:
            self._few = None
        if self._torn:
            for n in self._marks.with_torn(new):
                self._looked[new[n]] = tuple(self._torn_apart(new[n].split()))
            return
        words = set().union(*(text.words(p) for p in positions))
        suspects = sorted(self._marks.near.suspects(words))
        spoofs = [
            " ".join(spoof)
            for first in words & self._spoofs.keys()
            for spoof, _, _ in self._spoofs[first]
        ]
        index = AnchorIndex([(f" {text} ", k) for k, text in enumerate([*suspects, *spoofs])])
        found: dict[int, list[int]] = {}
        for n, k in index.scan(SEPARATOR.join(new)):
            found.setdefault(n, []).append(k)
        for n, numbers in found.items():
            tokens = new[n].split()
            there = {suspects[k] for k in numbers if k < len(suspects)}
            spoofed = len(there) < len(numbers)
            known = list(self._known(tokens)) if spoofed else []
            taken = {k for slip in known for k in range(slip.first, slip.first + slip.size)}
            near = [
                s
                for s in self._find(tokens, there)
                if taken.isdisjoint(range(s.first, s.first + s.size))
            ]
            self._looked[new[n]] = (*known, *near)

    def _find(self, tokens: Sequence[str], suspects: Container[str]) -> Iterable[Slip]:
        """Misspelt names, with or without the "and" of their language inside (`Dolce e Gabana`)."""
        places = [k for k, token in enumerate(tokens) if token not in _JOINERS]
        for first, count, name in self._marks.near.find([tokens[k] for k in places], suspects):
            last = places[first + count - 1]
            brand = self._marks.named(name)
            if brand is not None:
                certain = count == 1 and len(name) >= SHORTEST_CERTAIN
                yield Slip(places[first], last - places[first] + 1, brand, certain)

    def _torn_apart(self, tokens: Sequence[str]) -> Iterable[Slip]:
        starts = self._marks.starts
        end = 0
        for first, token in enumerate(tokens):
            if first < end or token[:START] not in starts:
                continue
            found = self._joined(tokens, first)
            if found is not None:
                end = first + found[0]
                yield Slip(first, *found, certain=True)

    def _joined(self, tokens: Sequence[str], first: int) -> tuple[int, Brand] | None:
        """How many tokens from `first` on are a mark torn apart, and which; None if they are none."""
        word = tokens[first]
        best: tuple[int, Brand] | None = None
        for last in range(first + 1, min(len(tokens), first + MOST_PIECES)):
            word += tokens[last]
            if len(word) > self._marks.longest or word[:START] not in self._marks.starts:
                break
            found = self._marks.torn(word)
            if found is not None:
                name, brand = found
                pieces = tokens[first : last + 1]
                # A lone `s` is what an apostrophe leaves (`Assassin's Creed`), no scrap.
                count = len(pieces) - pieces[1:].count("s")
                if count > len(name.split()) and self._is_torn(word, pieces):
                    best = len(pieces), brand
        return best

    def _is_torn(self, word: str, pieces: Sequence[str]) -> bool:
        """Whether no honest writer writes the mark in these pieces."""
        if " ".join(pieces) in self._apart:
            return False
        if not word.isascii() or not word.isalpha():
            return len(pieces) > 1 + word.isascii() and any(map(is_scrap, pieces))
        if len(pieces) == 2:
            # `s watch`, `i phone`: a letter alone is often left over from something else; and
            # `de longhi` is how some write the name, `and or` no name.
            return min(map(len, pieces)) > 1 and pieces[0] not in SHORT_WORDS | _JOINERS
        return len(word) >= SHORTEST_PLAIN or any(map(is_scrap, pieces))

    def _known(self, tokens: Sequence[str]) -> Iterable[Slip]:
        """What is in the list of spoofs."""
        for k, token in enumerate(tokens):
            for words, name, beside in self._spoofs.get(token, ()):
                if tokens[k : k + len(words)] != words:
                    continue
                goods = beside == ["goods"]
                around = f" {' '.join(tokens[max(0, k - 3) : k + len(words) + 4])} "
                brand = self._marks.spoofed(name)
                if brand and (goods or not beside or self._is_beside(beside, around)):
                    yield Slip(k, len(words), brand, not goods)
                    break

    def _is_beside(self, phrases: list[str], around: str) -> bool:
        key = "|".join(phrases)
        if key not in self._beside:
            self._beside[key] = Phrases(phrases)
        return self._beside[key].found(around)

    def _hit(
        self, text: BatchText, position: int, i: int, tokens: Sequence[str], slip: Slip
    ) -> Hit | None:
        first, size, brand, certain = slip
        written = " ".join(tokens[first : first + size])
        if not self._torn and f" {written} " in text.field("brand", i):
            return None
        listed = [text.field(f, i) for f in ("brand", "manufacturer")]
        if any(name in value for value in listed for name in (*brand.folded, f" {written} ")):
            return None
        folded = text.cell(position, i)
        span = words_span(tokens, first, first + size)
        place = Place(text, position, i, folded, *span, Term.literal(brand.name))
        place.label = "split" if self._torn else "misspelling"
        if not certain and not self._goods_of.get(brand.kind, self._goods).named(place):
            return None
        if not self._judge.allows(place):
            return None
        worse = self._evidence is not None and text.says(i, self._evidence)
        severity = Severity.ERROR if worse else self.meta.severity
        if self._torn and size == 2:
            # Two pieces can still be a slip.
            severity = Severity.WARNING
        return hit_of(place, severity=severity, params={"brand": brand.name})


class _Goods:
    """Of what kind a listing's goods are: phrases anywhere in it, or contexts (`@name`)."""

    def __init__(self, goods: Sequence[str], contexts: Mapping[str, Sequence[Condition]]) -> None:
        self._phrases = Phrases([g for g in goods if not g.startswith("@")])
        self._kinds = [g[1:] for g in goods if g.startswith("@")]
        self._contexts = contexts

    def named(self, place: Place) -> bool:
        """Whether the listing of `place` names them."""
        return place.text.says(place.i, self._phrases) or any(
            c.holds(place) for kind in self._kinds for c in self._contexts[kind]
        )
