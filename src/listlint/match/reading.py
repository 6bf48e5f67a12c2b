"""Reads a parsed regular expression: what stands, in every text it matches, in which order."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import product
from math import prod
from re import _constants as op  # type: ignore[attr-defined]
from typing import Any

from listlint.match.index import EDGE
from listlint.match.measure import OPEN, REPEAT_KINDS, WIDTHLESS
from listlint.match.strings import (
    EMPTY,
    MOST,
    Strings,
    cut,
    ended,
    frequency,
    joined,
    power,
    solid,
)
from listlint.text.level import LEVEL

_REPEATS = 3
"""Repetitions up to which all numbers of them are spelt out."""
_OFTEN = 0.005
"""Frequency from which it tells nothing that strings stand there many times."""
SHORTEST_RUN = 5
"""Fewest characters of a run that is worth looking for."""
_DIGITS = frozenset("0123456789")
_WORDS = (op.CATEGORY, op.CATEGORY_WORD)


def levelled(point: int) -> str:
    """What a character is in levelled text."""
    return LEVEL[point]


def as_it_is(point: int) -> str:
    """What a character is in folded text."""
    lower = chr(point).lower()
    return lower if len(lower) == 1 else chr(point)


class Reading:
    """Reads parsed expressions; `plain` says what a character of one is in the text looked at."""

    def __init__(self, plain: Callable[[int], str]) -> None:
        self._plain = plain

    # --- strings of which one must be there ---

    def sets(self, items: list[Any]) -> Iterator[Strings]:
        """Sets of strings; every match has one string of each."""
        exact = EMPTY
        parts: list[Strings] = []  # of which `exact` is made
        for at, (kind, value) in enumerate(items):
            whole = self._exact(kind, value)
            if exact == EMPTY:
                exact = self._before(items, at)
                parts = [exact]
            if whole is not None:
                parts.append(whole)
            if whole is not None and len(exact) * len(whole) <= MOST:
                exact = frozenset(a + b for a in exact for b in whole)
                if kind is op.ASSERT and value[0] == 1:
                    yield from self.sets(list(value[1]))
                elif kind is op.ASSERT_NOT and value[0] == 1 and _has_words(list(value[1])):
                    yield solid(ended(exact))
                continue
            if whole is not None:
                # Too many together: the first as far as its neighbour's first character goes, and
                # the second with its neighbour's last, or with as many of the parts before it as
                # can be had.
                yield solid(joined(exact, cut(whole, slice(1))) or exact)
                exact = joined(cut(exact, slice(-1, None)), whole) or whole
                while prod(map(len, parts)) > MOST:
                    parts.pop(0)
                if len(parts) > 1:
                    yield solid(exact)
                    exact = frozenset(map("".join, product(*parts)))
                continue
            head, tail = self._ends(kind, value)
            apart = _begins_beside_words(kind, value)
            yield solid(joined(exact, head) or (ended(exact) if apart else exact))
            yield from self._inside(kind, value)
            exact = tail or EMPTY
            parts = [exact]
        yield solid(exact)

    def _before(self, items: list[Any], at: int) -> Strings:
        """What is known to stand before an item with which strings begin."""
        if at and items[at - 1][0] is op.ASSERT and items[at - 1][1][0] == -1:
            return self._whole(list(items[at - 1][1][1])) or EMPTY
        if items[at][0] not in WIDTHLESS and self._is_bound(items, at):
            return frozenset({EDGE})
        return EMPTY

    def _is_bound(self, items: list[Any], at: int) -> bool:
        """Whether what stands before the item can't be a letter, digit or underscore."""
        for kind, value in reversed(items[:at]):
            if kind is op.ASSERT_NOT and value[0] == -1 and _has_words(list(value[1])):
                return True
            if kind in WIDTHLESS:
                continue
            body = list(value[2]) if kind in REPEAT_KINDS else [(kind, value)]
            if len(body) != 1 or not _begins_beside_words(*body[0]):
                signs = self._end(body[::-1])
                if signs is None or any(c.isalnum() or c == "_" for c in signs):
                    return False
            if kind not in REPEAT_KINDS or value[0]:
                return True
        return False

    def _exact(self, kind: Any, value: Any) -> Strings | None:
        """All that the item may match; None when that is too much or not known."""
        if kind in WIDTHLESS:
            return EMPTY
        if kind is op.LITERAL:
            return frozenset({self._plain(value)})
        if kind is op.IN:
            return self._chars(value)
        if kind is op.SUBPATTERN:
            return self._whole(list(value[3]))
        if kind is op.ATOMIC_GROUP:
            return self._whole(list(value))
        if kind is op.BRANCH:
            union: set[str] = set()
            for branch in value[1]:
                one = self._whole(list(branch))
                if one is None:
                    return None
                union |= one
            return frozenset(union) if len(union) <= MOST else None
        if kind in REPEAT_KINDS and value[1] != op.MAXREPEAT and value[1] <= _REPEATS:
            once = self._whole(list(value[2]))
            found: set[str] = set()
            for count in range(value[0], value[1] + 1) if once is not None else ():
                times = power(once or EMPTY, count)
                if times is None:
                    return None
                found |= times
            return frozenset(found) if once is not None and len(found) <= MOST else None
        return None

    def _whole(self, items: list[Any]) -> Strings | None:
        exact = EMPTY
        for kind, value in items:
            one = self._exact(kind, value)
            if one is None or len(exact) * len(one) > MOST:
                return None
            exact = frozenset(a + b for a in exact for b in one)
        return exact

    def _ends(self, kind: Any, value: Any) -> tuple[Strings | None, Strings | None]:
        """With what an item begins and ends that is not known as a whole: repetitions, groups."""
        if kind in REPEAT_KINDS and value[0] >= 1:
            body = list(value[2])
            once = self._whole(body)
            if once is not None:
                twice = power(once, 2) if value[0] >= 2 else None
                return twice or once, twice or once
            return self._lead(body), self._end(body[::-1])
        if kind is op.SUBPATTERN:
            body = list(value[3])
            return self._lead(body), self._end(body[::-1])
        if kind is op.BRANCH:
            leads = [self._lead(list(branch)) for branch in value[1]]
            if all(leads):
                union = frozenset().union(*(lead or () for lead in leads))
                return union if len(union) <= MOST else None, None
        return None, None

    def _lead(self, items: list[Any]) -> Strings | None:
        """With what a sequence begins, as far as that is known."""
        exact = EMPTY
        for kind, value in items:
            whole = self._exact(kind, value)
            longer = joined(exact, whole if whole is not None else self._ends(kind, value)[0])
            if longer is None:
                break
            exact = longer
            if whole is None:
                break
        return exact if exact != EMPTY else None

    def _end(self, items: list[Any]) -> Strings | None:
        """With what a sequence begins, as far as its first character goes; or ends, if reversed."""
        for kind, value in items:
            if kind in WIDTHLESS:
                continue
            if kind in REPEAT_KINDS and value[0] >= 1:
                return self._end(list(value[2]))
            one = self._exact(kind, value)
            return one if one and "" not in one and all(len(s) == 1 for s in one) else None
        return None

    def _inside(self, kind: Any, value: Any) -> Iterator[Strings]:
        """What an item requires that is not known as a whole."""
        if kind is op.SUBPATTERN:
            yield from self.sets(list(value[3]))
        elif kind is op.ATOMIC_GROUP:
            yield from self.sets(list(value))
        elif kind in REPEAT_KINDS and value[0] >= 1:
            yield from self.sets(list(value[2]))
        elif kind is op.BRANCH:
            union: set[str] = set()
            for branch in value[1]:
                best = min((s for s in self.sets(list(branch)) if s), key=frequency, default=None)
                if best is None:
                    return
                union |= best
            if len(union) <= MOST:
                yield frozenset(union)

    def _chars(self, parts: list[Any]) -> Strings | None:
        """The characters of a class; None for too many."""
        found: set[str] = set()
        for kind, value in parts:
            if kind is op.LITERAL:
                found.add(self._plain(value))
            elif kind is op.RANGE and value[1] - value[0] < OPEN:
                found.update(map(self._plain, range(value[0], value[1] + 1)))
            elif kind is op.CATEGORY and value is op.CATEGORY_SPACE:
                found.add(" ")
            elif kind is op.CATEGORY and value is op.CATEGORY_DIGIT and self._plain is levelled:
                found |= _DIGITS
            else:
                return None
        return frozenset(found)

    def often(self, items: list[Any]) -> tuple[str, int] | None:
        """For `(?:[ ,]{1,3}(?:one|two)){5,}`: words between two of the signs, four times.

        The last time another character may follow.
        """
        for kind, value in items:
            body = list(value[2]) if kind in REPEAT_KINDS and value[0] >= _REPEATS else []
            if len(body) != 2:
                continue
            before, words = self._end(body[:1]), self._whole(body[1:])
            if before and words and min(map(len, words)) > 1:
                signs = f"[{''.join(map(re.escape, sorted(before)))}]"
                names = "|".join(map(re.escape, sorted(words, key=lambda w: (-len(w), w))))
                return f"{signs}(?=(?:{names}){signs})", value[0] - 1
        return None

    def many(self, items: list[Any]) -> tuple[Strings, int] | None:
        """For `(?: (?:mugs?|cups?)){6,}`: the strings with which each time begins, and how many times."""
        for kind, value in items:
            if kind in REPEAT_KINDS and value[0] >= _REPEATS:
                lead = solid(self._lead(list(value[2])) or EMPTY)
                if lead and frequency(lead) < _OFTEN:
                    return lead, value[0]
        return None

    # --- characters in a row ---

    def run(self, items: list[Any]) -> tuple[Strings, int] | None:
        """The longest row of digits, blanks and signs that every match has."""
        best: tuple[Strings, int] | None = None
        chars: set[str] = set()
        size = 0
        for one, least in [*self._flat(items), (None, 0)]:
            if one is not None and not any(c.isalpha() for c in one):
                chars |= one
                size += least
                continue
            if size >= SHORTEST_RUN and (best is None or size > best[1]):
                best = (frozenset(chars), size)
            chars, size = set(), 0
        return best

    def _flat(self, items: list[Any]) -> Iterator[tuple[Strings | None, int]]:
        """(characters, fewest of them) one after the other; None for what breaks a row."""
        for kind, value in items:
            if kind in WIDTHLESS:
                continue
            if kind is op.SUBPATTERN:
                yield from self._flat(list(value[3]))
            elif kind in REPEAT_KINDS:
                inner = list(self._flat(list(value[2])))
                if any(one is None for one, _ in inner):
                    # With a break in it, its beginning ends a row and its end begins one.
                    yield from inner if value[0] else [(None, 0)]
                    continue
                union: Strings = frozenset().union(*(one or () for one, _ in inner))
                yield union, value[0] * sum(least for _, least in inner)
            elif kind is op.BRANCH:
                ways = [list(self._flat(list(branch))) for branch in value[1]]
                if any(one is None for way in ways for one, _ in way):
                    yield None, 0
                    continue
                union = frozenset().union(*(one or () for way in ways for one, _ in way))
                yield union, min(sum(least for _, least in way) for way in ways)
            else:
                yield self._exact(kind, value) if kind in (op.LITERAL, op.IN) else None, 1

    def digits(self, items: list[Any]) -> int:
        """The fewest digits that a match, or what must follow it, has."""
        total = ahead = 0
        for kind, value in items:
            if kind is op.ASSERT and value[0] == 1:
                ahead = max(ahead, self.digits(list(value[1])))
            elif kind is op.SUBPATTERN:
                total += self.digits(list(value[3]))
            elif kind is op.ATOMIC_GROUP:
                total += self.digits(list(value))
            elif kind in REPEAT_KINDS:
                total += value[0] * self.digits(list(value[2]))
            elif kind is op.BRANCH:
                total += min(self.digits(list(branch)) for branch in value[1])
            elif kind in (op.LITERAL, op.IN):
                chars = self._exact(kind, value)
                total += chars is not None and bool(chars) and chars <= _DIGITS
        return max(total, ahead)


def _begins_beside_words(kind: Any, value: Any) -> bool:
    """Whether an item begins with what is no letter, digit or underscore."""
    if kind in REPEAT_KINDS and value[0]:
        return _begins_beside_words(*value[2][0])
    return kind is op.IN and all(part == (op.CATEGORY, op.CATEGORY_NOT_WORD) for part in value)


def _has_words(items: list[Any]) -> bool:
    """Whether a look behind or ahead is at a class with all letters, digits and the underscore in it."""
    return len(items) == 1 and items[0][0] is op.IN and _WORDS in items[0][1]
