"""What is found in many cells at once is what each cell holds by itself, whatever is in them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from listlint.match.cells import Cells
from listlint.match.keys import Keyed, Keys
from listlint.match.probe import Probe, ShapeFinder
from listlint.match.required import Needs
from listlint.match.syntax import Term
from listlint.text.fold import BULK, fold

FIELDS = frozenset({"title"})
FILLER = "ordinary prose " * (BULK // 10)
"""Makes a text long enough to be looked at by arrays."""
RAW = [
    r"(?i)(?<![a-z])(?:[a-z]\s){4,}[a-z]",
    r"(?i)(?<!\w)w\W{1,2}w\W{1,2}w\W",
    r"(?=(?:\D{0,3}\d){6})\d[\d ./：]+",
    r"(?i)[。．](?:com|net)(?!\w)",
    r"(?i)(?<!\w)k\d(?!\w)",
]
FOLDED = [
    r"([\u4e00-\u9fff])(?:[^\n]{0,3}?\1){3,20}",
    r"([\u30a1-\u30ff]{3,8}|[\u4e00-\u9fff]{2,4})(?:[^\n]{0,10}?\1){2,20}",
    r"(?<= )([a-z]{4,20}?)(?:e?s)? (?:(?:[a-z]+ ){0,2}\1(?:e?s)? ){2,40}",
]
PIECES = [
    "w", "W", "k", "\u212a", "7", "٣", "1", "23", "4567", " ", " ", ".", "．", "。", "：", "-", "_", "/",
    "com", "NET", "lamp", "lamps", "Lampe", "a", "b", "é", "ー", "ラン", "ランプ", "灯", "台灯", "的", "\x1e", "\n", "<b>", "&amp;",
]  # fmt: skip
CELLS = st.lists(st.lists(st.sampled_from(PIECES), max_size=14).map("".join), max_size=6)


@pytest.mark.parametrize(
    ("pattern", "raw"), [(p, True) for p in RAW] + [(p, False) for p in FOLDED]
)
@settings(max_examples=60, deadline=None)
@given(found=CELLS)
def test_expressions_find_the_same_in_many_cells_as_in_one(
    pattern: str, raw: bool, found: list[str]
) -> None:
    given_cells = [*found, FILLER, *found]
    cells = Cells(given_cells, ["title"] * len(given_cells))
    texts = given_cells if raw else cells.texts
    regex = re.compile(pattern)
    wanted = [n for n, text in enumerate(texts) if (m := regex.search(text)) and m[0]]
    probe = Probe([pattern], [Needs.of(pattern, raw)], FIELDS, raw)
    assert sorted(ShapeFinder([probe]).find(cells)) == wanted


TERMS = [
    "lamp",
    "desk lamp",
    "lamp*",
    "*lampe ... desk",
    "台灯 ... 的",
    "灯",
    "com | net ... lamp",
    "램프",
]


@settings(max_examples=300, deadline=None)
@given(
    terms=st.lists(st.sampled_from(TERMS), min_size=1, max_size=4),
    words=st.lists(
        st.sampled_from(
            [
                "desk",
                "lamp",
                "lamps",
                "deskslamp",
                "Tischlampe",
                "台灯",
                "的",
                "灯具",
                "net",
                "램프가",
                "of",
            ]
        ),
        max_size=8,
    ),
)
def test_no_text_that_a_term_matches_lacks_its_keys(terms: list[str], words: list[str]) -> None:
    folded = fold(" ".join(words))
    made = [Term(text, "en") for text in terms]
    keyed = Keyed(made)
    likely = keyed.likely(folded, folded.split())
    for number, term in enumerate(made):
        if term.regex.search(folded):
            assert keyed.are_among(folded.split(), folded)
            assert number in likely
    for term in made:
        beside = Keys.beside(term)
        if beside is not None and term.regex.search(folded):
            assert beside.are_among(folded.split(), folded)
