"""How long a match of a regular expression is, and what recurs in it, from the parsed expression."""

from __future__ import annotations

from itertools import pairwise
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from listlint.later import expression

OPEN = 64
"""What an open repetition counts in the greatest length: nobody writes more dots behind "n/a"."""
HEAD = 4
"""Letters of a word by which its repetition is told."""
REPEAT_KINDS = (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT)
WIDTHLESS = (op.AT, op.ASSERT, op.ASSERT_NOT)
_BLANK = ord(" ")
_LETTERS = [(op.IN, [(op.RANGE, (ord("a"), ord("z")))])]


def longest(items: list[Any]) -> int | None:
    """The most characters a cell may have that is matched from end to end; None: any number."""
    at = [value for kind, value in (items[0], items[-1]) if kind is op.AT] if items else []
    if at != [op.AT_BEGINNING, op.AT_END]:
        return None
    return _width(items)


def _width(items: list[Any]) -> int:
    """The greatest width, open repetitions counted as `OPEN` times."""
    total = 0
    for kind, value in items:
        if kind in REPEAT_KINDS:
            most = OPEN if value[1] == op.MAXREPEAT else value[1]
            total += most * _width(list(value[2]))
        elif kind is op.SUBPATTERN:
            total += _width(list(value[3]))
        elif kind is op.ATOMIC_GROUP:
            total += _width(list(value))
        elif kind is op.BRANCH:
            total += max(_width(list(branch)) for branch in value[1])
        elif kind not in WIDTHLESS:
            total += 1
    return total


_CASED_TO_ASCII = (0x130, 0x131, 0x17F, 0x212A)
"""Letters that are i, s or k without regard to case."""


def _beyond(first: int, last: int) -> bool:
    return first > 127 and not any(first <= point <= last for point in _CASED_TO_ASCII)


def beyond_ascii(items: list[Any]) -> bool:
    """Whether every match holds a character that is not ASCII."""
    for kind, value in items:
        if kind is op.LITERAL:
            found = _beyond(value, value)
        elif kind is op.IN:
            found = all(
                (k is op.LITERAL and _beyond(v, v)) or (k is op.RANGE and _beyond(*v))
                for k, v in value
            )
        elif kind is op.SUBPATTERN:
            found = beyond_ascii(list(value[3]))
        elif kind is op.ATOMIC_GROUP:
            found = beyond_ascii(list(value))
        elif kind in REPEAT_KINDS:
            found = value[0] >= 1 and beyond_ascii(list(value[2]))
        elif kind is op.BRANCH:
            found = all(beyond_ascii(list(branch)) for branch in value[1])
        else:
            found = False
        if found:
            return True
    return False


def repeats(items: list[Any]) -> tuple[int, int] | None:
    """For `(?<= )([a-z]{4,})… (?:(?:[a-z]+ ){0,3}\\1… ){4,}`: (4, 4), the word comes four times
    more, each time within four words. Whatever else the expression is: None."""
    group = 0
    blank = False
    for kind, value in items:
        if kind is op.SUBPATTERN and value[0] and blank:
            inner = list(value[3])
            if len(inner) == 1 and inner[0][0] in REPEAT_KINDS and inner[0][1][0] >= HEAD:
                letters = list(inner[0][1][2])
                group = value[0] if letters == _LETTERS else 0
        elif kind in REPEAT_KINDS and group and blank:
            reach = _reach(list(value[2]), group)
            if reach is not None and value[0] >= 1:
                return (value[0], reach)
        elif kind is op.ASSERT_NOT:
            continue  # what must not follow moves nothing
        blank = (kind is op.LITERAL and value == _BLANK) or (
            kind is op.ASSERT and list(value[1]) == [(op.LITERAL, _BLANK)] and value[0] == -1
        )
    return None


def alike(items: list[Any]) -> tuple[int, int] | None:
    """For `([a-z]{6,10})(?:[a-z]* (?:[a-z]+ ){0,2}[a-z]{0,12}?\\1){4,}`: (5, 6), five words have the
    same six letters in a row. Whatever else the expression is: None."""
    for (kind, value), (after, again) in pairwise(items):
        if kind is not op.SUBPATTERN or not value[0] or after not in REPEAT_KINDS:
            continue
        inner = list(value[3])
        if len(inner) != 1 or inner[0][0] not in REPEAT_KINDS or inner[0][1][0] < HEAD:
            continue
        body = list(again[2])
        apart = (op.LITERAL, _BLANK) in body and (op.GROUPREF, value[0]) in body
        if apart and list(inner[0][1][2]) == _LETTERS:
            return again[0] + 1, inner[0][1][0]
    return None


def _reach(body: list[Any], group: int) -> int | None:
    """How many words on the group comes again in `(?:[a-z]+ ){0,3}\\1(?:e?s)? `, at most."""
    if body[-1] != (op.LITERAL, _BLANK):
        return None
    words = 1
    for kind, value in body:
        if kind is op.GROUPREF:
            return words if value == group else None
        if kind not in REPEAT_KINDS or value[1] == op.MAXREPEAT:
            return None
        word = list(value[2])
        if len(word) == 1 and word[0][0] is op.SUBPATTERN:
            word = list(word[0][1][3])
        one = word[0][1] if word[0][0] in REPEAT_KINDS else None
        if len(word) != 2 or word[1] != (op.LITERAL, _BLANK) or one is None:
            return None
        if list(one[2]) != _LETTERS:
            return None
        words += value[1]
    return None


_LOOKS_BEHIND = expression(r"(?:\(\?i\))?\(\?<[=!][^()]*\)(?:\(\?:)*\\d")


def begins_with_digit(pattern: str) -> bool:
    """Whether an expression looks behind, and then at a digit."""
    return _LOOKS_BEHIND.match(pattern) is not None and _is_digit_first(list(parser.parse(pattern)))


def _is_digit_first(items: list[Any]) -> bool:
    for kind, value in items:
        if kind in WIDTHLESS:
            continue
        if kind in REPEAT_KINDS:
            return value[0] >= 1 and _is_digit_first(list(value[2]))
        if kind is op.SUBPATTERN:
            return _is_digit_first(list(value[3]))
        if kind is op.BRANCH:
            return all(_is_digit_first(list(branch)) for branch in value[1])
        return kind is op.IN and list(value) == [(op.CATEGORY, op.CATEGORY_DIGIT)]
    return False
