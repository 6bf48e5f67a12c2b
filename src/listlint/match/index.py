"""The index of every term of every rule: one pass over a batch finds the cells that may hold one.

An Aho-Corasick automaton (ahocorasick_rs) looks for the terms' anchors in the folded text of all
cells at once; a cell that has one is looked at closely with the term's own regular expression.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from listlint.counters import WORK
from listlint.text.chars import SEPARATOR

if TYPE_CHECKING:
    from ahocorasick_rs import BytesAhoCorasick

_SEP = SEPARATOR.encode()
EDGE = "\b"
"""At the beginning or end of an anchor: no letter, digit or underscore stands before or after it."""
Owners = Sequence[Sequence[int]] | Mapping[int, Sequence[int]]
"""Numbers of whoever asked for an anchor, by the anchor's number."""
_WORDS = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")


class AnchorIndex:
    """`owners[k]` are the numbers of whoever asked for anchor `k`."""

    def __init__(self, anchors: Sequence[tuple[str, int]]) -> None:
        merged: dict[str, list[int]] = {}
        for anchor, owner in anchors:
            merged.setdefault(anchor, []).append(owner)
        self._patterns: Sequence[bytes] = [anchor.strip(EDGE).encode() for anchor in merged]
        self._bound = frozenset(n for n, a in enumerate(merged) if a[:1] == EDGE)
        self._ending = frozenset(n for n, a in enumerate(merged) if a[-1:] == EDGE)
        self._owners: Owners = [tuple(dict.fromkeys(owners)) for owners in merged.values()]
        self._automaton: BytesAhoCorasick | None = None

    @classmethod
    def of(cls, anchors: Sequence[bytes], owners: Owners) -> AnchorIndex:
        """The index of `anchors` in UTF-8, whose owners are asked for when one is met."""
        self = cls(())
        self._patterns, self._owners = anchors, owners
        return self

    def __len__(self) -> int:
        return len(self._patterns)

    @property
    def automaton(self) -> BytesAhoCorasick:
        """Built on first use: commands that match nothing do not pay for it."""
        if self._automaton is None:
            from ahocorasick_rs import BytesAhoCorasick, MatchKind

            self._automaton = BytesAhoCorasick(self._patterns, matchkind=MatchKind.Standard)
        return self._automaton

    def scan(self, joined: str) -> Iterator[tuple[int, int]]:
        """(cell number, owner) pairs of cells joined by `SEPARATOR`, each pair once an anchor."""
        yield from self.scan_bytes(joined.encode("utf-8", "surrogatepass"))

    def scan_bytes(self, data: bytes) -> Iterator[tuple[int, int]]:
        """`scan` of text that is UTF-8 already."""
        if not self._patterns:
            return
        WORK.scanned += len(data)
        hits = self.automaton.find_matches_as_indexes(data, overlapping=True)
        if not hits:
            return
        # Hits come in the order of their ends, and no anchor reaches over a separator: cells ascend.
        borders = iter(_separators(data))
        border = next(borders, len(data))
        cell = 0
        seen: set[int] = set()
        owners, bound, ending, size = self._owners, self._bound, self._ending, len(data)
        for pattern, start, end in hits:
            if pattern in bound and start and data[start - 1] in _WORDS:
                continue
            if pattern in ending and end < size and data[end] in _WORDS:
                continue
            while start > border:
                border = next(borders, len(data))
                cell += 1
                seen.clear()
            if pattern not in seen:
                seen.add(pattern)
                for owner in owners[pattern]:
                    yield cell, owner


def _separators(data: bytes) -> Sequence[int]:
    """Byte offsets of the separators."""
    if len(data) > 200_000:
        import numpy as np

        found: list[int] = np.flatnonzero(np.frombuffer(data, dtype=np.uint8) == _SEP[0]).tolist()
        return found
    out: list[int] = []
    at = data.find(_SEP)
    while at >= 0:
        out.append(at)
        at = data.find(_SEP, at + 1)
    return out
