"""Where in a batch a disguise could be: cheap signs that a token deserves a second look.

The signs are patterns of a few neighbouring characters, so that a long text can be searched by
array arithmetic and a short one by regular expressions with the same result:

- a letter, one to three of ``@$!|€£¥+(*`` or digits, a letter (`G@g@`, `n1ke`)
- one of ``@$€£`` before two letters at the beginning of a word (`$upreme`)
- three letters and one of ``@$!|013`` at the end of a word (`gucc1`)
- a letter three times (`Guuucci`); four single letters in a row (`N I K E`)
- a letter, one or two joining marks, a letter (`Ro-lex`)
- a character that looks like a Latin letter and is none; a right-to-left override
- a Chinese or Japanese character, a mark such as ``*`` or ``★``, another character
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from listlint.later import expression
from listlint.policy.paths import builtin
from listlint.text.chars import SEPARATOR

LEET_SIGNS = "@$!|€£¥+(*"
_OPENING = "@$€£"
_CLOSING = "@$!|013"
_JOINING = "-._*~|·•\\'’^=+:"
OVERRIDE = "\u202e"

CJK_WORD = "\u3041-\u3096\u30a1-\u30fa\u30fc\u4e00-\u9fff"
CJK_MARKS = r"_*~|/\\+=^#&★☆◆◇●○■□♥❤@$%-"
CJK_SIGN = expression(rf"[{CJK_WORD}](?=\s?[{CJK_MARKS}]{{1,2}}\s?[{CJK_WORD}])")
"""A mark where no mark belongs: between two letters of a script without spaces."""

_LETTER = r"[^\W\d_]"
_LEET = rf"[{re.escape(LEET_SIGNS)}\d]"
_SHORT = expression(
    "|".join(
        (
            rf"{_LETTER}(?={_LEET}{{1,3}}{_LETTER})",
            rf"(?<![^\s{SEPARATOR}])[{re.escape(_OPENING)}](?={_LETTER}{_LETTER})",
            rf"{_LETTER}(?={_LETTER}{_LETTER}[{re.escape(_CLOSING)}](?![^\s{SEPARATOR}]))",
            rf"({_LETTER})(?=\1\1)",
            rf"(?<![^\W_])[^\W_](?=(?:[^\w{SEPARATOR}]|_){{1,3}}[^\W_](?:[^\w{SEPARATOR}]|_){{1,3}}[^\W_](?:[^\w{SEPARATOR}]|_){{1,3}}[^\W_](?![^\W_]))",
            rf"{_LETTER}(?=[{re.escape(_JOINING)}]{{1,2}}{_LETTER})",
            OVERRIDE,
        )
    )
)
_SINGLES = expression(rf"[^\W_](?:(?:[^\w{SEPARATOR}]|_){{1,3}}[^\W_](?![^\W_])){{3}}")


@cache
def confusables() -> dict[str, str]:
    """Characters that look like Latin letters → each letter they may stand for."""
    path = builtin() / "text" / "confusables.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row["char"]: row["plain"] for row in csv.DictReader(file)}


@cache
def _confusable() -> re.Pattern[str]:
    return re.compile("[" + "".join(map(re.escape, confusables())) + "]")


def positions(joined: str, bulk: int) -> Sequence[int]:
    """Offsets of signs in cells joined by `SEPARATOR`, ascending; numpy does texts longer than `bulk`."""
    if len(joined) > bulk:
        return _by_arrays(joined)
    found = {m.start() for m in _SHORT.finditer(joined)}
    if not joined.isascii():
        found.update(m.start() for m in _confusable().finditer(joined))
        found.update(m.start() for m in CJK_SIGN.finditer(joined))
    return sorted(found)


# Flags of a character in the look-up table.
_IS_LETTER, _IS_LEET, _IS_OPEN, _IS_CLOSE, _IS_JOIN, _IS_LOOKALIKE, _IS_ALNUM, _IS_SPACE = (
    1 << n for n in range(8)
)
_KNOWN, _IS_CJK, _IS_MARK = (1 << n for n in range(8, 11))


def flags(char: str) -> int:
    """What `char` may be part of."""
    value = _KNOWN
    if re.match(_LETTER, char):
        value |= _IS_LETTER
    if re.match(_LEET, char):
        value |= _IS_LEET
    if char in _OPENING:
        value |= _IS_OPEN
    if char in _CLOSING:
        value |= _IS_CLOSE
    if char in _JOINING:
        value |= _IS_JOIN
    if char in confusables() or char == OVERRIDE:
        value |= _IS_LOOKALIKE
    if re.match(r"[^\W_]", char):
        value |= _IS_ALNUM
    if char == SEPARATOR or re.match(r"\s", char):
        value |= _IS_SPACE
    if re.match(f"[{CJK_WORD}]", char):
        value |= _IS_CJK
    if re.match(f"[{CJK_MARKS}]", char):
        value |= _IS_MARK
    return value


_table: Any = None


def _by_arrays(joined: str) -> Sequence[int]:
    import numpy as np

    global _table
    if _table is None:
        _table = np.zeros(0x110000, dtype=np.uint16)
    data = joined.encode("utf-32-le", "surrogatepass")
    points = np.frombuffer(data, dtype=np.uint32)
    kinds = _table[points]
    unknown = kinds == 0
    if unknown.any():
        for cp in np.unique(points[unknown]).tolist():
            _table[cp] = flags(chr(cp))
        kinds = _table[points]
    # One space before and five after stand for the ends, so that slices line up.
    padded = np.full(kinds.size + 6, _IS_SPACE, dtype=np.uint16)
    padded[1:-5] = kinds
    size = kinds.size

    def at(offset: int, flag: int) -> Any:
        return (padded[1 + offset : 1 + offset + size] & flag) != 0

    letter = at(0, _IS_LETTER)
    letters = [letter, *(at(k, _IS_LETTER) for k in range(1, 5))]
    leet = [at(k, _IS_LEET) for k in range(1, 4)]
    hit = letter & leet[0] & (letters[2] | (leet[1] & (letters[3] | (leet[2] & letters[4]))))
    hit |= at(-1, _IS_SPACE) & at(0, _IS_OPEN) & letters[1] & letters[2]
    hit |= letter & letters[1] & letters[2] & at(3, _IS_CLOSE) & at(4, _IS_SPACE)
    join = [at(k, _IS_JOIN) for k in range(1, 3)]
    hit |= letter & join[0] & (letters[2] | (join[1] & letters[3]))
    hit |= at(0, _IS_LOOKALIKE)
    marked = at(0, _IS_CJK) & (at(1, _IS_MARK) | (at(1, _IS_SPACE) & at(2, _IS_MARK)))
    doubtful = np.flatnonzero(marked)
    if doubtful.size:
        hit[[k for k in doubtful.tolist() if CJK_SIGN.match(joined, k)]] = True
    if size > 2:
        same = points[1:] == points[:-1]
        hit[:-2] |= same[1:] & same[:-1] & letter[:-2]
    found = np.flatnonzero(hit)
    single = np.flatnonzero(at(0, _IS_ALNUM) & ~at(-1, _IS_ALNUM) & ~at(1, _IS_ALNUM))
    if single.size > 3:
        near = np.diff(single) <= 4
        runs = single[:-3][near[:-2] & near[1:-1] & near[2:]]
        inside = [s for s in runs.tolist() if _SINGLES.match(joined, s)]
        if inside:
            found = np.union1d(found, np.array(inside))
    result: list[int] = found.tolist()
    return result
