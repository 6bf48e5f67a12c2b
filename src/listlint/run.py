"""A run from settings to report: loads the policies, checks every file, lets keys meet, decides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from listlint import __version__
from listlint.batch import Sheet
from listlint.config import ConfigError, Settings
from listlint.engine import Engine, column_letters, fingerprints
from listlint.keystore import KeyStore
from listlint.model import Area, Finding, Fix, Location, Report, SheetEntry, Text
from listlint.plugins import Plugins, load_plugins
from listlint.policy.cache import compiled
from listlint.policy.library import Library, RuleSpec, from_compiled, load_profiles
from listlint.policy.load import pack_files
from listlint.policy.paths import builtin
from listlint.readers.interface import Limits, Note
from listlint.registers import Registers
from listlint.rules.interface import Run
from listlint.select import choose, unknown

if TYPE_CHECKING:
    from listlint.pipeline import Message, Session
    from listlint.readers import Source

SHEETS_PER_FILE = 10_000
"""Sheets are numbered by file and sheet; no workbook holds more."""

Progress = Callable[[str, int], None]
"""Called with the file's name and how many more rows were checked."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """All that a run needs before the first file is opened."""

    settings: Settings
    library: Library
    chosen: tuple[RuleSpec, ...]
    plugins: Plugins


def load_policies(settings: Settings, plugins: Plugins) -> Library:
    """The shipped policies, the plugins' and the settings' own. Raises `PolicyError`."""
    shipped = builtin()
    roots = [shipped, *plugins.policies, *(Path(settings.base) / p for p in settings.policies)]
    profiles = load_profiles([r for r in roots if r.is_dir()])
    return from_compiled(compiled(pack_files(roots)), profiles)


def prepare(settings: Settings) -> Prepared:
    """Load plugins and policies, choose rules. Raises `ConfigError`, `PolicyError`, `PluginError`."""
    plugins = load_plugins(settings)
    library = load_policies(settings, plugins)
    library = replace(library, rules=(*library.rules, *plugins.rule_specs(library)))
    wrong = unknown([*settings.select, *settings.ignore, *settings.severity], library.rules)
    if wrong:
        raise ConfigError(f"no rule, area or pack is called {', '.join(map(repr, wrong))}")
    for name in settings.marketplace:
        if library.profile(name) is None:
            known = ", ".join(sorted(library.profiles))
            raise ConfigError(f"no marketplace is called {name!r}; known are {known}")
    chosen = choose(library.rules, settings.select, settings.ignore)
    return Prepared(settings, library, tuple(chosen), plugins)


def lint(inputs: Sequence[str], prepared: Prepared, progress: Progress | None = None) -> Report:
    """Check every input and report. Inputs are files, folders, globs, or `-`."""
    from listlint.pipeline import Rows
    from listlint.readers import expand

    settings = prepared.settings
    session = _session(prepared)
    decider = _Decider(prepared, session.engine)
    missing: list[Note] = []
    sources = expand(inputs, missing.append)
    for note in missing:
        decider.missing(note)
    try:
        for n, message in _messages(sources, session, settings.jobs):
            decider.take(n, sources[n], message)
            if progress is not None and isinstance(message, Rows):
                progress(sources[n].shown, message.rows)
    finally:
        for source in sources:
            source.discard()
    return decider.report(settings.as_of)


def _messages(
    sources: Sequence[Source], session: Session, workers: int
) -> Iterator[tuple[int, Message]]:
    """(file number, message) of every file, each checked in a child process that can be killed."""
    from listlint.pipeline import check_source, unread
    from listlint.readers import Death, run_bounded

    def work(n: int) -> Iterator[Message]:
        return check_source(sources[n], n * SHEETS_PER_FILE, session)

    def bounded(numbers: Sequence[int]) -> Iterator[tuple[int, Message]]:
        for k, message in run_bounded(work, numbers, session.limits):
            if isinstance(message, Death):
                yield numbers[k], message.note()
                yield numbers[k], unread(sources[numbers[k]].shown)
            else:
                yield numbers[k], message

    numbers = range(len(sources))
    if workers == 1 or len(sources) < 2:
        yield from bounded(numbers)
        return
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(workers) as pool:
        for found in pool.map(lambda n: list(bounded([n])), numbers):
            yield from found


def engine_for(prepared: Prepared) -> Engine:
    """The chosen rules with the registers that the settings name. Raises `ConfigError`."""
    settings, library = prepared.settings, prepared.library
    run = Run(
        as_of=settings.as_of,
        registers=_registers(settings),
        jurisdictions={p.id: p.jurisdictions for p in library.profiles.values()},
        base=settings.base,
    )
    return Engine(library, prepared.chosen, run, prepared.plugins.rules)


def _session(prepared: Prepared) -> Session:
    from listlint.columns import load_library as load_columns
    from listlint.pipeline import Session

    settings, library = prepared.settings, prepared.library
    engine = engine_for(prepared)
    ids = [library.profile(name) for name in settings.marketplace]
    return Session(
        engine=engine,
        columns=load_columns(builtin()),
        limits=Limits(settings.max_memory, settings.max_cells, settings.timeout),
        marketplaces=tuple(p.id for p in ids if p is not None),
        registers=engine.run.registers,
    )


def _registers(settings: Settings) -> Registers:
    found = Registers()
    for kind in ("licences", "authorisations", "seller"):
        name: str | None = getattr(settings, kind)
        if name is None:
            continue
        path = Path(settings.base) / name
        try:
            found = found.merge(Registers.from_file(path, kind))
        except (OSError, ValueError) as error:
            raise ConfigError(f"{kind} = {name!r}: can't be read: {error}") from None
    if settings.own_brands:
        rows = [{"authorised_brand": b} for b in settings.own_brands]
        found = found.merge(Registers.from_rows("authorisations", rows, "own-brands"))
    return found


class _Decider:
    """Collects what files say and decides what counts: severity, order, fingerprints."""

    def __init__(self, prepared: Prepared, engine: Engine) -> None:
        self._prepared = prepared
        self._engine = engine
        self._notes: Mapping[str, RuleSpec] = {
            spec.meta.name: spec for spec in prepared.library.rules if spec.meta.area is Area.FILE
        }
        self._severity = {
            spec.meta.code: severity
            for spec in prepared.library.rules
            for selector, severity in prepared.settings.severity.items()
            if choose([spec], [selector], [])
        }
        self._found: list[tuple[int, Finding]] = []
        self._entries: list[SheetEntry] = []
        self._sheets: dict[int, Sheet] = {}
        self._keys = KeyStore()

    def missing(self, note: Note) -> None:
        """An input that is not there."""
        self._note(-1, note, note.detail.en)

    def take(self, number: int, source: Source, message: Message) -> None:
        """What the file with that number said."""
        from listlint.pipeline import Rows, SheetDone

        if isinstance(message, Rows):
            self._found += [(number, f) for f in message.findings]
            self._keys.add(message.keys)
        elif isinstance(message, SheetDone):
            self._entries.append(message.entry)
            self._sheets[message.sheet.number] = message.sheet
        else:
            self._note(number, message, message.path or source.shown)

    def report(self, as_of: date) -> Report:
        """Everything, decided and in order."""
        order = {e.path: n for n, e in enumerate(self._entries)}
        for code, key, group in self._keys.groups():
            for finding in self._engine.conclude(code, key, group, self._sheets):
                self._found.append((order.get(finding.location.path, 0), finding))
        sheets = {(e.path, e.sheet): n for n, e in enumerate(self._entries)}
        self._found.sort(key=lambda item: _order(item, sheets))
        findings = fingerprints(self._decide(f) for _, f in self._found)
        library = self._prepared.library
        return Report(
            version=__version__,
            as_of=as_of,
            policies=library.packs,
            files=tuple(self._entries),
            findings=tuple(findings),
            listings=sum(e.listings for e in self._entries),
            flagged=_flagged(findings),
            notes=tuple(self._say(as_of)),
        )

    def _decide(self, finding: Finding) -> Finding:
        severity = self._severity.get(finding.rule)
        return replace(finding, severity=severity) if severity else finding

    def _say(self, as_of: date) -> Iterable[Text]:
        if any(e.kind == "listings" and e.rows and not e.marketplaces for e in self._entries):
            yield Text(
                "No marketplace was given: the rules that hold on most of them apply. "
                "Say --marketplace amazon.de (repeatable) for the rules of one.",
                "未指定平台：按多数平台通用的规则检查。用 --marketplace amazon.de（可重复）指定平台。",
            )
        old = [p.id for p in self._prepared.library.packs if p.review_by < as_of.isoformat()]
        if old:
            yield Text(
                f"Policy packs past their review date: {', '.join(old)}. Update listlint.",
                f"以下规则包已过复核日期：{'、'.join(old)}。请更新 listlint。",
            )

    def _note(self, number: int, note: Note, path: str) -> None:
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

        cell = None
        if note.row is not None and note.column_index is not None:
            cell = f"{column_letters(note.column_index)}{note.row}"
        finding = Finding(
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
            fix=Fix(fill(meta.fix)),
            fingerprint=f"{note.sheet}\x1f{cell}",
        )
        self._found.append((number, finding))


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
    )


def _flagged(findings: Sequence[Finding]) -> int:
    """Listings with a counted finding above info."""
    return len(
        {
            (f.location.path, f.location.sheet, f.location.row)
            for f in findings
            if f.counts and f.location.row is not None and f.severity.rank < 2
        }
    )
