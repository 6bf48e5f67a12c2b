"""The fifty rules that matter most are shown by listings as sellers write them, three each way at least."""

from __future__ import annotations

import csv
import re
from collections import Counter
from functools import cache

import pytest

from listlint.policy.load import load_models, pack_files
from listlint.policy.paths import builtin
from listlint.policy.schema import Example, Rule

with (builtin() / "coverage" / "first-fifty.csv").open(encoding="utf-8", newline="") as file:
    FIFTY = {row["rule"]: row["why"] for row in csv.DictReader(file)}
CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
WORDS, CHARACTERS = 4, 8
"""What a title has at least, as words or as characters of a script without spaces."""


@cache
def rules() -> dict[str, Rule]:
    models = load_models(pack_files([builtin()]))
    return {rule.code: rule for _, model in models for rule in model.rule if rule.code in FIFTY}


def titles(examples: list[Example]) -> set[str]:
    """The titles that are more than bare words."""
    rows = [row for e in examples for row in (e.rows or [e.listing])]
    found = {" ".join(str(row.get("title", "")).split()) for row in rows}
    return {t for t in found if len(t.split()) >= WORDS or len(CJK.findall(t)) >= CHARACTERS}


def test_there_are_fifty_with_a_reason() -> None:
    assert len(FIFTY) == 50
    assert all(FIFTY.values())


@pytest.mark.parametrize("code", FIFTY)
def test_three_good_and_three_bad_listings(code: str) -> None:
    rule = rules()[code]
    assert len(titles(rule.bad)) >= 3
    assert len(titles(rule.good)) >= 3


def test_no_listing_serves_two_of_them() -> None:
    """A frame that is filled in for each rule shows the frame and not the rule."""
    shown = {code: titles([*rule.bad, *rule.good]) for code, rule in rules().items()}
    frames: Counter[tuple[str, ...]] = Counter()
    for found in shown.values():
        # Four words on end, wherever they stand: what two sellers would hardly both write.
        frames.update(
            {
                words[k : k + 4]
                for words in (tuple(t.casefold().split()) for t in found)
                for k in range(len(words) - 3)
            }
        )
    assert [" ".join(words) for words, n in frames.items() if n > 1] == []
