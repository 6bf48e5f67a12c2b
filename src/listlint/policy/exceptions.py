"""Exceptions that nothing shows to be needed: each is taken away in turn, and a good example must fire.

What a rule says itself is shown by the rule itself. What a shared word list brings along
(`triggers_from`) is shown by one of the rules that use the list; a shared context in such a list, by a
rule of any list, since it reads the same in each.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from listlint.policy.testing import findings_count
from listlint.policy.wordlists import brought_in
from listlint.slotted import replace

if TYPE_CHECKING:
    from datetime import date

    from listlint.engine import Engine
    from listlint.policy.library import Library, RuleSpec
    from listlint.policy.schema import Example

Place = tuple[str, int]
"""Of an exception in a word list: the list's file, and its number there from 1."""


class Exceptions:
    """Tells, rule by rule, which exceptions no good example needs."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._shared: dict[Place, tuple[Mapping[str, Any], bool]] = {}
        """Every exception of the lists seen, and whether an example needs it."""
        self._contexts: set[str] = set()
        """Shared contexts in lists that an example needs."""

    def of_rule(
        self, path: Path, raw: Mapping[str, Any], spec: RuleSpec, good: Sequence[Example]
    ) -> Iterator[str]:
        """What is wrong with the rule's own `unless` and `when`; remembers those of its lists.

        `raw` is the rule as its file says it, without what lists bring.
        """
        if spec.meta.kind == "python":
            return
        places: dict[str, list[Place]] = {}
        for file, tables in brought_in(path, raw):
            for n, table in enumerate(tables, 1):
                place = (file.as_posix(), n)
                self._shared.setdefault(place, (table, False))
                places.setdefault(_key(table), []).append(place)
        own = {_key(t) for t in spec.data.get("unless", ())[: len(raw.get("unless", ()))]}
        for key, word in (("when", "condition"), ("unless", "exception")):
            tables = spec.data.get(key, ())
            plain = self._counts(spec, good) if tables else []
            for n, table in enumerate(tables):
                lists = [] if key == "when" or _key(table) in own else places.get(_key(table), [])
                if lists and all(self._shown(place) for place in lists):
                    continue
                rest = [t for k, t in enumerate(tables) if k != n]
                without = replace(spec, data={**spec.data, key: rest})
                if self._fires(without, good, plain):
                    for place in lists:
                        self._shared[place] = (table, True)
                        self._contexts |= _named(table)
                elif not lists:
                    yield f"{key} {n + 1}: no good example needs this {word}: {_short(table)}"

    def of_lists(self) -> Iterator[tuple[str, str]]:
        """Where and what, for the exceptions of word lists that no rule's good example needs."""
        for place, (table, _) in self._shared.items():
            if not self._shown(place):
                yield (
                    place[0],
                    f"unless {place[1]}: no good example needs this exception: {_short(table)}",
                )

    def _shown(self, place: Place) -> bool:
        table, shown = self._shared[place]
        named = _named(table)
        return shown or bool(named and named <= self._contexts)

    def _counts(self, spec: RuleSpec, good: Sequence[Example]) -> list[int]:
        engines: dict[date, Engine] = {}
        return [findings_count(self._library, spec, example, engines) for example in good]

    def _fires(self, spec: RuleSpec, good: Sequence[Example], plain: Sequence[int]) -> bool:
        engines: dict[date, Engine] = {}
        return any(
            findings_count(self._library, spec, example, engines) > count
            for example, count in zip(good, plain, strict=True)
        )


def _key(table: Mapping[str, Any]) -> str:
    return json.dumps(table, sort_keys=True, ensure_ascii=False)


def _named(table: Mapping[str, Any]) -> set[str]:
    """The shared contexts of a table that says nothing else; empty where it does."""
    if table.keys() - {"context", "note"}:
        return set()
    names = table.get("context", ())
    return {names} if isinstance(names, str) else set(names)


def _short(table: Mapping[str, Any]) -> str:
    text = str({k: v for k, v in table.items() if k != "note"})
    return text if len(text) <= 100 else text[:97] + "…"
