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
        return _sequence(list(value[2])) if value[0] >= 1 else []
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


_COMMON = frozenset(".,:;-/()'\"& 0123456789")


def strength(needles: frozenset[str]) -> tuple[float, int]:
    """How rarely one of the needles will be met: by their shortest, then by their number."""
    return (min(_rarity(n) for n in needles), -len(needles))


def _rarity(needle: str) -> float:
    rare = [c for c in needle if c not in _COMMON]
    # A sign or an ideograph is met about as rarely as two letters.
    return sum(1.0 if c.isascii() and c.isalpha() else 2.0 for c in rare) + 0.25 * len(needle)
