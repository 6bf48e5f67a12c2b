"""Collects what files say and decides what counts: order, severity, suppressions, baseline."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from listlint import __version__
from listlint.baseline import Baseline
from listlint.batch import Sheet, column_letters
from listlint.config import ConfigError
from listlint.decide import Switches, fingerprints, relative
from listlint.engine import Engine
from listlint.keystore import KeyStore
from listlint.model import (
    Area,
    Finding,
    Fix,
    Location,
    PackInfo,
    Place,
    Report,
    SheetEntry,
    Text,
)
from listlint.policy.library import Library, RuleSpec
from listlint.readers.interface import Note
from listlint.select import selectors
from listlint.slotted import field, slotted
from listlint.suppress import Entry, Suppressions, fits_path
from listlint.suppress_file import sidecar_tables

if TYPE_CHECKING:
    from listlint.config import Settings
    from listlint.pipeline import Message
    from listlint.readers import Source

MOST_NAMED = 5
"""So many packs past their review date are named; of the others it says how many."""

_AFTER_ALL = 1 << 40
"""Place in the order of what is about no file that was checked."""


@slotted(slots=True)
class Context:
    """What one configuration decides by, and what gives the engine that its files were checked with."""

    settings: Settings
    library: Library
    make_engine: Callable[[], Engine]
    rules: frozenset[str]
    switches: Switches = field(init=False)
    suppressions: Suppressions = field(init=False)
    baseline: Baseline | None = None
    checked: set[str] = field(default_factory=set)
    """Files, by their relative path, of which everything was read."""
    fingers: list[Finding] = field(default_factory=list)
    """The findings of its files, as the baseline compares them."""
    _called: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raises `ConfigError` for a suppression that is refused or a baseline that is none."""
        settings = self.settings
        self.switches = Switches(self.library, settings)
        self.suppressions = Suppressions(self.library, settings.as_of)
        for table in settings.suppress:
            refused = self.suppressions.add_table(table, "config")
            if refused is not None:
                raise ConfigError(f"{table.where}: {refused.en}")
        if settings.baseline:
            self.baseline = Baseline.load(Path(settings.base) / settings.baseline)

    def called(self, path: str) -> str:
        """What a file is called in identities and patterns."""
        found = self._called.get(path)
        if found is None:
            found = self._called[path] = relative(path, self.settings.base)
        return found

    def renamed(self) -> dict[str, RuleSpec]:
        """Old codes and names that settings, suppressions or the baseline use → the rules now."""
        names = self.suppressions.names
        entries = self.baseline.entries.values() if self.baseline is not None else ()
        for word in (*selectors(self.settings), *(e.rule for e in entries)):
            names.rule(word)
        return names.renamed

    def read_sidecar(self, source: Source) -> None:
        """The suppressions beside a file. Raises `ConfigError` for a file that is not in order."""
        for table in sidecar_tables(source):
            from glob import escape

            name = escape(self.called(source.shown))
            here = (name, f"{name}/")
            refused = self.suppressions.add_table(table, "sidecar", here)
            if refused is not None:
                raise ConfigError(f"{table.where}: {refused.en}")


class Collector:
    """Takes what files say, in their order; gives the report."""

    def __init__(self, contexts: Sequence[Context], of_source: Sequence[Context]) -> None:
        self._contexts = contexts
        self._of_source = of_source
        self._main = contexts[0]
        self._notes: Mapping[str, RuleSpec] = {
            spec.meta.name: spec for spec in self._main.library.rules if spec.meta.area is Area.FILE
        }
        self._found: list[tuple[int, Finding]] = []
        self._entries: list[SheetEntry] = []
        self._sheets: dict[int, Sheet] = {}
        self._keys = KeyStore()
        self._of_path: dict[str, Context] = {}
        self._sellers: dict[Place, tuple[str, ...]] = {}
        self._exposure: dict[Place, tuple[float | None, float | None]] = {}

    def missing(self, note: Note) -> None:
        """An input that is not there."""
        self._found.append((-1, self._finding(note, note.path or "")))

    def take(self, number: int, source: Source, message: Message) -> None:
        """What the file with that number said."""
        from listlint.pipeline import Rows, SheetDone

        context = self._of_source[number]
        if isinstance(message, Rows):
            self._found += [(number, f) for f in message.findings]
            self._keys.add(message.keys)
            for ignore in message.ignores:
                context.suppressions.add_cell(ignore)
            self._sellers.update(message.sellers)
            self._exposure.update(message.exposure)
        elif isinstance(message, SheetDone):
            self._entries.append(message.entry)
            self._sheets[message.sheet.number] = message.sheet
            self._of_path[message.entry.path] = context
        else:
            path = message.path or source.shown
            self._of_path.setdefault(path, context)
            self._found.append((number, self._finding(message, path)))

    def report(self, as_of: date) -> Report:
        """Everything, decided and in order."""
        order = {e.path: n for n, e in enumerate(self._entries)}
        for code, key, group in self._keys.groups():
            engines = (c.make_engine() for c in self._contexts)
            engine = next(e for e in engines if code in e.cross)
            for finding in engine.conclude(code, key, group, self._sheets):
                self._found.append((order.get(finding.location.path, 0), finding))
        findings = self._decided(order)
        packs: dict[str, PackInfo] = {}
        for context in self._contexts:
            for pack in context.library.packs:
                packs.setdefault(pack.id, pack)
        return Report(
            version=__version__,
            as_of=as_of,
            policies=tuple(packs.values()),
            files=tuple(self._entries),
            findings=tuple(findings),
            listings=sum(e.listings for e in self._entries),
            flagged=flagged(findings),
            notes=tuple(self._say(as_of)),
            exposure=self._exposure,
        )

    def context_of(self, finding: Finding) -> Context:
        """The configuration that holds for the finding's file."""
        return self._of_path.get(finding.location.path, self._main)

    def _decided(self, order: Mapping[str, int]) -> list[Finding]:
        """The findings in order, each settled by the configuration of its file."""
        settled: list[tuple[int, Finding]] = []
        for number, found in self._found:
            context, place = self.context_of(found), found.location
            path = context.called(place.path)
            sellers = self._sellers.get((place.path, place.sheet, place.row or 0), ())
            finding = context.switches.settle(found, path, sellers)
            if finding is not None:
                settled.append((number, context.suppressions.mark(finding, path)))
        self._note_checked()
        for context in self._contexts:
            for finding in self._about_suppressions(context):
                kept = context.switches.settle(finding, finding.location.path, ())
                if kept is not None:
                    settled.append((order.get(kept.location.path, _AFTER_ALL), kept))
        sheets = {(e.path, e.sheet): n for n, e in enumerate(self._entries)}
        settled.sort(key=lambda item: _order(item, sheets))
        findings = fingerprints(
            ((f, self.context_of(f).called(f.location.path)) for _, f in settled), self._was()
        )
        if any(c.baseline is not None for c in self._contexts):
            findings = self._compared(findings)
        return findings

    def _was(self) -> dict[str, list[str]]:
        """Code → the codes that the rule went by before."""
        rules = {s.meta.code: s.meta for c in self._contexts for s in c.library.rules if s.meta.was}
        return {code: [w for w in meta.was if w.isupper()] for code, meta in rules.items()}

    def _note_checked(self) -> None:
        unread = {f.location.path for _, f in self._found if f.area is Area.FILE and _unread(f)}
        for entry in self._entries:
            context = self._of_path[entry.path]
            if entry.path not in unread and entry.kind != "unread":
                context.checked.add(context.called(entry.path))

    def _compared(self, findings: Sequence[Finding]) -> list[Finding]:
        """The findings held against the baselines; each file against that of its configuration."""
        marked: dict[str, Finding] = {}
        for context in self._contexts:
            own = [f for f in findings if self.context_of(f) is context]
            context.fingers = own
            if context.baseline is not None:
                marked.update({f.fingerprint: f for f in context.baseline.mark(own)})
        compared = [marked.get(f.fingerprint, f) for f in findings]
        stale = [f for c in self._contexts for f in self._about_baseline(c)]
        return compared + fingerprints((f, f.location.path) for f in stale)

    def _about_suppressions(self, context: Context) -> Iterable[Finding]:
        """What there is to say of the suppressions themselves."""
        said = context.suppressions
        for refusal in said.refused:
            yield self._at("suppression-refused", refusal.place, refusal.why)
        for entry in said.expired():
            until = entry.until.isoformat() if entry.until else ""
            detail = Text(
                f"{entry.name} until {until}: {entry.reason}",
                f"{entry.name}（至 {until}）：{entry.reason}",
            )
            yield self._at("suppression-expired", entry.place, detail)
        for entry in said.unused():
            if entry.rule in context.rules and self._was_tried(entry, context):
                detail = Text(f"{entry.name} ({entry.reason})", f"{entry.name}（{entry.reason}）")
                yield self._at("suppression-unused", entry.place, detail)

    def _about_baseline(self, context: Context) -> Iterable[Finding]:
        """One finding for all that is in a baseline and no longer in the files."""
        if context.baseline is None:
            return
        gone = context.baseline.stale(context.fingers, context.checked, context.rules)
        if gone:
            some = [context.baseline.entries[key] for key in list(gone)[:3]]
            shown = "; ".join(
                " ".join(p for p in (e.path, e.rule, e.sku or "", e.match or "") if p) for e in some
            )
            count = sum(gone.values())
            name = context.settings.baseline or ""
            place = Location((Path(context.settings.base) / name).as_posix())
            yield self._at(
                "baseline-stale", place, Text(f"{count}: {shown}", f"{count} 个：{shown}")
            )

    @staticmethod
    def _was_tried(entry: Entry, context: Context) -> bool:
        """Whether this run looked where the suppression points."""
        if entry.by in ("column", "note"):
            return context.called(entry.place.path) in context.checked
        return any(fits_path(path, entry.path) for path in context.checked)

    def _say(self, as_of: date) -> Iterable[Text]:
        if any(e.kind == "listings" and e.rows and not e.marketplaces for e in self._entries):
            yield Text(
                "No marketplace was given: the rules that hold on most of them apply. "
                "Say --marketplace amazon.de (repeatable) for the rules of one.",
                "未指定平台：按多数平台通用的规则检查。用 --marketplace amazon.de（可重复）指定平台。",
            )
        renamed = {k: v for c in self._contexts for k, v in c.renamed().items()}
        for word, spec in renamed.items():
            now = f"{spec.meta.code} ({spec.meta.name})"
            yield Text(
                f"{word} is called {now} now; both are understood.",
                f"{word} 现名 {now}；新旧名称均可使用。",
            )
        old = [p.id for p in self._main.library.packs if p.review_by < as_of.isoformat()]
        if old:
            more = len(old) - MOST_NAMED
            others = (f" and {more} more", f"等 {len(old)} 个") if more > 0 else ("", "")
            first = old[:MOST_NAMED]
            yield Text(
                f"Policy packs past their review date: {', '.join(first)}{others[0]}. "
                "Update listlint; go through your own again.",
                f"以下规则包已过复核日期：{'、'.join(first)}{others[1]}。请更新 listlint，并复核自有规则包。",
            )

    def _at(self, name: str, place: Location, detail: Text) -> Finding:
        note = Note(name, detail, place.sheet, place.row, place.column_index)
        return self._finding(note, place.path)

    def _finding(self, note: Note, path: str) -> Finding:
        """The FILE finding of a note."""
        spec = self._notes.get(note.name)
        if spec is None:
            raise LookupError(f"no FILE rule is called {note.name!r}")
        meta = spec.meta
        params = {"detail": note.detail, "value": "", "match": "", "column": "", "field": ""}

        def fill(text: Text) -> Text:
            return Text(
                text.en.format_map({k: getattr(v, "en", v) for k, v in params.items()}),
                text.zh.format_map({k: getattr(v, "zh", v) for k, v in params.items()}),
            )

        letters = None if note.column_index is None else column_letters(note.column_index)
        cell = f"{letters}{note.row}" if letters is not None and note.row is not None else None
        return Finding(
            rule=meta.code,
            name=meta.name,
            area=meta.area,
            severity=meta.severity,
            confidence=meta.confidence,
            location=Location(
                path, note.sheet, note.row, cell=cell, column_index=note.column_index
            ),
            message=fill(meta.message),
            why=fill(meta.why),
            fix=Fix(fill(meta.fix), note.edit),
            excerpt=note.excerpt,
            # No row number: the sheet may be sorted.
            fingerprint=f"{note.sheet}\x1f{letters}",
        )


def _unread(finding: Finding) -> bool:
    return finding.severity.rank == 0


def _order(
    item: tuple[int, Finding], sheets: Mapping[tuple[str, str | None], int]
) -> tuple[Any, ...]:
    number, f = item
    place = f.location
    return (
        number,
        sheets.get((place.path, place.sheet), -1),
        place.row or 0,
        -1 if place.column_index is None else place.column_index,
        f.span or (0, 0),
        f.rule,
        f.match or "",
        f.message.en,
    )


def flagged(findings: Sequence[Finding]) -> int:
    """Listings with a counted finding above info."""
    return len(
        {
            (f.location.path, f.location.sheet, f.location.row)
            for f in findings
            if f.counts and f.location.row is not None and f.severity.rank < 2
        }
    )
