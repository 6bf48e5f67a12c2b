"""Words written so that a filter doesn't read them, whatever the word is.

Where a policy looks for the word, the rule that does names it; this one sees the disguise itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from listlint.later import expression
from listlint.model import Text
from listlint.rules.interface import Hit
from listlint.text.signs import OVERRIDE, confusables

if TYPE_CHECKING:
    from listlint.batch import Batch
    from listlint.rules.interface import RuleMeta, Run

_FIELDS = ("title", "subtitle")
_SHORTEST = 4
"""Fewest letters of a word of two alphabets; shorter ones are symbols (`ΔE`, `µm`)."""
_WORD = expression(r"[^\W\d_]+")
_NATIVE = expression("[\u0370-\u03ff\u0400-\u052f\u0530-\u058f]{3}")
"""Three letters of another alphabet together: the text is written in it, and slips happen."""
# Not the joiners: scripts of India and emoji need them.
_HIDDEN = "\u200b\u2060\ufeff"
_SEEDED = expression(rf"[^\W\d_]+[{_HIDDEN}][^\W\d_]+[{_HIDDEN}]?(?:[{_HIDDEN}]*[^\W\d_])*")
_TURNED = expression(rf"[^\W_]*{OVERRIDE}[^\n\u202c]*[^\W_]{{3}}[^\n\u202c]*\u202c?")

_TWO_ALPHABETS = Text("letters of two alphabets in one word", "一个词混用两种字母")
_INVISIBLE = Text("invisible characters inside the word", "词内夹有不可见字符")
_BACKWARDS = Text("written backwards with a direction control", "用方向控制符倒写")


@cache
def _foreign() -> str:
    """Letters of other alphabets that look like Latin ones."""
    return "".join(c for c in confusables() if c.isalpha() and _NATIVE.match(c * 3))


@cache
def _strange() -> re.Pattern[str]:
    """The characters of which a disguised word has one: asked first, since it is quickly answered."""
    return re.compile(f"[{re.escape(_foreign())}{_HIDDEN}{OVERRIDE}]")


@cache
def _signs() -> re.Pattern[str]:
    """What a disguised word can't do without."""
    alike = re.escape(_foreign())
    return re.compile(f"[A-Za-z][{alike}]|[{alike}][A-Za-z]|[{_HIDDEN}]|{OVERRIDE}")


class DisguisedWord:
    """A word of two alphabets, one sown with invisible characters, or one turned round.

    Example: `Mоncler` with a Cyrillic о. Text that is written in the other alphabet is let alone.
    """

    def __init__(self, meta: RuleMeta, data: Mapping[str, Any]) -> None:
        self.meta = meta
        self.needs: Sequence[str] = meta.fields or _FIELDS

    def check(self, batch: Batch, run: Run) -> Iterator[Hit]:
        """At most one hit a cell: its first disguised word."""
        for name in self.needs:
            for column, values in batch.of(name):
                for i, cell in enumerate(values):
                    if cell.isascii() or not _strange().search(cell):
                        continue
                    found = disguised(cell)
                    if found is not None:
                        (start, end), how = found
                        yield Hit(
                            i, column, column.field, cell[start:end], (start, end), params={"detail": how}
                        )  # fmt: skip


def disguised(cell: str) -> tuple[tuple[int, int], Text] | None:
    """The first disguised word of `cell`: its half-open span, and how it is disguised."""
    if cell.isascii() or not _signs().search(cell):
        return None
    if found := _TURNED.search(cell):
        return found.span(), _BACKWARDS
    for found in _SEEDED.finditer(cell):
        if sum(c in _HIDDEN for c in found[0]) > 1:
            return found.span(), _INVISIBLE
    if _NATIVE.search(cell):
        return None
    for found in _WORD.finditer(cell):
        word = found[0]
        if len(word) >= _SHORTEST and _mixed(word):
            return found.span(), _TWO_ALPHABETS
    return None


def _mixed(word: str) -> bool:
    alike = sum(c in _foreign() for c in word)
    latin = sum(unicodedata.name(c, "").startswith("LATIN") for c in word)
    return alike > 0 and latin > 0 and alike + latin == len(word)
