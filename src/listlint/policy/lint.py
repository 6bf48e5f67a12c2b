"""What is wrong with policies that load: dead exceptions, doubled terms, rules that hold nowhere.

`listlint policy lint` prints what this finds. Every exception must earn its place: with the table
taken away, one of the rule's good examples has to fire.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from listlint.match.syntax import TermSyntaxError, by_language, check
from listlint.policy.library import Library, RuleSpec, from_compiled
from listlint.policy.load import compile_files, load_contexts, load_models
from listlint.policy.testing import findings_count
from listlint.text.fold import fold

if TYPE_CHECKING:
    from listlint.policy.library import Profile
    from listlint.policy.schema import Example


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to mend: where, and what."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


def lint_policies(
    files: Sequence[Path], shared: Sequence[Path], profiles: Mapping[str, Profile], today: date
) -> list[Fault]:
    """Everything to mend in the packs among `files`. Raises `PolicyError` for what does not load."""
    contexts = [p for p in shared if "contexts" in p.parts]
    everything = list({p.resolve(): p for p in [*contexts, *files]}.values())
    library = from_compiled(compile_files(everything), profiles)
    specs = {spec.meta.code: spec for spec in library.rules}
    faults: list[Fault] = []
    used: set[str] = set()
    for path, model in load_models(files):
        if model.pack.review_by < today:
            faults.append(Fault(path.as_posix(), f"to be reviewed by {model.pack.review_by}"))
        for rule in model.rule:
            spec = specs[rule.code]
            where = f"{path.as_posix()}: rule {rule.code}"
            used |= _contexts_of(spec.data)
            faults += [Fault(where, what) for what in _rule_faults(library, spec, profiles)]
            faults += [Fault(where, what) for what in _dead(library, spec, rule.good)]
    faults += _doubled(library)
    faults += _context_faults(files, used)
    return faults


def _contexts_of(data: Mapping[str, Any]) -> set[str]:
    found: set[str] = set()
    for condition in [*data.get("when", ()), *data.get("unless", ())]:
        names = condition.get("context", ())
        found |= {names} if isinstance(names, str) else set(names)
    return found


def _rule_faults(
    library: Library, spec: RuleSpec, profiles: Mapping[str, Profile]
) -> Iterator[str]:
    meta = spec.meta
    if not any(library.holds(meta, (p,)) for p in profiles):
        places = ", ".join([*meta.jurisdictions, *meta.marketplaces])
        yield f"holds on no marketplace that listlint knows ({places})"
    for key in ("terms", "triggers"):
        seen: set[tuple[str, str]] = set()
        for text, lang in spec.data.get(key, ()):
            form = (" ".join(fold(text.replace("*", " \x02")).split()), lang)
            if text.count("*") == 0 and "..." not in text:
                if form in seen:
                    yield f"{key}: {text!r} ({lang}) stands twice"
                seen.add(form)
    if meta.effective and meta.expires and meta.expires < meta.effective:
        yield "expires before it takes effect"


def _dead(library: Library, spec: RuleSpec, good: Sequence[Example]) -> Iterator[str]:
    """Exceptions that no good example needs, and conditions that none shows at work."""
    if spec.meta.kind == "python":
        return
    for key, word in (("unless", "exception"), ("when", "condition")):
        tables = spec.data.get(key, ())
        plain = [findings_count(library, spec, example) for example in good] if tables else []
        for n in range(len(tables)):
            data = {**spec.data, key: [t for k, t in enumerate(tables) if k != n]}
            without = replace(spec, data=data)
            shown = zip(good, plain, strict=True)
            if not any(findings_count(library, without, e) > count for e, count in shown):
                yield f"{key} {n + 1}: no good example needs this {word}: {_short(tables[n])}"


def _short(table: Mapping[str, Any]) -> str:
    shown = {k: v for k, v in table.items() if k != "note"}
    text = str(shown)
    return text if len(text) <= 100 else text[:97] + "…"


def _doubled(library: Library) -> Iterator[Fault]:
    """Terms that two rules of one area look for on the same marketplaces: which one is meant?"""
    owners: dict[tuple[str, str, str], list[RuleSpec]] = defaultdict(list)
    for spec in library.rules:
        if spec.meta.kind == "terms" and not spec.data.get("when"):
            for text, lang in spec.data.get("terms", ()):
                owners[
                    spec.meta.area.value, fold(text).strip() + "*" * text.count("*"), lang
                ].append(spec)
    for (_, text, lang), specs in owners.items():
        for k, first in enumerate(specs):
            for second in specs[k + 1 :]:
                if first is second or not _overlap(first, second):
                    continue
                yield Fault(
                    first.meta.pack,
                    f"{text!r} ({lang}) is a term of {first.meta.code} and of {second.meta.code}",
                )


def _overlap(first: RuleSpec, second: RuleSpec) -> bool:
    a, b = set(first.meta.jurisdictions), set(second.meta.jurisdictions)
    fields = (
        not first.meta.fields
        or not second.meta.fields
        or bool(set(first.meta.fields) & set(second.meta.fields))
    )
    return fields and (not a or not b or bool(a & b))


def _context_faults(files: Sequence[Path], used: set[str]) -> Iterator[Fault]:
    for path in files:
        for name, conditions in load_contexts([path]).items():
            where = f"{path.as_posix()}: context {name}"
            for condition in conditions:
                used |= _contexts_of({"when": [condition]})
                try:
                    for key in ("before", "after", "near", "inside", "listing"):
                        check(term for term, _ in by_language(condition.get(key)))
                except TermSyntaxError as error:
                    yield Fault(where, str(error))
            if name not in used:
                yield Fault(where, "no rule uses it")
