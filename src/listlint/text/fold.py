"""Folding: one cell with its way back, or a whole batch at once. Both give the same text.

The folded text is lower case, without diacritics, width or invisible characters; whatever is not
a letter, digit or mark is a space; runs of spaces are one; a space stands between a script with
spaces and one without (`适用于iPhone` → `适用于 iphone`); and it begins and ends with a space, so
that ` term ` finds whole words only.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from functools import cached_property

from listlint.counters import WORK
from listlint.later import expression
from listlint.slotted import slotted
from listlint.text.chars import FOLD, SEPARATOR

# A tag; bounded so that a stray "<" in a long text can't make matching slow.
_TAG = expression(r"<(/?)([a-zA-Z!][a-zA-Z0-9]*)[^<>]{0,2000}>|<!--.{0,5000}?-->", re.S)
_ENTITY = expression(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_INLINE = frozenset(
    {
        "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "del", "em", "font", "i", "ins", "kbd",
        "mark", "q", "s", "small", "span", "strike", "strong", "sub", "sup", "tt", "u", "wbr",
    }
)  # fmt: skip
_JOIN = "\u200b"
_VOICE_MARKS = ("\u3099", "\u309a", "\uff9e", "\uff9f")
_VOICED = expression(f"[\u3041-\u30ff\uff66-\uff9d][{''.join(_VOICE_MARKS)}]")
"""A kana with its voice mark as a character of its own, as half width and some keyboards write it."""

_CJK_CLASS = "\u0e00-\u0e7f\u2e80-\u2fdf\u3005-\u3007\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
EDGE = expression(
    rf"(?<=[{_CJK_CLASS}])(?=[^\s{SEPARATOR}{_CJK_CLASS}])|(?<=[^\s{SEPARATOR}{_CJK_CLASS}])(?=[{_CJK_CLASS}])"
)
_WORDS = expression(rf"[{_CJK_CLASS}]+|[^\s{SEPARATOR}{_CJK_CLASS}]+")
"""Characters between two spaces of the folded text, those that `EDGE` puts there included."""
_ASCII = bytes(
    ord(FOLD[i]) if i < 128 else i for i in range(256)
)  # every ASCII character folds to one character


def visible(text: str) -> str:
    """`text` as a browser shows it, at the same length: tags and entities give way to what they show.

    What vanishes is replaced by zero-width characters (inside a word) or spaces (where the tag
    breaks the line), so offsets in the result are offsets in the original.
    """
    if "<" in text:
        text = _TAG.sub(_blank, text)
    if "&" in text:
        text = _ENTITY.sub(_unescape, text)
    if _has_voice_mark(text):
        text = _VOICED.sub(_voiced, text)
    return text


def _has_voice_mark(text: str) -> bool:
    return not text.isascii() and any(mark in text for mark in _VOICE_MARKS)


def _voiced(match: re.Match[str]) -> str:
    kana = unicodedata.normalize("NFKC", match[0])
    return kana + _JOIN if len(kana) == 1 else match[0]


def _blank(match: re.Match[str]) -> str:
    name = match[2]
    inline = name is not None and name.lower() in _INLINE
    return (_JOIN if inline else " ") * len(match[0])


def _unescape(match: re.Match[str]) -> str:
    import html

    shown = html.unescape(match[0])
    size = len(match[0])
    if shown == match[0] or len(shown) > size or SEPARATOR in shown:
        return match[0]
    return shown + _JOIN * (size - len(shown))


@slotted(eq=False)
class Folded:
    """One cell: `original`, its folded `text`, and for each folded character where it came from.

    `source` is what is folded in the original's stead when a disguise has been taken off;
    `origins[k]` is then the half-open span of the original that `source[k]` stands for.
    """

    original: str
    source: str | None = None
    origins: list[tuple[int, int]] | None = None

    @cached_property
    def _origin(self) -> list[int]:
        """For each character of `text` the offset in `source` that it came from."""
        source = visible(self.original) if self.source is None else self.source
        if source.isascii():
            # One character folds to one: what is left out are spaces behind spaces.
            plain = " " + source.encode().translate(_ASCII).decode().replace(SEPARATOR, " ")
            kept = [i for i, c in enumerate(plain[1:]) if c != " " or plain[i] != " "]
            return [0, *kept] if plain[-1] == " " else [0, *kept, len(source)]
        pieces = [" " if char == SEPARATOR else FOLD[ord(char)] for char in source]
        plain = "".join(pieces)
        # Where each folded character came from, one behind the other; spaces not yet made one.
        places: Sequence[int] = range(len(pieces))
        if len(plain) != len(pieces) or "" in pieces:
            places = [i for i, piece in enumerate(pieces) for _ in piece]
        origin: list[int] = [0]
        end = 0
        for word in _WORDS.finditer(plain):
            start = word.start()
            # The space before a word is the first one behind the last word, or was put there.
            if end:
                origin.append(places[end])
            end = word.end()
            origin += places[start:end]
        if end:
            origin.append(places[end] if end < len(plain) else len(source))
        return origin

    @cached_property
    def text(self) -> str:
        """The folded text, padded by one space on each side."""
        return fold(visible(self.original) if self.source is None else self.source)

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """The half-open span of `source` that folded to `start:end`, spaces at the ends left off."""
        text, origin = self.text, self._origin
        while start < end and text[start] == " ":
            start += 1
        while end > start and text[end - 1] == " ":
            end -= 1
        if start >= end:
            at = origin[min(start, len(origin) - 1)]
            return (at, at)
        return (origin[start], origin[end - 1] + 1)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The original's half-open span of folded characters `start:end`."""
        first, last = self.source_span(start, end)
        if self.origins is not None and first < last <= len(self.origins):
            places = self.origins[first:last]
            first, last = min(a for a, _ in places), max(b for _, b in places)
        # A combining mark belongs to the letter before it.
        size = len(self.original)
        while last < size and (
            "\u0300" <= self.original[last] <= "\u036f" or self.original[last] in _VOICE_MARKS
        ):
            last += 1
        return (first, last)

    def folded_span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the folded text that `start:end` of the source folded to."""
        origin = self._origin
        return bisect_left(origin, start, 1), max(1, bisect_left(origin, end, 1))


def fold(text: str) -> str:
    """`text` folded, padded by a space on each side; for terms and short strings."""
    if text.isascii():
        plain = text.encode().translate(_ASCII).decode().replace(SEPARATOR, " ")
    else:
        plain = text.replace(SEPARATOR, " ").translate(FOLD)
        plain = EDGE.sub(" ", plain)
    return " " + "".join(f"{word} " for word in plain.split())


def fold_cells(cells: list[str]) -> list[str]:
    """Each cell as `Folded(cell).text`, many at once."""
    if not cells:
        return []
    return fold_joined(join(cells)).split(SEPARATOR)


def join_raw(cells: Sequence[str]) -> str:
    """The cells as one string, as they stand but for a `SEPARATOR` inside, with one between each."""
    joined = SEPARATOR.join(cells)
    if joined.count(SEPARATOR) > len(cells) - 1:
        joined = SEPARATOR.join([c.replace(SEPARATOR, " ") for c in cells])
    return joined


def join(cells: Sequence[str]) -> str:
    """The cells as one string, as a browser shows them, with `SEPARATOR` between."""
    joined = join_raw(cells)
    marked = _has_voice_mark(joined)
    if "<" in joined or "&" in joined or marked:
        shown = (
            visible(c) if "<" in c or "&" in c or marked else c for c in joined.split(SEPARATOR)
        )
        joined = SEPARATOR.join(shown)
    return joined


def fold_joined(joined: str) -> str:
    """The joined cells folded; still `SEPARATOR` between, each cell padded by a space on each side."""
    WORK.folded += len(joined)
    if joined.isascii():
        plain = joined.encode().translate(_ASCII).decode()
    elif len(joined) > BULK:
        from listlint.text.bulk import translate

        plain = translate(joined)
    else:
        plain = EDGE.sub(" ", joined.translate(FOLD))
    plain = f" {plain} ".replace(SEPARATOR, f" {SEPARATOR} ")
    while "  " in plain:
        plain = plain.replace("  ", " ")
    return plain


BULK = 200_000
"""Characters from which loading numpy pays."""
