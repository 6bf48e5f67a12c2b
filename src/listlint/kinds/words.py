"""Kinds `terms` and `pattern`: words and shapes in text, with what must and must not stand around."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from listlint.batch import Batch
from listlint.match.conditions import Condition, Judge
from listlint.match.place import TEXT_FIELDS, BatchText, Place
from listlint.match.probe import Probe
from listlint.match.required import Needs
from listlint.match.scanner import Scanner, longest
from listlint.match.syntax import Term, terms_of
from listlint.match.words import LaterTerms, Want
from listlint.model import Area, Severity
from listlint.rules.interface import Hit, RuleMeta, Run
from listlint.text.variation import Variation


def hit_of(place: Place, **more: Any) -> Hit:
    """The hit for a place."""
    return Hit(
        row=place.i,
        column=place.column,
        match=place.match,
        span=place.span,
        term=place.term.said(place.words),
        evasion=place.evasion,
        **more,
    )


class TermsRule:
    """Finds the rule's terms; the shared scanner does the looking."""

    def __init__(
        self,
        meta: RuleMeta,
        data: Mapping[str, Any],
        contexts: Mapping[str, Sequence[Condition]],
    ) -> None:
        self.meta = meta
        self.needs = meta.fields or TEXT_FIELDS
        self._judge = Judge(data, contexts)
        self._exact = bool(data.get("exact_case"))
        self.want = Want(
            LaterTerms(lambda: terms_of(data, "terms")),
            frozenset(self.needs),
            data.get("evasion", True) and not self._exact,
            backwards=_worth_mirroring(meta) and not self._exact,
        )
        self.scanner: Scanner | None = None
        self.slot = -1

    def places(self, batch: Batch) -> Iterable[Place]:
        """Where the terms stand and the conditions hold."""
        assert self.scanner is not None
        found = self.scanner.all_matches(batch, self.slot)
        return longest(found, self._counts)

    def _counts(self, place: Place) -> bool:
        return not (self._exact and not _same_case(place)) and self._judge.allows(place)

    def excused(self, batch: Batch, i: int | None = None) -> Iterable[tuple[Place, str, int]]:
        """Where the terms stand but the rule keeps quiet (in listing `i` only, if given): the place, "when" or
        "unless", its number."""
        assert self.scanner is not None
        for place in self.scanner.matches(batch, self.slot):
            if i is not None and place.i != i:
                continue
            reason = self._judge.verdict(place)
            if reason is not None:
                yield (place, *reason)

    def check(self, batch: Batch, run: Run) -> Iterable[Hit]:
        """One hit a place."""
        return [hit_of(place) for place in self.places(batch)]


def _worth_mirroring(meta: RuleMeta) -> bool:
    """Marks, and goods that are wrong beyond doubt, are written backwards to get past filters."""
    return meta.area is Area.IP or (
        meta.area is Area.PROHIBITED and meta.severity is Severity.ERROR
    )


def _same_case(place: Place) -> bool:
    return place.match in (place.term.text, f"{place.term.text}s")


class PatternRule:
    """Finds shapes by regular expressions, on the folded text or on the cell as it stands.

    `probe` says what a cell must contain to be tried at all; the shared scanner looks for it.
    """

    def __init__(
        self,
        meta: RuleMeta,
        data: Mapping[str, Any],
        contexts: Mapping[str, Sequence[Condition]],
    ) -> None:
        self.meta = meta
        self.needs = meta.fields or TEXT_FIELDS
        self._judge = Judge(data, contexts)
        self._raw = bool(data.get("raw"))
        self._evasion = bool(data.get("evasion", True))
        self._patterns: Sequence[str] = data["patterns"]
        self._terms = [Term.literal(p) for p in self._patterns]
        self.shape_fields = frozenset(self.needs)
        self.scanner: Scanner | None = None
        self.slot = -1

    @cached_property
    def probe(self) -> Probe:
        """See `Probe`; a rule of kept packs is never asked."""
        needs = [Needs.of(p, self._raw) for p in self._patterns]
        return Probe(self._patterns, needs, self.shape_fields, self._raw)

    def check(self, batch: Batch, run: Run) -> Iterable[Hit]:
        """One hit a pattern and cell."""
        assert self.scanner is not None
        text = BatchText.of(batch)
        ends: dict[tuple[int, int], int] = {}
        for position, i, number, *span, disguise in self.scanner.shapes(batch).get(self.slot, ()):
            if disguise is not None and not self._evasion:
                continue
            place = self._place(text, position, i, self._terms[number], span, disguise)
            if place.span[0] < ends.get((position, i), -1) or not self._judge.allows(place):
                continue
            ends[position, i] = place.span[1]
            yield hit_of(place)

    def _place(
        self,
        text: BatchText,
        position: int,
        i: int,
        term: Term,
        span: Sequence[int],
        disguise: Variation | None,
    ) -> Place:
        start, end = span
        folded = text.cell(position, i) if disguise is None else disguise.folded
        if not self._raw:
            place = Place(text, position, i, folded, start, end, term)
        else:
            place = Place(text, position, i, folded, *folded.folded_span(start, end), term)
            if disguise is None:
                place.span = (start, end)
        if disguise is not None:
            place.label = disguise.label
        return place
