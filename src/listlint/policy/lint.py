"""What is wrong with policies that load: dead exceptions, doubled terms, rules that hold nowhere.

`listlint policy lint` prints what this finds; `exceptions.py` looks at `unless` and `when`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from listlint.match.syntax import TermSyntaxError, by_language, check
from listlint.policy.exceptions import Exceptions
from listlint.policy.library import Library, RuleSpec, from_compiled
from listlint.policy.lists import list_faults
from listlint.policy.load import compile_files, load_contexts, load_models
from listlint.policy.tables import read_toml
from listlint.policy.wordlists import list_folders
from listlint.slotted import slotted
from listlint.text.fold import fold

if TYPE_CHECKING:
    from listlint.policy.library import Profile


@slotted(frozen=True, slots=True)
class Fault:
    """One thing to mend: where, and what."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


def lint_policies(
    files: Sequence[Path], shared: Sequence[Path], profiles: Mapping[str, Profile], today: date
) -> list[Fault]:
    """Everything to mend in the packs among `files`. Raises `PolicyError` for what does not load.

    What packs of `shared` use as well (word lists, contexts) is judged only where these are looked at
    too: one pack's examples do not say what the others need.
    """
    contexts = [p for p in shared if "contexts" in p.parts]
    given = {p.resolve() for p in files}
    others = [p for p in shared if p.resolve() not in given]
    everything = list({p.resolve(): p for p in [*contexts, *files]}.values())
    library = from_compiled(compile_files(everything), profiles)
    specs = {spec.meta.code: spec for spec in library.rules}
    faults: list[Fault] = []
    used: set[str] = set()
    exceptions = Exceptions(library)
    taken = _taken(others)
    for path, model in load_models(files):
        faults += [
            Fault(f"{path.as_posix()}: rule {rule.code}", f"{key} is already a rule of {pack}")
            for rule in model.rule
            for key in (rule.code, rule.name, *rule.was)
            if (pack := taken.get(key, model.pack.id)) != model.pack.id
        ]
        raw = {rule["code"]: rule for rule in read_toml(path)["rule"]}
        if model.pack.review_by < today:
            faults.append(Fault(path.as_posix(), f"to be reviewed by {model.pack.review_by}"))
        for rule in model.rule:
            spec = specs[rule.code]
            where = f"{path.as_posix()}: rule {rule.code}"
            used |= _contexts_of(spec.data, library.contexts)
            faults += [Fault(where, what) for what in _rule_faults(library, spec, profiles)]
            own = exceptions.of_rule(path, raw[rule.code], spec, rule.good)
            faults += [Fault(where, what) for what in own]
    elsewhere = list_folders(others)
    faults += [
        Fault(at, what)
        for at, what in exceptions.of_lists()
        if Path(at).resolve().parent not in elsewhere
    ]
    faults += [Fault(at, what) for at, what in list_faults(files, today)]
    faults += _doubled(library, profiles)
    faults += _old_names(library)
    unsure = {p.resolve() for p in shared} if others else set()
    faults += _context_faults(files, used, unsure)
    return faults


def _taken(shipped: Sequence[Path]) -> dict[str, str]:
    """Codes and names, old ones too, of shipped rules, and the packs that have them; a pack's copy
    keeps its id."""
    found: dict[str, str] = {}
    for path in shipped:
        tables = read_toml(path)
        for rule in tables.get("rule", ()):
            words = (rule["code"], rule["name"], *rule.get("was", ()))
            found.update(dict.fromkeys(words, tables["pack"]["id"]))
    return found


def _contexts_of(data: Mapping[str, Any], known: Mapping[str, object]) -> set[str]:
    """The shared contexts that a rule names: in conditions, options, or its list of brands (`@name`)."""
    found: set[str] = set()
    for condition in [*data.get("when", ()), *data.get("unless", ())]:
        names = condition.get("context", ())
        found |= {names} if isinstance(names, str) else set(names)
    found |= {v for v in data.get("options", {}).values() if isinstance(v, str) and v in known}
    for row in data.get("brands", ()):
        found |= {n[1:] for n in row.get("needs", "").split("|") if n.startswith("@")}
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


def _doubled(library: Library, profiles: Mapping[str, Profile]) -> Iterator[Fault]:
    """Terms that two rules of one area look for in the same fields of the same marketplaces.

    A rule that holds on fewer marketplaces may sharpen one that holds on more; two that hold on the
    same ones tell a seller the same thing twice.
    """
    owners: dict[tuple[object, ...], list[RuleSpec]] = defaultdict(list)
    for spec in library.rules:
        if spec.meta.kind == "terms" and not spec.data.get("when"):
            places = library.holds(spec.meta, profiles)
            fields = frozenset(spec.meta.fields)
            for text, lang in spec.data.get("terms", ()):
                form = fold(text).strip() + "*" * text.count("*")
                owners[spec.meta.area, form, lang, places, fields].append(spec)
    for (_, text, lang, *_), specs in owners.items():
        first, *others = dict.fromkeys(s.meta.code for s in specs)
        if others:
            what = f"{text!r} ({lang}) is a term of {' and of '.join([first, *others])}"
            yield Fault(specs[0].meta.pack, what)


def _old_names(library: Library) -> Iterator[Fault]:
    """Old codes and names that another rule has, now or once."""
    now = {word: s for s in library.rules for word in (s.meta.code, s.meta.name)}
    once: dict[str, RuleSpec] = {}
    for spec in library.rules:
        for word in spec.meta.was:
            where = f"{spec.meta.pack}: rule {spec.meta.code}"
            if word in now:
                yield Fault(where, f"was: {word} is a rule of its own")
            elif once.setdefault(word, spec) is not spec:
                yield Fault(where, f"was: {word} became {once[word].meta.code} too")


def _context_faults(files: Sequence[Path], used: set[str], unsure: set[Path]) -> Iterator[Fault]:
    """What is wrong with contexts; of the files in `unsure` not which are used, for others may."""
    contexts = [(path, load_contexts([path])) for path in files]
    # One context may name another, before or after itself.
    used = used.union(
        *(_contexts_of({"when": c}, {}) for _, named in contexts for c in named.values())
    )
    for path, named in contexts:
        for name, conditions in named.items():
            where = f"{path.as_posix()}: context {name}"
            for condition in conditions:
                try:
                    for key in ("before", "after", "near", "inside", "listing"):
                        check(term for term, _ in by_language(condition.get(key)))
                except TermSyntaxError as error:
                    yield Fault(where, str(error))
            if name not in used and path.resolve() not in unsure:
                yield Fault(where, "no rule uses it")
