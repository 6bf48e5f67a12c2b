"""What every text that a regular expression matches must contain, so that most cells are never tried.

Worked out from the parsed expression. Where nothing can be said for sure nothing is required; what
is said holds of levelled text (see `listlint.text.level`), or of folded text as it is.
"""

from __future__ import annotations

from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from listlint.match.measure import alike, beyond_ascii, longest, repeats
from listlint.match.reading import Reading, as_it_is, levelled
from listlint.match.strings import Strings, frequency, rarity
from listlint.slotted import slotted

_EVERYWHERE = 0.015
"""Expected hits a character from which a requirement tells nothing of a cell."""


@slotted(frozen=True, slots=True)
class Needs:
    """What a cell must have for one pattern."""

    sets: tuple[Strings, ...]
    """One of each set; the rarest first. A string may begin and end with `EDGE`."""
    run: tuple[Strings, int] | None = None
    """So many characters of these in a row."""
    digits: int = 0
    often: tuple[str, int] | None = None
    """A plain expression that matches so often, at least."""
    repeats: tuple[int, int] | None = None
    """(times, reach): a word whose first `HEAD` letters come so often again, each time within so many
    words."""
    alike: tuple[int, int] | None = None
    """(words, letters): so many words that have so many letters in a row in common."""
    longest: int | None = None
    """At most so many characters in all."""
    beyond_ascii: bool = False
    many: tuple[Strings, int] | None = None
    """So many of these, one after the other."""

    def plain(self) -> list[Any]:
        """As JSON values; `from_plain` reads them."""
        run = None if self.run is None else [sorted(self.run[0]), self.run[1]]
        many = None if self.many is None else [sorted(self.many[0]), self.many[1]]
        sets = [sorted(s) for s in self.sets]
        rest = [self.digits, self.often, self.repeats, self.alike, self.longest, self.beyond_ascii]
        return [sets, run, *rest, many]

    @classmethod
    def from_plain(cls, values: list[Any]) -> Needs:
        """The needs that were made `plain`."""
        sets, run, digits, often, again, same, most, beyond, many = values
        return cls(
            tuple(map(frozenset, sets)),
            None if run is None else (frozenset(run[0]), run[1]),
            digits,
            None if often is None else (often[0], often[1]),
            None if again is None else (again[0], again[1]),
            None if same is None else (same[0], same[1]),
            most,
            beyond,
            None if many is None else (frozenset(many[0]), many[1]),
        )

    @classmethod
    def of(cls, pattern: str, raw: bool) -> Needs:
        """The needs of a regular expression for cells as they stand (`raw`), or for folded text."""
        try:
            items = list(parser.parse(pattern))
        except RecursionError:
            return cls(())
        reading = Reading(levelled if raw else as_it_is)
        sets = sorted({s for s in reading.sets(items) if s}, key=rarity)
        useful = tuple(s for s in sets if frequency(s) < _EVERYWHERE)
        return cls(
            useful,
            reading.run(items),
            reading.digits(items) if raw else 0,
            reading.often(items),
            None if raw else repeats(items),
            None if raw else alike(items),
            longest(items),
            beyond_ascii(items),
            reading.many(items),
        )
