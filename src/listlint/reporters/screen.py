"""Lines on a screen: wrapped by cell width, coloured if wished, in what the stream can encode."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import IO, TYPE_CHECKING

from rich.cells import cell_len

from listlint.later import expression
from listlint.reporters.interface import Style

if TYPE_CHECKING:
    from rich.console import Console

Segment = tuple[str, str]
"""Text and the name of its look; '' is plain."""

LOOKS = {
    "error": "bold red",
    "warning": "bold yellow",
    "info": "cyan",
    "match": "bold underline",
    "head": "bold",
    "quiet": "dim",
    "good": "green",
}
"""Look → style in rich's words."""

# Chinese, Japanese and Korean may be broken between any two characters, except before closing and
# after opening punctuation; everything else breaks at spaces.
_OPENING = "（【《〈「『“‘〔［｛"
_CLOSING = "，。、：；！？）】》〉」』”’〕］｝％…·"
_WIDE = "\u2e80-\u2fdf\u3003-\u9fff\ua960-\ua97c\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef"
_ATOM = expression(
    rf"\s+|[{_OPENING}]*[{_WIDE}]?[{_CLOSING}]+|[{_OPENING}]*[{_WIDE}]"
    rf"|[{_OPENING}]*[^\s{_WIDE}{_OPENING}{_CLOSING}]+[{_CLOSING}]*|."
)

_PLAIN = {"✖": "x", "▲": "!", "●": "-", "│": "|", "└": "`", "⟦": "[[", "⟧": "]]", "…": "...",
          "·": "-", "—": "-", "⟨": "<", "⟩": ">", "×": "x", "✔": "ok", "␛": "<ESC>"}  # fmt: skip


_cells = lru_cache(maxsize=16_384)(cell_len)
"""Words come again and again; measuring them is most of the work of a long report."""


def wrap(text: str, width: int) -> list[tuple[int, int]]:
    """Where the lines of `text` begin and end when each has at most `width` cells.

    Half-open offsets; white space at a break belongs to no line.
    """
    width = max(width, 8)
    measure = len if text.isascii() else _cells
    if measure(text) <= width:
        return [(0, len(text))]
    lines: list[tuple[int, int]] = []
    start = end = used = 0
    for found in _ATOM.finditer(text):
        atom = found.group()
        cells = measure(atom)
        if used + cells <= width:
            used, end = used + cells, found.end()
            continue
        if used:
            lines.append((start, end))
        start, end, used = found.start(), found.end(), cells
        if atom.isspace():
            start, used = found.end(), 0
        while used > width:
            cut = _fit(text, start, width)
            lines.append((start, cut))
            start, used = cut, measure(text[cut:end])
    if start < end:
        lines.append((start, end))
    return [(a, a + len(text[a:b].rstrip())) for a, b in lines] or [(0, 0)]


def _fit(text: str, start: int, width: int) -> int:
    """The end of the longest piece from `start` that has at most `width` cells; at least one character."""
    used = 0
    for at in range(start, len(text)):
        used += _cells(text[at])
        if used > width:
            return max(at, start + 1)
    return len(text)


class Screen:
    """Writes lines to a stream."""

    def __init__(self, out: IO[str], style: Style) -> None:
        self._out = out
        self.width = max(style.width, 40)
        self.colour = style.colour
        self._encoding = _narrow(out)
        self._console = _console(out, self.width) if style.colour else None

    def line(self, *segments: Segment) -> None:
        """One line as it is."""
        segments = tuple((self._encodable(text), look) for text, look in segments)
        plain = "".join(text for text, _ in segments)
        if plain.lstrip().startswith("::"):
            # At a line's start GitHub's runner takes this for a command.
            segments = ((". ", ""), *segments)
        if self._console is None:
            self._out.write("".join(text for text, _ in segments).rstrip() + "\n")
            return
        from rich.text import Text as RichText

        made = RichText()
        for text, look in segments:
            made.append(text, LOOKS.get(look))
        self._console.print(made, soft_wrap=True)

    def paragraph(self, first: Segment, rest: str, segments: Iterable[Segment]) -> None:
        """Wrapped text: `first` stands before its first line, `rest` before the others."""
        parts = [(self._encodable(text), look) for text, look in segments]
        text = "".join(part for part, _ in parts)
        room = self.width - _cells(first[0])
        lead = first
        for start, end in wrap(text, room):
            self.line(lead, *_cut(parts, start, end))
            lead = (rest, first[1])

    def _encodable(self, text: str) -> str:
        if self._encoding is None or text.isascii():
            return text
        try:
            text.encode(self._encoding)
        except UnicodeEncodeError:
            text = "".join(self._stand_in(c) for c in text)
        return text

    def _stand_in(self, char: str) -> str:
        encoding = self._encoding or "utf-8"
        try:
            char.encode(encoding)
        except UnicodeEncodeError:
            return _PLAIN.get(char, "?")
        return char


def _cut(parts: list[Segment], start: int, end: int) -> Iterable[Segment]:
    at = 0
    for text, look in parts:
        piece = text[max(0, start - at) : max(0, end - at)]
        at += len(text)
        if piece:
            yield piece, look


def _narrow(out: IO[str]) -> str | None:
    """The encoding of a stream that can't write everything."""
    encoding = getattr(out, "encoding", None) or "utf-8"
    return None if encoding.lower().replace("-", "").startswith("utf") else encoding


def _console(out: IO[str], width: int) -> Console:
    from rich.console import Console

    return Console(
        file=out,
        width=width,
        force_terminal=True,
        no_color=False,
        color_system="standard",
        highlight=False,
        markup=False,
        emoji=False,
    )
