"""The vault: what the seller holds against what the listings need, document by document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from listlint.kinds.licence import LicenceRule
from listlint.pipeline import SHEETS_PER_FILE, SheetDone, read_source
from listlint.readers import expand
from listlint.readers.interface import Note
from listlint.registers import document_kinds, judge
from listlint.registers.listing import jurisdictions
from listlint.registers.record import listing_of
from listlint.run import session_for
from listlint.slotted import field, replace, slotted

if TYPE_CHECKING:
    from listlint.batch import Batch
    from listlint.pipeline import Session
    from listlint.policy.library import Library
    from listlint.registers import Document, State
    from listlint.rules.interface import RuleMeta
    from listlint.run import Prepared

WINDOWS = (30, 60, 90)
"""Days ahead in which the end of a document is told."""
SKUS_SHOWN = 5


@slotted(frozen=True, slots=True)
class HeldDocument:
    """A document of a register, and by how many listings it is needed."""

    document: Document
    listings: int
    days: int | None
    """Days until its end, negative when it has ended; None: no end."""

    @property
    def window(self) -> int | None:
        """0: ended; 30, 60, 90: ends within so many days; None: later or never."""
        if self.days is None:
            return None
        return 0 if self.days < 0 else next((w for w in WINDOWS if self.days <= w), None)


@slotted(frozen=True, slots=True)
class OpenNeed:
    """A need that no document meets: kinds of which any one would do, and the listings."""

    documents: tuple[str, ...]
    rules: tuple[str, ...]
    listings: int
    skus: tuple[str, ...]
    states: tuple[tuple[State, int], ...]
    """How many listings are in which state, commonest first."""


@slotted(frozen=True, slots=True)
class Vault:
    """Everything, worst first: `held` by its end, `missing` by the number of listings."""

    as_of: date
    listings: int
    held: tuple[HeldDocument, ...]
    missing: tuple[OpenNeed, ...]
    registers: bool
    """Whether a licence register was given at all."""
    unread: tuple[Note, ...] = ()

    @property
    def unneeded(self) -> list[HeldDocument]:
        """Documents that no listing needs."""
        return [h for h in self.held if not h.listings]


@slotted(slots=True)
class _Lack:
    """Listings whose need of some documents is open."""

    rules: set[str] = field(default_factory=set)
    states: Counter[State] = field(default_factory=Counter)
    skus: dict[str, None] = field(default_factory=dict)


@slotted(slots=True)
class _Tally:
    """What is counted while the files are read: numbers only, however many listings there are."""

    used: Counter[Document] = field(default_factory=Counter)
    lacking: dict[tuple[str, ...], _Lack] = field(default_factory=dict)
    listings: int = 0
    registers: bool = False


@slotted(frozen=True, slots=True)
class _Counted:
    """Stands for a batch that was counted."""

    rows: int


def vault_of(
    inputs: Sequence[str], prepared: Prepared, prepared_for: Callable[[str], Prepared]
) -> Vault:
    """The vault of the inputs (files, folders, globs). Raises `ConfigError`."""
    unread: list[Note] = []
    tally = _Tally()
    sessions: dict[int, Session] = {}
    sources = expand(inputs, unread.append)
    try:
        for n, source in enumerate(sources):
            chosen = prepared if source.temporary else prepared_for(source.path)
            session = sessions.get(id(chosen))
            if session is None:
                session = sessions[id(chosen)] = session_for(_only_licences(chosen))
            for message in read_source(
                source, n * SHEETS_PER_FILE, session, lambda b, s: _count(b, s, tally)
            ):
                if isinstance(message, Note) and message.path is None:
                    unread.extend(_as_unread(message, source.shown))
                elif isinstance(message, SheetDone):
                    tally.listings += message.entry.listings
            _remember(session, tally)
    finally:
        for source in sources:
            source.discard()
    return _vault(tally, prepared.settings.as_of, unread)


def _only_licences(prepared: Prepared) -> Prepared:
    return replace(prepared, chosen=tuple(s for s in prepared.chosen if s.meta.kind == "licence"))


def _as_unread(note: Note, path: str) -> Iterator[Note]:
    """The note, if it says that something could not be read."""
    from listlint.readers.notes import NOT_READ

    if note.name in NOT_READ or note.name == "unrecognised-sheet":
        yield replace(note, path=path)


def _remember(session: Session, tally: _Tally) -> None:
    registers = session.engine.run.registers
    tally.registers |= registers.has_licences
    for document in registers.documents:
        tally.used[document] += 0


def _count(batch: Batch, session: Session, tally: _Tally) -> _Counted:
    """Every need of the batch: which documents of the register it is for, and whether it is open."""
    engine = session.engine
    run, library = engine.run, engine.library
    _remember(session, tally)
    used: dict[Document, set[int]] = {}
    open_rows: dict[tuple[str, ...], set[int]] = {}
    for rule in engine.built("licence"):
        if not isinstance(rule, LicenceRule):
            continue
        for hit in rule.needed(batch, run):
            marketplaces = run.marketplaces(batch, hit.row)
            if not _holds(library, rule.meta, marketplaces):
                continue
            places = jurisdictions(batch, hit.row, run)
            listing = listing_of(batch, hit.row)
            for key in rule.documents:
                for document in run.registers.held(key):
                    if not document.scope.outside(listing, marketplaces, places):
                        used.setdefault(document, set()).add(hit.row)
            need = judge(rule.documents, batch, hit.row, run)
            if need.state in ("held", "expiring"):
                continue
            lack = tally.lacking.setdefault(rule.documents, _Lack())
            lack.rules.add(rule.meta.code)
            rows = open_rows.setdefault(rule.documents, set())
            if hit.row not in rows:
                rows.add(hit.row)
                lack.states[need.state] += 1
                if len(lack.skus) < SKUS_SHOWN and (sku := batch.get("sku", hit.row)):
                    lack.skus[sku] = None
    for document, numbers in used.items():
        tally.used[document] += len(numbers)
    return _Counted(len(batch))


def _holds(library: Library, meta: RuleMeta, marketplaces: tuple[str, ...]) -> bool:
    return bool(library.holds(meta, marketplaces) if marketplaces else library.holds_unknown(meta))


def _vault(tally: _Tally, as_of: date, unread: Sequence[Note]) -> Vault:
    held = [
        HeldDocument(d, count, (d.valid_until - as_of).days if d.valid_until else None)
        for d, count in tally.used.items()
    ]
    held.sort(key=lambda h: (h.days is None, h.days or 0, h.document.name, h.document.number))
    missing = [
        OpenNeed(
            documents,
            tuple(sorted(lack.rules)),
            lack.states.total(),
            tuple(lack.skus),
            tuple(sorted(lack.states.items(), key=lambda item: (-item[1], item[0]))),
        )
        for documents, lack in tally.lacking.items()
    ]
    missing.sort(key=lambda m: (-m.listings, m.rules))
    return Vault(as_of, tally.listings, tuple(held), tuple(missing), tally.registers, tuple(unread))


def kind_names(keys: Sequence[str], lang: str) -> list[str]:
    """What kinds of document are called."""
    kinds = document_kinds()
    return [kinds[key].name.zh if lang == "zh" else kinds[key].name.en for key in keys]
