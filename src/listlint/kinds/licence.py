"""Kind `licence`: listings that need a document, and whether the seller holds it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from listlint.batch import Batch
from listlint.kinds.words import hit_of
from listlint.match.conditions import Condition, Judge
from listlint.match.scanner import Scanner, Want
from listlint.match.syntax import terms_of
from listlint.rules.interface import Hit, RuleMeta, Run

TRIGGER_FIELDS = ("title", "category", "product_type", "bullet_points", "description", "tags")


class LicenceRule:
    """A need: what triggers it, which document meets it; `listlint.registers` judges the rest.

    A rule without triggers is about every listing of the marketplaces it holds on.
    """

    def __init__(
        self,
        meta: RuleMeta,
        data: Mapping[str, Any],
        contexts: Mapping[str, Sequence[Condition]],
    ) -> None:
        self.meta = meta
        fields = meta.fields or TRIGGER_FIELDS
        self.needs = fields
        self._judge = Judge(data, contexts)
        wanted = data["document"]
        self.documents: tuple[str, ...] = (wanted,) if isinstance(wanted, str) else tuple(wanted)
        self._every = not data.get("triggers")
        self.want = Want(terms_of(data, "triggers"), frozenset(fields), False)
        self.scanner: Scanner | None = None
        self.slot = -1

    def check(self, batch: Batch, run: Run) -> Iterable[Hit]:
        """One hit a listing whose need is not met."""
        from listlint.rules.licence import from_triggers

        return from_triggers(self.meta, self.documents, self.triggered(batch), batch, run)

    def triggered(self, batch: Batch) -> Iterable[Hit]:
        """The listings that need a document, each with the word that says so."""
        if self._every:
            for i in range(len(batch)):
                if not (batch.inherits and batch.inherits[i]):
                    yield Hit(i)
            return
        assert self.scanner is not None
        seen: set[int] = set()
        for place in self.scanner.matches(batch).get(self.slot, ()):
            if place.i not in seen and self._judge.allows(place):
                seen.add(place.i)
                yield hit_of(place)
