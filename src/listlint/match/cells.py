"""The distinct cells of a batch that have not been looked at yet, as one text and as many."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from listlint.match.measure import HEAD
from listlint.match.rows import WIDE
from listlint.text.chars import SEPARATOR
from listlint.text.fold import BULK, fold_joined, join, join_raw
from listlint.text.level import level

_SEPARATOR = SEPARATOR.encode()
_NO_DIGITS = bytes(set(range(256)) - set(b"0123456789") - set(_SEPARATOR))


class Cells:
    """`cells[n]` stands in columns of field `fields[n]`; every text here has one part a cell."""

    def __init__(self, cells: list[str], fields: list[str]) -> None:
        self.cells = cells
        self.fields = fields
        self.visible = join(cells)
        """As a browser shows them, with `SEPARATOR` between."""

    def __len__(self) -> int:
        return len(self.cells)

    @cached_property
    def folded(self) -> str:
        """Folded, with `SEPARATOR` between."""
        return fold_joined(self.visible)

    @cached_property
    def texts(self) -> list[str]:
        """Each cell folded."""
        return self.folded.split(SEPARATOR)

    @cached_property
    def folded_bytes(self) -> bytes:
        """`folded` as UTF-8."""
        return self.folded.encode("utf-8", "surrogatepass")

    @cached_property
    def points(self) -> Any:
        """`folded` as an array of code points."""
        import numpy as np

        return np.frombuffer(self.folded.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)

    @cached_property
    def wide(self) -> Any:
        """Places in `points` of the scripts without blanks between words."""
        import numpy as np

        return np.flatnonzero(self.points >= WIDE)

    @cached_property
    def levelled(self) -> str:
        """As they stand, levelled, with `SEPARATOR` between."""
        return level(join_raw(self.cells), BULK)

    @cached_property
    def levelled_bytes(self) -> bytes:
        """`levelled` as UTF-8."""
        return self.levelled.encode("utf-8", "surrogatepass")

    @cached_property
    def level_texts(self) -> list[str]:
        """Each cell levelled."""
        return self.levelled.split(SEPARATOR)

    @cached_property
    def digits(self) -> list[int]:
        """How many digits each cell has, levelled."""
        return list(map(len, self.levelled_bytes.translate(None, _NO_DIGITS).split(_SEPARATOR)))

    def words_again(self, times: int, reach: int) -> list[int]:
        """Cells with a word whose first `HEAD` letters come again `times` times, each time within
        `reach` words of the one before."""
        if len(self.folded_bytes) < BULK:
            return [
                n for n, text in enumerate(self.texts) if _comes_again(text.split(), times, reach)
            ]
        import numpy as np

        heads, word, ends = self._heads
        # What comes again in the next cell only makes a cell look worth a try.
        again = word
        for _ in range(times):
            before, again = again, np.zeros(heads.size, dtype=bool)
            places = np.flatnonzero(before)
            for step in range(1, reach + 1):
                here = places[: np.searchsorted(places, heads.size - step)]
                again[here[(heads[here + step] == heads[here]) & before[here + step]]] = True
        found: list[int] = np.searchsorted(ends, np.flatnonzero(again), side="right").tolist()
        return sorted(set(found))

    @cached_property
    def _heads(self) -> tuple[Any, Any, Any]:
        """Of each word the first `HEAD` letters as a number, whether they are Latin letters, and for
        each cell how many words end with it."""
        import numpy as np

        data = np.frombuffer(self.folded_bytes, dtype=np.uint8)
        starts = np.flatnonzero(data[:-HEAD] == 0x20) + 1
        heads = np.zeros(starts.size, dtype=np.uint32)
        word = np.ones(starts.size, dtype=bool)
        for k in range(HEAD):
            letters = data[starts + k]
            heads |= letters.astype(np.uint32) << (8 * k)
            word &= (letters >= ord("a")) & (letters <= ord("z"))
        # A cell's last blank stands before a separator and begins no word; its head is none's.
        borders = np.flatnonzero(data == ord(SEPARATOR))
        ends = np.append(np.searchsorted(starts, borders), starts.size)
        return heads, word, ends


def _comes_again(words: Sequence[str], times: int, reach: int) -> bool:
    heads = [w[:HEAD] for w in words]
    counts = [0] * len(heads)
    for k in range(len(heads) - 2, -1, -1):
        if len(heads[k]) == HEAD:
            behind = range(k + 1, min(k + 1 + reach, len(heads)))
            counts[k] = max((1 + counts[j] for j in behind if heads[j] == heads[k]), default=0)
            if counts[k] >= times:
                return True
    return False
