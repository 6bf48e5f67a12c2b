"""What a learned judgement looks at in a text: its words, pairs of them, their beginnings.

Of a word `poudre` the traits are `poudre`, its pair with the word before (`de poudre`) and, since
words are bent at their ends, its first five and seven letters (`poudr*`). A word of digits is only as
long as it is (`000`). A run of a script without blanks has its pieces of two and three characters (one
says too little: most are particles). So traits belong to one word and what stands before it: what a text
says is the sum over its words.
"""

from __future__ import annotations

from listlint.text.chars import is_cjk

START = "^"
"""Stands before the first word of a text."""
RUN = "~"
"""Stands for a run of a script without blanks, before the word behind it."""
_STEMS = (5, 7)
_PIECES = (2, 3)
_DIGITS = 5


def alone(word: str) -> list[str]:
    """The traits of a folded word by itself."""
    if is_cjk(word[0]):
        return [word[k : k + n] for n in _PIECES for k in range(len(word) - n + 1)] or [word]
    word = _plain(word)
    return [word, *(f"{word[:n]}*" for n in _STEMS if len(word) > n)]


def as_first(word: str) -> str:
    """What a folded word (or `START`) is called as the first of a pair."""
    return RUN if is_cjk(word[0]) else _plain(word)


def as_second(word: str) -> str | None:
    """What a folded word is called as the second of a pair; None for one that is never second."""
    return None if is_cjk(word[0]) else _plain(word)


def pair(before: str, word: str) -> str | None:
    """The trait of a folded word and the one before it (or `START`); None where they are no pair."""
    second = as_second(word)
    return None if second is None else f"{as_first(before)} {second}"


def count(word: str) -> int:
    """How many traits a word brings, its pair included."""
    size = len(word)
    if is_cjk(word[0]):
        return sum(max(0, size + 1 - n) for n in _PIECES) or 1
    size = len(_plain(word))
    return 2 + sum(size > n for n in _STEMS)


def _plain(word: str) -> str:
    """The word, or a number's length in noughts."""
    return "0" * min(len(word), _DIGITS) if word.isdigit() else word


def traits(folded: str) -> list[str]:
    """All traits of a folded text, as often as they are there."""
    found: list[str] = []
    before = START
    for word in folded.split():
        found += alone(word)
        both = pair(before, word)
        found += () if both is None else (both,)
        before = word
    return found
