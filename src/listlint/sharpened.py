"""Which sharpening holds for a rule on a marketplace: the one that names the rule most closely."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING

from listlint.model import Area, Here
from listlint.rules.interface import RuleMeta
from listlint.select import matches, specificity
from listlint.slotted import replace, slotted
from listlint.wildcard import fits

if TYPE_CHECKING:
    from listlint.policy.library import Library, RuleSpec
    from listlint.policy.sharpen import Sharpening


@slotted(frozen=True, slots=True)
class Parted:
    """A rule where it has one limit: not on the marketplaces `without`; `said`: why it has that limit."""

    spec: RuleSpec
    without: frozenset[str]
    said: Mapping[str, Here]


class Sharpened:
    """The sharpenings of a library that are in force on one day."""

    def __init__(self, library: Library, as_of: date) -> None:
        self._library = library
        self._all = [s for s in library.sharpenings if s.holds(as_of)]
        self._specs = {s.meta.code: s for s in library.rules} if self._all else {}
        self._severities: dict[tuple[str, str], Sharpening | None] = {}

    def severity(self, code: str, marketplace: str) -> Sharpening | None:
        """What the marketplace says of the severity of the rule `code`; None where nothing."""
        key = (code, marketplace)
        if key not in self._severities:
            spec = self._specs.get(code)
            fitting = [s for s in self._all if s.severity is not None or s.off]
            self._severities[key] = _closest(fitting, spec, marketplace) if spec else None
        return self._severities[key]

    def limits(self, spec: RuleSpec) -> dict[str, Sharpening]:
        """Marketplace → what sets other limits of the rule there."""
        limits = [s for s in self._all if s.limit and any(matches(r, spec) for r in s.rules)]
        found = {}
        for profile in self._library.profiles if limits else ():
            closest = _closest(limits, spec, profile)
            if closest is not None and self._library.holds(spec.meta, (profile,)):
                found[profile] = closest
        return found

    def parted(self, chosen: Iterable[RuleSpec]) -> Iterator[Parted]:
        """The rules, and beside each one with other limits somewhere, one for each of these limits."""
        for spec in chosen:
            limits = self.limits(spec) if spec.meta.kind == "limit" and self._all else {}
            yield Parted(spec, frozenset(limits), {})
            for one in {id(s): s for s in limits.values()}.values():
                places = tuple(m for m, s in limits.items() if s is one)
                kept = {n: getattr(spec.meta, n) for n in RuleMeta.__match_args__}
                meta = RuleMeta(**{**kept, "marketplaces": places, "jurisdictions": ()})
                data = {**spec.data, "limit": {**spec.data["limit"], **one.limit}}
                severity = spec.meta.severity
                said = {m: Here(m, severity, one.reason, one.source) for m in places}
                yield Parted(replace(spec, meta=meta, data=data), frozenset(), said)

    def of_rule(self, spec: RuleSpec) -> Iterator[tuple[Sharpening, tuple[str, ...]]]:
        """Each sharpening that holds for the rule somewhere, and the marketplaces where it does."""
        limits = self.limits(spec) if spec.meta.kind == "limit" else {}
        places: dict[int, list[str]] = {}
        for profile in self._library.profiles if self._all else ():
            if self._library.holds(spec.meta, (profile,)):
                for one in (self.severity(spec.meta.code, profile), limits.get(profile)):
                    known = places.setdefault(id(one), [])
                    if profile not in known:
                        known.append(profile)
        yield from ((s, tuple(places[id(s)])) for s in self._all if id(s) in places)


def faults(library: Library, sharpenings: Iterable[Sharpening]) -> Iterator[tuple[str, str]]:
    """Where and what, for sharpenings that name what is not there, or change nothing."""
    for one in sharpenings:
        where = f"{one.where}: sharpen {', '.join(one.rules)}"
        places = [p for p in library.profiles if any(fits(p, m) for m in one.marketplaces)]
        for name in one.marketplaces:
            if not any(fits(p, name) for p in places):
                yield where, f"no marketplace is called {name!r}"
        for word in one.rules:
            meant = [s for s in library.rules if matches(word, s)]
            if not meant:
                yield where, f"no rule, area or pack is called {word!r}"
            elif places and not any(library.holds(s.meta, places) for s in meant):
                yield where, f"{word} holds on none of these marketplaces"
            elif one.severity is not None and all(s.meta.severity is one.severity for s in meant):
                yield where, f"{word} is of severity {one.severity} anyway"
            elif one.limit and any(s.meta.kind != "limit" for s in meant):
                yield where, f"{word} has no limit"
            for spec in meant:
                if spec.meta.went_by(word):
                    yield where, f"{word} is called {spec.meta.code} now"


def _closest(sharpenings: list[Sharpening], spec: RuleSpec, marketplace: str) -> Sharpening | None:
    """The one that names the rule most closely, then the marketplace; of equals, the last."""
    best: tuple[int, bool] | None = None
    found = None
    if spec.meta.area is Area.FILE or not marketplace:
        return None
    for one in sharpenings:
        close = max((specificity(r, spec) for r in one.rules if matches(r, spec)), default=-1)
        if close < 0 or not any(fits(marketplace, m) for m in one.marketplaces):
            continue
        rank = (close, marketplace in one.marketplaces)
        if best is None or rank >= best:
            best, found = rank, one
    return found
