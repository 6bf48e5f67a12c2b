"""Kind `brand` with `options.misspelt`: a mark of the list written almost right, or torn apart.

`Guci handbag` is no typing error of an honest seller. A misspelling alone says nothing, so the
listing must be of the goods that the mark stands for (`options.goods`). `Mick ey Mo use` needs no
goods beside it: nobody writes so by chance.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from listlint.batch import Batch
from listlint.kept.data import RuleData
from listlint.kinds.brand import Brand
from listlint.kinds.marks import AllMarks, KeptMarks, Marks, is_scrap
from listlint.kinds.words import hit_of
from listlint.match.conditions import Condition, Judge
from listlint.match.index import AnchorIndex
from listlint.match.place import BatchText, Place
from listlint.match.scanner import FEW
from listlint.match.syntax import Phrases, Term
from listlint.model import Severity
from listlint.rules.interface import Hit, RuleMeta, Run
from listlint.text.chars import SEPARATOR
from listlint.text.fold import fold

MOST_PIECES = 8
REMEMBERED = 50_000
"""Cells of which it is remembered what is in them."""
_JOINERS = frozenset(("e", "y", "and", "und", "et", "en", "i", "n"))
FIELDS = ("title", "subtitle", "bullet_points", "search_terms", "tags", "seo_title")


class Slip(NamedTuple):
    """A mark misspelt or torn apart: in a folded cell the first word of it, how many, and which mark."""

    first: int
    size: int
    brand: Brand


class MisspeltRule:
    """One hit a misspelt mark and cell. `{brand}` is the mark as its owner writes it.

    Options: `goods` (phrases, or `@context`, of which one must hold for the listing), `evidence`
    (worse: error), `torn` (look for marks torn apart instead of misspelt ones),
    `shortest` (fewest letters of a name that is looked for).
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
        goods = options.get("goods", [])
        self._goods = Phrases([g for g in goods if not g.startswith("@")])
        self._kinds = [c for g in goods if g.startswith("@") for c in contexts[g[1:]]]
        self._evidence = Phrases(options["evidence"]) if options.get("evidence") else None
        self._torn = bool(options.get("torn"))
        self._data, self._contexts = data, contexts
        self._few = KeptMarks(data, contexts) if isinstance(data, RuleData) else None
        self._room = FEW
        self._looked: dict[str, tuple[Slip, ...]] = {}
        # Of the ordinary words some are a mark's favourite disguise when its goods stand right beside.
        self._telling = {
            fold(word).strip(): (fold(name).strip(), Phrases(beside))
            for word, (name, beside) in options.get("telling", {}).items()
        }

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
        for position, column in enumerate(batch.sheet.columns):
            if column.field not in self.needs:
                continue
            cells = text.column(position)
            self._look(cells)
            for i, folded in enumerate(cells):
                for slip in self._looked[folded]:
                    hit = self._hit(text, position, i, folded.split(), slip)
                    if hit is not None:
                        yield hit

    def _look(self, cells: Sequence[str]) -> None:
        """Look at the folded cells that were not met before."""
        if len(self._looked) > REMEMBERED:
            self._looked.clear()
        new = list(set(cells).difference(self._looked))
        self._looked.update(dict.fromkeys(new, ()))
        self._room -= sum(map(len, new))
        if self._room < 0:
            self._few = None
        if self._torn:
            for n in self._marks.with_torn(new):
                self._looked[new[n]] = tuple(self._torn_apart(new[n].split()))
            return
        words = set(" ".join(new).split())
        suspects = self._marks.near.suspects(words) | (words & self._telling.keys())
        index = AnchorIndex([(f" {word} ", 0) for word in suspects])
        for n in {cell for cell, _ in index.scan(SEPARATOR.join(new))}:
            tokens = new[n].split()
            self._looked[new[n]] = (*self._find(tokens), *self._tell(tokens))

    def _find(self, tokens: Sequence[str]) -> Iterable[Slip]:
        """Misspelt names, with or without the "and" of their language inside (`Dolce e Gabana`)."""
        places = [k for k, token in enumerate(tokens) if token not in _JOINERS]
        for first, count, name in self._marks.near.find([tokens[k] for k in places]):
            last = places[first + count - 1]
            brand = self._marks.named(name)
            if brand is not None:
                yield Slip(places[first], last - places[first] + 1, brand)

    def _torn_apart(self, tokens: Sequence[str]) -> Iterable[Slip]:
        scraps = [k for k, token in enumerate(tokens) if is_scrap(token)]
        firsts = {first for k in scraps for first in range(max(0, k - MOST_PIECES // 2), k + 1)}
        end = 0
        for first in sorted(firsts):
            found = self._joined(tokens, first) if first >= end else None
            if found is not None:
                end = first + found[0]
                yield Slip(first, *found)

    def _joined(self, tokens: Sequence[str], first: int) -> tuple[int, Brand] | None:
        """How many tokens from `first` on are a mark torn apart, and which; None if they are none."""
        word = tokens[first]
        for last in range(first + 1, min(len(tokens), first + MOST_PIECES)):
            word += tokens[last]
            if len(word) > self._marks.longest:
                return None
            found = self._marks.torn(word)
            if found is not None:
                name, brand = found
                pieces = tokens[first : last + 1]
                enough = len(pieces) > 2 or not word.isascii()
                if len(pieces) > len(name.split()) and enough and any(map(is_scrap, pieces)):
                    return len(pieces), brand
        return None

    def _tell(self, tokens: Sequence[str]) -> Iterable[Slip]:
        for k, token in enumerate(tokens):
            if token in self._telling:
                name, beside = self._telling[token]
                brand = self._marks.named(name)
                if brand and beside.found(f" {' '.join(tokens[max(0, k - 2) : k + 4])} "):
                    yield Slip(k, 1, brand)

    def _hit(
        self, text: BatchText, position: int, i: int, tokens: Sequence[str], slip: Slip
    ) -> Hit | None:
        first, size, brand = slip
        written = " ".join(tokens[first : first + size])
        if not self._torn and f" {written} " in text.field("brand", i):
            return None
        listed = [text.field(f, i) for f in ("brand", "manufacturer")]
        if any(name in value for value in listed for name in (*brand.folded, f" {written} ")):
            return None
        folded = text.cell(position, i)
        start = len(" ".join(["", *tokens[:first], ""]))
        place = Place(
            text, position, i, folded, start, start + len(written), Term.literal(brand.name)
        )
        place.label = "split" if self._torn else "misspelling"
        goods_known = self._torn or self._goods.found(text.listing(i))
        if not goods_known and not any(c.holds(place) for c in self._kinds):
            return None
        if not self._judge.allows(place):
            return None
        worse = self._evidence is not None and self._evidence.found(text.listing(i))
        return hit_of(
            place,
            severity=Severity.ERROR if worse else self.meta.severity,
            params={"brand": brand.name},
        )
