"""What expressions are said to require: nothing they match may be missed for it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from listlint.counters import WORK
from listlint.match.cells import Cells
from listlint.match.probe import Probe, ShapeFinder
from listlint.match.required import Needs
from listlint.policy.paths import builtin

FIELDS = frozenset({"title"})


def found(pattern: str, cells: list[str], raw: bool = True) -> list[int]:
    """The cells in which the pattern is found by way of what it requires."""
    probe = Probe([pattern], [Needs.of(pattern, raw)], FIELDS, raw)
    return sorted(ShapeFinder([probe]).find(Cells(cells, ["title"] * len(cells))))


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"(?i)m\s?o\s?c\s?\.", "write m O\u00a0c . backwards"),
        (r"(?i)k\d{3}", "\u212a123"),  # the Kelvin sign is a k without regard to case
        (r"(?i)ış\d", "IŞ7"),
        (r"(?<!\d)0[67](?:[ .]\d\d){4}", "tel 06 12.34 56 78"),
        (r"\d{4}", "٠١٢٣"),
        (r"(?<!\w)(?:one|two)(?:[ ,]{1,3}(?:one|two|six)){4}", "(one two, six one two"),
        (r"(?<!\w)five\b", "，five"),
        (r"[①-⑨]{3}", "①②③"),
        (r"a(?=.*9)b", "ab 9"),
        (r"(?:x|yz){2,}q?", "yzx"),
        (r"(?i)w\W{1,2}w\W{1,2}w\W", "WW w. w。w "),
        (r"com(?!\w)", "at example.com"),
        (r"(?i)\u017f\d", "s1"),  # so is the long s an s
        (r"(?i)[\u0130\u212a]\d", "k1"),
        (r"(?=(?:\D{0,3}\d){8})[\d ./]{8,}", "tel 12 34 / 567 . 8"),
        (r"(?=(?:\D{0,3}\d){8})[\d ./：—]{8,}", "电话 12：—345—6：78"),
        (r"(?<!\d)(?:\d[ .]?){3,8}(?:kg|lbs?)", "5 of 123.4lb"),
        (r"(?i)(?<![\w.])\d{1,2}\s?[%％]", "x1% .2% ٣ %"),
        (r"(?:[ ,](?:mugs?|cups?)(?= )){3,}", "five mugs cup cups "),
    ],
)
def test_what_an_expression_matches_is_tried(pattern: str, text: str) -> None:
    assert re.search(pattern, text)
    assert found(pattern, ["nothing", text, ""]) == [1]


@pytest.mark.parametrize("bulk", [False, True], ids=["short", "long"])
def test_a_word_that_comes_again_and_again(bulk: bool) -> None:
    pattern = r"(?<= )(?!side by )([a-z]{4,20}?)(?:e?s)? (?:(?:[a-z]+ ){0,2}\1(?:e?s)? ){3,40}"
    cells = [
        "lamp for desk, lamps of glass lamp and lamp",
        "a lamp for the desk of glass and oak",
        "a lamp with a lamp shade, a desk with a desk top, a chair with a chair leg",
        "lamp lamp of glass and of oak and of iron: lamp lamp",
    ]
    # Long texts are counted by arrays, with the same result.
    more = ["a plain sentence of honest words " * 9000] if bulk else []
    WORK.take()
    assert found(pattern, [*cells, *more], raw=False) == [0]
    assert WORK.take().tries == 1


def test_what_comes_many_times_is_counted_first() -> None:
    pattern = r"(?: (?:mugs?|cups?|jars?)(?= )){4,}"
    cells = ["mugs and a cup and a jar", "our mug cups jar jars here", "mug cup mug"]
    WORK.take()
    assert found(pattern, cells, raw=False) == [1]
    assert WORK.take().tries == 1


def test_words_that_are_alike() -> None:
    pattern = r"(?<=[a-z ])([a-z]{6,10})(?:[a-z]* (?:[a-z]+ ){0,2}[a-z]{0,12}?\1){4,20}"
    cells = [
        "handytasche lederhandytasche handytaschen rote handytasche neue handytasche",
        "handytasche und handytasche, handytasche oder handytasche",
        "schuhregal garderobe spiegelschrank sideboard kommode nachttisch",
    ]
    WORK.take()
    assert found(pattern, cells, raw=False) == [0]
    assert WORK.take().tries == 1


@pytest.mark.parametrize(
    ("pattern", "texts"),
    [
        (r"(?i)(?<!\w)w\W{1,2}w\W", ["twwo wonderful words", "w2 wx"]),
        (r"\bcom(?!\w)", ["comfort and comedy", "com2"]),
        (r"(?i)[。．](?:com|net)", ["a common. net", "x.com"]),
        (r"(?=(?:\D{0,3}\d){8})\d[\d .]+", ["1234 and some more 5678", "1 2 3 4567"]),
    ],
)
def test_what_lacks_a_thing_is_not_tried(pattern: str, texts: list[str]) -> None:
    probe = Probe([pattern], [Needs.of(pattern, True)], FIELDS, True)
    cells = [*texts, "plain words without anything in them " * 9000]
    WORK.take()
    assert ShapeFinder([probe]).find(Cells(cells, ["title"] * len(cells))) == {}
    assert WORK.take().tries == 0


def test_digits_near_each_other_are_found_in_long_texts() -> None:
    pattern = r"(?=(?:\D{0,3}\d){8})\d[\d .：]+"
    cells = [
        "1234",
        "5678",
        "dial 12 34：56 78",
        "1234 words 5678",
        "words of no number " * 9000,
        "8 1",
    ]
    assert found(pattern, cells) == [2]


def shipped() -> list[tuple[str, str, bool, list[str]]]:
    """(code, pattern, raw, texts of its examples) of every pattern of the policies."""
    patterns = []
    for path in sorted(Path(builtin()).rglob("*.toml")):
        for rule in tomllib.loads(path.read_text("utf-8")).get("rule", []):
            texts = [
                text
                for example in [*rule.get("bad", ()), *rule.get("good", ())]
                for row in [example.get("listing") or {}, *(example.get("rows") or ())]
                for value in row.values()
                for text in (value if isinstance(value, list) else [value])
            ]
            for pattern in rule.get("patterns", ()):
                patterns.append((rule["code"], pattern, bool(rule.get("raw")), texts))
    return patterns


def test_shipped_patterns_are_tried_on_all_that_they_match() -> None:
    every = [(code, pattern, texts) for code, pattern, raw, texts in shipped() if raw]
    texts = sorted({text for _, _, more in every for text in more})
    assert len(texts) > 100
    for code, pattern, _ in every:
        regex = re.compile(pattern)
        wanted = [n for n, text in enumerate(texts) if (m := regex.search(text)) and m[0]]
        assert found(pattern, texts) == wanted, (code, pattern)
