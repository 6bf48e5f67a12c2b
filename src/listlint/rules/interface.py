"""What a rule promises: hits in a batch, or keys whose meeting across rows is a hit.

A rule knows nothing of files, configuration, suppression or output. Where it lives in the policy
packs (code, severity, texts, source) comes to it as `RuleMeta`; the engine turns hits into findings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from listlint.slotted import field as attribute
from listlint.slotted import slotted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from listlint.batch import Batch, Column
    from listlint.model import Area, Confidence, Edit, Severity, Source, Text
    from listlint.registers import Registers


@slotted(frozen=True, slots=True)
class RuleMeta:
    """A rule as its pack says it. `effective`/`expires` bound the days on which it holds."""

    code: str
    name: str
    area: Area
    kind: str
    severity: Severity
    confidence: Confidence
    message: Text
    why: Text
    fix: Text
    source: tuple[Source, ...]
    pack: str
    basis: str = "policy"
    suspension_reason: str | None = None
    jurisdictions: tuple[str, ...] = ()
    marketplaces: tuple[str, ...] = ()
    effective: date | None = None
    expires: date | None = None
    fields: tuple[str, ...] = ()
    options: Mapping[str, Any] = attribute(default_factory=dict)
    replacement: Mapping[str, str] = attribute(default_factory=dict)
    """Term → what to write instead; `*` is any other term, "" takes the words out."""
    was: tuple[str, ...] = ()
    """Codes and names that it went by before."""

    def went_by(self, word: str) -> bool:
        """Whether `word`, in any case, is one of those."""
        return bool(self.was) and (word.upper() in self.was or word.lower() in self.was)


@slotted(frozen=True, slots=True)
class Hit:
    """One place in a batch where a rule holds.

    `row` is the index in the batch, `column` None when the whole row is meant or the column is
    missing (then `field` may name what is missing). `span` is half-open in the original cell.
    `params` fill the message's braces; a `Text` value is filled in the message's own language.
    """

    row: int
    column: Column | None = None
    field: str | None = None
    match: str | None = None
    span: tuple[int, int] | None = None
    term: str | None = None
    evasion: str | None = None
    severity: Severity | None = None
    confidence: Confidence | None = None
    params: Mapping[str, str | Text] = attribute(default_factory=dict)
    edit: Edit | None = None


@slotted(frozen=True, slots=True)
class Run:
    """What holds for the whole run: the day, what the seller holds, and the rule's own data.

    `profile_of(batch, i)` gives the marketplaces of listing `i` (profile ids; empty: not known).
    """

    as_of: date
    registers: Registers
    jurisdictions: Mapping[str, frozenset[str]]
    """Profile id → jurisdictions that hold there."""
    base: str = "."
    """Folder that relative document paths are looked up in."""

    def marketplaces(self, batch: Batch, i: int) -> tuple[str, ...]:
        """The profile ids that listing `i` is for."""
        found = batch.extra.get("marketplaces")
        if isinstance(found, list):
            row: tuple[str, ...] = found[i]
            return row
        return batch.sheet.marketplaces


class Rule(Protocol):
    """A rule that sees one batch at a time."""

    meta: RuleMeta
    needs: Sequence[str]
    """Fields of which at least one column must exist, else the rule is reported as not checked."""

    def check(self, batch: Batch, run: Run) -> Iterable[Hit]:
        """The hits in `batch`, in any order."""


class Key(NamedTuple):
    """What a cross-row rule remembers of a listing: short strings only, since it may spill to disk.

    A tuple, since there are several for each listing. Rows of one rule whose `key` is equal meet in `conclude`. `payload` is what tells them apart.
    """

    key: str
    row: int
    column: Column | None
    payload: str = ""
    sku: str = ""


@slotted(frozen=True, slots=True)
class Seen:
    """A key as it comes back: where it was (sheet number of the run, row number), and its payload."""

    sheet: int
    number: int
    column: int
    payload: str
    sku: str
    where: str
    """Readable place: `file!sheet row 12`."""


@slotted(frozen=True, slots=True)
class Meeting:
    """One of the rows that met, and what to say of it."""

    seen: Seen
    params: Mapping[str, str | Text] = attribute(default_factory=dict)
    severity: Severity | None = None
    confidence: Confidence | None = None


class CrossRule(Protocol):
    """A rule about rows that meet: duplicates, contradictions, related accounts."""

    meta: RuleMeta
    needs: Sequence[str]

    def keys(self, batch: Batch, run: Run) -> Iterable[Key]:
        """What to remember of each listing of `batch`."""

    def conclude(self, key: str, group: Sequence[Seen], run: Run) -> Iterable[Meeting]:
        """Called once for each key that two or more rows share; `group` in sheet, row order."""
