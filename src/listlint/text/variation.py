"""A cell without one of its disguises, with the way back to the cell as it stands."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from operator import itemgetter

from listlint.slotted import slotted
from listlint.text.fold import Folded


@slotted(frozen=True, slots=True)
class Variation:
    """The cell with one kind of disguise off. `changed` are spans of `folded.source` that differ;
    a match shorter than `least` folded characters is chance."""

    label: str
    folded: Folded
    changed: tuple[tuple[int, int], ...]
    least: int = 1

    def touches(self, start: int, end: int) -> bool:
        """Whether folded characters `start:end` include something that was disguised."""
        if end - start < self.least:
            return False
        a, b = self.folded.source_span(start, end)
        # The first that ends behind `a`: they stand in a row, none over another.
        k = bisect_right(self.changed, a, key=itemgetter(1))
        return k < len(self.changed) and self.changed[k][0] < b


def rebuilt(
    cell: str, source: str, edits: Sequence[tuple[int, int, str]], label: str, least: int = 1
) -> Variation:
    """`source` with each `start:end` replaced; the new characters share out the old between them."""
    text: list[str] = []
    origins: list[tuple[int, int]] = []
    changed: list[tuple[int, int]] = []
    at = 0
    for start, end, new in edits:
        text.append(source[at:start])
        origins.extend((k, k + 1) for k in range(at, start))
        begin = len(origins)
        text.append(new)
        word = new.strip()
        size, count, lead = end - start, len(word), len(new) - len(new.lstrip())
        origins.extend([(start, start + 1)] * lead)
        for k in range(count):
            first = start + k * size // count
            origins.append((first, max(first + 1, start + (k + 1) * size // count)))
        origins.extend([(end - 1, end)] * (len(new) - lead - count))
        changed.append((begin, len(origins)))
        at = end
    text.append(source[at:])
    origins.extend((k, k + 1) for k in range(at, len(source)))
    return Variation(label, Folded(cell, "".join(text), origins), tuple(changed), least)
