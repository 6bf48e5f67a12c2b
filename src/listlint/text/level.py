"""Levelling: case, kinds of blank and kinds of digit made the same, one character for one.

What a regular expression may match in a text is in the levelled text too, in levelled form: letters
that Python's `re` takes for the same without regard to case are one here. Only used to find out
where an expression is worth trying.
"""

from __future__ import annotations

import unicodedata
from re import _casefix  # type: ignore[attr-defined]
from typing import Any

from listlint.text.chars import SEPARATOR

_SAME: dict[str, str] = {"\u0131": "i", "\u0130": "i"}
for _code, _others in _casefix._EXTRA_CASES.items():
    _group = sorted({_code, *_others})
    _SAME.update({chr(_c): chr(_group[0]) for _c in _group})


def level_char(char: str) -> str:
    """The one character that `char` is levelled to."""
    if char == SEPARATOR:
        return char
    if char.isspace():
        return " "
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    for lower in (char.casefold(), char.lower()):
        if len(lower) == 1:
            return _SAME.get(lower, lower)
    return _SAME.get(char, char)


class _Table(dict[int, str]):
    def __missing__(self, point: int) -> str:
        value = self[point] = level_char(chr(point))
        return value


LEVEL = _Table()
_ASCII = bytes(ord(LEVEL[i]) if i < 128 else i for i in range(256))
_points: Any = None


def level(text: str, bulk: int) -> str:
    """`text` levelled; by arrays where it is longer than `bulk` and not ASCII."""
    if text.isascii():
        return text.encode().translate(_ASCII).decode()
    if len(text) <= bulk:
        return text.translate(LEVEL)
    import numpy as np

    global _points
    if _points is None:
        _points = np.zeros(0x110000, dtype=np.uint32)
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    levelled = _points[points]
    # No character is levelled to NUL but itself.
    unknown = levelled == 0
    if unknown.any():
        for point in np.unique(points[unknown]).tolist():
            _points[point] = ord(LEVEL[point])
        levelled = _points[points]
    done: str = levelled.tobytes().decode("utf-32-le", "surrogatepass")
    return done
