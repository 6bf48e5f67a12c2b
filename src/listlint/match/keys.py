"""What a text must have before any of many phrases can stand in it: one of certain words or pieces.

Splitting a text into words and asking a set is many times cheaper than trying hundreds of phrases at
each of its words, and most texts have none of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from listlint.text.chars import is_cjk, is_hangul

if TYPE_CHECKING:
    from ahocorasick_rs import BytesAhoCorasick

    from listlint.match.syntax import Phrase, Term

FEW = 4
"""So many phrases are tried as quickly as their keys."""
WORTH = 8
"""So many pieces are looked for one by one as quickly as by an automaton."""
OFTEN = 100
"""Texts from which on the automaton is worth making."""


class _Pieces:
    """Strings that may stand anywhere in a text; where many texts are asked about, one automaton."""

    __slots__ = ("_asked", "_automaton", "_every", "_plain")

    def __init__(self, pieces: Iterable[str]) -> None:
        self._every = sorted(pieces, key=lambda piece: (not piece.isascii(), piece))
        self._plain = [piece for piece in self._every if piece.isascii()]
        self._asked = 0
        self._automaton: BytesAhoCorasick | None = None

    def any_in(self, text: str) -> bool:
        """Whether one of them stands in the text."""
        pieces = self._plain if text.isascii() else self._every
        if len(pieces) < WORTH or self._asked < OFTEN:
            self._asked += 1
            return any(map(text.__contains__, pieces))
        return bool(self._hits(text, overlapping=False))

    def all_in(self, text: str) -> Iterable[str]:
        """Those that stand in the text."""
        pieces = self._plain if text.isascii() else self._every
        if len(pieces) < WORTH or self._asked < OFTEN:
            self._asked += 1
            return [piece for piece in pieces if piece in text]
        return {self._every[number] for number, _, _ in self._hits(text, overlapping=True)}

    def _hits(self, text: str, overlapping: bool) -> Sequence[tuple[int, int, int]]:
        if self._automaton is None:
            from ahocorasick_rs import BytesAhoCorasick

            self._automaton = BytesAhoCorasick([piece.encode() for piece in self._every])
        data = text.encode("utf-8", "surrogatepass")
        return self._automaton.find_matches_as_indexes(data, overlapping=overlapping)


class Keys:
    """The words and pieces of which a text must have one."""

    __slots__ = ("_pieces", "_words")

    def __init__(self, words: Iterable[str], pieces: Iterable[str]) -> None:
        self._words = frozenset(words)
        self._pieces = _Pieces(pieces)

    @staticmethod
    def beside(term: Term) -> Keys | None:
        """Of a term with a gap: what a text must have beside the term's anchor; None for nothing."""
        if not term.gapped:
            return None
        anchors = " ".join(term.anchors)
        ways = [way for way in _ways(term) if not any(key in anchors for key in way[0] | way[1])]
        return Keys(*min(ways, key=_cost)) if ways else None

    def are_among(self, words: Iterable[str], text: str) -> bool:
        """Whether a text, which was split into `words`, has one of them."""
        return not self._words.isdisjoint(words) or self._pieces.any_in(text)


class Keyed(Keys):
    """The keys of some terms, and which terms each is of: a text with none matches none of them."""

    __slots__ = ("_by_piece", "_by_word")

    def __init__(self, terms: Iterable[Term]) -> None:
        self._by_word: dict[str, list[int]] = {}
        self._by_piece: dict[str, list[int]] = {}
        for number, term in enumerate(terms):
            words, pieces = min(_ways(term), key=_cost)
            for word in words:
                self._by_word.setdefault(word, []).append(number)
            for piece in pieces:
                self._by_piece.setdefault(piece, []).append(number)
        super().__init__(self._by_word, self._by_piece)

    def likely(self, text: str, words: Collection[str]) -> list[int]:
        """Numbers of the terms that may stand in a folded text, which is split into `words`."""
        found: set[int] = set()
        for word in self._by_word.keys() & words:
            found.update(self._by_word[word])
        for piece in self._pieces.all_in(text):
            found.update(self._by_piece[piece])
        return sorted(found)


_Way = tuple[set[str], set[str]]
"""Words and pieces of which one stands wherever a term does."""


def _ways(term: Term) -> list[_Way]:
    """One way for each part between gaps."""
    parts = term.phrases
    return [_part_keys(term, part, n == len(parts) - 1) for n, part in enumerate(parts)]


def _cost(way: _Way) -> tuple[bool, int]:
    """Words are quicker to look up than pieces; of words the longest are the rarest."""
    return bool(way[1]), -min(map(len, way[0] | way[1]))


def _part_keys(term: Term, part: Sequence[Phrase], last_part: bool) -> _Way:
    words: set[str] = set()
    pieces: set[str] = set()
    for phrase in part:
        whole = [k for k in range(len(phrase)) if _is_whole(phrase, k)]
        if not whole:
            pieces.add(max((token for _, token, _ in phrase), key=len))
            continue
        k = max(whole, key=lambda k: len(phrase[k][1]))
        token = phrase[k][1]
        words.update(_forms(token) if last_part and k == len(phrase) - 1 else [token])
    return words, pieces


def _is_whole(phrase: Phrase, k: int) -> bool:
    """Whether blanks stand on both sides of the phrase's word `k` wherever it matches."""
    lead, token, trail = phrase[k]
    if lead or trail:
        return False
    open_left = k == 0 and is_cjk(token[0])
    open_right = k == len(phrase) - 1 and (is_cjk(token[-1]) or is_hangul(token[-1]))
    return not (open_left or open_right)


def _forms(token: str) -> Sequence[str]:
    """The word as it may end where it is the last one."""
    return (token, f"{token}s", f"{token}es", f"{token[:-1]}ies")
