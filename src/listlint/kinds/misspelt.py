"""Kind `brand` with `options.misspelt`: a mark of the list written almost right beside its goods.

`Guci handbag` is no typing error of an honest seller. A misspelling alone says nothing, so the
listing must be of the goods that the mark stands for (`options.goods`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from listlint.batch import Batch
from listlint.kinds.brand import Brand
from listlint.kinds.words import hit_of
from listlint.match.conditions import Condition, Judge
from listlint.match.near import NearNames
from listlint.match.place import BatchText, Place
from listlint.match.syntax import Phrases, Term
from listlint.model import Severity
from listlint.rules.interface import Hit, RuleMeta, Run
from listlint.text.fold import fold

FIELDS = ("title", "subtitle", "bullet_points", "search_terms", "tags", "seo_title")


class MisspeltRule:
    """One hit a misspelt mark and cell. `{brand}` is the mark as its owner writes it.

    Options: `goods` (phrases of which one must stand in the listing), `evidence` (worse: error).
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
        self._goods = Phrases(options["goods"])
        self._evidence = Phrases(options["evidence"]) if options.get("evidence") else None
        brands = [Brand(row, contexts) for row in data["brands"]]
        # A mark that is an ordinary word itself is near to too many others.
        self._names = {fold(b.name).strip(): b for b in brands if b.ambiguity == "none"}
        self._near = NearNames(self._names, options.get("ordinary", ()))
        # Of the ordinary words some are a mark's favourite disguise when its goods stand right beside.
        self._telling = {
            fold(word).strip(): (fold(name).strip(), Phrases(beside))
            for word, (name, beside) in options.get("telling", {}).items()
        }

    def check(self, batch: Batch, run: Run) -> Iterable[Hit]:
        """The misspelt marks of the batch."""
        text = BatchText.of(batch)
        for position, column in enumerate(batch.sheet.columns):
            if column.field not in self.needs:
                continue
            cells = text.column(position)
            words = set(" ".join(cells).split())
            suspects = self._near.suspects(words) | (words & self._telling.keys())
            if not suspects:
                continue
            for i, folded in enumerate(cells):
                tokens = folded.split()
                if suspects.isdisjoint(tokens):
                    continue
                for first, count, name in [*self._near.find(tokens), *self._tell(tokens)]:
                    hit = self._hit(text, position, i, tokens, first, count, name)
                    if hit is not None:
                        yield hit

    def _tell(self, tokens: Sequence[str]) -> Iterable[tuple[int, int, str]]:
        for k, token in enumerate(tokens):
            if token in self._telling:
                name, beside = self._telling[token]
                if beside.found(f" {' '.join(tokens[max(0, k - 2) : k + 4])} "):
                    yield k, 1, name

    def _hit(
        self,
        text: BatchText,
        position: int,
        i: int,
        tokens: Sequence[str],
        first: int,
        count: int,
        name: str,
    ) -> Hit | None:
        written = " ".join(tokens[first : first + count])
        brand = self._names.get(name)
        if brand is None or f" {written} " in text.field("brand", i):
            return None
        if any(f" {name} " in text.field(f, i) for f in ("brand", "manufacturer")):
            return None
        if not self._goods.found(text.listing(i)):
            return None
        folded = text.cell(position, i)
        start = len(" ".join(["", *tokens[:first], ""]))
        place = Place(
            text, position, i, folded, start, start + len(written), Term.literal(brand.name)
        )
        place.label = "misspelling"
        if not self._judge.allows(place):
            return None
        worse = self._evidence is not None and self._evidence.found(text.listing(i))
        return hit_of(
            place,
            severity=Severity.ERROR if worse else self.meta.severity,
            params={"brand": brand.name},
        )
