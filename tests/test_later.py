"""Expressions that are compiled later find what `re` finds."""

from __future__ import annotations

import pickle
import re

from listlint.later import expression


def test_a_later_expression_is_an_expression() -> None:
    later, now = expression(r"(\w+)@", re.IGNORECASE), re.compile(r"(\w+)@", re.IGNORECASE)
    for text in ("Anna@home", "nobody"):
        assert (later.search(text) is None) == (now.search(text) is None)
    assert later.sub("x", "a@b@") == "xx"
    assert (later.pattern, later.flags) == (now.pattern, now.flags)


def test_it_travels_to_another_process_before_and_after_its_first_use() -> None:
    later = expression("[0-9]+")
    for _ in range(2):
        found = pickle.loads(pickle.dumps(later)).search("a 12")
        assert found is not None
        assert found[0] == "12"
        assert later.search("7") is not None
