"""Rules of kept packs, built when they have something to say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from listlint.kept.data import LaterContexts, Marks, RuleData
from listlint.kept.needles import KeptNeedles
from listlint.kept.terms import KeptTerms
from listlint.match.probe import FewShapes, Probe
from listlint.match.syntax import Term, terms_of
from listlint.match.words import LaterTerms, Want

if TYPE_CHECKING:
    from listlint.batch import Batch
    from listlint.match.conditions import Condition
    from listlint.match.scanner import Scanner
    from listlint.policy.library import Library, RuleSpec
    from listlint.rules.interface import Hit, Key, Meeting, Run, Seen

Build = Callable[["RuleSpec", Mapping[str, "Sequence[Condition]"]], Any]


class LaterRule:
    """A rule that is silent about a sheet without any of the fields that it `reads`."""

    def __init__(self, spec: RuleSpec, run: Mapping[str, Any], make: Callable[[], Any]) -> None:
        self.meta = spec.meta
        self.needs: Sequence[str] = tuple(run["needs"])
        self._reads: Sequence[str] = tuple(run.get("reads", self.needs))
        self._make = make

    @cached_property
    def built(self) -> Any:
        """The rule itself."""
        return self._make()

    def check(self, batch: Batch, run: Run) -> Iterable[Hit]:
        """The hits in `batch`."""
        found: Iterable[Hit] = self.built.check(batch, run) if batch.has(*self._reads) else ()
        return found


class LaterCross(LaterRule):
    """A rule across rows."""

    def keys(self, batch: Batch, run: Run) -> Iterable[Key]:
        """What to remember of each listing."""
        found: Iterable[Key] = self.built.keys(batch, run) if batch.has(*self.needs) else ()
        return found

    def conclude(self, key: str, group: Sequence[Seen], run: Run) -> Iterable[Meeting]:
        """What comes of rows that met."""
        found: Iterable[Meeting] = self.built.conclude(key, group, run)
        return found


class LaterWords(LaterRule):
    """A rule that is silent where none of its words stands."""

    def __init__(self, spec: RuleSpec, run: Mapping[str, Any], make: Callable[[], Any]) -> None:
        super().__init__(spec, run, make)
        self._every = run["role"] == "every"
        terms = LaterTerms(lambda: _terms(spec.data))
        self.want = Want(terms, frozenset(run["fields"]), run["evasion"], run["backwards"])
        self.scanner: Scanner | None = None
        self.slot = -1
        self.known: Marks | None = None
        """Of rules about marks: what all of them know."""

    @cached_property
    def built(self) -> Any:
        """The rule itself, with the run's scanner."""
        rule = self._make()
        rule.scanner, rule.slot = self.scanner, self.slot
        if self.known is not None:
            rule.known = self.known
        return rule

    def check(self, batch: Batch, run: Run) -> Iterable[Hit]:
        """The hits in `batch`."""
        assert self.scanner is not None
        if self._every:
            speaks = run.registers.has_licences or batch.has(*self.needs)
        else:
            speaks = bool(self.scanner.all_matches(batch, self.slot))
        found: Iterable[Hit] = self.built.check(batch, run) if speaks else ()
        return found


class LaterShapes(LaterRule):
    """A rule that is silent where none of its expressions matches."""

    def __init__(self, spec: RuleSpec, run: Mapping[str, Any], make: Callable[[], Any]) -> None:
        super().__init__(spec, run, make)
        assert isinstance(spec.data, RuleData)
        self.data = spec.data
        self.shape_fields = frozenset(run["fields"])
        self.scanner: Scanner | None = None
        self.slot = -1

    @cached_property
    def probe(self) -> Probe:
        """What its patterns require."""
        return Probe.from_plain(self.data.blocks.section(f"probe {self.data.number}"))

    @cached_property
    def built(self) -> Any:
        """The rule itself, with the run's scanner."""
        rule = self._make()
        rule.scanner, rule.slot = self.scanner, self.slot
        return rule

    def check(self, batch: Batch, run: Run) -> Iterable[Hit]:
        """The hits in `batch`."""
        assert self.scanner is not None
        speaks = self.scanner.shapes(batch).get(self.slot)
        found: Iterable[Hit] = self.built.check(batch, run) if speaks else ()
        return found


_ROLES: dict[str, type[LaterRule]] = {
    "plain": LaterRule, "cross": LaterCross, "words": LaterWords, "every": LaterWords,
    "shapes": LaterShapes,
}  # fmt: skip


class Later:
    """Makes the rules of one run; those of kept packs as `LaterRule`."""

    def __init__(self, library: Library, build: Build) -> None:
        self._build = build
        self._contexts = LaterContexts(library.contexts)

    def rule(self, spec: RuleSpec) -> Any:
        """The rule of a spec; None for rules that only the run itself reports (FILE)."""
        run = spec.data.run if isinstance(spec.data, RuleData) else None
        if run is None:
            return self._build(spec, self._contexts)
        if run["role"] == "none":
            return None
        return _ROLES[run["role"]](spec, run, lambda: self._build(spec, self._contexts))


def few_of(rules: Iterable[tuple[RuleSpec, Any]]) -> KeptTerms | None:
    """What looks up the words of `rules`, in the order of their slots; None where one is not kept.

    Also tells rules about marks what all of them know.
    """
    slots: dict[int, int] = {}
    wants: list[Want] = []
    blocks = None
    marks: list[LaterWords] = []
    numbers: list[int] = []
    for spec, rule in rules:
        if not isinstance(rule, LaterWords) or not isinstance(spec.data, RuleData):
            return None
        blocks = spec.data.blocks
        slots[spec.data.number] = len(wants)
        wants.append(rule.want)
        if spec.data.run is not None and spec.data.run["marks"]:
            marks.append(rule)
            numbers.append(spec.data.number)
    if blocks is None:
        return None
    known = Marks(blocks, frozenset(numbers))
    for rule in marks:
        rule.known = known
    return KeptTerms(blocks, slots, wants)


def few_shapes_of(rules: Sequence[Any]) -> FewShapes | None:
    """What looks up the needles of `rules`, in the order of their slots; None where one is not kept."""
    if not rules or not all(isinstance(rule, LaterShapes) for rule in rules):
        return None
    slots = {rule.data.number: slot for slot, rule in enumerate(rules)}
    needles = KeptNeedles(rules[0].data.blocks, slots)
    return FewShapes(needles.sought, lambda slot: rules[slot].probe)


def _terms(data: Mapping[str, Any]) -> list[Term]:
    """All that the rule looks for: a kind has terms, triggers or brands."""
    brands: Iterator[Term] = (
        Term.ready(name, "any", *ready)
        for row in data.get("brands", ())
        for name, *ready in row["names"]
    )
    return [*terms_of(data, "terms"), *terms_of(data, "triggers"), *brands]
