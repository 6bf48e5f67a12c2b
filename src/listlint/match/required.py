"""What every text that a regular expression matches must contain, so that most cells are never tried."""

from __future__ import annotations

from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

MOST = 64
"""Alternatives beyond which a requirement is no help."""


def required(pattern: str) -> list[frozenset[str]]:
    """Sets of lower-case strings; a match contains at least one of each set. Empty: nothing is sure."""
    try:
        parsed = parser.parse(pattern)
    except RecursionError:
        return []
    return [s for s in _sequence(list(parsed)) if s and len(s) <= MOST]


def _sequence(items: list[Any]) -> list[frozenset[str]]:
    found: list[frozenset[str]] = []
    run = ""
    for kind, value in items:
        if kind is op.LITERAL:
            run += chr(value).lower()
            continue
        if run:
            found.append(frozenset({run}))
            run = ""
        found += _one(kind, value)
    if run:
        found.append(frozenset({run}))
    return found


def _one(kind: Any, value: Any) -> list[frozenset[str]]:
    if kind is op.SUBPATTERN:
        return _sequence(list(value[3]))
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
        least, items = value[0], list(value[2])
        if least >= 2 and len(items) == 1:
            once = _sequence(items)
            if len(once) == 1 and len(once[0]) <= 4 and all(len(c) == 1 for c in once[0]):
                return [frozenset(a + b for a in once[0] for b in once[0])]
        return _sequence(items) if least >= 1 else []
    if kind is op.ATOMIC_GROUP:
        return _sequence(list(value))
    if kind is op.BRANCH:
        union: set[str] = set()
        for branch in value[1]:
            sets = _sequence(list(branch))
            if not sets:
                return []
            union |= sorted(sets, key=strength)[-1]
        return [frozenset(union)]
    if kind is op.IN and all(k is op.LITERAL for k, _ in value):
        return [frozenset(chr(v).lower() for _, v in value)]
    if kind is op.ASSERT and value[0] == 1:
        return _sequence(list(value[1]))
    return []


_RARE = frozenset("qxzjkvw")
_COMMON = frozenset(".,:;-/()'\"& ")


def strength(needles: frozenset[str]) -> tuple[float, int]:
    """How rarely one of the needles will be met: by their shortest, then by their number."""
    return (min(_rarity(n) for n in needles), -len(needles))


def _rarity(needle: str) -> float:
    rare = [c for c in needle if c not in _COMMON]
    if len(rare) == 2 and needle.isascii() and needle.isalpha():
        # Two letters stand inside many words, some pairs in few.
        return 2.0 if _RARE.intersection(needle) else 1.0
    # A sign or an ideograph is met about as rarely as two letters.
    weights = [1.0 if c.isascii() and c.isalpha() else 0.7 if c.isdigit() else 2.0 for c in rare]
    return sum(weights) + 0.25 * len(needle)


OPEN = 64
"""What an open repetition counts in `longest`: nobody writes more dots behind "n/a"."""


def longest(pattern: str) -> int | None:
    """The most characters a cell may have that `pattern` matches from end to end; None: any number."""
    parsed = parser.parse(pattern)
    items = list(parsed)
    at = [value for kind, value in (items[0], items[-1]) if kind is op.AT] if items else []
    if at != [op.AT_BEGINNING, op.AT_END]:
        return None
    return _width(items)


def _width(items: list[Any]) -> int:
    """The greatest width, open repetitions counted as `OPEN` times."""
    total = 0
    for kind, value in items:
        if kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            most = OPEN if value[1] == op.MAXREPEAT else value[1]
            total += most * _width(list(value[2]))
        elif kind is op.SUBPATTERN:
            total += _width(list(value[3]))
        elif kind is op.ATOMIC_GROUP:
            total += _width(list(value))
        elif kind is op.BRANCH:
            total += max(_width(list(branch)) for branch in value[1])
        elif kind not in (op.AT, op.ASSERT, op.ASSERT_NOT):
            total += 1
    return total


def beyond_ascii(pattern: str) -> bool:
    """Whether every match holds a character that is not ASCII."""
    return any(
        kind is op.IN
        and all((k is op.LITERAL and v > 127) or (k is op.RANGE and v[0] > 127) for k, v in value)
        for kind, value in parser.parse(pattern)
    )
