"""Weighs texts: how much each reads like what was found wrong in an area, by what its words weigh.

The weights of a text's traits (`listlint.text.traits`) are added up, divided by how many there are to
the power of `EXPONENT`, and taken as log odds against "nothing wrong". Of long texts the worst stretch
counts. A mean of the weights would let one word in a short title speak too loud, and a division by the
root would let many words that mean little add up in long texts: the power between was best in both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from math import exp, log
from typing import Any, NamedTuple

from listlint.text.traits import START, alone, count, pair

WINDOW, STEP = 24, 12
"""Words that are weighed together, and how far apart such stretches of a long text begin."""
FEWEST = 16
"""Traits that a text counts for at least: a few words alone are little evidence."""
EXPONENT = 0.65
FLOOR = 1.5
"""Log odds below which nobody wants to know."""
TENTHS = 10
"""Weights are kept as whole tenths."""
_FEW = 10_000
"""Characters up to which weights are looked up one by one."""
_MANY = 400_000
"""Characters of one call from which numpy sums up."""
_REMEMBERED = 200_000
"""Words of which it is remembered what they weigh."""
_EDGE = 0.3
"""The words at both ends of a match weigh at least so much of what a word of it weighs on average."""

Weights = Sequence[int]
"""In tenths, one an area."""


class Reading(NamedTuple):
    """What a text reads like: which area, how much (log odds), and from which to before which word."""

    area: str
    odds: float
    first: int
    last: int


class Scale:
    """`weights`: {"areas": names, "start": weights of the empty text, "traits": trait → weights}."""

    def __init__(self, weights: Mapping[str, Any]) -> None:
        self.areas: Sequence[str] = weights["areas"]
        self._start: Weights = weights["start"]
        self._traits: Mapping[str, Weights] = weights["traits"]
        self._words: dict[str, tuple[int, Weights]] = {}
        self._room = _FEW
        self._sums: Any = None

    def readings(self, texts: Iterable[str]) -> dict[str, Reading]:
        """What the folded texts read like, of those that read like anything."""
        texts = list(texts)
        size = sum(map(len, texts))
        self._room -= size
        if self._room < 0 and not isinstance(self._traits, dict):
            self._traits = dict(self._traits.items())
        if size > _MANY:
            if self._sums is None:
                from listlint.match.sums import Sums

                self._sums = Sums(self._traits, self._start)
            texts = self._sums.suspects(texts)
        found = {text: self.reading(text.split()) for text in texts}
        return {text: reading for text, reading in found.items() if reading is not None}

    def reading(self, words: Sequence[str]) -> Reading | None:
        """What the words of a text read like; None when like nothing."""
        if len(self._words) > _REMEMBERED:
            self._words.clear()
        weighed = [self._weigh(before, word) for before, word in pairwise((START, *words))]
        best: Reading | None = None
        for first, last in stretches(len(words)):
            part = weighed[first:last]
            traits = sum(n for n, _ in part)
            sums = [sum(w[k] for _, w in part) for k in range(len(self.areas))]
            odds = self._odds(sums, traits)
            top = max(range(len(odds)), key=odds.__getitem__)
            if odds[top] >= FLOOR and (best is None or odds[top] > best.odds):
                a, b = _heaviest([w[top] for _, w in part])
                best = Reading(self.areas[top], odds[top], first + a, first + b)
        return best

    def _weigh(self, before: str, word: str) -> tuple[int, Weights]:
        """How many traits the word brings, and what they weigh."""
        known = self._words.get(word)
        if known is None:
            sums = weights_alone(word, self._traits, len(self.areas))
            known = self._words[word] = count(word), sums
        both = pair(before, word)
        weights = self._traits.get(both) if both is not None else None
        if weights is None:
            return known
        return known[0], [a + b for a, b in zip(known[1], weights, strict=True)]

    def _odds(self, sums: Weights, traits: int) -> list[float]:
        """Of each area the log odds against all others and against nothing wrong."""
        size = max(traits, FEWEST) ** EXPONENT
        z = [(s / size + b) / TENTHS for s, b in zip(sums, self._start, strict=True)]
        powers = [exp(min(v, 50.0)) for v in z]
        return [v - log(1 + sum(powers) - p) for v, p in zip(z, powers, strict=True)]


def weights_alone(word: str, traits: Mapping[str, Weights], areas: int) -> Weights:
    """What the traits of a folded word by itself weigh together in each of so many areas."""
    weighed = [found for found in map(traits.get, alone(word)) if found is not None]
    return [sum(ws) for ws in zip((0,) * areas, *weighed, strict=True)]


def stretches(words: int) -> Iterator[tuple[int, int]]:
    """From which to before which word: the whole of a short text, pieces that overlap of a long one."""
    first = 0
    while first + WINDOW < words:
        yield first, first + WINDOW
        first += STEP
    if words:
        yield first if first == 0 else words - WINDOW, words


def _heaviest(weights: Sequence[int]) -> tuple[int, int]:
    """From which to before which word the weights stand that make the sum what it is."""
    heavy = [w for w in weights if w > 0]
    least = _EDGE * sum(heavy) / max(1, len(heavy))
    best, ends = 0.0, (0, len(weights))
    total, first = 0.0, 0
    for k, weight in enumerate(weights):
        if total <= 0:
            total, first = 0.0, k
        total += weight - least
        if total > best:
            best, ends = total, (first, k + 1)
    return ends
