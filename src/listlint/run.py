"""A run from settings to report: loads the policies, checks every file, lets keys meet, decides."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from listlint.collect import Collector, Context
from listlint.config import ConfigError, Settings
from listlint.counters import WORK
from listlint.engine import Engine
from listlint.kept.library import kept_library
from listlint.model import Report
from listlint.plugins import Plugins, load_plugins
from listlint.policy.errors import PolicyError
from listlint.policy.library import Library, RuleSpec, load_profiles
from listlint.policy.load import pack_files
from listlint.policy.paths import builtin
from listlint.policy.sharpen import load_sharpenings
from listlint.readers.interface import Limits, Note, UnreadableError
from listlint.registers import Registers
from listlint.risk import rank
from listlint.rules.interface import Run
from listlint.select import chosen_by, selectors, unknown
from listlint.slotted import replace, slotted
from listlint.wildcard import fits

if TYPE_CHECKING:
    from listlint.columns import ColumnLibrary
    from listlint.pipeline import Message, RegisterKind, Session

Progress = Callable[[str, int], None]
"""Called with the file's name and how many more rows were checked."""


@slotted(frozen=True, slots=True)
class Prepared:
    """All that a run needs before the first file is opened."""

    settings: Settings
    library: Library
    chosen: tuple[RuleSpec, ...]
    plugins: Plugins


@contextmanager
def _no_collection() -> Iterator[None]:
    """No garbage is collected meanwhile: tens of thousands of terms are made, and all stay."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def load_policies(
    settings: Settings, plugins: Plugins, waits: Callable[[], None] = lambda: None
) -> Library:
    """The shipped policies, the plugins' and the settings' own. Raises `PolicyError`.

    `waits` is called before the shipped ones are compiled anew, which takes some fifteen seconds.
    """
    shipped = builtin()
    roots = [shipped, *plugins.policies, *(Path(settings.base) / p for p in settings.policies)]
    folders = [r for r in roots if r.is_dir()]
    own = pack_files(roots[1:])
    packs = pack_files(roots[:1])
    if own:
        known = {path.resolve() for path in packs}
        own = [path for path in own if path.resolve() not in known]
    library = kept_library(packs, own, load_profiles(folders), waits)
    return replace(library, sharpenings=load_sharpenings(folders))


def prepare(settings: Settings, waits: Callable[[], None] = lambda: None) -> Prepared:
    """Load plugins and policies, choose rules. Raises `ConfigError`, `PolicyError`, `PluginError`.

    `waits`: see `load_policies`.
    """
    plugins = load_plugins(settings)
    with _no_collection():
        library = load_policies(settings, plugins, waits)
    library = replace(library, rules=(*library.rules, *plugins.rule_specs(library)))
    wrong = unknown(selectors(settings), library.rules)
    if wrong:
        raise ConfigError(f"no rule, area or pack is called {', '.join(map(repr, wrong))}")
    refused = _misnamed(library)
    if refused:
        raise PolicyError(refused)
    named = [m for o in settings.overrides for m in o.marketplaces if "*" not in m]
    for name in (*settings.marketplace, *named):
        if library.profile(name) is None:
            known = ", ".join(sorted(library.profiles))
            raise ConfigError(f"no marketplace is called {name!r}; known are {known}")
    chosen = chosen_by(library.rules, settings)
    return Prepared(settings, library, tuple(chosen), plugins)


def _misnamed(library: Library) -> str:
    """What a sharpening of the user's names that is not there; the shipped ones are linted."""
    for one in library.sharpenings:
        if one.shipped:
            continue
        for word in unknown(one.rules, library.rules):
            return f"{one.where}: sharpen: no rule, area or pack is called {word!r}"
        for name in one.marketplaces:
            if not any(fits(profile, name) for profile in library.profiles):
                return f"{one.where}: sharpen: no marketplace is called {name!r}"
    return ""


def lint(
    inputs: Sequence[str],
    prepared: Prepared,
    progress: Progress | None = None,
    prepared_for: Callable[[str], Prepared] | None = None,
) -> Report:
    """Check every input and report. Inputs are files, folders, globs, or `-`.

    `prepared_for` gives what a file is checked with, by its path; `prepared` holds for the run
    itself and where nothing else does. Raises `ConfigError`.
    """
    from listlint import here
    from listlint.pipeline import SHEETS_PER_FILE, Rows
    from listlint.readers import expand
    from listlint.result_cache import ResultCache, through

    settings = prepared.settings
    missing: list[Note] = []
    sources = expand(inputs, missing.append)
    wanted = [
        prepared if prepared_for is None or s.temporary else prepared_for(s.path) for s in sources
    ]
    distinct = {id(p): p for p in (prepared, *wanted)}
    caches = {key: ResultCache(p) for key, p in distinct.items()}
    # Built when first wanted: files whose results are kept want none.
    session = cache(lambda key: _timed_session(distinct[key]))
    try:
        contexts = {
            key: Context(
                p.settings,
                p.library,
                partial(_engine_of, session, key),
                frozenset(s.meta.code for s in p.chosen),
            )
            for key, p in distinct.items()
        }
        collector = Collector(list(contexts.values()), [contexts[id(p)] for p in wanted])
        for note in missing:
            collector.missing(note)
        for source, one in zip(sources, wanted, strict=True):
            contexts[id(one)].read_sidecar(source)

        def check(numbers: Sequence[int]) -> Iterator[tuple[int, Message]]:
            if not numbers:
                return iter(())
            sessions = {n: session(id(wanted[n])) for n in numbers}
            plugins = any(p.plugins.rules or p.plugins.readers for p in distinct.values())
            if not plugins and here.is_enough_for([sources[n].path for n in numbers]):
                return here.messages(numbers, sources, sessions)
            from listlint.parallel import messages

            return messages(numbers, sources, sessions, settings.jobs)

        kept = [caches[id(p)] for p in wanted]
        for n, message in through(sources, kept, SHEETS_PER_FILE, check):
            collector.take(n, sources[n], message)
            if progress is not None and isinstance(message, Rows):
                progress(sources[n].shown, message.rows)
    finally:
        for source in sources:
            source.discard()
    with WORK.stage("decide"):
        report = collector.report(settings.as_of)
        return replace(report, risk=rank(report))


def _timed_session(prepared: Prepared) -> Session:
    with WORK.stage("engine"):
        return session_for(prepared)


def _engine_of(session: Callable[[int], Session], key: int) -> Engine:
    return session(key).engine


def engine_for(prepared: Prepared, kind: type[Engine] = Engine) -> Engine:
    """The chosen rules with the registers that the settings name. Raises `ConfigError`."""
    settings, library = prepared.settings, prepared.library
    run = Run(
        as_of=settings.as_of,
        registers=_registers(settings),
        jurisdictions={p.id: p.jurisdictions for p in library.profiles.values()},
        base=settings.base,
    )
    return kind(library, prepared.chosen, run, prepared.plugins.rules)


def _session_by(settings: Settings) -> Session:
    return session_for(prepare(settings))


def session_for(prepared: Prepared) -> Session:
    """What checking files needs, built once. Raises `ConfigError`."""
    from listlint.pipeline import Session

    settings, library = prepared.settings, prepared.library
    engine = engine_for(prepared)
    ids = [library.profile(name) for name in settings.marketplace]
    return Session(
        engine=engine,
        columns=columns_of(settings),
        limits=limits_of(settings),
        marketplaces=tuple(p.id for p in ids if p is not None),
        registers=engine.run.registers,
        by_seller=any(o.sellers for o in settings.overrides),
        rebuild=partial(_session_by, settings),
    )


def columns_of(settings: Settings) -> ColumnLibrary:
    """What is known of columns, with what the settings say of them. Raises `ConfigError`."""
    from listlint.columns import load_library as load_columns

    try:
        return load_columns(builtin(), settings.columns)
    except ValueError as error:
        raise ConfigError(str(error)) from None


def limits_of(settings: Settings) -> Limits:
    """The bounds of one file."""
    return Limits(settings.max_memory, settings.max_cells, settings.timeout)


def _from_table(path: Path, kind: RegisterKind, settings: Settings) -> Registers:
    """The registers among the sheets of a workbook; a file of one sheet without a name is a `kind`."""
    from listlint.pipeline import registers_of
    from listlint.readers import Death, run_bounded

    if not path.is_file():
        raise FileNotFoundError(path)
    columns, limits = columns_of(settings), limits_of(settings)

    def work(_: int) -> Iterator[Registers | Note]:
        try:
            yield registers_of(path, kind, columns, limits)
        except UnreadableError as error:
            yield error.note

    found = Registers()
    # A register is a file like any other: its parser may end the process.
    for _, answer in run_bounded(work, [0], limits):
        if isinstance(answer, Registers):
            found = answer
        else:
            raise UnreadableError(answer.note() if isinstance(answer, Death) else answer)
    if found.empty:
        raise ValueError("no sheet in it is a register (its headers say nothing known)")
    return found


def _registers(settings: Settings) -> Registers:
    found = Registers()
    read: set[str] = set()
    kinds: tuple[RegisterKind, ...] = ("licences", "authorisations", "seller")
    for kind in kinds:
        name: str | None = getattr(settings, kind)
        if name is None or name in read:
            continue
        read.add(name)
        path = Path(settings.base) / name
        try:
            if path.suffix.lower() == ".toml":
                found = found.merge(Registers.from_toml(path))
            else:
                found = found.merge(_from_table(path, kind, settings))
        except UnreadableError as error:
            raise ConfigError(f"{kind} = {name!r}: can't be read: {error.note.detail.en}") from None
        except (OSError, ValueError) as error:
            raise ConfigError(f"{kind} = {name!r}: can't be read: {error}") from None
    if settings.own_brands:
        rows = [{"authorised_brand": b} for b in settings.own_brands]
        found = found.merge(Registers.from_rows("authorisations", rows, "own-brands"))
    return found
