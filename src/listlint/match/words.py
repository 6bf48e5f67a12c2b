"""The terms of all rules that look for words, found in many cells at once, disguised ones too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from listlint.counters import WORK
from listlint.match.index import AnchorIndex
from listlint.match.syntax import Term
from listlint.text.chars import is_cjk
from listlint.text.fold import BULK, Folded
from listlint.text.unmask import Unmasker, Vocabulary, split_characters, variations

if TYPE_CHECKING:
    from collections.abc import Mapping

    from listlint.match.cells import Cells


@dataclass(frozen=True, slots=True)
class Want:
    """What a rule looks for: terms, in which canonical fields, in disguise too or not."""

    terms: Sequence[Term]
    fields: frozenset[str]
    evasion: bool = True
    backwards: bool = False
    """Also as written from right to left (`akilper`); only for words that are nothing else so."""


class Word(NamedTuple):
    """`term` at `start:end` of a folded cell, for the wants with these numbers.

    `folded` is the cell without its disguise, which is called `label`; None: the cell as it is.
    """

    term: Term
    start: int
    end: int
    owners: tuple[int, ...]
    label: str | None
    folded: Folded | None


MIN_BACKWARDS = 5
SUSPECT = -1
"""Owner of anchors that are no term, only a sign of one in disguise."""


class WordFinder:
    """Finds the terms of all `wants` at once."""

    def __init__(self, wants: Sequence[Want]) -> None:
        self._wants = wants
        self._terms: list[Term] = []
        self._owners: list[list[int]] = []
        numbers: dict[tuple[str, str], int] = {}
        for k, want in enumerate(wants):
            for term in want.terms:
                number = numbers.setdefault((term.text, term.lang), len(self._terms))
                if number == len(self._terms):
                    self._terms.append(term)
                    self._owners.append([])
                self._owners[number].append(k)
        self.fields = frozenset().union(*(w.fields for w in wants)) if wants else frozenset()
        self._asking: dict[tuple[int, str], tuple[int, ...]] = {}
        self._index = AnchorIndex(
            [(a, n) for n, t in enumerate(self._terms) for a in t.anchors]
            + self._backwards()
            + self._split_cjk()
        )

    def _backwards(self) -> list[tuple[str, int]]:
        """Anchors of terms written backwards; their numbers follow those of the terms."""
        plain = {a for t in self._terms for a in t.anchors}
        found = []
        for n, (term, owners) in enumerate(zip(self._terms, self._owners, strict=True)):
            if len(term.text) < MIN_BACKWARDS or not any(self._wants[k].backwards for k in owners):
                continue
            word = term.word
            mirrored = f" {word[::-1]} "
            if (
                word.isalpha()
                and len(word) >= MIN_BACKWARDS
                and word.isascii()
                and mirrored not in plain
            ):
                found.append((mirrored, len(self._terms) + n))
        return found

    @cached_property
    def _gapped(self) -> dict[int, tuple[tuple[str, ...], ...]]:
        """Terms with a gap → for each part without the anchor, strings of which one must be there."""
        return {
            number: tuple(
                choice
                for choice in term.literals
                if not any(c in a for c in choice for a in term.anchors)
            )
            for number, term in enumerate(self._terms)
            if term.gapped
        }

    def _disguisable(self) -> list[Term]:
        return [
            term
            for term, owners in zip(self._terms, self._owners, strict=True)
            if any(self._wants[k].evasion for k in owners)
        ]

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words worth unmasking."""
        return Vocabulary((term.text, term.word) for term in self._disguisable())

    @cached_property
    def _unmasker(self) -> Unmasker:
        return Unmasker(self.vocabulary)

    def _split_cjk(self) -> list[tuple[str, int]]:
        """Anchors of CJK terms with something between the characters; they only raise suspicion."""
        found = [(written, SUSPECT) for written in split_characters()]
        for term in self._disguisable():
            word = term.word
            if 2 <= len(word) <= 8 and not word.isascii() and all(map(is_cjk, word)):
                found.append((" ".join(word), SUSPECT))
        return found

    def find(self, cells: Cells) -> Mapping[int, list[Word]]:
        """What is in the cells that have anything, by number of the cell."""
        found: dict[int, list[Word]] = {}
        suspects = set(self._unmasker.cells(cells.visible, BULK))
        texts, fields = cells.texts, cells.fields
        gapped = self._gapped
        for cell, number in self._index.scan_bytes(cells.folded_bytes):
            if number == SUSPECT:
                suspects.add(cell)
                continue
            if number in gapped and not _holds(texts[cell], gapped[number]):
                continue
            words = self._look(number, fields[cell], texts[cell])
            if words:
                found.setdefault(cell, []).extend(words)
        WORK.unmasked += len(suspects)
        for cell in sorted(suspects):
            known = found.get(cell, [])
            words = self._unmask(cells.cells[cell], texts[cell], fields[cell], known)
            if words:
                found[cell] = known + words
        return found

    def _asked(self, number: int, field: str) -> tuple[int, ...]:
        """Who wants the term with that number, or what is it backwards, in the field."""
        asking = self._asking.get((number, field))
        if asking is None:
            mirrored = number >= len(self._terms)
            owners = self._owners[number - len(self._terms) if mirrored else number]
            asking = self._asking[number, field] = tuple(
                k
                for k in owners
                if field in self._wants[k].fields and (self._wants[k].backwards or not mirrored)
            )
        return asking

    def _look(self, number: int, field: str, folded: str) -> list[Word]:
        owners = self._asked(number, field)
        if not owners:
            return []
        mirrored = number >= len(self._terms)
        term = self._terms[number - len(self._terms) if mirrored else number]
        if mirrored:
            word = f" {term.word[::-1]} "
            start = folded.find(word)
            if start < 0:
                return []
            return [Word(term, start + 1, start + len(word) - 1, owners, "reversed", None)]
        WORK.tries += 1
        return [Word(term, *m.span(), owners, None, None) for m in term.regex.finditer(folded)]

    def _unmask(self, cell: str, text: str, field: str, known: Sequence[Word]) -> list[Word]:
        """What stands in the cell in disguise, and is not known already."""
        found: list[Word] = []
        taken: dict[int, list[tuple[int, int]]] = {}
        plainly = Folded(cell)
        plainly.text = text
        for word in known:
            for k in word.owners:
                taken.setdefault(k, []).append(plainly.span(word.start, word.end))
        for variation in variations(cell, self.vocabulary):
            folded = variation.folded
            for _, number in self._index.scan(folded.text):
                if not 0 <= number < len(self._terms):
                    continue
                term = self._terms[number]
                asked = [k for k in self._asked(number, field) if self._wants[k].evasion]
                for match in term.regex.finditer(folded.text) if asked else ():
                    if not variation.touches(*match.span()):
                        continue
                    a, b = folded.span(*match.span())
                    fresh = tuple(k for k in asked if not _overlaps(taken.get(k, ()), a, b))
                    for k in fresh:
                        taken.setdefault(k, []).append((a, b))
                    if fresh:
                        found.append(Word(term, *match.span(), fresh, variation.label, folded))
        return found


def _holds(text: str, parts: Sequence[Sequence[str]]) -> bool:
    return all(any(literal in text for literal in choice) for choice in parts)


def _overlaps(spans: Sequence[tuple[int, int]], a: int, b: int) -> bool:
    """Whether the same words were found already, without or with another disguise."""
    return any(first < b and a < last for first, last in spans)
