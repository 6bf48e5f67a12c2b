"""The words every other module speaks: findings, where they are, and the report.

Everything here is frozen and carries no behaviour beyond reading itself; see
docs/architecture.md for the flow these values travel along.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Literal, NamedTuple

from listlint.slotted import field, slotted

Lang = Literal["en", "zh"]
LANGS: tuple[Lang, ...] = ("en", "zh")


class Severity(StrEnum):
    """How bad: error = likely takedown or suspension, warning = a reviewer would ask, info = advice."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the worst, so that sorting puts it first."""
        return _SEVERITY_RANK[self]


_SEVERITY_RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


class Confidence(StrEnum):
    """How sure the rule is of what it saw."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        """0 for the surest."""
        return _CONFIDENCE_RANK[self]


_CONFIDENCE_RANK = {Confidence.HIGH: 0, Confidence.MEDIUM: 1, Confidence.LOW: 2}


class Area(StrEnum):
    """What part of compliance a rule belongs to; a rule's code begins with the area's prefix."""

    PROHIBITED = "prohibited"
    IP = "ip"
    LICENCE = "licence"
    SELLER = "seller"
    BEHAVIOUR = "behaviour"
    LISTING = "listing"
    FILE = "file"


AREA_OF_PREFIX: dict[str, Area] = {
    "PRO": Area.PROHIBITED,
    "IP": Area.IP,
    "LIC": Area.LICENCE,
    "SEL": Area.SELLER,
    "BEH": Area.BEHAVIOUR,
    "LST": Area.LISTING,
    "FILE": Area.FILE,
}


class Text(NamedTuple):
    """One sentence in the languages that listlint speaks."""

    en: str
    zh: str

    def get(self, lang: Lang) -> str:
        """The sentence in `lang`."""
        return self.zh if lang == "zh" else self.en


SEVERITY_TEXT: dict[Severity, Text] = {
    Severity.ERROR: Text("error", "错误"),
    Severity.WARNING: Text("warning", "警告"),
    Severity.INFO: Text("info", "提示"),
}
"""What a severity is called."""


@slotted(frozen=True, slots=True)
class Source:
    """Where a fact was read, and when (ISO date)."""

    url: str
    retrieved: str


@slotted(frozen=True, slots=True)
class Location:
    """A place as the spreadsheet program shows it.

    `row` is the program's row number (for CSV the 1-based record, header counted), `cell` is
    A1-style for CSV too, `column` the header as it stands (None: a whole row, or no such column).
    """

    path: str
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    field: str | None = None
    cell: str | None = None
    sku: str | None = None
    column_index: int | None = None


@slotted(frozen=True, slots=True)
class Edit:
    """A change of one cell that would mend a finding: `text` replaces `span` of the original cell."""

    span: tuple[int, int]
    text: str
    safe: bool


@slotted(frozen=True, slots=True)
class Fix:
    """What to do, in words, and as an edit where a program can do it."""

    text: Text
    edit: Edit | None = None


@slotted(frozen=True, slots=True)
class Suppression:
    """Why a finding does not count: how it was excused, the reason given, until when."""

    by: Literal["column", "config", "note", "sidecar", "baseline"]
    reason: str
    until: str | None = None


@slotted(frozen=True, slots=True)
class Here:
    """How severe a finding is on one marketplace that says so, and why."""

    marketplace: str
    severity: Severity
    reason: Text
    source: tuple[Source, ...] = ()


@slotted(frozen=True, slots=True)
class Finding:
    """One rule, at one place, with the exact words.

    `span` is half-open, in code points of the original cell; `match` is the original text there.
    """

    rule: str
    name: str
    area: Area
    severity: Severity
    confidence: Confidence
    location: Location
    message: Text
    why: Text
    fix: Fix
    match: str | None = None
    span: tuple[int, int] | None = None
    term: str | None = None
    evasion: str | None = None
    marketplaces: tuple[str, ...] = ()
    source: tuple[Source, ...] = ()
    suspension_reason: str | None = None
    fingerprint: str = ""
    suppressed: Suppression | None = None
    excerpt: str | None = None
    """The whole cell, for reporters that show the words in their context."""
    sharpened: tuple[Here, ...] = ()
    """Marketplaces of its own that are stricter or milder than the rule."""
    former: tuple[str, ...] = ()
    """Its fingerprints under the codes that the rule went by before."""

    @property
    def counts(self) -> bool:
        """Whether the finding counts in the summary and the exit code."""
        return self.suppressed is None


@slotted(frozen=True, slots=True)
class NotChecked:
    """A field that rules wanted and the sheet does not have; `rules` are the codes that asked."""

    field: str
    because: str
    rules: tuple[str, ...] = ()


@slotted(frozen=True, slots=True)
class SheetEntry:
    """One sheet of one file, read or not. `sheet` is None for formats without sheets."""

    path: str
    sheet: str | None
    dialect: str | None
    marketplaces: tuple[str, ...]
    rows: int
    columns: dict[str, str]
    unmapped: tuple[str, ...]
    not_checked: tuple[NotChecked, ...]
    kind: str = "listings"
    """listings, seller, licences, authorisations, instructions, or unread."""
    listings: int = 0


@slotted(frozen=True, slots=True)
class PackInfo:
    """A policy pack as used by a run; dates are ISO."""

    id: str
    version: str
    updated: str
    review_by: str


Place = tuple[str, str | None, int]
"""(path, sheet, row) of a listing."""
Exposure = Mapping[Place, tuple[float | None, float | None]]
"""Listing → (price in its currency, stock); None where the sheet does not say."""


@slotted(frozen=True, slots=True)
class PastRun:
    """A stored run: its day (ISO), what counted in it, what was new and fixed since the run before."""

    as_of: str
    errors: int
    warnings: int
    infos: int
    new: int = 0
    fixed: int = 0


@slotted(frozen=True, slots=True)
class FixedFinding:
    """What the run before found and this one no longer does."""

    rule: str
    name: str
    path: str
    sheet: str | None
    sku: str | None
    match: str | None


@slotted(frozen=True, slots=True)
class Past:
    """What earlier runs say: the stored runs, this one last, and what changed since the one before.

    `since` is the day of the run before (ISO), None for a first run; `new` holds fingerprints.
    """

    runs: tuple[PastRun, ...]
    since: str | None = None
    new: frozenset[str] = frozenset()
    fixed: tuple[FixedFinding, ...] = ()


@slotted(frozen=True, slots=True)
class Report:
    """Everything a run says; reporters only present it. `findings` come in file, row, column order."""

    version: str
    as_of: date
    policies: tuple[PackInfo, ...]
    files: tuple[SheetEntry, ...]
    findings: tuple[Finding, ...]
    listings: int
    flagged: int
    notes: tuple[Text, ...] = ()
    """Words about the run itself: no marketplace given, packs past their review date."""
    risk: dict[str, object] = field(default_factory=dict)
    """What to mend first (listlint.risk)."""
    exposure: Exposure = field(default_factory=dict)
    """Price and stock of flagged listings, for the risk."""
    past: Past | None = None
    """Earlier runs, where a history is kept."""

    @property
    def counted(self) -> list[Finding]:
        """Findings that are neither suppressed nor in the baseline."""
        return [f for f in self.findings if f.counts]
