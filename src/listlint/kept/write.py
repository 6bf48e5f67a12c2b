"""Works out from compiled packs what a run can be spared: the content of a file of blocks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import chain
from typing import Any

from listlint.engine import build
from listlint.kept.blocks import Blocks, pack
from listlint.kept.data import LISTS
from listlint.kept.meta import HEAD, TEXTS
from listlint.kept.needles import file_needles
from listlint.kept.terms import (
    APART,
    MIRRORED,
    PLAIN,
    Owner,
    file_anchors,
    vocabulary_entries,
)
from listlint.kinds.brand import BrandRule
from listlint.kinds.licence import LicenceRule
from listlint.kinds.misspelt import MisspeltRule
from listlint.kinds.words import PatternRule
from listlint.match.conditions import build_contexts
from listlint.match.probe import Probe
from listlint.match.syntax import Term
from listlint.match.words import Want, mirror, taken_apart
from listlint.policy.errors import PolicyError
from listlint.policy.library import from_compiled
from listlint.text.unmask import Vocabulary


def file_of(key: str, compiled: Mapping[str, Any], below: Blocks | None = None) -> bytes:
    """The file for compiled packs (see `listlint.policy.load`) under `key`.

    `below`: what is kept of packs whose contexts these use. Numbers of rules, terms and brands go on
    where its own end, so that both can be read as one.
    """
    library = from_compiled(compiled, {})
    first: dict[str, int] = {"rules": 0, "terms": 0, "brands": 0}
    known = dict(compiled["contexts"])
    if below is not None:
        first = below.section("sizes")
        known.update(below.section("contexts"))
    contexts = build_contexts(known)
    heads: list[dict[str, Any]] = []
    sections: dict[str, Any] = {
        "packs": [{k: v for k, v in pack.items() if k != "rules"} for pack in compiled["packs"]],
        "heads": heads,
        "contexts": compiled["contexts"],
    }
    table: dict[str, Any] = {}
    words = _Words(first["terms"])
    brands = _Brands(first["brands"])
    marks: dict[str, list[int]] = {}
    probes: dict[int, Probe] = {}
    forms: dict[str, dict[str, Any]] = {}
    for number, spec in enumerate(library.rules, first["rules"]):
        data = spec.data
        heads.append(
            {
                **{k: data[k] for k in HEAD if k in data},
                "pack": spec.meta.pack,
                "options": {k: v for k, v in spec.meta.options.items() if k in _PLAIN_OPTIONS},
            }
        )
        sections[f"texts {number}"] = {k: data[k] for k in TEXTS if k in data}
        sections[f"rule {number}"] = {k: v for k, v in data.items() if k not in LISTS}
        lists = sections[f"lists {number}"] = {k: data[k] for k in LISTS if k in data}
        if "brands" in data:
            lists["brands"] = [brands.name_of(row) for row in data["brands"]]
        if "weights" in data:
            lists["weights"] = _file_weights(data["weights"], sections, table)
        try:
            rule = build(spec, contexts)
        except PolicyError:
            continue  # a run that chooses it says so
        heads[-1]["run"] = _run_of(rule)
        if hasattr(rule, "want"):
            words.add(number, rule.want)
        if isinstance(rule, MisspeltRule):
            found, near = rule.all_marks.kept(number, brands.name_of)
            table.update(found)
            for form, names in near.items():
                forms.setdefault(f"-{form}", {})[str(number)] = names
        if isinstance(rule, PatternRule):
            sections[f"probe {number}"] = rule.probe.plain()
            probes[number] = rule.probe
        if isinstance(rule, BrandRule):
            for row, called in zip(data["brands"], lists["brands"], strict=True):
                table.update({f"b{number} {name}": called for name, *_ in row["names"]})
            for word in rule.names:
                marks.setdefault(word, []).append(number)
    table.update({f"k{word}": numbers for word, numbers in marks.items()})
    table.update(forms)
    table.update(words.table())
    filed = words.anchors()
    table.update(filed)
    sections["anchors"] = "\n".join(anchor for rows in filed.values() for anchor, *_ in rows)
    sections["brands"] = brands.rows
    table.update({f"brand {called}": row for called, row in brands.rows.items()})
    sections["cjk"] = words.cjk()
    sections["sizes"] = {
        "rules": first["rules"] + len(heads),
        "terms": first["terms"] + len(words),
        "brands": first["brands"] + len(brands.rows),
    }
    sections["needles"], found = file_needles(probes)
    table.update(found)
    return pack(key, sections, table)


def _file_weights(
    weights: Mapping[str, Any], sections: dict[str, Any], table: dict[str, Any]
) -> str:
    """File a list of weights, once for all rules that read it, and say what it is called."""
    name: str = weights["name"]
    traits: Mapping[str, list[int]] = weights["traits"]
    sections[f"weighing {name}"] = {k: v for k, v in weights.items() if k != "traits"}
    values = list(chain.from_iterable(traits.values()))
    sections[f"weights {name}"] = {"traits": "\n".join(traits), "values": values}
    table.update({f"~{name} {trait}": found for trait, found in traits.items()})
    return name


_PLAIN_OPTIONS = frozenset({"misspelt", "seller_abroad", "missing"})
"""Options that are asked for before, or without, the rule itself."""


def _run_of(rule: Any) -> dict[str, Any]:
    """What the engine must know of a rule to leave it unbuilt until it has something to say."""
    if rule is None:
        return {"role": "none"}
    found: dict[str, Any] = {"needs": list(rule.needs)}
    if hasattr(rule, "keys"):
        return {**found, "role": "cross"}
    if hasattr(rule, "want"):
        want: Want = rule.want
        every = isinstance(rule, LicenceRule) and not len(want.terms)
        return {
            **found,
            "role": "every" if every else "words",
            "fields": sorted(want.fields),
            "evasion": want.evasion,
            "backwards": want.backwards,
            "marks": isinstance(rule, BrandRule),
        }
    if isinstance(rule, PatternRule):
        return {**found, "role": "shapes", "fields": sorted(rule.shape_fields)}
    return {**found, "role": "plain", "reads": list(getattr(rule, "reads", rule.needs))}


class _Brands:
    """The rows of all lists of brands, each once: many rules read the same list."""

    def __init__(self, first: int) -> None:
        self._first = first
        self.rows: dict[str, Mapping[str, Any]] = {}
        self._names: dict[str, str] = {}

    def name_of(self, row: Mapping[str, Any]) -> str:
        """What the row is called in the file."""
        name = self._names.setdefault(json.dumps(row), str(self._first + len(self.rows)))
        self.rows.setdefault(name, row)
        return name


class _Words:
    """The terms of all rules, each once, numbered from `first`."""

    def __init__(self, first: int) -> None:
        self._first = first
        self._terms: list[Term] = []
        self._owners: list[list[Owner]] = []
        self._numbers: dict[tuple[str, str], int] = {}
        self._evasive: set[int] = set()
        self._backwards: set[int] = set()

    def __len__(self) -> int:
        return len(self._terms)

    def add(self, rule: int, want: Want) -> None:
        """The terms of one more rule."""
        if want.evasion:
            self._evasive.add(rule)
        if want.backwards:
            self._backwards.add(rule)
        for at, term in enumerate(want.terms):
            number = self._numbers.setdefault((term.text, term.lang), len(self._terms))
            if number == len(self._terms):
                self._terms.append(term)
                self._owners.append([])
            self._owners[number].append([rule, at])

    def table(self) -> dict[str, Any]:
        """What is looked up of them."""
        found: dict[str, Any] = {
            f"#{n}": [term.text, term.lang, term.source, list(term.anchors), term.word]
            for n, term in enumerate(self._terms, self._first)
        }
        found.update(vocabulary_entries(self._terms, self._owners, frozenset(self._evasive)))
        return found

    def anchors(self) -> dict[str, list[list[Any]]]:
        """Where they may stand: key → [anchor, *references] each (see `file_anchors`)."""
        anchors: dict[str, list[Any]] = {}
        for number, (term, owners) in enumerate(
            zip(self._terms, self._owners, strict=True), self._first
        ):
            for anchor in term.anchors:
                anchors.setdefault(anchor, []).append([number, PLAIN, owners])
            rules = {rule for rule, _ in owners}
            if rules & self._backwards and (anchor := mirror(term)):
                anchors.setdefault(anchor, []).append([number, MIRRORED, owners])
            if rules & self._evasive and (anchor := taken_apart(term)):
                anchors.setdefault(anchor, []).append([number, APART, owners])
        return file_anchors(anchors)

    def cjk(self) -> list[int]:
        """Rules that look for disguised words of a script without spaces."""
        rules: set[int] = set()
        for term, owners in zip(self._terms, self._owners, strict=True):
            mine = self._evasive.intersection(rule for rule, _ in owners)
            if mine - rules and Vocabulary([(term.text, term.word)]).cjk:
                rules |= mine
        return sorted(rules)
