"""Which cells a regular expression is worth trying on: those that contain what it requires.

All requirements of all patterns are looked for in one pass (an Aho-Corasick automaton over the
cells in lower case, or folded), so that the number of patterns hardly matters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from listlint.match.index import AnchorIndex
from listlint.match.required import strength
from listlint.text.chars import SEPARATOR
from listlint.text.fold import fold_joined, join

if TYPE_CHECKING:
    from listlint.batch import Batch

Candidate = tuple[int, int, int]
"""Position of the column in the sheet, listing, number of the pattern."""


@dataclass(frozen=True, slots=True)
class Probe:
    """What a rule's patterns require (see `required`), in which fields, raw or folded."""

    patterns: Sequence[Sequence[frozenset[str]]]
    fields: frozenset[str]
    raw: bool


class Prober:
    """Finds candidates for all probes at once; `candidates(batch)[k]` are those of the k-th."""

    def __init__(self, probes: Sequence[Probe]) -> None:
        self._probes = probes
        self._keys = [(k, n) for k, p in enumerate(probes) for n in range(len(p.patterns))]
        self._indexes: dict[bool, AnchorIndex] = {}
        for raw in (True, False):
            anchors = [
                (needle, number)
                for number, (k, n) in enumerate(self._keys)
                if probes[k].raw == raw and probes[k].patterns[n]
                for needle in max(probes[k].patterns[n], key=strength)
            ]
            self._indexes[raw] = AnchorIndex(anchors)
        self._fields = frozenset().union(*(p.fields for p in probes)) if probes else frozenset()

    def candidates(self, batch: Batch) -> list[list[Candidate]]:
        """Candidates by probe, in column, listing, pattern order; computed once a batch."""
        found = batch.extra.get("probed")
        if not isinstance(found, list):
            found = batch.extra["probed"] = self._probe(batch)
        return found

    def _probe(self, batch: Batch) -> list[list[Candidate]]:
        out: list[list[Candidate]] = [[] for _ in self._probes]
        columns = batch.sheet.columns
        positions = [p for p, c in enumerate(columns) if c.field in self._fields]
        if not positions or not len(batch):
            return out
        n = len(batch)
        cells = [v for p in positions for v in batch.values[p]]
        plain = SEPARATOR.join([c.replace(SEPARATOR, " ") for c in cells]).lower()
        texts = {True: plain}
        if len(self._indexes[False]):
            texts[False] = fold_joined(join(cells))
        split: dict[bool, list[str]] = {}
        for raw, text in texts.items():
            for cell, number in self._indexes[raw].scan(text):
                k, pattern = self._keys[number]
                position, i = positions[cell // n], cell % n
                if columns[position].field not in self._probes[k].fields:
                    continue
                if raw not in split:
                    split[raw] = text.split(SEPARATOR)
                shown = split[raw][cell]
                needs = self._probes[k].patterns[pattern]
                if all(any(needle in shown for needle in need) for need in needs):
                    out[k].append((position, i, pattern))
        # Patterns that require nothing are tried everywhere.
        for k, pattern in self._keys:
            if not self._probes[k].patterns[pattern]:
                out[k] += [
                    (p, i, pattern)
                    for p in positions
                    if columns[p].field in self._probes[k].fields
                    for i in range(n)
                    if batch.values[p][i]
                ]
        return [sorted(found) for found in out]
