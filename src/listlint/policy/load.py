"""From policy files to plain data: parse, check against the schema, bring in the CSV lists.

The result (`Compiled`) is JSON through and through, so that it can be kept in a cache that nobody
has to trust, and read without pydantic.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from listlint.match.scale import TENTHS
from listlint.match.syntax import Term, TermSyntaxError, by_language, check
from listlint.model import AREA_OF_PREFIX
from listlint.policy.errors import PolicyError
from listlint.policy.tables import read_toml
from listlint.policy.wordlists import add_word_lists
from listlint.slotted import slotted
from listlint.text.fold import fold

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

    from listlint.policy.schema import PackModel

Compiled = dict[str, Any]
"""{"packs": [{id, version, updated, review_by, path, rules: […]}], "contexts": {name: […]}}"""

_NOT_PACKS = frozenset(
    ("columns", "coverage", "dialects", "imports", "plan", "profiles", "settings", "words")
)
"""Folders of other data among the packs."""


def pack_files(roots: Iterable[Path]) -> list[Path]:
    """The TOML files below the folders (or the files themselves) that hold rules or contexts."""
    found: list[Path] = []
    roots = list(roots)
    for root in roots:
        if root.is_dir():
            found += sorted(_below(root), key=lambda p: p.parts)
        elif root.is_file():
            found.append(root)
        else:
            raise PolicyError(f"{root}: no such policy file or folder")
    if len(roots) > 1 or any(p.is_symlink() for p in found):
        found = list({p.resolve(): p for p in found}.values())
    return found


def _below(root: Path) -> Iterator[Path]:
    """The TOML files of a folder and its folders; `Path.rglob` takes several times as long."""
    for folder, _, names in os.walk(root):
        if os.path.basename(folder) not in _NOT_PACKS:
            yield from (Path(folder, name) for name in names if name.endswith(".toml"))


def is_pack(tables: dict[str, Any]) -> bool:
    """Only packs contain `[[rule]]`."""
    return "pack" in tables or "rule" in tables


def load_models(files: Sequence[Path]) -> list[tuple[Path, PackModel]]:
    """Every pack among `files`, checked. Raises `PolicyError` naming file, rule and key."""
    from pydantic import ValidationError

    from listlint.policy.schema import PackModel

    models = []
    for path in files:
        tables = read_toml(path)
        if not is_pack(tables):
            continue
        add_word_lists(path, tables)
        try:
            models.append((path, PackModel.model_validate(tables)))
        except ValidationError as error:
            raise PolicyError(_explain(path, tables, error)) from None
    return models


def load_contexts(
    files: Sequence[Path], taken: Collection[str] = ()
) -> dict[str, list[dict[str, Any]]]:
    """Shared contexts by name: the conditions of which any one is enough. `taken`: names of others."""
    contexts: dict[str, list[dict[str, Any]]] = {}
    for path in files:
        tables = read_toml(path)
        if "context" not in tables:
            continue
        from pydantic import ValidationError

        from listlint.policy.schema import ContextFile

        try:
            model = ContextFile.model_validate(tables)
        except ValidationError as error:
            raise PolicyError(_explain(path, tables, error)) from None
        for context in model.context:
            if context.name in contexts or context.name in taken:
                raise PolicyError(f"{path}: context {context.name!r} is defined twice")
            conditions = [
                c.model_dump(mode="json", exclude_defaults=True, by_alias=True) for c in context.any
            ]
            try:
                for condition in conditions:
                    _check_phrases(condition)
            except TermSyntaxError as syntax:
                raise PolicyError(f"{path}: context {context.name!r}: {syntax}") from None
            contexts[context.name] = conditions
    return contexts


@slotted(frozen=True, slots=True)
class Below:
    """What packs that are compiled already have taken: each word → the file that has it."""

    codes: Mapping[str, str]
    names: Mapping[str, str]
    ids: Mapping[str, str]
    contexts: Collection[str]


def compile_files(files: Sequence[Path], below: Below | None = None) -> Compiled:
    """All packs and contexts among `files` as plain data, checked against each other and `below`."""
    below = below or Below({}, {}, {}, ())
    contexts = load_contexts(files, below.contexts)
    packs: list[dict[str, Any]] = []
    codes: dict[str, Path | str] = dict(below.codes)
    names: dict[str, Path | str] = dict(below.names)
    ids: dict[str, Path | str] = dict(below.ids)
    for path, model in load_models(files):
        if model.pack.id in ids:
            raise PolicyError(f"{path}: pack id {model.pack.id!r} is taken by {ids[model.pack.id]}")
        ids[model.pack.id] = path
        rules = []
        for rule in model.rule:
            where = f"{path}: rule {rule.code}"
            for key, taken in ((rule.code, codes), (rule.name, names)):
                if key in taken:
                    raise PolicyError(f"{where}: {key} is already a rule of {taken[key]}")
                taken[key] = path
            data = rule.model_dump(
                mode="json", exclude_defaults=True, by_alias=True, exclude={"bad", "good"}
            )
            _bring_in_lists(path, where, data)
            _check_words(where, data, {*contexts, *below.contexts})
            _make_ready(data)
            rules.append(data)
        head = model.pack.model_dump(mode="json", exclude_none=True)
        packs.append({**head, "path": path.as_posix(), "rules": rules})
    return {"packs": packs, "contexts": contexts}


def _bring_in_lists(path: Path, where: str, data: dict[str, Any]) -> None:
    terms = by_language(data.pop("terms", None))
    name = data.pop("terms_file", None)
    if name:
        terms += [
            (row["term"], row.get("lang") or "any") for row in _rows(path, where, name, "term")
        ]
    triggers = by_language(data.pop("triggers", None))
    if data["kind"] == "licence":  # its words, from a file too, are what calls for the document
        triggers, terms = [*triggers, *terms], []
    if terms:
        data["terms"] = terms
    if triggers:
        data["triggers"] = triggers
    name = data.pop("brands_file", None)
    if name:
        classes = set(data.get("options", {}).get("classes", ()))
        data["brands"] = [
            dict(row)
            for row in _rows(path, where, name, "brand", "class")
            if not classes or row["class"] in classes
        ]
    name = data.pop("weights_file", None)
    if name:
        data["weights"] = _weights(path, where, name)
    options = data.get("options", {})
    if "ordinary_file" in options:
        options["ordinary"] = [
            row["word"] for row in _rows(path, where, options["ordinary_file"], "word")
        ]
    if "words_file" in options:
        kinds: dict[str, list[str]] = {}
        for row in _rows(path, where, options["words_file"], "kind", "word"):
            kinds.setdefault(row["word"].lower(), []).append(row["kind"])
        options["words"] = kinds
    if "reversed_file" in options:
        import re

        rows = _rows(path, where, options["reversed_file"], "word")
        names = "|".join(re.escape(row["word"][::-1]) for row in rows)
        data["patterns"] = [*data.get("patterns", ()), f"(?i)(?<![a-z])(?:{names})(?![a-z])"]
    if "spoofs_file" in options:
        spoofs: dict[str, list[list[Any]]] = {}
        for row in _rows(path, where, options["spoofs_file"], "written", "brand"):
            words = fold(row["written"]).split()
            beside = row["beside"].split("|") if row["beside"] else []
            spoofs.setdefault(words[0], []).append([words, fold(row["brand"]).strip(), beside])
        options["spoofs"] = spoofs


def _make_ready(data: dict[str, Any]) -> None:
    """Keep beside the words what finds them, so that a run need not work it out again."""
    for key in ("terms", "triggers"):
        if key in data:
            data[f"{key}_ready"] = [_ready(text, lang) for text, lang in data[key]]
    for row in data.get("brands", ()):
        names = [row["brand"], *(a.strip() for a in row.get("aliases", "").split("|"))]
        row["names"] = [[n, *_ready(n, "any")] for n in names if n]


@cache
def _ready(text: str, lang: str) -> list[Any]:
    term = Term(text, lang)
    return [term.source, list(term.anchors), term.word]


def _weights(path: Path, where: str, name: str) -> dict[str, Any]:
    """What traits weigh, in tenths (see `listlint.match.scale`); the row without a trait comes first."""
    rows = _rows(path, where, name, "trait")
    areas = [column for column in rows[0] if column != "trait"] if rows else []
    known = {area.value for area in AREA_OF_PREFIX.values()}
    if not areas or not known.issuperset(areas) or rows[0]["trait"]:
        raise PolicyError(
            f"{where}: {name}: beside the trait each column is an area ({', '.join(sorted(known))}), "
            "and the first row, without a trait, has what each area weighs by itself"
        )
    try:
        table = {
            row["trait"]: [round(float(row[area] or 0) * TENTHS) for area in areas] for row in rows
        }
    except ValueError as error:
        raise PolicyError(f"{where}: {name}: not a weight: {error}") from None
    start = table.pop("")
    called = f"{path.parent.name}/{name}"
    return {"name": called, "areas": areas, "start": start, "traits": table}


def _rows(path: Path, where: str, name: str, *columns: str) -> list[dict[str, str]]:
    target = (path.parent / name).resolve()
    if not target.is_file():
        raise PolicyError(f"{where}: {name} is not beside the pack")
    with target.open(encoding="utf-8", newline="") as file:
        import csv

        reader = csv.DictReader(file)
        missing = [c for c in columns if c not in (reader.fieldnames or ())]
        if missing:
            raise PolicyError(f"{where}: {name} has no column {', '.join(missing)}")
        return [{k: (v or "").strip() for k, v in row.items() if k} for row in reader]


def _check_phrases(condition: dict[str, Any]) -> None:
    """Raise `TermSyntaxError` for a phrase of a condition that can't be parsed."""
    for key in ("before", "after", "near", "inside", "listing"):
        check(term for term, _ in by_language(condition.get(key)))
    for lists in condition.get("field", {}).values():
        check(term for term, _ in by_language(lists))


def _check_words(where: str, data: dict[str, Any], contexts: Collection[str]) -> None:
    try:
        check(term for term, _ in data.get("terms", ()))
        check(term for term, _ in data.get("triggers", ()))
        for condition in [*data.get("when", ()), *data.get("unless", ())]:
            _check_phrases(condition)
            wanted = condition.get("context", [])
            for name in [wanted] if isinstance(wanted, str) else wanted:
                if name not in contexts:
                    raise PolicyError(
                        f"{where}: no context is called {name!r}{_hint(name, contexts)}"
                    )
        for row in data.get("brands", ()):
            for need in row.get("needs", "").split("|"):
                if need.startswith("@") and need[1:] not in contexts:
                    raise PolicyError(
                        f"{where}: {row['brand']}: no context is called {need[1:]!r}"
                        f"{_hint(need[1:], contexts)}"
                    )
    except TermSyntaxError as error:
        raise PolicyError(f"{where}: {error}") from None


def _hint(word: str, known: Iterable[str]) -> str:
    import difflib

    close = difflib.get_close_matches(word, list(known), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def _explain(path: Path, tables: dict[str, Any], error: ValidationError) -> str:
    """The first thing wrong, as file, rule, key."""
    from listlint.policy.schema import Condition, Example, PackHead, Rule

    first = error.errors()[0]
    trail = [str(x) for x in first["loc"]]
    where = str(path)
    if len(first["loc"]) > 1 and first["loc"][0] in ("rule", "context"):
        index = first["loc"][1]
        items = tables.get(str(first["loc"][0]), [])
        if isinstance(index, int) and isinstance(items, list) and index < len(items):
            item = items[index]
            label = item.get("code") or item.get("name") or f"number {index + 1}"
            where += f": {first['loc'][0]} {label}"
            trail = trail[2:]
    key = ".".join(trail)
    if first["type"] == "extra_forbidden":
        model: type[BaseModel] = PackHead if trail[:1] == ["pack"] else Rule
        if any(t in ("when", "unless", "any") for t in trail):
            model = Condition
        elif any(t in ("bad", "good") for t in trail):
            model = Example
        known = [f.alias or name for name, f in model.model_fields.items()]
        more = len(error.errors()) - 1
        rest = f" (and {more} more)" if more else ""
        return f"{where}: unknown key {key!r}{_hint(trail[-1], known)}{rest}"
    message = str(first["msg"]).removeprefix("Value error, ")
    return ": ".join([where, *filter(None, (key,)), message])
