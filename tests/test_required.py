"""What expressions are said to require: nothing they match may be missed for it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

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
    ],
)
def test_what_an_expression_matches_is_tried(pattern: str, text: str) -> None:
    assert re.search(pattern, text)
    assert found(pattern, ["nothing", text, ""]) == [1]


def test_a_word_that_comes_again_and_again() -> None:
    pattern = r"(?<= )([a-z]{4,20}?)(?:e?s)? (?:(?:[a-z]+ ){0,2}\1(?:e?s)? ){3,40}"
    cells = ["lamp for desk, lamps of glass lamp and lamp", "a lamp for the desk of glass and oak"]
    assert found(pattern, cells, raw=False) == [0]
    # Long texts are counted by arrays, with the same result.
    assert found(pattern, [*cells, "a plain sentence of honest words " * 9000], raw=False) == [0]


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
