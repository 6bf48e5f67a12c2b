"""Which cells a regular expression is worth trying on: those that contain what it requires.

All requirements of all patterns are looked for in one pass (an Aho-Corasick automaton over the
cells levelled, or folded), so that the number of patterns hardly matters.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from listlint.counters import WORK
from listlint.later import expression
from listlint.match.index import EDGE, AnchorIndex
from listlint.match.measure import begins_with_digit
from listlint.match.required import Needs
from listlint.match.rows import Near, Recurring, Row, near_digits, recurring, row_of
from listlint.match.strings import frequency
from listlint.slotted import slotted
from listlint.text.fold import BULK

if TYPE_CHECKING:
    from collections.abc import Mapping

    from listlint.match.cells import Cells
    from listlint.text.variation import Variation

_FEW = 64
"""Strings of a set that are looked for one by one."""
_DIGIT = expression(r"\d")
_TELLING = 0.005
"""Frequency from which a second set is not worth looking for."""


@slotted(frozen=True, slots=True)
class Probe:
    """What a rule's patterns require, in which fields, in the cell as it stands (`raw`) or folded."""

    patterns: Sequence[str]
    needs: Sequence[Needs]
    fields: frozenset[str]
    raw: bool

    def plain(self) -> list[Any]:
        """As JSON values; `from_plain` reads them."""
        return [list(self.patterns), [n.plain() for n in self.needs], sorted(self.fields), self.raw]

    @classmethod
    def from_plain(cls, values: Sequence[Any]) -> Probe:
        """The probe that was made `plain`."""
        patterns, needs, fields, raw = values
        return cls(patterns, [Needs.from_plain(n) for n in needs], frozenset(fields), raw)


class Shape(NamedTuple):
    """Pattern `number` of the probe in place `slot` matches `start:end` of the cell, raw or folded; or
    of what the cell says without its `disguise`."""

    slot: int
    number: int
    start: int
    end: int
    disguise: Variation | None = None


class _Pattern:
    """One pattern of one probe, and what is left to check once its rarest needle was seen."""

    __slots__ = (
        "_at_digits", "_beyond", "_many", "_often", "_places", "_regex", "_run", "_seen", "_sets", "digits",
        "fields", "need", "number", "slot", "source",
    )  # fmt: skip

    def __init__(self, probe: Probe, slot: int, number: int) -> None:
        self.slot, self.number = slot, number
        self.source, self.fields = probe.patterns[number], probe.fields
        need = self.need = probe.needs[number]
        self._sets = [
            tuple(n.strip(EDGE) for n in s)
            for s in need.sets[1:3]
            if len(s) <= _FEW and frequency(s) < _TELLING
        ]
        self._seen = [needles[0] for needles in self._sets]
        self._run, self._often = need.run, need.often
        self.digits, self._beyond = need.digits, need.beyond_ascii
        self._many: tuple[Sequence[str], int] | None = None
        if need.many is not None and len(need.many[0]) <= _FEW:
            self._many = [needle.strip(EDGE) for needle in need.many[0]], need.many[1]
        self._places: Row | Recurring | Near | Literal[False] | None = False
        self._regex: re.Pattern[str] | None = None
        self._at_digits = False

    def bulk_cells(self, cells: Cells, raw: bool) -> set[int] | None:
        """The cells that have what must stand in a row or come again; None for any.

        Asked of long texts only, where it pays to take the expression apart.
        """
        if self._beyond and cells.visible.isascii():
            return set()
        if len(cells.visible) < BULK:
            return None
        if self._places is False:
            found = row_of(self.source) or near_digits(self.source) if raw else None
            self._places = found if raw else recurring(self.source)
        if isinstance(self._places, Row | Near):
            return self._places.cells(cells.levelled_bytes)
        if isinstance(self._places, Recurring):
            return self._places.cells(cells.points, cells.wide)
        return None

    def is_likely(self, text: str) -> bool:
        """Whether a levelled (or folded) cell has what the pattern needs beside `digits`."""
        for k, needles in enumerate(self._sets):
            # Listings of one seller are alike: what was there last time is often there again.
            if self._seen[k] not in text:
                for needle in needles:
                    if needle in text:
                        self._seen[k] = needle
                        break
                else:
                    return False
        if self._run is not None and not _run(*self._run)(text):
            return False
        if self._many is not None and not _stand_in(text, *self._many):
            return False
        if self._often is None:
            return True
        source, least = self._often
        return len(re.findall(source, text)) >= least

    def span(self, subject: str) -> tuple[int, int] | None:
        """Where the pattern matches first; None for nowhere, or for nothing."""
        WORK.tries += 1
        if self._regex is None:
            self._regex = re.compile(self.source)
            self._at_digits = begins_with_digit(self.source)
        if self._at_digits:
            # What looks behind first would be tried at every character.
            tries = (self._regex.match(subject, m.start()) for m in _DIGIT.finditer(subject))
            found = next(filter(None, tries), None)
        else:
            found = self._regex.search(subject)
        return None if found is None or found.start() == found.end() else found.span()


def _stand_in(text: str, needles: Sequence[str], least: int) -> bool:
    """Whether so many of the needles stand in the text, one after the other."""
    for needle in needles:
        least -= text.count(needle)
        if least <= 0:
            return True
    return False


@cache
def _run(chars: frozenset[str], size: int) -> Callable[[str], re.Match[str] | None]:
    return re.compile(f"[{''.join(map(re.escape, sorted(chars)))}]{{{size}}}").search


Sought = tuple[_Pattern, Sequence[str]]
"""A pattern, and the needles by which it is found; without one its other needs are looked at."""


class _Group:
    """The patterns that look at cells in the same way, and the automaton for all of them."""

    def __init__(self, patterns: Sequence[Sought], raw: bool) -> None:
        self.raw = raw
        self.patterns = [pattern for pattern, _ in patterns]
        self.elsewise = [n for n, (_, needles) in enumerate(patterns) if not needles]
        """Those without a needle."""
        self.index = AnchorIndex(
            [(needle, n) for n, (_, needles) in enumerate(patterns) for needle in needles]
        )

    def candidates(self, cells: Cells) -> Iterator[tuple[int, int]]:
        """(cell, pattern) that are worth a try."""
        data = cells.folded_bytes
        if self.raw:
            data = cells.levelled_bytes
        patterns, fields = self.patterns, cells.fields
        shown: list[str] = []
        narrowed: dict[int, set[int] | None] = {}
        for cell, number in self.index.scan_bytes(data):
            pattern = patterns[number]
            if fields[cell] not in pattern.fields:
                continue
            if pattern.digits > 1 and cells.digits[cell] < pattern.digits:
                continue
            if not shown:
                shown = cells.level_texts if self.raw else cells.texts
            if number not in narrowed:
                narrowed[number] = pattern.bulk_cells(cells, self.raw)
            only = narrowed[number]
            if only is not None and cell not in only:
                continue
            if pattern.is_likely(shown[cell]):
                yield cell, number
        for number in self.elsewise:
            wanted, need = patterns[number].fields, patterns[number].need
            only = (
                patterns[number].bulk_cells(cells, self.raw)
                if need.beyond_ascii or self.raw
                else None
            )
            if only is None:
                only = {n for n, field in enumerate(fields) if field in wanted}
                yield from ((cell, number) for cell in _fitting(need, cells, only))
            else:
                yield from ((cell, number) for cell in only if fields[cell] in wanted)


def _fitting(need: Needs, cells: Cells, among: set[int]) -> Iterable[int]:
    """The cells `among` these that a pattern without a needle may match."""
    if need.repeats is not None:
        return among.intersection(cells.words_again(*need.repeats))
    if need.alike is not None:
        words, letters = need.alike
        return (n for n in among if _are_alike(cells.texts[n], words, letters))
    if need.longest is not None:
        most = need.longest
        return (n for n in among if 0 < len(cells.cells[n]) <= most)
    if need.beyond_ascii:
        return (n for n in among if not cells.cells[n].isascii())
    return (n for n in among if cells.cells[n])


def _are_alike(text: str, words: int, letters: int) -> bool:
    """Whether so many words of the text have so many letters in a row in common."""
    long = [word for word in text.split() if len(word) >= letters]
    # Of the words that are alike one is among all but the last few.
    return any(
        text.count(word[k : k + letters]) >= words
        for word in long[: max(0, len(long) - words + 1)]
        for k in range(len(word) - letters + 1)
    )


class Shapes(ABC):
    """Finds the patterns of probes at once."""

    @abstractmethod
    def _groups(self, cells: Cells) -> Sequence[_Group]:
        """What may match in the cells: patterns of the levelled text, and of the folded."""

    @abstractmethod
    def _is_raw(self, slot: int) -> bool:
        """Whether the probe looks at cells as they stand."""

    def find(self, cells: Cells) -> Mapping[int, list[Shape]]:
        """What is in the cells that have anything, by number of the cell; by slot and pattern."""
        found: dict[int, set[Shape]] = {}
        for group in self._groups(cells):
            if not group.patterns:
                continue
            texts = cells.cells if group.raw else cells.texts
            for cell, number in set(group.candidates(cells)):
                pattern = group.patterns[number]
                span = pattern.span(texts[cell])
                if span is not None:
                    shape = Shape(pattern.slot, pattern.number, *span)
                    found.setdefault(cell, set()).add(shape)
        return {cell: sorted(shapes) for cell, shapes in found.items()}

    def find_disguised(
        self, cells: Cells, unmasked: Mapping[int, Sequence[Variation]]
    ) -> Mapping[int, list[Shape]]:
        """The same of the cells without their disguises, as far as a shape has to do with one."""
        every = [(cell, one) for cell, plain in unmasked.items() for one in plain]
        if not every:
            return {}
        texts = [one.folded.source or "" for _, one in every]
        shown = type(cells)(texts, [cells.fields[cell] for cell, _ in every])
        found: dict[int, dict[tuple[int, int], Shape]] = {}
        for n, shapes in sorted(self.find(shown).items()):
            cell, one = every[n]
            for shape in shapes:
                span = (shape.start, shape.end)
                if self._is_raw(shape.slot):
                    span = one.folded.folded_span(*span)
                if one.touches(*span):
                    key = (shape.slot, shape.number)
                    found.setdefault(cell, {}).setdefault(key, shape._replace(disguise=one))
        return {cell: list(shapes.values()) for cell, shapes in found.items()}


class ShapeFinder(Shapes):
    """Finds the patterns of all probes at once, in texts of any length."""

    def __init__(self, probes: Sequence[Probe]) -> None:
        self._probes = probes
        self._both = [
            _Group(
                [
                    (_Pattern(probe, slot, number), sorted(need.sets[0]) if need.sets else ())
                    for slot, probe in enumerate(probes)
                    for number, need in enumerate(probe.needs if probe.raw is raw else ())
                ],
                raw,
            )
            for raw in (True, False)
        ]

    def _groups(self, cells: Cells) -> Sequence[_Group]:
        return self._both

    def _is_raw(self, slot: int) -> bool:
        return self._probes[slot].raw


class FewShapes(Shapes):
    """Looks in short texts for only those patterns of which a needle may stand in one.

    `sought(text, raw)` gives them as (slot, number of the pattern, needles); `probe(slot)` the probe
    of a rule.
    """

    def __init__(
        self,
        sought: Callable[[str, bool], Iterator[tuple[int, int, Sequence[str]]]],
        probe: Callable[[int], Probe],
    ) -> None:
        self._sought, self._probe = sought, probe
        self._patterns: dict[tuple[int, int], _Pattern] = {}

    def _groups(self, cells: Cells) -> Sequence[_Group]:
        groups = []
        for raw in (True, False):
            text = cells.levelled if raw else cells.folded
            patterns = [(self._pattern(s, n), needles) for s, n, needles in self._sought(text, raw)]
            groups.append(_Group(patterns, raw))
        return groups

    def _is_raw(self, slot: int) -> bool:
        return self._probe(slot).raw

    def _pattern(self, slot: int, number: int) -> _Pattern:
        found = self._patterns.get((slot, number))
        if found is None:
            found = self._patterns[slot, number] = _Pattern(self._probe(slot), slot, number)
        return found
