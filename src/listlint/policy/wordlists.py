"""Word lists that rules of several jurisdictions share: `triggers_from` of kind `licence`.

A list (`words/NAME.toml` beside the pack, else among the shipped licence packs) says what a kind of
thing is called, what only sounds like it, and shows both with examples. It becomes part of each rule
that names it, in the languages that `words/languages.toml` gives for the rule's jurisdictions.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from listlint.policy.errors import PolicyError
from listlint.policy.paths import builtin
from listlint.policy.tables import read_toml

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from listlint.policy.schema import Condition, WordsModel

NOTHING_HELD: list[dict[str, str]] = []
"""The register that examples of a list are tried with: all that is asked for is missing."""


def add_word_lists(path: Path, tables: dict[str, Any]) -> None:
    """Put the lists that the rules of a pack name into these rules, in place.

    Raises `PolicyError` where a list is not there or not well formed.
    """
    rules = tables.get("rule")
    for rule in rules if isinstance(rules, list) else ():
        names = rule.get("triggers_from") if isinstance(rule, dict) else None
        if not names:
            continue
        where = f"{path}: rule {rule.get('code')}"
        languages = _languages(path, rule.get("jurisdictions", ()))
        for name in [names] if isinstance(names, str) else names:
            file = _find(path, str(name), where)
            _add(rule, _load(file, file.stat().st_mtime_ns), languages)


def brought_in(path: Path, rule: Mapping[str, Any]) -> list[tuple[Path, list[dict[str, Any]]]]:
    """The lists that a rule (as its file says it) names, with the exceptions they bring along."""
    names = rule.get("triggers_from", ())
    found = []
    for name in [names] if isinstance(names, str) else names:
        file = _find(path, str(name), f"{path}: rule {rule.get('code')}")
        words = _load(file, file.stat().st_mtime_ns)
        found.append((file, [_plain(condition) for condition in words.unless]))
    return found


def list_folders(packs: Iterable[Path]) -> set[Path]:
    """The folders of the lists that rules of the packs name: a folder's lists are judged together."""
    return {
        file.resolve().parent
        for path in packs
        for rule in read_toml(path).get("rule", ())
        for file, _ in brought_in(path, rule)
    }


def _plain(condition: Condition) -> dict[str, Any]:
    return condition.model_dump(mode="json", exclude_defaults=True, by_alias=True)


def _find(path: Path, name: str, where: str) -> Path:
    for folder in (path.parent, builtin() / "licence"):
        file = folder / "words" / f"{name}.toml"
        if file.is_file():
            return file
    raise PolicyError(f"{where}: triggers_from: there is no list words/{name}.toml")


@cache
def _load(file: Path, changed: int) -> WordsModel:
    """The list, checked; `changed` is its time of change, so that an edited file is read again."""
    from pydantic import ValidationError

    from listlint.policy.schema import WordsModel

    try:
        return WordsModel.model_validate(read_toml(file))
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        raise PolicyError(f"{file}: {key}: {first['msg']}") from None


def _languages(path: Path, jurisdictions: Any) -> frozenset[str] | None:
    """The languages for a rule's jurisdictions; None: all."""
    file = path.parent / "words" / "languages.toml"
    if not file.is_file():
        file = builtin() / "licence" / "words" / "languages.toml"
    known = read_toml(file).get("languages", {})
    wanted = [j.split("-")[0] for j in jurisdictions]
    if not wanted or any(j not in known for j in wanted):
        return None
    return frozenset({"any", *(lang for j in wanted for lang in known[j])})


def _add(rule: dict[str, Any], words: WordsModel, languages: frozenset[str] | None) -> None:
    own = rule.setdefault("triggers", {})
    if isinstance(own, list):
        own = rule["triggers"] = {"any": own}
    for lang, terms in words.triggers.items():
        if languages is None or lang in languages:
            own[lang] = list(dict.fromkeys([*own.get(lang, ()), *terms]))
    excuses = rule.setdefault("unless", [])
    for condition in words.unless:
        data = _plain(condition)
        if data not in excuses:
            excuses.append(data)
    for kind, examples in (("bad", words.bad), ("good", words.good)):
        for example in examples:
            if kind == "bad" and languages is not None and example.lang not in languages:
                continue
            data = {"listing": example.listing, "register": NOTHING_HELD, "note": example.note}
            rule.setdefault(kind, []).append(data)
