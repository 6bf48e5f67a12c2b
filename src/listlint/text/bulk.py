"""`str.translate(FOLD)` and the spaces between scripts for long text, by table look-up in numpy.

The same result as the plain way at about twenty times the speed; imported only for long text.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from listlint.text.chars import FOLD, is_cjk
from listlint.text.fold import EDGE

_UNKNOWN = 0xFFFFFFFF
_GONE = 0xFFFFFFFE
_LONG = 0xF0000  # a private plane stands for "more than one character"
_size = 0x110000
_table: npt.NDArray[np.uint32] = np.full(_size, _UNKNOWN, dtype=np.uint32)
_long: dict[str, str] = {}
_codes: dict[str, int] = {}
_mixed: set[str] = set()
_script: npt.NDArray[np.uint8] = np.zeros(_size, dtype=np.uint8)
_BOTH = 2  # an expansion of both kinds: its edges are left to the regular expression


def _learn(points: npt.NDArray[np.uint32]) -> None:
    for cp in np.unique(points).tolist():
        folded = FOLD[cp]
        if folded == "":
            _table[cp] = _GONE
        elif len(folded) == 1:
            _table[cp] = ord(folded)
            _script[ord(folded)] = is_cjk(folded)
        else:
            code = _codes.setdefault(folded, _LONG + len(_codes))
            _long[chr(code)] = folded
            _table[cp] = code
            _script[code] = is_cjk(folded[0])
            if len({is_cjk(c) for c in folded}) > 1:
                _script[code] = _BOTH
                _mixed.add(chr(code))


def translate(joined: str) -> str:
    """`joined` folded character by character, with a space where CJK and other letters touch."""
    points = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    folded = _table[points]
    unknown = folded == _UNKNOWN
    if unknown.any():
        _learn(points[unknown])
        folded = _table[points]
    gone = folded == _GONE
    if gone.any():
        folded = folded[~gone]
    if folded.size and int(folded.max()) > 0x0E00:
        script = _script[folded]
        # A letter is whatever is neither space nor separator; both are below "!".
        letter = folded > 0x20
        one = script != _BOTH
        differ = (script[1:] != script[:-1]) & one[1:] & one[:-1]
        edge = np.flatnonzero(differ & letter[1:] & letter[:-1]) + 1
        if edge.size:
            folded = np.insert(folded, edge, 0x20)
    text = folded.tobytes().decode("utf-32-le")
    mixed = next((code for code in _mixed if code in text), None)
    for code, expansion in _long.items():
        if code in text:
            text = text.replace(code, expansion)
    return text if mixed is None else EDGE.sub(" ", text)
