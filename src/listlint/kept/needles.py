"""Needles of regular expressions, found by the pieces of a text: no automaton of all needles is built.

Every needle is filed under its rarest three characters, and every text that holds it holds those.
Patterns without a needle are told by themselves; they are looked at in any text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from listlint.match.index import EDGE

if TYPE_CHECKING:
    from listlint.kept.blocks import Blocks
    from listlint.match.probe import Probe

_SIZE = 3
_LONG = 4_000
"""Characters of a text from which its own pieces are quicker looked at than those filed."""
_PREFIX = {True: "%r", False: "%f"}
"""Of the keys of needles in text that is levelled (raw), or folded."""


def file_needles(probes: Mapping[int, Probe]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Of the probes of rules by number: a section, and key → [needle, [rule, pattern], …] each."""
    section: dict[str, Any] = {"pieces": {}, "without": {}}
    filed: dict[str, Any] = {}
    for raw, prefix in _PREFIX.items():
        owners: dict[str, list[list[int]]] = {}
        without: list[list[int]] = []
        for rule, probe in probes.items():
            for number, need in enumerate(probe.needs if probe.raw is raw else ()):
                for needle in sorted(need.sets[0]) if need.sets else ():
                    owners.setdefault(needle, []).append([rule, number])
                if not need.sets:
                    without.append([rule, number])
        often = Counter(piece for needle in owners for piece in _pieces(needle))
        keys: dict[str, list[Any]] = {}
        for needle, who in owners.items():
            piece = min(_pieces(needle), key=lambda p: (often[p], p))
            keys.setdefault(piece, []).append([needle, *who])
        filed.update({prefix + piece: found for piece, found in keys.items()})
        section["pieces"][prefix] = sorted(keys)
        section["without"][prefix] = without
    return section, filed


def _pieces(needle: str) -> set[str]:
    """Three characters each; what is shorter, as it is."""
    text = needle.strip(EDGE)
    return {text[n : n + _SIZE] for n in range(max(1, len(text) - _SIZE + 1))}


class KeptNeedles:
    """The needles of the chosen rules of kept packs. `slots`: number of a rule → its place."""

    def __init__(self, blocks: Blocks, slots: Mapping[int, int]) -> None:
        self._blocks = blocks
        self._slots = slots
        self._without: dict[bool, list[tuple[int, int]]] = {raw: [] for raw in _PREFIX}
        pieces: dict[bool, set[str]] = {raw: set() for raw in _PREFIX}
        for section in blocks.sections("needles"):
            for raw, prefix in _PREFIX.items():
                without = section["without"][prefix]
                self._without[raw] += [(slots[rule], n) for rule, n in without if rule in slots]
                pieces[raw].update(section["pieces"][prefix])
        self._pieces = {raw: sorted(found) for raw, found in pieces.items()}

    @staticmethod
    def _among(pieces: Sequence[str], text: str) -> Iterator[str]:
        """Those of `pieces` that stand in `text`."""
        if len(text) < _LONG:
            return (p for p in pieces if p in text)
        there = set(map("".join, zip(text, text[1:], text[2:], strict=False)))
        return (p for p in pieces if p in there or (len(p) < _SIZE and p in text))

    def sought(self, text: str, raw: bool) -> Iterator[tuple[int, int, Sequence[str]]]:
        """(slot, pattern, needles) of the patterns that may match in `text`."""
        for slot, number in self._without[raw]:
            yield slot, number, ()
        found: dict[tuple[int, int], list[str]] = {}
        for piece in self._among(self._pieces[raw], text):
            for rows in self._blocks.every(_PREFIX[raw] + piece):
                for needle, *owners in rows:
                    if needle.strip(EDGE) not in text:
                        continue
                    for rule, number in owners:
                        if rule in self._slots:
                            found.setdefault((self._slots[rule], number), []).append(needle)
        for (slot, number), needles in found.items():
            yield slot, number, needles
