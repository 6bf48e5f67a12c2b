"""Characters that nobody meant to write: invisible ones, stray blanks, full-width Latin.

They break look-ups of SKUs and brands, and a marketplace may show them. Each finding carries the
edit that mends the cell, which changes nothing that a reader would see as words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from listlint.later import expression
from listlint.model import Edit, Text
from listlint.rules.interface import Hit

if TYPE_CHECKING:
    from listlint.batch import Batch, Column
    from listlint.rules.interface import RuleMeta, Run

_TEXT = ("title", "bullet_points", "search_terms")
_NAMES = ("brand", "manufacturer", "model", "mpn")
_KEYS = ("sku", "parent_sku", "asin")

# Soft hyphen, zero-width space, word joiner, stray byte-order mark, C0 and C1 controls: never meant.
_NEVER = "\u00ad\u200b\u2060\ufeff\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
# Direction marks have a meaning beside right-to-left scripts only.
_DIRECTION = "\u200e\u200f\u202a-\u202e\u2066-\u2069"
# Joiners have one in Arabic, Indic and Southeast Asian scripts and between emoji.
_JOINERS = "\u200c\u200d"
_ANY = expression(f"[{_NEVER}{_DIRECTION}{_JOINERS}]")
_PLAIN = expression(f"[{_NEVER}]")
_RIGHT_TO_LEFT = expression("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_JOINING = expression("[\u0590-\u109f\u1780-\u17ff\u2600-\u27bf\ufe0f\U0001f000-\U0001faff]")

_WIDE = expression("[\uff01-\uff5e\u3000]")
_WIDE_WORD = expression("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]")
_EAST_ASIAN = expression("[\u3041-\u30ff\u3400-\u9fff\uac00-\ud7af\uff66-\uff9f]")

_BLANKS = expression(r"[ \t\u00a0]{2,}")


class InvisibleCharacters:
    """Characters without a glyph where their script has no use for them.

    Example: `Linen\u200bapron`.
    """

    def __init__(self, meta: RuleMeta, data: Mapping[str, Any]) -> None:
        self.meta = meta
        self.needs: Sequence[str] = meta.fields or (*_TEXT, *_NAMES, *_KEYS)

    def check(self, batch: Batch, run: Run) -> Iterator[Hit]:
        """One hit a cell, from the first to the last of them."""
        for column, i, cell in _suspects(batch, self.needs, _ANY):
            found = [m for m in _ANY.finditer(cell) if _stray(cell, m)]
            if not found:
                continue
            start, end = found[0].start(), found[-1].end()
            gone = {m.start() for m in found}
            text = "".join(c for k, c in enumerate(cell[start:end], start) if k not in gone)
            names = sorted({f"U+{ord(m[0]):04X}" for m in found})
            yield _hit(column, i, cell, (start, end), text, ", ".join(names))


def _stray(cell: str, found: re.Match[str]) -> bool:
    if _PLAIN.match(found[0]):
        return True
    if found[0] in _JOINERS:
        around = cell[max(0, found.start() - 2) : found.end() + 2]
        return not _JOINING.search(around)
    return not _RIGHT_TO_LEFT.search(cell)


class StrayWhitespace:
    """Blanks at the ends of a cell, and several in a row, where a name or title is meant.

    Example: ` Linen  apron `.
    """

    def __init__(self, meta: RuleMeta, data: Mapping[str, Any]) -> None:
        self.meta = meta
        self.needs: Sequence[str] = meta.fields or ("title", *_NAMES, *_KEYS)

    def check(self, batch: Batch, run: Run) -> Iterator[Hit]:
        """One hit a cell."""
        for name in self.needs:
            for column, values in batch.of(name):
                for i, cell in enumerate(values):
                    if cell == cell.strip() and not _BLANKS.search(cell):
                        continue
                    text = _BLANKS.sub(" ", cell).strip()
                    if text and text != cell:
                        yield _hit(column, i, cell, *_difference(cell, text), "")


class FullWidthLatin:
    """Full-width letters and digits in a text that has no East Asian script otherwise.

    Example: `ＬＩＮＥＮ apron`. In Chinese, Japanese and Korean text they are ordinary.
    """

    def __init__(self, meta: RuleMeta, data: Mapping[str, Any]) -> None:
        self.meta = meta
        self.needs: Sequence[str] = meta.fields or (*_TEXT, *_NAMES, *_KEYS)

    def check(self, batch: Batch, run: Run) -> Iterator[Hit]:
        """One hit a cell, from the first to the last of them."""
        for column, i, cell in _suspects(batch, self.needs, _WIDE_WORD):
            if _EAST_ASIAN.search(cell):
                continue
            found = list(_WIDE.finditer(cell))
            start, end = found[0].start(), found[-1].end()
            text = _WIDE.sub(lambda m: unicodedata.normalize("NFKC", m[0]), cell[start:end])
            yield _hit(column, i, cell, (start, end), text, "")


def _suspects(
    batch: Batch, fields: Sequence[str], pattern: re.Pattern[str]
) -> Iterator[tuple[Column, int, str]]:
    """The cells that hold what the pattern looks for; whole columns are asked first."""
    for name in fields:
        for position, (column, values) in enumerate(batch.of(name)):
            joined, places = _unusual(batch, name, position, values)
            if places and pattern.search(joined):
                yield from ((column, i, v) for i in places if pattern.search(v := values[i]))


def _unusual(
    batch: Batch, name: str, position: int, values: Sequence[str]
) -> tuple[str, Sequence[int]]:
    """Where a column has cells with anything but printable ASCII, and these joined; found once a batch."""
    key = f"unusual:{name}:{position}"
    found = batch.extra.get(key)
    if found is None:
        places = [i for i, v in enumerate(values) if not (v.isascii() and v.isprintable())]
        found = batch.extra[key] = (" ".join([values[i] for i in places]), places)
    return cast("tuple[str, Sequence[int]]", found)


def _difference(old: str, new: str) -> tuple[tuple[int, int], str]:
    """The smallest part of `old` that differs, and what stands there in `new`."""
    start = 0
    while start < len(new) and old[start] == new[start]:
        start += 1
    end = 0
    while end < len(new) - start and old[len(old) - 1 - end] == new[len(new) - 1 - end]:
        end += 1
    return (start, len(old) - end), new[start : len(new) - end]


def _hit(column: Column, i: int, cell: str, span: tuple[int, int], text: str, detail: str) -> Hit:
    return Hit(
        i,
        column,
        column.field,
        cell[span[0] : span[1]],
        span,
        params={"detail": Text(detail, detail)},
        edit=Edit(span, text, safe=True),
    )
