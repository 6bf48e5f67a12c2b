"""Folding: the same text by every way, and back to where it came from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listlint.text import signs
from listlint.text.bulk import translate
from listlint.text.chars import FOLD
from listlint.text.fold import BULK, EDGE, Folded, fold, fold_cells, visible
from listlint.text.unmask import Unmasker, Vocabulary, variations

NASTY = st.text(st.sampled_from("ab  .-<b>/\u200b\u0301éа适ｱ&;\x1e\u202e𝐍ﬁ㍘½"), max_size=40)
ANY = st.one_of(st.text(), NASTY)


@given(ANY)
def test_one_cell_and_many_fold_to_the_same(text: str) -> None:
    assert Folded(text).text == fold_cells([text])[0]


@given(st.lists(ANY, max_size=5))
def test_cells_stay_apart(cells: list[str]) -> None:
    assert fold_cells(cells) == [Folded(c).text for c in cells]


@given(ANY)
def test_arrays_fold_as_the_plain_way(text: str) -> None:
    text = text.replace("\x1e", " ")
    assert translate(text) == EDGE.sub(" ", text.translate(FOLD))


@given(ANY)
def test_every_folded_letter_knows_where_it_came_from(text: str) -> None:
    folded = Folded(text)
    source = visible(text)
    for k, char in enumerate(folded.text):
        if char != " ":
            start, end = folded.span(k, k + 1)
            assert char in "".join(FOLD[ord(c)] for c in source[start:end])


@given(
    st.one_of(
        st.text(), st.text(st.sampled_from("ab1 @$.-AAa!\x1e\u202e_éа3高仿スタ★*"), max_size=40)
    )
)
def test_signs_are_the_same_in_short_and_long_text(text: str) -> None:
    assert list(signs.positions(text, len(text))) == list(signs.positions(text, -1))


@given(ANY)
def test_unmasking_never_fails_and_keeps_spans_inside(text: str) -> None:
    vocabulary = Vocabulary.of("rolex", "高仿", "replica watch")
    for variation in variations(text, vocabulary):
        whole = variation.folded.text
        start, end = variation.folded.span(0, len(whole))
        assert 0 <= start <= end <= len(text)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("AAA  Copy", " aaa copy "),
        ("ＲＯＬＥＸ", " rolex "),
        ("Rólex", " rolex "),
        ("ro\u200blex", " rolex "),
        ("NIKE®", " nike "),
        ("适用于iPhone手机壳", " 适用于 iphone 手机壳 "),
        ("<b>ad</b>idas", " adidas "),
        ("one<br>two", " one two "),
        ("Tom &amp; Jerry", " tom jerry "),
        ("Straße", " strasse "),
        ("ガラス", " ガラス "),
        ("", " "),
    ],
)
def test_what_folds_to_what(text: str, folded: str) -> None:
    assert Folded(text).text == folded


def test_span_of_a_word_with_tags_inside() -> None:
    cell = "x <b>ad</b>idas y"
    folded = Folded(cell)
    at = folded.text.index("adidas")
    start, end = folded.span(at, at + len("adidas"))
    assert cell[start:end] == "ad</b>idas"


@pytest.mark.parametrize(
    ("cell", "label", "word"),
    [
        ("R0lex watch", "leet", "rolex"),
        ("rol€x", "leet", "rolex"),
        ("R0lex-8 watch", "leet", "rolex"),
        ("Rоlех", "homoglyph", "rolex"),
        ("R o l e x", "spaced", "rolex"),
        ("R.O.L.E.X", "spaced", "rolex"),
        ("Ro-lex", "split", "rolex"),
        ("Rolexxxx", "stretched", "rolex"),
        ("\u202exelor\u202c", "bidi", "rolex"),
        ("高-仿", "split", "高仿"),
        ("高亻方包", "split-characters", "高仿"),
    ],
)
def test_disguises_come_off(cell: str, label: str, word: str) -> None:
    found = {v.label: v.folded.text for v in variations(cell, Vocabulary.of("rolex", "高仿"))}
    assert word in found[label]


@pytest.mark.parametrize(
    "cell", ["4000mAh USB-C", "K9 crystal", "A4 paper 3D", "12-in-1", "T-shirt", "e.g. V8"]
)
def test_honest_tokens_are_left_alone(cell: str) -> None:
    vocabulary = Vocabulary.of("rolex", "gucci", "replica", "cocaine", "beretta")
    assert Unmasker(vocabulary).cells(cell, 10**9) == []
    assert list(variations(cell, vocabulary)) == []


def test_fold_of_a_term_is_the_fold_of_a_cell() -> None:
    assert fold("AAA-Copy 1:1") == Folded("AAA-Copy 1:1").text


class _Asked(Vocabulary):
    """Counts how often it is asked for a word."""

    def __init__(self, *words: str) -> None:
        super().__init__((word, word) for word in words)
        self.times = 0

    def plain(self, word: str) -> str | None:
        self.times += 1
        return super().plain(word)


def test_a_long_row_of_single_letters_is_read_once() -> None:
    asked = _Asked("fentanyl")
    assert Unmasker(asked).cells(" ".join("qwzxkv" * 20), BULK) == []
    assert asked.times < 30 * 120


def test_a_token_of_many_stretched_letters_has_few_readings() -> None:
    token = "".join(3 * letter for letter in "abcdefghijklmnopqrstu")
    asked = _Asked("fentanyl")
    assert Unmasker(asked).cells(token, BULK) == []
    assert asked.times < 2_000
    known = Unmasker(_Asked("methamphetamine"))
    assert known.cells("".join(3 * letter for letter in "methamphetamine"), BULK) == [0]
