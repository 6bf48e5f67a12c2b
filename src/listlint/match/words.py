"""The terms of all rules that look for words, found in many cells at once, disguised ones too."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from listlint.counters import WORK
from listlint.match.index import AnchorIndex
from listlint.match.keys import Keys
from listlint.match.syntax import Term
from listlint.slotted import slotted
from listlint.text.backwards import mirrored
from listlint.text.chars import is_cjk, is_hangul
from listlint.text.fold import BULK, Folded
from listlint.text.unmask import Unmasker, Vocabulary, variations

if TYPE_CHECKING:
    from collections.abc import Mapping

    from listlint.match.cells import Cells
    from listlint.text.variation import Variation


class LaterTerms(Sequence[Term]):
    """Terms that are made when somebody asks for them."""

    def __init__(self, make: Callable[[], Sequence[Term]]) -> None:
        self._make = make

    @cached_property
    def _made(self) -> Sequence[Term]:
        return self._make()

    def __len__(self) -> int:
        return len(self._made)

    def __getitem__(self, at: Any) -> Any:
        return self._made[at]

    def __iter__(self) -> Iterator[Term]:
        return iter(self._made)


@slotted(frozen=True, slots=True)
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


class Lookup(Protocol):
    """Where terms stand in folded text. A term's number stays the same; those of terms written
    backwards are `mirrored` more."""

    mirrored: int

    @property
    def vocabulary(self) -> Vocabulary:
        """The words worth unmasking."""

    def scan(self, data: bytes) -> Iterator[tuple[int, int]]:
        """(cell, number) wherever an anchor stands in cells joined by `SEPARATOR`; see `SUSPECT`."""

    def term(self, number: int) -> Term:
        """The term with that number."""

    def owners(self, number: int) -> Sequence[int]:
        """Numbers of the wants that have the term."""


class FewTerms(Lookup, Protocol):
    """Where terms stand in little text."""

    def many(self) -> Lookup:
        """The same for much text."""


class AllTerms:
    """The terms of all `wants`, with one automaton for all their anchors."""

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
        self.mirrored = len(self._terms)
        self._index = AnchorIndex(
            [(a, n) for n, t in enumerate(self._terms) for a in t.anchors]
            + self._backwards()
            + self._split_cjk()
            + turned_names()
        )

    def scan(self, data: bytes) -> Iterator[tuple[int, int]]:
        """See `Lookup`."""
        return self._index.scan_bytes(data)

    def term(self, number: int) -> Term:
        """See `Lookup`."""
        return self._terms[number]

    def owners(self, number: int) -> Sequence[int]:
        """See `Lookup`."""
        return self._owners[number]

    def _backwards(self) -> list[tuple[str, int]]:
        """Anchors of terms written backwards; their numbers follow those of the terms."""
        plain = {a for t in self._terms for a in t.anchors}
        found = []
        for n, (term, owners) in enumerate(zip(self._terms, self._owners, strict=True)):
            if any(self._wants[k].backwards for k in owners):
                anchor = mirror(term)
                if anchor and anchor not in plain:
                    found.append((anchor, self.mirrored + n))
        return found

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

    def _split_cjk(self) -> list[tuple[str, int]]:
        """Anchors of CJK terms with something between the characters; they only raise suspicion."""
        return [(a, SUSPECT) for term in self._disguisable() if (a := taken_apart(term))]


def turned_names() -> list[tuple[str, int]]:
    """Anchors of names written backwards, which raise suspicion of their whole sentence."""
    return [(f" {name} ", SUSPECT) for name in mirrored()]


def mirror(term: Term) -> str:
    """The anchor of a term written backwards; '' for one that is not looked for so."""
    if len(term.text) < MIN_BACKWARDS:
        return ""
    word = term.word
    fit = word.isalpha() and len(word) >= MIN_BACKWARDS and word.isascii()
    return f" {word[::-1]} " if fit else ""


def taken_apart(term: Term) -> str:
    """The anchor of a CJK or Korean term with something between its characters; '' for other terms."""
    word = term.word
    fit = (
        2 <= len(word) <= 8
        and not word.isascii()
        and (all(map(is_cjk, word)) or all(map(is_hangul, word)))
    )
    return " ".join(word) if fit else ""


class WordFinder:
    """Finds the terms of all `wants` at once, wherever `terms` says that one may stand."""

    def __init__(self, terms: Lookup, wants: Sequence[Want]) -> None:
        self._wants = wants
        self._asking: dict[tuple[int, str], tuple[int, ...]] = {}
        self._beside: dict[int, Keys | None] = {}
        self._terms = terms
        self._unmasker = Unmasker(terms.vocabulary)
        self.unmasked: Mapping[int, Sequence[Variation]] = {}
        """Of the cells that were looked at last: by number, those in disguise without it."""

    def _others(self, number: int) -> Keys | None:
        """What must stand beside the anchor of the term with that number."""
        there = number < self._terms.mirrored
        found = Keys.beside(self._terms.term(number)) if there else None
        self._beside[number] = found
        return found

    def find(self, cells: Cells) -> Mapping[int, list[Word]]:
        """What is in the cells that have anything, by number of the cell."""
        found: dict[int, list[Word]] = {}
        suspects = set(self._unmasker.cells(cells.visible, BULK))
        texts, fields = cells.texts, cells.fields
        at, split, beside = -1, set[str](), self._beside
        for cell, number in self._terms.scan(cells.folded_bytes):
            if number == SUSPECT:
                suspects.add(cell)
                continue
            others = beside[number] if number in beside else self._others(number)
            if others is not None:
                if cell != at:
                    at, split = cell, set(texts[cell].split())
                if not others.are_among(split, texts[cell]):
                    continue
            words = self._look(number, fields[cell], texts[cell])
            if words:
                found.setdefault(cell, []).extend(words)
        WORK.unmasked += len(suspects)
        plain: dict[int, Sequence[Variation]] = {}
        for cell in sorted(suspects):
            known = found.get(cell, [])
            plain[cell] = tuple(variations(cells.cells[cell], self._terms.vocabulary))
            words = self._unmask(cells.cells[cell], texts[cell], fields[cell], known, plain[cell])
            if words:
                found[cell] = known + words
        self.unmasked = plain
        return found

    def _asked(self, number: int, field: str) -> tuple[int, ...]:
        """Who wants the term with that number, or what is it backwards, in the field."""
        asking = self._asking.get((number, field))
        if asking is None:
            mirrored = number >= self._terms.mirrored
            owners = self._terms.owners(number - self._terms.mirrored if mirrored else number)
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
        mirrored = number >= self._terms.mirrored
        term = self._terms.term(number - self._terms.mirrored if mirrored else number)
        if mirrored:
            word = f" {term.word[::-1]} "
            start = folded.find(word)
            if start < 0:
                return []
            return [Word(term, start + 1, start + len(word) - 1, owners, "reversed", None)]
        WORK.tries += 1
        return [Word(term, *m.span(), owners, None, None) for m in term.regex.finditer(folded)]

    def _unmask(
        self,
        cell: str,
        text: str,
        field: str,
        known: Sequence[Word],
        plain: Sequence[Variation],
    ) -> list[Word]:
        """What stands in the cell in disguise, and is not known already."""
        found: list[Word] = []
        taken: dict[int, list[tuple[int, int]]] = {}
        plainly = Folded(cell)
        plainly.text = text
        for word in known:
            for k in word.owners:
                taken.setdefault(k, []).append(plainly.span(word.start, word.end))
        for variation in plain:
            folded = variation.folded
            for _, number in self._terms.scan(folded.text.encode("utf-8", "surrogatepass")):
                if not 0 <= number < self._terms.mirrored:
                    continue
                term = self._terms.term(number)
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


def _overlaps(spans: Sequence[tuple[int, int]], a: int, b: int) -> bool:
    """Whether the same words were found already, without or with another disguise."""
    return any(first < b and a < last for first, last in spans)
