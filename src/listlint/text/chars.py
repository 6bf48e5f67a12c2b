"""What one character becomes when text is folded, and what kind of character it is.

Folding is character by character on purpose: a column of a million cells folds by one table
look-up, and the way back to the original offsets is a running count. NFKC is applied a character
at a time; sequences that only compose across characters (decomposed kana) stay decomposed.
"""

from __future__ import annotations

import re
import unicodedata

from listlint.later import expression

_STOP = r"[。！？!?；;|\n]|(?<!\b[a-z])(?<!\bno)(?<!\bnr)[.](?=\s)|</?(?:br|p|li|div|h\d)\b"
SENTENCE_END = expression(_STOP, re.I)
"""Where a sentence ends in a cell as it stands ("E. coli" and "No. 5" go on); what is said across it
does not belong together."""

CLAUSE_END = expression(rf"{_STOP}|[,，、:：–—()（）]|\s-\s", re.I)
"""Where a clause of a sentence ends."""

SEPARATOR = "\x1e"
"""Stands between cells that are folded together; never part of a cell's folded text."""

_CJK_RANGES = (
    (0x2E80, 0x2FDF),  # radicals
    (0x3005, 0x3007),  # iteration mark, closing mark, zero
    (0x3041, 0x30FF),  # kana
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x323AF),
    (0x0E00, 0x0E7F),  # Thai: written without spaces too
)

# Marks that carry no letter of their own in the scripts the packs are written in. Thai and Indic
# vowel signs are letters in effect and stay.
_STRIPPED_MARKS = (
    (0x0300, 0x036F),
    (0x0591, 0x05C7),
    (0x064B, 0x0652),
    (0x1AB0, 0x1AFF),
    (0x1DC0, 0x1DFF),
    (0x20D0, 0x20FF),
    (0xFE00, 0xFE0F),
    (0xFE20, 0xFE2F),
    (0xE0100, 0xE01EF),
)

# Letters that carry their stroke inside and so survive decomposition.
_STROKED = str.maketrans(
    {"ø": "o", "đ": "d", "ł": "l", "ħ": "h", "ŧ": "t", "æ": "ae", "œ": "oe", "ı": "i", "ð": "d",
     "þ": "th", "ƒ": "f", "ɨ": "i", "ʉ": "u", "ɵ": "o", "ƶ": "z", "ȼ": "c", "ɇ": "e", "ɍ": "r"}
)  # fmt: skip


def _within(cp: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(lo <= cp <= hi for lo, hi in ranges)


class _CjkTable(dict[str, bool]):
    def __missing__(self, char: str) -> bool:
        value = self[char] = _within(ord(char), _CJK_RANGES)
        return value


_CJK = _CjkTable()


def is_cjk(char: str) -> bool:
    """Whether the script of `char` is written without spaces between words."""
    return _CJK[char]


def is_hangul(char: str) -> bool:
    """Whether `char` is a syllable of Korean."""
    return "\uac00" <= char <= "\ud7a3"


def fold_char(char: str) -> str:
    """What `char` folds to: '' (invisible), ' ' (between words), or lower-case plain characters."""
    if "a" <= char <= "z" or "0" <= char <= "9":
        return char
    cp = ord(char)
    if char == SEPARATOR:
        return char
    category = unicodedata.category(char)
    if category in ("Cf", "Cs") or _within(cp, _STRIPPED_MARKS):
        return ""
    if char in "™℠®©ªº":
        return " "
    folded = unicodedata.normalize("NFKC", char).casefold()
    if len(folded) == 1 and folded == char and _within(cp, _CJK_RANGES):
        return char if category[0] in "LMN" else " "
    out = []
    for part in unicodedata.normalize("NFKC", folded):
        part_cp = ord(part)
        if not _within(part_cp, _CJK_RANGES) and not 0xAC00 <= part_cp <= 0xD7A3:
            for base in unicodedata.normalize("NFD", part):
                base_cp = ord(base)
                if not _within(base_cp, _STRIPPED_MARKS):
                    out.append(base)
        else:
            out.append(part)
    plain = "".join(out).translate(_STROKED).casefold()
    return "".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in plain)


class FoldTable(dict[int, str]):
    """`str.translate` table that works out a character the first time it is met."""

    def __missing__(self, cp: int) -> str:
        value = self[cp] = fold_char(chr(cp))
        return value


FOLD = FoldTable()

INVISIBLE = frozenset(
    "\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u180e\u2061\u2062\u2063\u2064\u17b4\u17b5"
)
BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
