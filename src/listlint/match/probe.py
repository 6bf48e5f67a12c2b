"""Which cells a regular expression is worth trying on: those that contain what it requires.

All requirements of all patterns are looked for in one pass (an Aho-Corasick automaton over the
cells in lower case, or folded), so that the number of patterns hardly matters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from listlint.counters import WORK
from listlint.match.index import AnchorIndex
from listlint.match.required import beyond_ascii, longest, required, strength
from listlint.text.chars import SEPARATOR
from listlint.text.fold import fold_joined, join

if TYPE_CHECKING:
    from listlint.batch import Batch

Candidate = tuple[int, int, int]
"""Position of the column in the sheet, listing, number of the pattern."""


@dataclass(frozen=True, slots=True)
class Probe:
    """What a rule's patterns require (see `required`), in which fields, raw or folded."""

    patterns: Sequence[Needs]
    fields: frozenset[str]
    raw: bool


@dataclass(frozen=True, slots=True)
class Needs:
    """What a cell must have for one pattern: one of each set, at most so long, not ASCII alone."""

    sets: Sequence[frozenset[str]]
    longest: int | None = None
    beyond_ascii: bool = False

    @classmethod
    def of(cls, pattern: str) -> Needs:
        """The needs of a regular expression."""
        return cls(required(pattern), longest(pattern), beyond_ascii(pattern))


_LOWER = bytes(range(256)).lower()
_SEPARATOR = SEPARATOR.encode()


def _spellings(needles: frozenset[str]) -> frozenset[bytes]:
    """The needles in lower case, and in upper case where they have letters beyond ASCII."""
    found = set()
    for needle in needles:
        found.add(needle.encode().translate(_LOWER))
        if not needle.isascii():
            found.add(needle.upper().encode().translate(_LOWER))
            found.add(needle.capitalize().encode().translate(_LOWER))
    return frozenset(found)


class _Group:
    """The probes that look at the same fields in the same way, and the automaton for all of them."""

    def __init__(self, probes: Sequence[Probe], members: Sequence[int]) -> None:
        self.fields = probes[members[0]].fields
        self.raw = probes[members[0]].raw
        self.keys = [(k, n) for k in members for n in range(len(probes[k].patterns))]
        needs = [probes[k].patterns[n] for k, n in self.keys]
        self.needs = [[_spellings(s) for s in n.sets] for n in needs]
        self.index = AnchorIndex(
            [
                (needle.decode(), number)
                for number, need in enumerate(needs)
                if need.sets and need.longest is None
                for needle in _spellings(max(need.sets, key=strength))
            ]
        )
        self.by_cell = [
            (key, n)
            for key, n in zip(self.keys, needs, strict=True)
            if not n.sets or n.longest is not None
        ]


class Prober:
    """Finds candidates for all probes at once; `candidates(batch)[k]` are those of the k-th."""

    def __init__(self, probes: Sequence[Probe]) -> None:
        self._count = len(probes)
        members: dict[tuple[frozenset[str], bool], list[int]] = {}
        for k, probe in enumerate(probes):
            members.setdefault((probe.fields, probe.raw), []).append(k)
        self._groups = [_Group(probes, ks) for ks in members.values()]

    def candidates(self, batch: Batch) -> list[list[Candidate]]:
        """Candidates by probe, in column, listing, pattern order; computed once a batch."""
        known = batch.extra.get("probed")
        if isinstance(known, list):
            return known
        found: list[list[Candidate]] = [[] for _ in range(self._count)]
        with WORK.stage("shapes"):
            for group in self._groups:
                _probe(group, batch, found)
        batch.extra["probed"] = found
        return found


def _probe(group: _Group, batch: Batch, out: list[list[Candidate]]) -> None:
    positions = [p for p, c in enumerate(batch.sheet.columns) if c.field in group.fields]
    n = len(batch)
    if not positions or not n:
        return
    cells = [v for p in positions for v in batch.values[p]]
    if group.raw:
        text = SEPARATOR.join(cells)
        if text.count(SEPARATOR) != len(cells) - 1:
            text = SEPARATOR.join(c.replace(SEPARATOR, " ") for c in cells)
        # Only ASCII letters need lower case here: needles with others are looked for in both.
        data = text.encode("utf-8", "surrogatepass").translate(_LOWER)
    else:
        data = fold_joined(join(cells)).encode("utf-8", "surrogatepass")
    shown: list[bytes] = []
    for cell, number in group.index.scan_bytes(data):
        if not shown:
            shown = data.split(_SEPARATOR)
        here = shown[cell]
        if all(any(needle in here for needle in need) for need in group.needs[number]):
            k, pattern = group.keys[number]
            out[k].append((positions[cell // n], cell % n, pattern))
    lengths: dict[int, list[int]] = {}
    for (k, pattern), need in group.by_cell:
        for p in positions:
            values = batch.values[p]
            if need.longest is not None:
                if p not in lengths:
                    lengths[p] = [len(v) for v in values]
                most = need.longest
                rows = [i for i, size in enumerate(lengths[p]) if 0 < size <= most]
            elif need.beyond_ascii:
                rows = [i for i, value in enumerate(values) if not value.isascii()]
            else:
                rows = [i for i, value in enumerate(values) if value]
            out[k] += [(p, i, pattern) for i in rows]
    for k in {k for k, _ in group.keys}:
        out[k] = sorted(set(out[k]))
