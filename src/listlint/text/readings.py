"""What a single disguised token may stand for: letters that look alike, signs for letters, stretched letters."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import product

from listlint.later import expression
from listlint.text.chars import FOLD
from listlint.text.signs import confusables

_LEET: dict[str, str] = {
    "@": "a", "$": "s", "!": "il", "|": "il", "€": "e", "£": "l", "¥": "y", "+": "t", "(": "c",
    "0": "o", "1": "il", "2": "z", "3": "e", "4": "a", "5": "s", "6": "gb", "7": "t", "8": "b",
    "9": "g", "*": "aeiou",
}  # fmt: skip
_MOST_DOUBLED = 10
"""Stretched letters of a word that may each stand for two; the readings double with each."""
_CODE = expression(r"\d?([A-Z])\d(?:\1\d)*\1?")
"""`A1A1A`: one capital over and over with digits between is the number of a model or a place."""
_STRETCHED = expression(r"([^\W\d_])\1\1")


def folded_word(token: str) -> str:
    """The token as it is looked for."""
    return "".join(FOLD[ord(c)] for c in token).strip()


def _plain_homoglyphs(token: str) -> Iterator[str]:
    if token.isascii():
        return
    table = confusables()
    letters = [table.get(c) for c in token]
    if not any(letters):
        return
    rest = [c for p, c in zip(letters, token, strict=True) if p is None and c.isalpha()]
    if any(not FOLD[ord(c)].isascii() for c in rest):
        # Other letters of the same script: an honest word of another language.
        return
    yield from _spell([(p or FOLD[ord(c)]) for p, c in zip(letters, token, strict=True)])


def _plain_leet(token: str, bold: bool = False) -> Iterator[str]:
    token = token.strip(".:-'\"()[]{}?")
    if not 3 <= len(token) <= 24 or _CODE.fullmatch(token):
        return
    letters = sum(c.isalpha() for c in token)
    signs = sum(c in _LEET for c in token)
    if letters < 2 - bold or signs == 0 or signs > letters * (1 + 2 * bold) + (letters > 4):
        return
    yield from _spell([_LEET.get(c, "") or FOLD[ord(c)] for c in token])
    if token[-1] in "!|":
        # An exclamation mark at the end is one.
        yield from _spell([_LEET.get(c, "") or FOLD[ord(c)] for c in token[:-1]])


def boldly(token: str) -> Iterator[str]:
    """Readings of a token with more signs than letters."""
    yield from _plain_leet(token, bold=True)


def _spell(choices: list[str]) -> Iterator[str]:
    """All readings; a run of one-letter readings is taken as it is, `il` both ways."""
    options = [c if len(c) > 1 else (c,) for c in choices]
    total = 1
    for option in options:
        total *= len(option)
    if total > 256:
        options = [o[:1] for o in options]
    for reading in product(*options):
        yield "".join(reading).strip()


def _plain_stretched(token: str) -> Iterator[str]:
    if _STRETCHED.search(token) is None:
        return
    word = folded_word(token)
    runs = [(m[0][0], len(m[0])) for m in re.finditer(r"(.)\1*", word)][:24]
    options = [(1, 2) if n > 2 else (n,) for _, n in runs]
    for n in [n for n, option in enumerate(options) if len(option) > 1][_MOST_DOUBLED:]:
        options[n] = (1,)
    for keep in product(*options):
        yield "".join(c * k for (c, _), k in zip(runs, keep, strict=True))
    yield "".join(c for c, _ in runs)


READINGS: dict[str, Callable[[str], Iterator[str]]] = {
    "homoglyph": _plain_homoglyphs,
    "leet": _plain_leet,
    "stretched": _plain_stretched,
}
"""Disguise of a single token → what it may stand for."""
