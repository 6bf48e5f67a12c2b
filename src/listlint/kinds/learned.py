"""Kind `learned`: what reads like listings that were found wrong, though no rule names it.

Weights of words, learned from labelled listings (`benchmarks/accuracy/learn.py`), tell for each area
how much a text reads like those that break its policies (`listlint.match.scale`). The engine lets the
kind speak last, and only of listings of which no rule of the area has spoken.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from listlint.kinds.words import hit_of
from listlint.match.conditions import Condition, Judge
from listlint.match.place import BatchText, Place, words_span
from listlint.match.scale import Reading, Scale
from listlint.match.syntax import Term
from listlint.text.chars import SENTENCE_END

if TYPE_CHECKING:
    from listlint.batch import Batch
    from listlint.rules.interface import Hit, RuleMeta, Run

FIELDS = ("title", "subtitle", "bullet_points", "description", "search_terms", "tags")


class LearnedRule:
    """One hit a listing: the cell that reads most like what is wrong in the rule's area.

    Options: `least`, log odds from which it is reported.
    """

    def __init__(
        self,
        meta: RuleMeta,
        data: Mapping[str, Any],
        contexts: Mapping[str, Sequence[Condition]],
    ) -> None:
        self.meta = meta
        self.needs = meta.fields or FIELDS
        self._data = data
        self._least = float(data["options"]["least"])
        self._judge = Judge(data, contexts)
        self._scale: Scale | None = None

    def check(self, batch: Batch, run: Run) -> Iterator[Hit]:
        """The listings that read like what is wrong."""
        area = self.meta.area.value
        best: dict[int, tuple[float, int, Reading]] = {}
        text = BatchText.of(batch)
        columns = batch.sheet.columns
        found = self._readings(batch, text)
        for position in [p for p, column in enumerate(columns) if column.field in self.needs]:
            for i, folded in enumerate(text.column(position)) if found else ():
                reading = found.get(folded)
                if reading is None or reading.area != area:
                    continue
                if reading.odds >= max(self._least, best[i][0] if i in best else 0):
                    best[i] = reading.odds, position, reading
        for i, (_, position, reading) in sorted(best.items()):
            place = _place(text, position, i, reading)
            brand = text.field("brand", i)
            if self._judge.allows(place, own=bool(brand.strip()) and brand in place.folded.text):
                yield hit_of(place)

    def _readings(self, batch: Batch, text: BatchText) -> Mapping[str, Reading]:
        """What the folded cells of the batch read like; told once for all rules that ask the same."""
        weights = self._data["weights"]
        key = f"readings of {' '.join(self.needs)} by {weights['name']}"
        found = batch.extra.get(key)
        if not isinstance(found, dict):
            self._scale = self._scale or Scale(weights)
            columns = batch.sheet.columns
            cells: set[str] = set()
            for position, column in enumerate(columns):
                if column.field in self.needs:
                    cells.update(text.column(position))
            found = batch.extra[key] = self._scale.readings(cells)
        return found


def _place(text: BatchText, position: int, i: int, reading: Reading) -> Place:
    """Where the words stand that the reading is about; of several sentences, in the longest."""
    folded = text.cell(position, i)
    start, end = words_span(folded.text.split(), reading.first, reading.last)
    first, last = folded.span(start, end)
    ends = [m.span() for m in SENTENCE_END.finditer(folded.original, first, last)]
    if ends:
        edges = [first, *(edge for span in ends for edge in span), last]
        parts = list(zip(edges[::2], edges[1::2], strict=True))
        start, end = folded.folded_span(*max(parts, key=lambda part: part[1] - part[0]))
    return Place(
        text, position, i, folded, start, end, Term.literal(folded.text[start:end].strip())
    )
