"""Which of many texts may read like something: what their words weigh, added up in numpy.

Imported only for long texts. What it lets through `Scale` weighs again, so both give one answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np

from listlint.match.scale import EXPONENT, FEWEST, FLOOR, TENTHS, Weights, stretches, weights_alone
from listlint.text.traits import START, as_first, as_second, count

_REMEMBERED = 400_000
_PART = 60_000
"""Characters that are summed up at once: each word of them is a string of its own for a while."""
_SLACK = 1e-6


class Sums:
    """`traits`: trait → weights; `start`: those of the empty text."""

    def __init__(self, traits: Mapping[str, Weights], start: Weights) -> None:
        self._traits = traits
        self._start = np.asarray(start, dtype=np.float64)
        self._areas = len(start)
        firsts: dict[str, int] = {}
        seconds: dict[str, int] = {}
        pairs: list[tuple[int, int, Weights]] = []
        for trait, weights in traits.items():
            before, blank, word = trait.partition(" ")
            if blank:
                a = firsts.setdefault(before, len(firsts) + 1)
                pairs.append((a, seconds.setdefault(word, len(seconds) + 1), weights))
        self._firsts, self._seconds = firsts, seconds
        self._base = len(seconds) + 1
        codes = np.asarray([a * self._base + b for a, b, _ in pairs], dtype=np.int64)
        order = np.argsort(codes)
        self._codes = codes[order]
        shape = (len(pairs), self._areas)
        self._pairs = np.asarray([w for *_, w in pairs], dtype=np.int32).reshape(shape)[order]
        self._forget()

    def _forget(self) -> None:
        self._numbers: dict[str, int] = {}
        self._rows: list[tuple[int, int, int, *tuple[int, ...]]] = []
        self._table: Any = np.zeros((0, 3 + self._areas), dtype=np.int32)

    def suspects(self, texts: Sequence[str]) -> list[str]:
        """Those of the folded texts that may read like something."""
        found: list[str] = []
        part: list[str] = []
        size = 0
        for text in texts:
            part.append(text)
            size += len(text)
            if size >= _PART:
                found += self._suspects(part)
                part, size = [], 0
        return found + self._suspects(part)

    def _suspects(self, texts: Sequence[str]) -> list[str]:
        split = [text.split() for text in texts]
        words = list(chain.from_iterable(split))
        if not words:
            return []
        rows = self._known(words)
        counts, first, second = rows[:, 0], rows[:, 1], rows[:, 2]
        sums = rows[:, 3:].copy()
        begins = np.cumsum([0, *map(len, split)])
        before = np.empty_like(first)
        before[1:] = first[:-1]
        before[begins[:-1][begins[:-1] < len(words)]] = self._firsts.get(as_first(START), 0)
        self._add_pairs(sums, before, second)
        spans = [
            (begins[n] + a, begins[n] + b, n)
            for n, part in enumerate(split)
            for a, b in stretches(len(part))
        ]
        starts, ends, owner = np.asarray(spans, dtype=np.int64).T
        added = np.zeros((len(words) + 1, self._areas), dtype=np.int64)
        np.cumsum(sums, axis=0, out=added[1:])
        traits = np.concatenate(([0], np.cumsum(counts, dtype=np.int64)))
        size = np.maximum(traits[ends] - traits[starts], FEWEST) ** EXPONENT
        z = ((added[ends] - added[starts]) / size[:, None] + self._start) / TENTHS
        powers = np.exp(np.minimum(z, 50.0))
        odds = z - np.log(1 + powers.sum(axis=1, keepdims=True) - powers)
        return [texts[n] for n in np.unique(owner[(odds >= FLOOR - _SLACK).any(axis=1)]).tolist()]

    def _add_pairs(self, sums: Any, before: Any, second: Any) -> None:
        """Add to `sums` what words weigh behind the word before them."""
        places = np.flatnonzero((before > 0) & (second > 0))
        codes = before[places].astype(np.int64) * self._base + second[places]
        at = np.searchsorted(self._codes, codes)
        at[at == len(self._codes)] = 0
        hits = self._codes[at] == codes if len(self._codes) else np.zeros(len(codes), dtype=bool)
        sums[places[hits]] += self._pairs[at[hits]]

    def _known(self, words: Sequence[str]) -> Any:
        """A row a word: how many traits, its number as first and as second of a pair, its weights."""
        if len(self._numbers) > _REMEMBERED:
            self._forget()
        numbers = self._numbers
        for word in set(words).difference(numbers):
            numbers[word] = len(self._rows)
            self._rows.append(self._row(word))
        if len(self._rows) > len(self._table):
            new = np.asarray(self._rows[len(self._table) :], dtype=np.int32)
            self._table = np.concatenate((self._table, new))
        return self._table[np.fromiter(map(numbers.__getitem__, words), np.int64, len(words))]

    def _row(self, word: str) -> tuple[int, int, int, *tuple[int, ...]]:
        second = as_second(word)
        return (
            count(word),
            self._firsts.get(as_first(word), 0),
            0 if second is None else self._seconds.get(second, 0),
            *weights_alone(word, self._traits, self._areas),
        )
