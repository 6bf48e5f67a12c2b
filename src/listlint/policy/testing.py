"""Running the examples that every rule carries: what must be flagged, and what must not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from listlint.batch import Batch, Column, Sheet
from listlint.engine import Engine, KeyRow
from listlint.kinds.brand import BrandRule
from listlint.kinds.words import TermsRule
from listlint.policy.library import Library, RuleSpec, from_compiled
from listlint.policy.load import compile_files, load_models
from listlint.registers import Registers
from listlint.rules.interface import Run
from listlint.slotted import slotted

if TYPE_CHECKING:
    from listlint.model import Finding
    from listlint.policy.library import Profile
    from listlint.policy.schema import Example

Row = dict[str, str | list[str]]


@slotted(frozen=True, slots=True)
class Failure:
    """An example that did not come out as its rule says."""

    path: str
    code: str
    number: int
    kind: str
    """bad or good."""
    said: str

    def __str__(self) -> str:
        return f"{self.path}: rule {self.code}: {self.kind} example {self.number}: {self.said}"


@slotted(frozen=True, slots=True)
class Outcome:
    """What a test run came to."""

    rules: int
    examples: int
    failures: tuple[Failure, ...]


def batch_of(rows: Sequence[Row], marketplaces: tuple[str, ...], path: str = "example") -> Batch:
    """A batch whose columns are the rows' canonical fields; a list fills a repeating field."""
    widths: dict[str, int] = {}
    for row in rows:
        for name, value in row.items():
            size = len(value) if isinstance(value, list) else 1
            widths[name] = max(widths.get(name, 0), size)
    columns: list[Column] = []
    values: list[list[str]] = []
    for name, width in widths.items():
        for k in range(width):
            columns.append(Column(len(columns), name if k == 0 else f"{name} {k + 1}", name))
            cells = []
            for row in rows:
                value = row.get(name, "")
                items = value if isinstance(value, list) else [value]
                cells.append(items[k] if k < len(items) else "")
            values.append(cells)
    sheet = Sheet(path, None, "generic", tuple(columns), marketplaces)
    return Batch(sheet, range(2, len(rows) + 2), values)


def findings_of(engine: Engine, batch: Batch) -> list[Finding]:
    """All findings of one batch that stands alone, rows that met included."""
    found = engine.check(batch)
    groups: dict[tuple[str, str], list[KeyRow]] = {}
    for row in engine.keys(batch):
        groups.setdefault((row.rule, row.key), []).append(row)
    for (code, key), group in groups.items():
        if len(group) > 1:
            found += engine.conclude(code, key, group, {batch.sheet.number: batch.sheet})
    return found


def run_tests(
    files: Sequence[Path], shared: Sequence[Path], profiles: dict[str, Profile]
) -> Outcome:
    """Every example of every pack among `files`; contexts come from `files` and `shared`."""
    contexts = [p for p in shared if "contexts" in p.parts]
    everything = list({p.resolve(): p for p in [*contexts, *files]}.values())
    library = from_compiled(compile_files(everything), profiles)
    by_code = {spec.meta.code: spec for spec in library.rules}
    failures: list[Failure] = []
    examples = rules = 0
    for path, model in load_models(files):
        for rule in model.rule:
            rules += 1
            spec = by_code[rule.code]
            if spec.data.get("implementation") == "reader-note":
                continue
            engines: dict[date, Engine] = {}
            for kind, items in (("bad", rule.bad), ("good", rule.good)):
                for n, example in enumerate(items, 1):
                    examples += 1
                    for said in _try(library, spec, example, kind, engines):
                        failures.append(Failure(path.as_posix(), rule.code, n, kind, said))
    return Outcome(rules, examples, tuple(failures))


def _prepared(
    library: Library, spec: RuleSpec, example: Example, engines: dict[date, Engine]
) -> tuple[Engine, Batch]:
    """What an example is tried with: an engine of its rule alone, and its rows as a batch."""
    day = example.as_of or spec.meta.effective or date(2026, 11, 23)
    rows: list[Row] = list(getattr(example, "rows", None) or [example.listing])
    rows = [{**row, **(example.seller or {})} for row in rows]
    plain = not (example.register_ or example.authorisations or example.seller)
    if plain and day in engines:
        engine = engines[day]
    else:
        places = {p.id: p.jurisdictions for p in library.profiles.values()}
        engine = Engine(library, [spec], Run(day, _registers(example), places))
        if plain:
            engines[day] = engine
    return engine, batch_of(rows, _marketplaces(library, spec, example))


def findings_count(
    library: Library, spec: RuleSpec, example: Example, engines: dict[date, Engine]
) -> int:
    """How many findings the rule alone has in the example; `engines` keeps what `spec` is run by."""
    engine, batch = _prepared(library, spec, example, engines)
    return len(findings_of(engine, batch))


def _try(
    library: Library, spec: RuleSpec, example: Example, kind: str, engines: dict[date, Engine]
) -> Iterator[str]:
    engine, batch = _prepared(library, spec, example, engines)
    found = findings_of(engine, batch)
    shown = batch.values[0][0] if batch.values else ""
    if kind == "good":
        for finding in found:
            if spec.meta.kind == "licence" and finding.severity == "info" and example.state is None:
                continue
            yield f"flagged {finding.match!r} ({finding.severity}) in {shown!r}"
        return
    if not found:
        yield f"not flagged: {shown!r}{_excuses(engine, batch)}"
        return
    if example.match is not None and example.match not in {f.match for f in found}:
        yield f"flagged {[f.match for f in found]} instead of {example.match!r}"
    if example.field is not None and example.field not in {f.location.field for f in found}:
        yield f"flagged in {[f.location.field for f in found]} instead of {example.field!r}"
    if example.severity is not None and example.severity not in {f.severity for f in found}:
        yield f"severity {[f.severity.value for f in found]} instead of {example.severity}"


def _excuses(engine: Engine, batch: Batch) -> str:
    said = [
        f"{place.match!r} by {side} {n}"
        for rule in engine.rules
        if isinstance(rule, TermsRule | BrandRule)
        for place, side, n in rule.excused(batch)
    ]
    return f" (excused: {', '.join(said)})" if said else ""


def _registers(example: Example) -> Registers:
    found = Registers()
    if example.register_ is not None:
        found = found.merge(Registers.from_rows("licences", example.register_))
    if example.authorisations is not None:
        found = found.merge(Registers.from_rows("authorisations", example.authorisations))
    if example.seller is not None:
        found = found.merge(Registers.from_rows("seller", [example.seller]))
    return found


def _marketplaces(library: Library, spec: RuleSpec, example: Example) -> tuple[str, ...]:
    if example.marketplace is not None:
        profile = library.profile(example.marketplace)
        return (profile.id,) if profile else (example.marketplace,)
    for profile in library.profiles.values():
        if library.holds(spec.meta, (profile.id,)):
            return (profile.id,)
    return ()
