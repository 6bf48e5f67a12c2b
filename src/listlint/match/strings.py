"""Sets of strings of which a text must have one: put together, and how often one will be met."""

from __future__ import annotations

from itertools import product
from math import fsum

from listlint.match.index import EDGE

Strings = frozenset[str]
MOST = 512
"""Alternatives beyond which a requirement is no help."""
EMPTY: Strings = frozenset({""})

# How often a character is met in a text, roughly; what is none of these is rare.
_OFTEN = {
    **dict.fromkeys("eaionrts", 0.06), **dict.fromkeys("hldcumpgfbwyvk", 0.02), **dict.fromkeys("jxqz", 0.002),
    **dict.fromkeys("0123456789", 0.005), **dict.fromkeys(".,-", 0.012), " ": 0.16, EDGE: 0.25,
}  # fmt: skip
_RARELY = 0.001


def frequency(needles: Strings) -> float:
    """How often one of the needles will be met, for each character of ordinary text."""
    chances = []
    for needle in needles:
        chance = 1.0
        for char in needle:
            chance *= _OFTEN.get(char, _RARELY)
        chances.append(chance)
    # The same to the last digit, in whatever order a set gives its strings.
    return fsum(chances)


def rarity(needles: Strings) -> tuple[float, list[str]]:
    """Orders sets alike in every run, those as frequent as each other too."""
    return frequency(needles), sorted(needles)


def solid(strings: Strings) -> Strings:
    """The set as a requirement: none where nothing at all would do, and no string that holds another."""
    if "" in strings or EDGE in strings:
        return frozenset()
    kept: list[str] = []
    for string in sorted(strings, key=lambda s: (len(s), s)):
        if not any(known in string for known in kept):
            kept.append(string)
    return frozenset(kept)


def ended(strings: Strings) -> Strings:
    """The strings where no letter, digit or underscore follows them; none where nothing would do."""
    if "" in strings or EDGE in strings:
        return frozenset()
    return frozenset(s + EDGE for s in strings)


def cut(strings: Strings, part: slice) -> Strings:
    """The beginnings, or ends, of the strings; none where one is empty."""
    return frozenset() if "" in strings else frozenset(s[part] for s in strings) - {EDGE}


def joined(first: Strings, second: Strings | None) -> Strings | None:
    """One behind the other; None where that is unknown or too many."""
    if not first or not second or len(first) * len(second) > MOST:
        return None
    return frozenset(a + b for a in first for b in second)


def power(strings: Strings, count: int) -> Strings | None:
    """The strings, so many in a row."""
    if len(strings) ** count > MOST:
        return None
    return frozenset("".join(parts) for parts in product(strings, repeat=count))
