"""Disguises of Chinese, Japanese and Korean words: characters written as their parts, characters written as
they sound, marks and blanks between characters.

Text without such characters is not looked at.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import product
from operator import add
from typing import NamedTuple, Protocol

from listlint.later import expression
from listlint.policy.paths import builtin
from listlint.text.chars import SEPARATOR
from listlint.text.signs import CJK_MARKS, CJK_WORD, HANGUL
from listlint.text.variation import Variation, rebuilt

_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_ANY_HAN = expression(f"[{_HAN}]")
_GAP = r"[-._*~|·•/\\+=^#&\s]{1,3}"
_SPLIT = expression(
    rf"[{CJK_WORD}]+(?:\s?[{CJK_MARKS}]{{1,2}}\s?[{CJK_WORD}]+)+"
    rf"|[\u4e00-\u9fff](?:{_GAP}[\u4e00-\u9fff])+(?![\u4e00-\u9fff])"
    rf"|(?<![\u3041-\u30ff])[\u3041-\u30ff](?:{_GAP}[\u3041-\u30ff](?![\u3041-\u30ff])){{2,}}"
    rf"|(?<![{HANGUL}])[{HANGUL}](?:{_GAP}[{HANGUL}](?![{HANGUL}]))+"
)
_STARRED = expression(r"[\u4e00-\u9fff](?:[*~·•^#&_][\u4e00-\u9fff]){2,}")
"""One word taken apart inside a sentence: what follows may go on without marks."""
_BLANK = expression(rf"(?<=[{CJK_WORD}])\s+(?=[{CJK_WORD}])")

_SOUNDED = expression(rf"[{_HAN}]\s?[A-Za-z]{{2}}|[A-Za-z]{{2}}\s?[{_HAN}]")
_STRETCH = expression(
    rf"(?:[{_HAN}]|(?<![A-Za-z0-9])[A-Za-z]{{2,}}(?![A-Za-z0-9]))"
    rf"(?:[ ·_*-]?(?:[{_HAN}]|(?<![A-Za-z0-9])[A-Za-z]{{2,}}(?![A-Za-z0-9])))*"
)
_UNIT = expression(f"[{_HAN}]|[A-Za-z]+")
_LATIN = expression("[A-Za-z]")
MOST_CHARACTERS = 8
"""Longest word that is looked for by its sound, in characters."""
LEAST_SOUND = 7
"""Fewest letters of a word written in Latin letters altogether."""
SOUND = "拼"
"""Begins the key of a word by its sound."""


class Words(Protocol):
    """What is asked about words: which of them sounds so."""

    def sounding(self, sound: str) -> str | None:
        """The word whose characters' sounds one after the other are `sound`."""


@cache
def split_characters() -> dict[str, str]:
    """Characters as written in their parts → the characters that this may stand for."""
    path = builtin() / "text" / "split_characters.csv"
    found: dict[str, str] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for written in row["written"].split():
                found[written] = found.get(written, "") + row["character"]
    return found


@cache
def _pairs() -> frozenset[str]:
    return frozenset(written[:2] for written in split_characters())


@cache
def sounds() -> dict[str, tuple[str, ...]]:
    """Chinese characters → how they are spelt in pinyin, without tones; the usual reading first."""
    path = builtin() / "text" / "pinyin.csv"
    found: dict[str, tuple[str, ...]] = {}
    later: dict[str, tuple[str, ...]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            said = (row["syllable"],)
            found.update((c, said + found.get(c, ())) for c in row["characters"])
            later.update((c, later.get(c, ()) + said) for c in row["also"])
    for char, readings in later.items():
        found[char] = found.get(char, ()) + readings
    return found


@cache
def _syllables() -> re.Pattern[str]:
    every = {s for readings in sounds().values() for s in readings}
    longest_first = sorted(every, key=len, reverse=True)
    return re.compile(f"(?:{'|'.join(longest_first)})+")


def keys(word: str) -> list[str]:
    """By which sounds a Chinese word is found; none when it is too long or not Chinese."""
    if not 2 <= len(word) <= MOST_CHARACTERS:
        return []
    table = sounds()
    readings = [table.get(c, ()) for c in word]
    if not all(readings):
        return []
    if sum(len(r) > 1 for r in readings) > 2:
        readings = [r[:1] for r in readings]
    return [SOUND + "".join(reading) for reading in product(*readings)]


def suspects(joined: str) -> Iterator[int]:
    """Numbers of the cells (joined by `SEPARATOR`) in which a character may be disguised."""
    if joined.isascii() or _ANY_HAN.search(joined) is None:
        return
    pairs = _pairs()
    for number, cell in enumerate(joined.split(SEPARATOR)):
        if cell.isascii() or _ANY_HAN.search(cell) is None:
            continue
        if _SOUNDED.search(cell) or not pairs.isdisjoint(map(add, cell, cell[1:])):
            yield number


def variations(cell: str, source: str, words: Words) -> Iterator[Variation]:
    """The cell without each of these disguises."""
    yield from _joined(cell, source)
    if _ANY_HAN.search(source):
        yield from _whole(cell, source)
        yield from _heard(cell, source, words)


def _joined(cell: str, source: str) -> Iterator[Variation]:
    for pattern in (_SPLIT, _STARRED):
        edits = [
            (found.start(), found.end(), "".join(filter(str.isalpha, found[0])))
            for found in pattern.finditer(source)
        ]
        if not edits:
            continue
        yield rebuilt(cell, source, edits, "split")
        # What stands apart from the rest of its sentence too: `代开 发 / 票`.
        spans = [(a, b) for a, b, _ in edits]
        blanks = [
            (m.start(), m.end(), "")
            for m in _BLANK.finditer(source)
            if any(m.start() == b or m.end() == a for a, b in spans)
        ]
        if blanks:
            yield rebuilt(cell, source, sorted(edits + blanks), "split", least=3)


class _Unit(NamedTuple):
    start: int
    end: int
    text: str
    sound: str


def _whole(cell: str, source: str) -> Iterator[Variation]:
    """Characters put together from their parts."""
    if _pairs().isdisjoint(map(add, source, source[1:])):
        return
    table = split_characters()
    edits: list[tuple[int, int, str]] = []
    at = 0
    while at < len(source) - 1:
        for size in (3, 2):
            written = source[at : at + size]
            if written in table:
                edits.append((at, at + len(written), table[written]))
                at += len(written) - 1
                break
        at += 1
    if edits:
        most = min(2, max(len(chars) for *_, chars in edits))
        for n in range(most):
            chosen = [(a, b, chars[min(n, len(chars) - 1)]) for a, b, chars in edits]
            yield rebuilt(cell, source, chosen, "split-characters", least=2)


def _heard(cell: str, source: str, words: Words) -> Iterator[Variation]:
    """Words of which characters are written as they sound: `dian子yan`."""
    edits: list[tuple[int, int, str]] = []
    for stretch in _STRETCH.finditer(source):
        units = _units(stretch)
        first = 0
        while first < len(units):
            found = _sounding(units, first, words)
            if found is not None:
                last, spelt = found
                edits += _respelt(units[first : last + 1], spelt)
                first = last
            first += 1
    if edits:
        yield rebuilt(cell, source, edits, "pinyin")


def _units(stretch: re.Match[str]) -> list[_Unit]:
    """Characters and Latin syllables one after the other; none when there is no such syllable."""
    if _LATIN.search(stretch.string, *stretch.span()) is None:
        return []
    table = sounds()
    found: list[_Unit] = []
    heard = False
    for unit in _UNIT.finditer(stretch.string, *stretch.span()):
        text = unit[0]
        if text.isascii():
            # `SE`, `XL` are sizes and models.
            spelt = not (text.isupper() and len(text) < 4)
            said = text.lower() if spelt and _syllables().fullmatch(text.lower()) else ""
            heard = heard or bool(said)
        else:
            said = table.get(text, ("",))[0]
        found.append(_Unit(*unit.span(), text, said))
    return found if heard else []


def _sounding(
    units: Sequence[_Unit], first: int, words: Words
) -> tuple[int, Sequence[tuple[str, str]]] | None:
    """The longest word that sounds like the units from `first` on: its last unit, and how each of its
    characters is written."""
    best: tuple[int, Sequence[tuple[str, str]]] | None = None
    sound = ""
    for last in range(first, min(len(units), first + MOST_CHARACTERS)):
        if not units[last].sound:
            break
        sound += units[last].sound
        part = units[first : last + 1]
        latin = [u for u in part if u.text.isascii()]
        if not latin or (len(latin) == len(part) and len(sound) < LEAST_SOUND):
            continue
        written = "".join(u.text.lower() for u in part)
        word = words.sounding(sound)
        spelt = _spells(word).fullmatch(written) if word is not None else None
        if word is not None and spelt is not None:
            best = (last, tuple(zip(word, spelt.groups(), strict=True)))
    return best


def _respelt(
    units: Sequence[_Unit], spelt: Sequence[tuple[str, str]]
) -> Iterator[tuple[int, int, str]]:
    """The edits that write the units as characters, without what stands between them."""
    places = [k for unit in units for k in range(unit.start, unit.end)]
    at = 0
    for char, written in spelt:
        start, end = places[at], places[at + len(written) - 1] + 1
        at += len(written)
        if written != char:
            yield start, end, char
        if at < len(places) and places[at] > end:
            yield end, places[at], ""


@cache
def _spells(word: str) -> re.Pattern[str]:
    """`word` with each character as it is or as it sounds."""
    table = sounds()
    return re.compile("".join(f"({'|'.join((c, *table.get(c, ())))})" for c in word))
