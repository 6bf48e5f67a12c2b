"""Titles that heap up words of one kind for the search engine, none of them standing twice.

`发夹发卡发饰抓夹鲨鱼夹刘海夹一字夹`: seven hair clips in a row, told by the few characters that most
of the title is made of. `Haarspange Haarklammer Haarclip Haarnadel Haargreifer`: one word's compounds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from listlint.later import expression
from listlint.rules.interface import Hit

if TYPE_CHECKING:
    from listlint.batch import Batch
    from listlint.rules.interface import RuleMeta, Run

_HAN = expression("[\u4e00-\u9fff]")
_LONG = expression(r"[^\W\d_]{6,}")
# Of the ordinary titles of the labelled sets none has more than 28 % of its Chinese characters in such
# that stand three times; of the stuffed ones none has less than 41 %, and one stands five times.
_HAN_LEAST, _HAN_SHARE, _OFTEN, _KINDS, _MOST = 16, 0.40, 3, 2, 5
# Five compounds with one beginning, and these half the words of the text.
_STEM, _COMPOUNDS, _COMPOUND_SHARE = 4, 5, 0.5


class WordHeap:
    """A title most of which is made of a few characters, or of one word's compounds."""

    def __init__(self, meta: RuleMeta, data: Mapping[str, Any]) -> None:
        self.meta = meta
        self.needs = meta.fields or ("title",)

    def check(self, batch: Batch, run: Run) -> Iterator[Hit]:
        """One hit a cell: from the first to the last word of the heap."""
        for name in self.needs:
            for column, values in batch.of(name):
                for i, cell in enumerate(values):
                    if cell and (span := _heap(cell)) is not None:
                        yield Hit(i, column, column.field, cell[slice(*span)], span)


def _heap(cell: str) -> tuple[int, int] | None:
    """Where the heaped words stand in a cell."""
    if not cell.isascii() and len(han := _HAN.findall(cell)) >= _HAN_LEAST:
        often = {c: n for c, n in Counter(han).items() if n >= _OFTEN}
        if len(often) < _KINDS or max(often.values()) < _MOST:
            return None
        if sum(often.values()) < _HAN_SHARE * len(han):
            return None
        places = [at for at, c in enumerate(cell) if c in often]
        return places[0], places[-1] + 1
    words = cell.split()
    if len(words) < _COMPOUNDS:
        return None
    stems = [w[:_STEM].lower() for w in words if len(w) > _STEM + 1]
    if len(stems) - len(set(stems)) < _COMPOUNDS - 1:
        return None
    stem, number = Counter(stems).most_common(1)[0]
    if number < _COMPOUNDS or number < _COMPOUND_SHARE * len(words):
        return None
    found = [m.span() for m in _LONG.finditer(cell) if m[0].lower().startswith(stem)]
    if len({cell[slice(*span)].lower() for span in found}) < _COMPOUNDS:
        return None
    return found[0][0], found[-1][1]
