"""Sentences written from right to left: `aydnek.stink@ :margelet`, read when a known name stands in them."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import cache

from listlint.later import expression
from listlint.policy.paths import builtin
from listlint.text.chars import SENTENCE_END
from listlint.text.fold import Folded
from listlint.text.variation import Variation

_WORD = expression(r"[^\W\d_]+")


@cache
def contacts() -> frozenset[str]:
    """Names of services by which buyers are led away, folded."""
    path = builtin() / "text" / "contacts.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return frozenset(row["word"] for row in csv.DictReader(file))


@cache
def mirrored() -> frozenset[str]:
    """The same backwards; no language has such words."""
    return frozenset(word[::-1] for word in contacts())


def turned(cell: str, source: str, start: int, end: int, label: str) -> Variation:
    """The cell with `start:end` of its `source` read from right to left."""
    text = source[:start] + source[start:end][::-1] + source[end:]
    places = [*range(start), *range(end - 1, start - 1, -1), *range(end, len(source))]
    return Variation(label, Folded(cell, text, [(k, k + 1) for k in places]), ((start, end),))


def variations(cell: str, source: str) -> Iterator[Variation]:
    """The cell with each sentence turned round that has such a name."""
    done = 0
    for found in _WORD.finditer(source):
        if found.start() < done or found[0].lower() not in mirrored():
            continue
        start = max((m.end() for m in SENTENCE_END.finditer(source, 0, found.start())), default=0)
        after = SENTENCE_END.search(source, found.end())
        done = after.start() if after else len(source)
        yield turned(cell, source, start, done, "reversed")
