"""Titles that heap up words of one kind for the search engine, none of them standing twice.

`发夹发卡发饰抓夹鲨鱼夹刘海夹一字夹`: seven hair clips in a row, told by the few characters that most
of the title is made of. `Haarspange Haarklammer Haarclip Haarnadel Haargreifer`: one word's compounds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from listlint.later import expression
from listlint.rules.interface import Hit

if TYPE_CHECKING:
    from listlint.batch import Batch
    from listlint.rules.interface import RuleMeta, Run

_HAN = expression("[\u4e00-\u9fff]")
_LONG = expression(r"[^\W\d_]{6,}")
# A heap of characters: one that stands often and in many words (`发夹 抓夹 鲨鱼夹`: before or after many
# others). Seen in 2245 real titles and the labelled ones: of the stuffed ones none has less.
_HAN_LEAST, _HAN_SHARE, _OFTEN = 16, 0.40, 3
_MOST, _WORDS, _ALONE_SHARE = 6, 5, 0.30
# Where it stands only five times: in nine words, and the often seen characters make up more of the title.
_FEW, _FEW_WORDS, _FEW_SHARE = 5, 9, 0.42
# Five compounds with one beginning, and these half the words of the text.
_STEM, _COMPOUNDS, _COMPOUND_SHARE = 4, 5, 0.5
_NAMES = 6
"""So many names of one kind are a heap, where a rule doesn't ask for more of that kind."""
_NEAR = 3
"""So many words before or after a heap may say that the goods fit what it names."""
_WORD = expression(r"[^\W_]+")


class WordHeap:
    """A title most of which is made of a few characters, or of one word's compounds."""

    def __init__(self, meta: RuleMeta, data: Mapping[str, Any]) -> None:
        self.meta = meta
        self.needs = meta.fields or ("title",)

    def check(self, batch: Batch, run: Run) -> Iterator[Hit]:
        """One hit a cell: from the first to the last word of the heap."""
        for column, i, cell in batch.filled(*self.needs):
            if (span := _heap(cell)) is not None:
                yield Hit(i, column, column.field, cell[slice(*span)], span)


def _heap(cell: str) -> tuple[int, int] | None:
    """Where the heaped words stand in a cell."""
    if not cell.isascii() and len(han := _HAN.findall(cell)) >= _HAN_LEAST:
        return _characters(cell, Counter(han), len(han))
    return _compounds(cell, slice(0, _STEM)) or _compounds(cell, slice(-_STEM - 1, None))


def _compounds(cell: str, part: slice) -> tuple[int, int] | None:
    """The heap of words that have their beginning or end in common."""
    words = cell.split()
    if len(words) < _COMPOUNDS:
        return None
    stems = [w[part].lower() for w in words if len(w) > _STEM + 1]
    if len(stems) - len(set(stems)) < _COMPOUNDS - 1:
        return None
    stem, number = Counter(stems).most_common(1)[0]
    if number < _COMPOUNDS or number < _COMPOUND_SHARE * len(words):
        return None
    found = [m.span() for m in _LONG.finditer(cell) if m[0][part].lower() == stem]
    if len({cell[slice(*span)].lower() for span in found}) < _COMPOUNDS:
        return None
    return found[0][0], found[-1][1]


def _characters(cell: str, count: Counter[str], length: int) -> tuple[int, int] | None:
    """The heap of Chinese words in a cell that has `length` such characters."""
    often = {c for c, n in count.items() if n >= _OFTEN}
    top, most = count.most_common(1)[0]
    before = {
        cell[k - 1] for k in range(1, len(cell)) if cell[k] == top and _HAN.match(cell[k - 1])
    }
    after = {
        cell[k + 1] for k in range(len(cell) - 1) if cell[k] == top and _HAN.match(cell[k + 1])
    }
    share = sum(count[c] for c in often) / length
    many = most >= _MOST and max(len(before), len(after)) >= _WORDS
    few = most >= _FEW and len(before) + len(after) >= _FEW_WORDS and share >= _FEW_SHARE
    if not (few or (many and (share >= _HAN_SHARE or most / length >= _ALONE_SHARE))):
        return None
    places = [at for at, c in enumerate(cell) if c in often]
    return places[0], places[-1] + 1


class NameHeap:
    """A row of names for one thing, or of makes that it might fit, without saying that it fits them.

    Options: `words` (name → its kinds), `least` (kind → how many names make a heap), `between` (words
    that may stand between them), `fits` (words beside a heap that excuse it) and `sets` (words
    anywhere in the cell that do).
    """

    def __init__(self, meta: RuleMeta, data: Mapping[str, Any]) -> None:
        self.meta = meta
        self.needs = meta.fields or ("title",)
        options = data["options"]
        self._kinds: Mapping[str, Sequence[str]] = options["words"]
        first = [name.split()[0] for name in self._kinds]
        self._first = frozenset(f"{word}{ending}" for word in first for ending in ("", "s", "es"))
        self._least: Mapping[str, int] = options.get("least", {})
        self._between = frozenset(options.get("between", ()))
        self._fits = frozenset(options.get("fits", ()))
        self._sets = frozenset(options.get("sets", ()))

    def check(self, batch: Batch, run: Run) -> Iterator[Hit]:
        """One hit a cell: the first heap."""
        for column, i, cell in batch.filled(*self.needs):
            if (span := self._heap(cell)) is not None:
                yield Hit(i, column, column.field, cell[slice(*span)], span)

    def _heap(self, cell: str) -> tuple[int, int] | None:
        plain = _WORD.findall(cell.lower())
        if sum(map(self._first.__contains__, plain)) < _NAMES:
            return None
        if not self._sets.isdisjoint(plain):
            return None
        words = [m.span() for m in _WORD.finditer(cell)]
        if len(words) != len(plain):  # a letter that is two in lower case
            return None
        for first, last in self._rows(plain):
            beside = plain[max(0, first - _NEAR) : first] + plain[last + 1 : last + 1 + _NEAR]
            if self._fits.isdisjoint(beside):
                return words[first][0], words[last][1]
        return None

    def _rows(self, words: Sequence[str]) -> Iterator[tuple[int, int]]:
        """First and last word of each heap."""
        rows: dict[str, tuple[int, int, set[str]]] = {}
        k = bare = 0
        while k < len(words):
            name, length = self._name(words, k)
            if not name:
                bare = bare if words[k] in self._between else k + 1
                k += 1
                continue
            last = k + length - 1
            for kind in self._kinds[name]:
                first, _, names = rows.get(kind, (k, k, set()))
                if first < bare:
                    first, names = k, set()
                names.add(name)
                rows[kind] = (first, last, names)
                if len(names) >= self._least.get(kind, _NAMES):
                    yield first, last
            k = last + 1

    def _name(self, words: Sequence[str], k: int) -> tuple[str, int]:
        """The name that begins at a word, in the singular, and of how many words it is."""
        for length in (2, 1) if k + 1 < len(words) else (1,):
            said = " ".join(words[k : k + length])
            for name in (said, said.removesuffix("s"), said.removesuffix("es")):
                if name in self._kinds:
                    return name, length
        return "", 0
