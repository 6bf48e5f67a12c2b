"""What a text must have before any of many phrases can stand in it: one of certain words or pieces.

Splitting a text into words and asking a set is many times cheaper than trying hundreds of phrases at
each of its words, and most texts have none of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from listlint.text.chars import is_cjk, is_hangul

if TYPE_CHECKING:
    from listlint.match.syntax import Phrase, Term

FEW = 4
"""So many phrases are tried as quickly as their keys."""


class Keys:
    """The words and pieces of which a text must have one."""

    __slots__ = ("_plain", "_strange", "_words")

    def __init__(self, words: Iterable[str], pieces: Iterable[str]) -> None:
        self._words = frozenset(words)
        self._plain = tuple(sorted(p for p in pieces if p.isascii()))
        self._strange = tuple(sorted(p for p in pieces if not p.isascii()))

    @staticmethod
    def beside(term: Term) -> Keys | None:
        """Of a term with a gap: what a text must have beside the term's anchor; None for nothing."""
        if not term.gapped:
            return None
        anchors = " ".join(term.anchors)
        ways = [way for way in _ways(term) if not any(key in anchors for key in way[0] | way[1])]
        return Keys(*min(ways, key=_cost)) if ways else None

    def are_among(self, words: Iterable[str], text: str) -> bool:
        """`may_be_in` of a text that was split into words before."""
        return not self._words.isdisjoint(words) or self._has_piece(text)

    def _has_piece(self, text: str) -> bool:
        for piece in self._plain:
            if piece in text:
                return True
        if self._strange and not text.isascii():
            for piece in self._strange:
                if piece in text:
                    return True
        return False


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
        plain = text.isascii()
        for piece, numbers in self._by_piece.items():
            if (piece.isascii() or not plain) and piece in text:
                found.update(numbers)
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
