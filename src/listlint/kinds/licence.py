"""Kind `licence`: listings that need a document, and whether the seller holds it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from listlint.batch import Batch
from listlint.kinds.words import hit_of
from listlint.match.conditions import Condition, Judge
from listlint.match.place import BatchText, Place
from listlint.match.scanner import Scanner
from listlint.match.syntax import Term, terms_of
from listlint.match.words import LaterTerms, Want
from listlint.registers import document_kinds
from listlint.rules.interface import Hit, RuleMeta, Run
from listlint.rules.licence import from_triggers
from listlint.rules.parties import law_of, seller_country
from listlint.slotted import slotted

TRIGGER_FIELDS = ("title", "category", "product_type", "bullet_points", "description", "tags")
WORLD = frozenset({"US", "EU"})
"""A marketplace on which both laws hold sells everywhere; a listing there need not be sold in each."""


@slotted(frozen=True, slots=True)
class LeftAlone:
    """A listing that needs nothing: the words that might have called for it ('' where the rule is
    about every listing), the cell that they stand in, and the condition that says no ("when" or
    "unless", its number); None where it is not the seller who must answer."""

    i: int
    match: str
    cell: str
    condition: tuple[str, int] | None


class LicenceRule:
    """A need: what triggers it, which document meets it; `listlint.registers` judges the rest.

    A rule without triggers is about every listing of the marketplaces it holds on; on a marketplace
    that sells to all the world, of sellers at home where the rule's law holds. Options:
    `seller_abroad` (only sellers from elsewhere need it), `missing` (severity of a need of which
    nothing is held, where that is milder than a wrong document).
    """

    def __init__(
        self,
        meta: RuleMeta,
        data: Mapping[str, Any],
        contexts: Mapping[str, Sequence[Condition]],
    ) -> None:
        self.meta = meta
        self._judge = Judge(data, contexts)
        wanted = data["document"]
        self.documents: tuple[str, ...] = (wanted,) if isinstance(wanted, str) else tuple(wanted)
        self._every = not data.get("triggers")
        self._abroad = bool(meta.options.get("seller_abroad"))
        fields = meta.fields or TRIGGER_FIELDS
        evidence = [f for key in self.documents for f in document_kinds()[key].telling]
        # What every listing needs hangs on the columns that could show it.
        self.needs: Sequence[str] = tuple(dict.fromkeys(evidence)) if self._every else fields
        self.want = Want(LaterTerms(lambda: terms_of(data, "triggers")), frozenset(fields), False)
        self.scanner: Scanner | None = None
        self.slot = -1

    def check(self, batch: Batch, run: Run) -> Iterable[Hit]:
        """One hit a listing whose need is not met."""
        return from_triggers(self.meta, self.documents, self.needed(batch, run), batch, run)

    def needed(self, batch: Batch, run: Run) -> Iterator[Hit]:
        """One hit a listing that needs the document, held or not."""
        return self._all(batch, run) if self._every else self._triggered(batch)

    def _all(self, batch: Batch, run: Run) -> Iterator[Hit]:
        if not (run.registers.has_licences or batch.has(*self.needs)):
            return  # nothing could be said of any listing
        column = batch.of("title")
        if not column:
            return
        position = batch.sheet.columns.index(column[0][0])
        text = BatchText.of(batch)
        conditions = bool(self._judge.when or self._judge.unless)
        for i in range(len(batch)):
            if (batch.inherits and batch.inherits[i]) or not self._concerned(batch, i, run):
                continue
            if not conditions or self._judge.allows(_whole(text, position, i)):
                yield Hit(i)

    def _concerned(self, batch: Batch, i: int, run: Run) -> bool:
        """Whether the rule's law is one that the seller of listing `i` meets in this way."""
        laws = [run.jurisdictions.get(m, frozenset()) for m in run.marketplaces(batch, i)]
        world = bool(laws) and all(law >= WORLD for law in laws)
        if not (world or self._abroad):
            return True
        home = law_of(seller_country(batch, i, run))
        at_home = bool(home.intersection(self.meta.jurisdictions))
        return (at_home or not world) and not (at_home and self._abroad)

    def left_alone(self, batch: Batch, run: Run) -> Iterator[LeftAlone]:
        """The listings with nothing that calls for the document, although the rule is about them.

        That is: every place with a trigger is excused, or the seller need not answer here.
        """
        if not self._every:
            assert self.scanner is not None
            by_listing: dict[int, list[Place]] = {}
            for place in self.scanner.matches(batch, self.slot):
                by_listing.setdefault(place.i, []).append(place)
            for i, places in by_listing.items():
                reasons = [self._judge.verdict(place) for place in places]
                if None not in reasons:
                    first = places[0]
                    yield LeftAlone(i, first.match, first.folded.original, reasons[0])
            return
        column = batch.of("title")
        text = BatchText.of(batch)
        for i in range(len(batch)) if column else ():
            if batch.inherits and batch.inherits[i]:
                continue
            if not self._concerned(batch, i, run):
                yield LeftAlone(i, "", "", None)
                continue
            place = _whole(text, batch.sheet.columns.index(column[0][0]), i)
            reason = self._judge.verdict(place)
            if reason is not None:
                yield LeftAlone(i, "", place.folded.original, reason)

    def _triggered(self, batch: Batch) -> Iterator[Hit]:
        assert self.scanner is not None
        seen: set[int] = set()
        for place in self.scanner.matches(batch, self.slot):
            if place.i not in seen and self._judge.allows(place):
                seen.add(place.i)
                yield hit_of(place)


def _whole(text: BatchText, position: int, i: int) -> Place:
    """Listing `i` as a place, for conditions about the listing as a whole."""
    return Place(text, position, i, text.cell(position, i), 0, 0, Term.literal(""))
