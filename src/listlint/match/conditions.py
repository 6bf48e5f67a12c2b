"""What must be so around a match (`when`), and what excuses it (`unless`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from listlint.match.syntax import Phrases
from listlint.text.chars import CLAUSE_END, SENTENCE_END
from listlint.text.fold import fold

if TYPE_CHECKING:
    import re

    from listlint.match.place import Place


class Condition:
    """One table of a rule: holds when all its keys hold (turned round by `not`)."""

    def __init__(
        self, data: Mapping[str, Any], contexts: Mapping[str, Sequence[Condition]]
    ) -> None:
        self.data = data
        self._within = int(data.get("within", 3))
        self._end = CLAUSE_END if data.get("clause") else SENTENCE_END
        self._across = frozenset(data.get("across", ""))
        self._sides = {k: Phrases(data[k]) for k in ("before", "after", "near") if k in data}
        self._inside = Phrases(data["inside"]) if "inside" in data else None
        self._listing = Phrases(data["listing"]) if "listing" in data else None
        self._fields = {name: Phrases(lists) for name, lists in data.get("field", {}).items()}
        self._terms = frozenset(fold(t) for t in data["terms"]) if "terms" in data else None
        self._langs = frozenset(data.get("lang", ()))
        names = data.get("context", ())
        self._contexts = [
            c for n in ([names] if isinstance(names, str) else names) for c in contexts[n]
        ]
        self._below = data.get("price_below")
        self._above = data.get("price_above")
        self._brand = data.get("brand")
        self._not = bool(data.get("not"))

    def applies(self, place: Place) -> bool:
        """Whether it is about the matched term at all (`terms`)."""
        return self._terms is None or fold(place.term.text) in self._terms

    def holds(self, place: Place, own: bool = False, authorised: bool = False) -> bool:
        """Whether it holds at `place`; `own`/`authorised` say whose the matched brand is."""
        return self._all(place, own, authorised) != self._not

    def _all(self, place: Place, own: bool, authorised: bool) -> bool:
        # Cheapest first; most conditions end here.
        if not self.applies(place):
            return False
        if self._langs and place.term.lang not in self._langs:
            return False
        if self._brand == "own" and not own:
            return False
        if self._brand == "authorised" and not authorised:
            return False
        if self._brand == "listed" and not place.text.batch.get("brand", place.i):
            return False
        if not self._price(place):
            return False
        for side, phrases in self._sides.items():
            if not self._beside(place, side, phrases):
                return False
        if self._inside is not None and not self._within_phrase(place, self._inside):
            return False
        for name, phrases in self._fields.items():
            if not phrases.found(place.text.field(name, place.i)):
                return False
        if self._listing is not None and not place.text.says(place.i, self._listing):
            return False
        return not self._contexts or any(c.holds(place, own, authorised) for c in self._contexts)

    def _price(self, place: Place) -> bool:
        if self._below is None and self._above is None:
            return True
        price = place.text.price(place.i)
        if price is None:
            return False
        return (self._below is None or price < self._below) and (
            self._above is None or price > self._above
        )

    def _beside(self, place: Place, side: str, phrases: Phrases) -> bool:
        text = place.folded.text
        # As many characters as the words could need; German compounds are long.
        reach = 40 * (self._within + 2)
        before = (max(0, place.start - reach), place.start)
        after = (place.end, min(len(text), place.end + reach))
        for first, last in {"before": (before,), "after": (after,)}.get(side, (before, after)):
            regex = phrases.within(text[first:last])
            for found in regex.finditer(text, first, last) if regex else ():
                end = _end(place, phrases, found)
                if end and self._close(place, found.start(), end):
                    return True
        # What stands in the gap of "rifle ... 22" comes after what is named first.
        return side != "before" and place.term.gapped and self._in_gap(place, phrases)

    @staticmethod
    def _in_gap(place: Place, phrases: Phrases) -> bool:
        text, first, last = place.folded.text, place.start + 1, place.end - 1
        regex = phrases.within(text[first:last])
        return regex is not None and regex.search(text, first, last) is not None

    def _close(self, place: Place, start: int, end: int) -> bool:
        """Whether `start:end` of the folded cell is near enough, and of the same sentence (or of one
        parted from it only by marks of `across`)."""
        if place.distance(start, end) > self._within - 1:
            return False
        first, last = place.folded.span(start, end)
        a, b = place.span
        between = place.folded.original[last:a] if last <= a else place.folded.original[b:first]
        return all(end[0] in self._across for end in self._end.finditer(between))

    @staticmethod
    def _within_phrase(place: Place, phrases: Phrases) -> bool:
        text = place.folded.text
        at = max(0, place.start - 120)
        regex = phrases.within(text[at : place.end + 120])
        while regex and at <= place.start:
            found = regex.search(text, at, min(len(text), place.end + 120))
            if found is None or found.start() > place.start:
                return False
            if _end(place, phrases, found) >= place.end:
                return True
            at = found.start() + 1
        return False


def _end(place: Place, phrases: Phrases, found: re.Match[str]) -> int:
    """Where in the folded cell the phrase found there ends; 0 when a sentence ends in its gap."""
    first, last = place.folded.span(*found.span())
    if SENTENCE_END.search(place.folded.original[first:last]) is None:
        return found.end()
    fixed = phrases.fixed.match(found.string, found.start(), found.endpos)
    return fixed.end() if fixed else 0


class Judge:
    """The `when` and `unless` of one rule."""

    def __init__(
        self, data: Mapping[str, Any], contexts: Mapping[str, Sequence[Condition]]
    ) -> None:
        self.when = [Condition(c, contexts) for c in data.get("when", ())]
        self.unless = [Condition(c, contexts) for c in data.get("unless", ())]

    def allows(self, place: Place, own: bool = False, authorised: bool = False) -> bool:
        """Whether the rule fires at `place`."""
        return self.verdict(place, own, authorised) is None

    def verdict(
        self, place: Place, own: bool = False, authorised: bool = False
    ) -> tuple[str, int] | None:
        """What keeps the rule from firing: ("when" or "unless", number from 1); None when it fires."""
        for n, c in enumerate(self.when, 1):
            # A term that a condition is not about needs it no more than it is excused by one.
            if c.applies(place) and not c.holds(place, own, authorised):
                return ("when", n)
        for n, c in enumerate(self.unless, 1):
            if c.holds(place, own, authorised):
                return ("unless", n)
        return None


def build_contexts(data: Mapping[str, list[dict[str, Any]]]) -> dict[str, list[Condition]]:
    """Shared contexts by name. A context may use those named before it in the files."""
    contexts: dict[str, list[Condition]] = {}
    pending = dict(data)
    while pending:
        ready = [
            name
            for name, items in pending.items()
            if all(_uses(item) <= contexts.keys() for item in items)
        ]
        if not ready:
            raise ValueError(
                f"contexts refer to each other in a circle: {', '.join(sorted(pending))}"
            )
        for name in ready:
            contexts[name] = [Condition(item, contexts) for item in pending.pop(name)]
    return contexts


def _uses(item: Mapping[str, Any]) -> set[str]:
    names = item.get("context", ())
    return {names} if isinstance(names, str) else set(names)
