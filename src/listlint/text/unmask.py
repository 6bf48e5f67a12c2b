"""Taking disguises off: letters replaced, spaced out, stretched, split, turned round.

A disguise is only looked at where it could matter: a suspicious token whose plain form is one of
the words that some rule looks for (`vocabulary`). What comes out is the cell without the disguise
(`Variation`), with the way back to the original; the term index then looks at it again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from listlint.later import expression
from listlint.text import backwards, chinese
from listlint.text.backwards import contacts
from listlint.text.chars import BIDI, FOLD, INVISIBLE, SEPARATOR, is_cjk, is_hangul
from listlint.text.fold import fold, visible
from listlint.text.readings import READINGS, boldly, folded_word
from listlint.text.signs import CJK_SIGN, OVERRIDE, positions
from listlint.text.variation import Variation, rebuilt

_TOKEN = expression(rf"[^\s,;/{SEPARATOR}]+")
_EDGES = frozenset(f" \t\r\n,;/{SEPARATOR}\u3000\xa0")
_BLANKS = frozenset(f" \t\r\n{SEPARATOR}\u3000\xa0")
_LONGEST = 64
"""Longest token looked at, in characters."""
_REMEMBERED = 200_000
"""Tokens of which it is remembered whether they hide a word."""
_SPACED = expression(rf"[^\W_](?:(?:[^\w{SEPARATOR}]|_){{1,3}}[^\W_](?![^\W_])){{3,}}")
_SPLIT = expression(r"[^\W_]+(?:[-._*~|·•\\'’^=+:]{1,2}[^\W_]+)+")
_APART = expression(r"(?<![^\W_])([^\W\d_]{2,}) [-.*|/~+] (?=([^\W\d_]{2,}))")
_SLASHED = expression(r"(?<![^\W_])[^\W\d_]+(?:/[^\W\d_]+)+(?![^\W_])")
_HONEST = frozenset(("and/or",))
"""What is written with a slash by everybody, though it is somebody's name without."""
_APART_SIGNS = tuple(f" {mark} " for mark in "-.*|/~+")
_RLO = expression(f"{OVERRIDE}([^\u202c\u202d\n]+)")
MIN_WORD = 4
"""Shortest disguised word that is looked up."""
MIN_TORN = 6
"""The same for words torn in two by a mark between blanks."""
MIN_SLASHED = 5
"""The same for words torn by a slash without blanks."""
MIN_SYLLABLES = 2
"""The same for Korean words."""


Edit = tuple[int, int, str]
"""Half-open span of a text, and what stands there instead."""


def least(word: str) -> int:
    """Fewest letters of a disguised word in the script of `word` that is looked up."""
    return MIN_SYLLABLES if is_hangul(word[0]) else MIN_WORD


class Vocabulary:
    """The words that are worth unmasking: those of terms that may be disguised, and names of services."""

    def __init__(self, terms: Iterable[tuple[str, str]]) -> None:
        self.words: dict[str, str] = {}
        self.stems: set[str] = set()
        self.cjk = False
        self.readings: dict[object, dict[str, tuple[Edit, ...]]] = {}
        """What tokens hide that were met before, by the way of reading them."""
        for text, word in terms:
            if any(mark in text for mark in ("*", "...", "…", "|")):
                for piece in re.split(r"\.\.\.|…|\|", text):
                    self._add_piece(piece)
            else:
                self._add(word.split())

    @classmethod
    def of(cls, *words: str) -> Vocabulary:
        """The vocabulary of a few terms as written."""
        return cls((word, fold(word).strip()) for word in words)

    def _add_piece(self, piece: str) -> None:
        """A part of a term between gaps; its words may end in a star."""
        whole: list[str] = []
        for raw in piece.split():
            tokens = fold(raw.strip("*")).split()
            whole += tokens
            if raw.endswith("*") and tokens and len(tokens[-1]) >= MIN_WORD:
                self.stems.add(tokens[-1])
        self._add(whole)

    def _add(self, tokens: list[str]) -> None:
        for token in tokens:
            if token.isascii():
                if len(token) >= MIN_WORD:
                    self.words[token] = token
            elif is_cjk(token[0]):
                self.cjk = True
                for key in chinese.keys(token):
                    self.words[key] = token
            elif len(token) >= least(token):
                self.words[token] = token
                self.cjk = self.cjk or is_hangul(token[0])
        joined = "".join(tokens)
        if joined.isascii() and len(joined) >= MIN_WORD:
            self.words[joined] = " ".join(tokens)

    def plain(self, word: str) -> str | None:
        """The word as it is looked for (`pawpatrol` → `paw patrol`), endings kept; or None."""
        found = self._read(word)
        if found is None and word.endswith("s") and len(word) > MIN_WORD:
            singular = self._read(word[:-1])
            found = f"{singular}s" if singular is not None else None
        if found is None and any(self._is_stem(word[:k]) for k in range(MIN_WORD, len(word))):
            return word
        return found

    def _read(self, word: str) -> str | None:
        return self.words.get(word) or (word if word in contacts() else None)

    def _is_stem(self, begin: str) -> bool:
        return begin in self.stems

    def sounding(self, sound: str) -> str | None:
        """The Chinese word that sounds so, in pinyin without tones."""
        return self._read(chinese.SOUND + sound)

    def is_word(self, word: str) -> bool:
        """Whether exactly `word` is one of them, and one word."""
        return self._read(word) == word

    def has(self, word: str) -> bool:
        """Whether `word`, or its singular, is one of them."""
        return self.plain(word) is not None


class Unmasker:
    """Finds the cells of a batch in which a disguise hides a word of the vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._seen: dict[str, bool] = {}

    def cells(self, joined: str, bulk: int) -> list[int]:
        """Numbers of the cells (joined by `SEPARATOR`) worth a second look."""
        out: list[int] = list(chinese.suspects(joined)) if self._vocabulary.cjk else []
        out += self._apart(joined)
        out += self._slashed(joined)
        cell = at = done = spelt = 0
        for place in positions(joined, bulk):
            if place < done:
                continue
            if not self._worth(joined, place):
                # Where a row of single letters spells no word, no later part of it does.
                spaced = _SPACED.match(joined, place) if place >= spelt else None
                if spaced is None:
                    continue
                spelt = spaced.end()
                if not _spaced_words(spaced, self._vocabulary):
                    continue
            cell += joined.count(SEPARATOR, at, place)
            at = place
            out.append(cell)
            # One is enough: on to the next cell.
            done = joined.find(SEPARATOR, place)
            if done < 0:
                break
        return out

    def _apart(self, joined: str) -> Iterator[int]:
        """Cells with a word torn in two by a mark between blanks."""
        for sign in _APART_SIGNS:
            places = []
            at = joined.find(sign)
            while at >= 0:
                first = joined[max(0, at - 16) : at].rpartition(" ")[2].rpartition(SEPARATOR)[2]
                second = joined[at + 3 : at + 19].partition(" ")[0].partition(SEPARATOR)[0]
                if self._known(f"{first}{sign}{second}", self._is_torn):
                    places.append(at)
                at = joined.find(sign, at + 2)
            yield from _cells_at(joined, places)

    def _slashed(self, joined: str) -> Iterator[int]:
        """Cells with a word torn by slashes."""
        places = []
        at = joined.find("/")
        while at >= 0:
            first, last = _token_at(joined, at, _BLANKS)
            if self._known(joined[first:last], self._is_slashed):
                places.append(at)
            at = joined.find("/", last)
        yield from _cells_at(joined, places)

    def _known(self, words: str, hides: Callable[[str], bool]) -> bool:
        """What `hides` says of the words, remembered."""
        known = self._seen.get(words)
        if known is None:
            if len(self._seen) > _REMEMBERED:
                self._seen.clear()
            known = self._seen[words] = hides(words)
        return known

    def _is_torn(self, pair: str) -> bool:
        first, _, second = pair.split(" ")
        return _put_together(first, second, self._vocabulary) is not None

    def _is_slashed(self, token: str) -> bool:
        return bool(_slashed_words(token, self._vocabulary))

    def _worth(self, joined: str, place: int) -> bool:
        """Whether the sign at `place` is one by itself, or its token hides a word."""
        if joined[place] == OVERRIDE or CJK_SIGN.match(joined, place):
            return True
        first, last = _token_at(joined, place, _EDGES)
        return self._known(joined[first:last], self._hides)

    def _hides(self, token: str) -> bool:
        readings = (
            reading
            for plain in READINGS.values()
            for _, piece in _pieces(token)
            for reading in plain(piece)
        )
        return any(self._vocabulary.has(r) for r in readings) or bool(
            _split_words(token, self._vocabulary)
        )


def _cells_at(joined: str, places: Iterable[int]) -> Iterator[int]:
    """Numbers of the cells (joined by `SEPARATOR`) with these places, which ascend."""
    cell = counted = 0
    for at in places:
        cell += joined.count(SEPARATOR, counted, at)
        counted = at
        yield cell


def _token_at(text: str, place: int, edges: frozenset[str]) -> tuple[int, int]:
    """Where the token with the character at `place` begins and ends, so far as it is looked at."""
    first, last = place, place + 1
    while first > 0 and place - first < _LONGEST and text[first - 1] not in edges:
        first -= 1
    while last < len(text) and last - first < _LONGEST and text[last] not in edges:
        last += 1
    return first, last


def variations(cell: str, vocabulary: Vocabulary) -> Iterator[Variation]:
    """The cell with each disguise taken off that hides a word of the vocabulary."""
    source = visible(cell)
    for turned in _RLO.finditer(source) if OVERRIDE in source else ():
        yield backwards.turned(cell, source, *turned.span(1), "bidi")
    yield from backwards.variations(cell, source)
    found = [(label, edits) for label, edits in _disguises(source, vocabulary) if edits]
    for label, edits in found:
        yield rebuilt(cell, source, edits, label)
    if len(found) > 1:
        # One word is disguised in this way and its neighbour in that.
        yield rebuilt(cell, source, _together(edits for _, edits in found), found[0][0])
    if vocabulary.cjk and not source.isascii():
        yield from chinese.variations(cell, source, vocabulary)


def _disguises(source: str, vocabulary: Vocabulary) -> Iterator[tuple[str, list[Edit]]]:
    for label, plain in READINGS.items():
        edits = _read_tokens(source, vocabulary, plain)
        if edits and label == "leet":
            # Beside one such word others are read more boldly: `5l07 m4ch1n3`.
            edits = _read_tokens(source, vocabulary, boldly)
        yield label, edits
    yield "spaced", [e for m in _SPACED.finditer(source) for e in _spaced_words(m, vocabulary)]
    yield (
        "split",
        [
            (m.start() + a, m.start() + b, word)
            for m in _TOKEN.finditer(source)
            for a, b, word in _split_words(m[0][:_LONGEST], vocabulary)
        ],
    )
    yield "split", _slashed_words(source, vocabulary)
    yield (
        "split",
        [
            (m.start(), m.end(2), word)
            for m in _APART.finditer(source)
            if (word := _put_together(m[1], m[2], vocabulary))
        ],
    )


def _read_tokens(
    source: str, vocabulary: Vocabulary, plain: Callable[[str], Iterator[str]]
) -> list[Edit]:
    known = vocabulary.readings.setdefault(plain, {})
    edits = []
    for found in _TOKEN.finditer(source):
        token = found[0][:_LONGEST]
        read = known.get(token)
        if read is None:
            if len(known) > _REMEMBERED:
                known.clear()
            read = known[token] = tuple(_read_token(token, vocabulary, plain))
        start = found.start()
        edits += [(start + first, start + last, reading) for first, last, reading in read]
    return edits


def _read_token(
    token: str, vocabulary: Vocabulary, plain: Callable[[str], Iterator[str]]
) -> Iterator[Edit]:
    end = 0
    for at, piece in _pieces(token):
        reading = next(filter(vocabulary.has, plain(piece)), None)
        if reading is not None and at >= end:
            end = at + len(piece)
            yield at, end, reading


def _pieces(token: str) -> Iterator[tuple[int, str]]:
    """The token, then what its hyphens part (`D3lta` of `D3lta-8`), each with its place.

    Numbers of models have hyphens and many digits; a part must begin as a word and be mostly letters.
    """
    yield 0, token
    at = 0
    for piece in token.split("-") if "-" in token else ():
        if not piece[:1].isdigit() and 3 * sum(map(str.isdigit, piece)) < len(piece):
            yield at, piece
        at += len(piece) + 1


def _together(groups: Iterable[list[Edit]]) -> list[Edit]:
    """The edits of all groups, none over another."""
    every = sorted(edit for edits in groups for edit in edits)
    kept: list[Edit] = []
    for edit in every:
        if not kept or edit[0] >= kept[-1][1]:
            kept.append(edit)
    return kept


def _put_together(first: str, second: str, vocabulary: Vocabulary) -> str | None:
    """The one word of the vocabulary that was torn in two, if it was one; no compound of two."""
    halves = folded_word(first), folded_word(second)
    word = "".join(halves)
    known = len(word) >= MIN_TORN and vocabulary.is_word(word)
    return None if not known or any(map(vocabulary.is_word, halves)) else word


def _slashed_words(source: str, vocabulary: Vocabulary) -> list[Edit]:
    """Words of the vocabulary torn by slashes, of which no part is one."""
    edits = []
    for found in _SLASHED.finditer(source):
        parts = [folded_word(part) for part in found[0].split("/")]
        word = "".join(parts)
        known = len(word) >= MIN_SLASHED and found[0].lower() not in _HONEST
        if known and vocabulary.is_word(word) and not any(map(vocabulary.is_word, parts)):
            edits.append((found.start(), found.end(), word))
    return edits


def _spaced_words(found: re.Match[str], vocabulary: Vocabulary) -> list[tuple[int, int, str]]:
    """Words spelled out letter by letter within the match: (start, end, word)."""
    source, start = found.string, found.start()
    places = [i for i in range(start, found.end()) if source[i].isalnum()]
    if start and source[start - 1].isalnum():
        # The last letter of a word before (`shoes A d i d a s`) is of it only where nothing else is.
        return _spelled(source, places[1:], vocabulary) or _spelled(source, places, vocabulary)
    return _spelled(source, places, vocabulary)


def _spelled(
    source: str, places: Sequence[int], vocabulary: Vocabulary
) -> list[tuple[int, int, str]]:
    letters = [folded_word(source[i]) for i in places]
    words = []
    at = 0
    while at + MIN_WORD <= len(letters):
        for end in range(min(len(letters), at + 24), at + MIN_WORD - 1, -1):
            word = "".join(letters[at:end])
            plain = vocabulary.plain(word)
            if plain is not None:
                words.append((places[at], places[end - 1] + 1, f" {plain} "))
                at = end - 1
                break
        at += 1
    return words


def _split_words(token: str, vocabulary: Vocabulary) -> list[tuple[int, int, str]]:
    """Words of the vocabulary written with marks inside: (start, end, word) in the token."""
    words = []
    for found in _SPLIT.finditer(token):
        parts = [(m.start(), m.end(), folded_word(m[0])) for m in re.finditer(r"[^\W_]+", found[0])]
        at = 0
        while at < len(parts) - 1:
            for end in range(min(len(parts), at + 24), at + 1, -1):
                word = "".join(p[2] for p in parts[at:end])
                plain = (
                    vocabulary.plain(word) if len(word) > least(word) - is_hangul(word[0]) else None
                )
                if plain is not None:
                    base = found.start()
                    words.append((base + parts[at][0], base + parts[end - 1][1], f" {plain} "))
                    at = end - 1
                    break
            at += 1
    return words


def in_plain_sight(original: str, term: str) -> str | None:
    """What disguised words that plain folding already saw through, if anything did."""
    if any(c in BIDI for c in original):
        return "bidi"
    if any(c in INVISIBLE for c in original):
        return "zero-width"
    if any("\uff01" <= c <= "\uff5e" for c in original) and not any(is_cjk(c) for c in original):
        return "fullwidth"
    if original.isascii():
        return None
    mathematical = any(
        ord(c) > 0x2000 and not is_cjk(c) and FOLD[ord(c)].isascii() and FOLD[ord(c)].strip()
        for c in original
    )
    if mathematical:
        return "homoglyph"
    if term.isascii() and any(
        c.isalpha() and not c.isascii() and FOLD[ord(c)].isascii() for c in original
    ):
        return "diacritics"
    return None
