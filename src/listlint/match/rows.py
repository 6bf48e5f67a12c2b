"""What must stand in a row, or come again soon, wherever a regular expression matches.

Strings tell nothing of expressions such as `(?:[a-z0-9]\\s){4,}` (letters spelled out) or
`([一-龥]{2,4})(?:.{0,6}?\\1){3,}` (a word said over and over). Both are found in all cells at once,
by arithmetic on the whole text.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from re import IGNORECASE
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from listlint.match.measure import REPEAT_KINDS
from listlint.slotted import slotted
from listlint.text.chars import SEPARATOR
from listlint.text.level import LEVEL

_DIGIT = (op.IN, [(op.CATEGORY, op.CATEGORY_DIGIT)])
_FEWEST = 3
"""Repetitions from which a row is worth looking for."""
_WIDEST = 64
"""Characters within which a repetition is looked for; beyond them only the letters are counted."""
WIDE = 0x2E80
"""The first point of the scripts in which words are said over without a blank between."""
Ranges = tuple[tuple[int, int], ...]
"""First and last code points."""


@slotted(frozen=True, slots=True)
class Row:
    """Characters in a row in levelled ASCII: `table` makes them the bytes that `signs` are of."""

    table: bytes
    signs: bytes

    def cells(self, data: bytes) -> set[int]:
        """Numbers of the cells, joined by `SEPARATOR`, that have the row."""
        marked = data.translate(self.table)
        found = set()
        cell = at = 0
        place = marked.find(self.signs)
        while place >= 0:
            cell += data.count(_SEPARATOR, at, place)
            found.add(cell)
            at = data.find(_SEPARATOR, place)
            if at < 0:
                break
            place = marked.find(self.signs, at)
        return found


_SEPARATOR = SEPARATOR.encode()


@slotted(frozen=True, slots=True)
class Near:
    """`count` digits of levelled text, each at most `step` characters behind the one before."""

    count: int
    step: int

    def cells(self, data: bytes) -> set[int]:
        """Numbers of the cells, joined by `SEPARATOR`, that may have them."""
        import numpy as np

        signs = np.frombuffer(data, dtype=np.uint8)
        # Characters, not bytes, are counted: those that only continue one count nothing.
        begins = (signs & 0xC0) != 0x80
        digits = np.flatnonzero((signs >= ord("0")) & (signs <= ord("9")))
        places = digits if begins.all() else np.cumsum(begins)[digits]
        borders = np.flatnonzero(signs == ord(SEPARATOR))
        cells = np.searchsorted(borders, digits)
        far = np.flatnonzero((np.diff(places) > self.step) | (np.diff(cells) > 0)) + 1
        firsts = np.concatenate(([0], far))
        lengths = np.diff(np.append(firsts, digits.size))
        return set(cells[firsts[lengths >= self.count]].tolist())


@slotted(frozen=True, slots=True)
class Recurring:
    """One or two characters (`heads`) that come again `times` times, each time within `reach` places;
    without `reach`, anywhere behind."""

    heads: tuple[Ranges, ...]
    times: int
    reach: int | None

    def cells(self, points: Any, wide: Any) -> set[int]:
        """Numbers of the cells, joined by `SEPARATOR` and given as `points`, that may have them.

        `wide` are the places of the points from `WIDE` on.
        """
        import numpy as np

        places = wide
        if min(first for first, _ in self.heads[0]) < WIDE:
            places = np.flatnonzero(_within(points, self.heads[0]))
        else:
            places = places[_within(points[places], self.heads[0])]
        heads = points[places]
        if len(self.heads) == 2:
            # The last cell ends with a blank, so that something stands behind every letter.
            seconds = points[places + 1]
            fit = _within(seconds, self.heads[1])
            places = places[fit]
            # Two pairs that look alike in this only make a cell worth a try.
            heads = heads[fit] ^ (seconds[fit] << 16)
        again = np.ones(places.size, dtype=bool)
        if self.reach is not None:
            again[:] = False
            for step in range(1, min(self.reach, places.size - 1) + 1):
                same = np.flatnonzero(heads[step:] == heads[:-step])
                again[same[places[same + step] - places[same] <= self.reach]] = True
        borders = np.flatnonzero(points == ord(SEPARATOR))
        counts = np.bincount(np.searchsorted(borders, places[again]))
        return set(np.flatnonzero(counts >= self.times).tolist())


def _within(points: Any, ranges: Ranges) -> Any:
    first, last = ranges[0]
    fit = (points >= first) & (points <= last)
    for first, last in ranges[1:]:
        fit |= (points >= first) & (points <= last)
    return fit


def _parsed(pattern: str, without: int = 0) -> list[Any]:
    """The parts of an expression; none where it has a flag that it should be `without`."""
    try:
        parsed = parser.parse(pattern)
    except RecursionError:
        return []
    return [] if parsed.state.flags & without else list(parsed)


def row_of(pattern: str) -> Row | None:
    """The row of characters that every text has, levelled, which a regular expression matches."""
    for kind, value in _parsed(pattern):
        if kind in REPEAT_KINDS and value[0] >= _FEWEST:
            classes = [_levelled(*item) for item in value[2]]
            signs = list(dict.fromkeys(c for c in classes if c is not None))
            apart = sum(map(len, signs)) == len(frozenset().union(*signs))
            if len(classes) > 1 and None not in classes and apart:
                table = bytearray(256)
                for number, chars in enumerate(signs, 1):
                    for char in chars:
                        table[char] = number
                row = bytes(signs.index(c) + 1 for c in classes if c is not None) * value[0]
                return Row(bytes(table), row)
    return None


def near_digits(pattern: str) -> Near | None:
    """For a look ahead such as `(?=(?:\\D{0,3}\\d){8})`: eight digits, each among the next four signs."""
    for kind, value in _parsed(pattern):
        ahead = list(value[1]) if kind is op.ASSERT and value[0] == 1 else []
        if len(ahead) != 1 or ahead[0][0] not in REPEAT_KINDS:
            continue
        count, _, body = ahead[0][1]
        parts = list(body[0][1][3]) if body[0][0] is op.SUBPATTERN else list(body)
        if count < _FEWEST or len(parts) != 2 or parts[1] != _DIGIT:
            continue
        gap = parts[0]
        if gap[0] in REPEAT_KINDS and gap[1][1] <= _WIDEST and len(gap[1][2]) == 1:
            return Near(count, int(gap[1][1]) + 1)
    return None


def _levelled(kind: Any, value: Any) -> frozenset[int] | None:
    """One character's choices, levelled; None where they are not all ASCII."""
    found: set[str] = set()
    for one, what in value if kind is op.IN else [(kind, value)]:
        if one is op.LITERAL:
            found.add(LEVEL[what])
        elif one is op.RANGE and what[1] < 128:
            found.update(LEVEL[point] for point in range(what[0], what[1] + 1))
        elif one is op.CATEGORY and what is op.CATEGORY_SPACE:
            found.add(" ")
        elif one is op.CATEGORY and what is op.CATEGORY_DIGIT:
            found.update("0123456789")
        else:
            return None
    return frozenset(map(ord, found)) if all(map(str.isascii, found)) else None


def recurring(pattern: str) -> Recurring | None:
    """What must come again wherever a regular expression matches a folded cell."""
    items = _parsed(pattern, IGNORECASE)
    for (kind, value), (after, repeat) in itertools.pairwise(items):
        if kind is not op.SUBPATTERN or not value[0] or after not in REPEAT_KINDS:
            continue
        body = list(repeat[2])
        if (op.GROUPREF, value[0]) not in body or repeat[0] < 2:
            continue
        heads = _heads(value[3])
        if heads is None:
            return None
        # The group itself counts nothing in the width of what repeats it.
        between = sum(_width(item) for item in body if item != (op.GROUPREF, value[0]))
        reach = value[3].getwidth()[1] + between
        return Recurring(heads, repeat[0], reach if reach <= _WIDEST else None)
    return None


def _width(item: tuple[Any, Any]) -> int:
    """The greatest width of a part of an expression."""
    kind, value = item
    if kind in REPEAT_KINDS:
        return int(min(value[1], 1 << 16)) * int(value[2].getwidth()[1])
    return int(value[3].getwidth()[1]) if kind is op.SUBPATTERN else 1


def _heads(group: Any) -> tuple[Ranges, ...] | None:
    """With which one or two characters the group begins, whichever of its alternatives it is."""
    items = list(group)
    if not items:
        return None
    branches = [list(b) for b in items[0][1][1]] if items[0][0] is op.BRANCH else [items]
    firsts: list[tuple[int, int]] = []
    seconds: list[tuple[int, int]] = []
    two = True
    for branch in branches:
        first = _ranges(branch[0]) if branch else None
        if first is None:
            return None
        firsts += first
        second = _second(branch)
        if second is None:
            two = False
        else:
            seconds += second
    return (tuple(firsts), tuple(seconds)) if two else (tuple(firsts),)


def _second(branch: Sequence[Any]) -> list[tuple[int, int]] | None:
    kind, value = branch[0]
    if kind in REPEAT_KINDS:
        return _ranges(branch[0]) if value[0] >= 2 else None
    found: list[tuple[int, int]] = []
    for item in branch[1:]:
        kind, value = item
        optional = kind in REPEAT_KINDS and value[0] == 0
        ranges = _ranges((kind, (1, value[1], value[2])) if optional else item)
        if ranges is None:
            return None
        found += ranges
        if not optional:
            return found
    return None


def _ranges(item: tuple[Any, Any]) -> list[tuple[int, int]] | None:
    """The characters that an item begins with; None where they are not told one by one."""
    kind, value = item
    if kind is op.LITERAL:
        return [(value, value)]
    if kind in REPEAT_KINDS and value[0] >= 1:
        return _ranges(next(iter(value[2])))
    if kind is not op.IN:
        return None
    found = []
    for one, what in value:
        if one is op.LITERAL:
            found.append((what, what))
        elif one is op.RANGE:
            found.append(what)
        else:
            return None
    return found
