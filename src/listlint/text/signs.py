"""Where in a batch a disguise could be: cheap signs that a token deserves a second look.

The signs are patterns of a few neighbouring characters, so that a long text can be searched by
array arithmetic and a short one by regular expressions with the same result:

- a letter, one to three of ``@$!|€£¥+(*`` or digits, a letter (`G@g@`, `n1ke`)
- one of ``@$€£`` before two letters at the beginning of a word (`$upreme`)
- three letters and one of ``@$!|01345`` at the end of a word (`gucc1`)
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
_CLOSING = "@$!|01345"
_JOINING = "-._*~|·•\\'’^=+:"
OVERRIDE = "\u202e"

CJK_WORD = "\u3041-\u3096\u30a1-\u30fa\u30fc\u4e00-\u9fff"
HANGUL = "\uac00-\ud7a3"
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


def _kinds(joined: str) -> tuple[Any, Any]:
    """The characters as numbers, and the flags of each."""
    import numpy as np

    global _table
    if _table is None:
        _table = np.zeros(0x110000, dtype=np.uint16)
        _table[:128] = [flags(chr(cp)) for cp in range(128)]
    if joined.isascii():
        points = np.frombuffer(joined.encode(), dtype=np.uint8)
        return points, _table[:128][points]
    wide = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    kinds = _table[wide]
    unknown = kinds == 0
    if unknown.any():
        for cp in np.unique(wide[unknown]).tolist():
            _table[cp] = flags(chr(cp))
        kinds = _table[wide]
    return wide, kinds


def _by_arrays(joined: str) -> Sequence[int]:
    import numpy as np

    points, kinds = _kinds(joined)
    # One space before and five after stand for the ends, so that neighbours can be asked.
    padded = np.full(kinds.size + 6, _IS_SPACE, dtype=np.uint16)
    padded[1:-5] = kinds

    def has(places: Any, flag: int) -> Any:
        return (padded[places] & flag) != 0

    # Few characters are anything but letters and blanks; only about these more is asked.
    odd = np.flatnonzero(
        padded & (_IS_LEET | _IS_OPEN | _IS_CLOSE | _IS_JOIN | _IS_LOOKALIKE | _IS_MARK)
    )
    leet = odd[has(odd, _IS_LEET) & has(odd - 1, _IS_LETTER)]
    once, twice = leet[has(leet + 1, _IS_LETTER)], leet[has(leet + 1, _IS_LEET)]
    thrice = twice[has(twice + 2, _IS_LEET)]
    begin = odd[has(odd, _IS_OPEN) & has(odd - 1, _IS_SPACE)]
    close = odd[has(odd, _IS_CLOSE) & has(odd + 1, _IS_SPACE) & has(odd - 1, _IS_LETTER)]
    close = close[has(close - 2, _IS_LETTER)]
    join = odd[has(odd, _IS_JOIN) & has(odd - 1, _IS_LETTER)]
    joined_twice = join[has(join + 1, _IS_JOIN)]
    found = [
        once - 1,
        twice[has(twice + 2, _IS_LETTER)] - 1,
        thrice[has(thrice + 3, _IS_LETTER)] - 1,
        begin[has(begin + 1, _IS_LETTER) & has(begin + 2, _IS_LETTER)],
        close[has(close - 3, _IS_LETTER)] - 3,
        join[has(join + 1, _IS_LETTER)] - 1,
        joined_twice[has(joined_twice + 2, _IS_LETTER)] - 1,
        odd[has(odd, _IS_LOOKALIKE)],
    ]
    mark = odd[has(odd, _IS_MARK)]
    apart = mark[has(mark - 1, _IS_SPACE)]
    doubtful = np.concatenate(
        (mark[has(mark - 1, _IS_CJK)] - 1, apart[has(apart - 2, _IS_CJK)] - 2)
    )
    found.append(_matching(CJK_SIGN, joined, doubtful))
    same = points[1:] == points[:-1]
    triple = np.flatnonzero(same[1:] & same[:-1]) + 1
    found.append(triple[has(triple, _IS_LETTER)])
    known = (padded & _IS_ALNUM) != 0
    single = np.flatnonzero(known[1:-1] & ~known[:-2] & ~known[2:]) + 1
    if single.size > 3:
        near = np.diff(single) <= 4
        runs = single[:-3][near[:-2] & near[1:-1] & near[2:]]
        found.append(_matching(_SINGLES, joined, runs))
    result: list[int] = (np.unique(np.concatenate(found)) - 1).tolist()
    return result


def _matching(pattern: re.Pattern[str], joined: str, places: Any) -> Any:
    """Those of the places, counted from 1, at which the pattern matches."""
    import numpy as np

    found = [place for place in places.tolist() if pattern.match(joined, place - 1)]
    return np.array(found, dtype=np.int64)
