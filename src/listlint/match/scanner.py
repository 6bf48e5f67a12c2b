"""One pass over a batch for all rules that look for words: who finds which term where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from listlint.counters import WORK
from listlint.match.index import AnchorIndex
from listlint.match.place import BatchText, Place
from listlint.match.syntax import Term
from listlint.text.chars import SEPARATOR, is_cjk
from listlint.text.fold import BULK, fold_joined, join
from listlint.text.unmask import Unmasker, Vocabulary, split_characters, variations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from listlint.batch import Batch


@dataclass(frozen=True, slots=True)
class Want:
    """What a rule looks for: terms, in which canonical fields, in disguise too or not."""

    terms: Sequence[Term]
    fields: frozenset[str]
    evasion: bool = True
    backwards: bool = False
    """Also as written from right to left (`akilper`); only for words that are nothing else so."""


MIN_BACKWARDS = 5
SUSPECT = -1
"""Owner of anchors that are no term, only a sign of one in disguise."""


class Scanner:
    """Finds the terms of all `wants` at once; `matches(batch)[k]` are those of the k-th."""

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
        self._fields = frozenset().union(*(w.fields for w in wants)) if wants else frozenset()
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

    @property
    def size(self) -> int:
        """How many distinct terms are looked for."""
        return len(self._terms)

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

    def matches(self, batch: Batch) -> dict[int, list[Place]]:
        """Places by number of the want, in column and row order; computed once a batch."""
        found = batch.extra.get("matches")
        if not isinstance(found, dict):
            with WORK.stage("words"):
                found = batch.extra["matches"] = self._scan(batch)
        return found

    def _scan(self, batch: Batch) -> dict[int, list[Place]]:
        positions = [p for p, c in enumerate(batch.sheet.columns) if c.field in self._fields]
        if not positions or not len(batch):
            return {}
        n = len(batch)
        text = BatchText.of(batch)
        cells = [v for p in positions for v in batch.values[p]]
        joined = join(cells)
        out: dict[int, list[Place]] = {}
        suspects = set(self._unmasker.cells(joined, BULK))
        folded = fold_joined(joined)
        texts = folded.split(SEPARATOR)
        for k, position in enumerate(positions):
            text.keep(position, texts[k * n : (k + 1) * n])
        for cell, number in self._index.scan(folded):
            if number == SUSPECT:
                suspects.add(cell)
            else:
                self._look(text, positions[cell // n], cell % n, number, texts[cell], out)
        WORK.unmasked += len(suspects)
        for cell in sorted(suspects):
            self._unmask(text, positions[cell // n], cell % n, out)
        for places in out.values():
            places.sort(key=lambda p: (p.i, p.position, p.start, -p.end))
        return {k: list(_longest(places)) for k, places in out.items()}

    def _look(
        self,
        text: BatchText,
        position: int,
        i: int,
        number: int,
        folded: str,
        out: dict[int, list[Place]],
    ) -> None:
        WORK.tries += 1
        mirrored = number >= len(self._terms)
        number -= len(self._terms) if mirrored else 0
        term = self._terms[number]
        if mirrored:
            word = f" {term.word[::-1]} "
            start = folded.find(word)
            spans = [(start + 1, start + len(word) - 1)] if start >= 0 else []
        else:
            spans = [m.span() for m in term.regex.finditer(folded)]
        if not spans:
            return
        field = text.batch.sheet.columns[position].field
        owners = [
            k
            for k in self._owners[number]
            if field in self._wants[k].fields and (self._wants[k].backwards or not mirrored)
        ]
        WORK.places += len(spans) * len(owners)
        for start, end in spans if owners else ():
            place = Place(text, position, i, text.cell(position, i), start, end, term)
            place.label = "reversed" if mirrored else None
            for k in owners:
                out.setdefault(k, []).append(place)

    def _unmask(self, text: BatchText, position: int, i: int, out: dict[int, list[Place]]) -> None:
        field = text.batch.sheet.columns[position].field
        cell = text.batch.values[position][i]
        for variation in variations(cell, self.vocabulary):
            plain = variation.folded.text
            for _, number in self._index.scan(plain):
                if not 0 <= number < len(self._terms):
                    continue
                owners = [
                    k
                    for k in self._owners[number]
                    if field in self._wants[k].fields and self._wants[k].evasion
                ]
                term = self._terms[number]
                for found in term.regex.finditer(plain) if owners else ():
                    if not variation.touches(*found.span()):
                        continue
                    place = Place(text, position, i, variation.folded, *found.span(), term)
                    place.label = variation.label
                    for k in owners:
                        if not _known(out.get(k, ()), place):
                            out.setdefault(k, []).append(place)


def _known(places: Sequence[Place], new: Place) -> bool:
    """Whether the same words were found already, without or with another disguise."""
    a, b = new.span
    return any(
        p.i == new.i and p.position == new.position and p.span[0] < b and a < p.span[1]
        for p in places
    )


def _longest(places: Sequence[Place]) -> Iterator[Place]:
    """Of places that overlap in one cell the longest; of the same words in one cell the first."""
    last: Place | None = None
    seen: set[str] = set()
    for place in places:
        if last is None or (place.i, place.position) != (last.i, last.position):
            seen = set()
        elif place.folded is last.folded:
            if place.start < last.end:
                continue
        elif place.span[0] < last.span[1]:
            continue
        last = place
        words = place.folded.text[place.start : place.end]
        if words not in seen:
            seen.add(words)
            yield place
