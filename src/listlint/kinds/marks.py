"""The marks that kind `misspelt` looks for: all of a list in memory, or looked up in kept packs."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from listlint.kinds.brand import Brand
from listlint.match.index import AnchorIndex
from listlint.match.near import LONG, LONGEST, NearNames, Part
from listlint.text.chars import SEPARATOR
from listlint.text.fold import fold

if TYPE_CHECKING:
    from listlint.kept.data import RuleData
    from listlint.match.conditions import Condition

SHORTEST_TORN = 5
"""Fewest letters of a mark that is looked for torn apart."""
START = 3
"""Letters that tell whether a mark may begin with a piece of text."""
SHORT_WORDS = frozenset(
    "a ad al am an as at au be by ca co cm da de di do du el en es et ex gb go he hi ho ii il in io is it km kg la"
    " le lo ma me mm mo mp my no of ok on op or os ox oz pa pc pi pm pro re se si so st sy ta te to tv uk un"
    " up us va ve vi vs we xl xs x s m l i".split()
)


def is_scrap(token: str) -> bool:
    """Whether a piece of text that no honest writer leaves alone: one or two letters, or katakana."""
    if token.isascii():
        return len(token) <= 2 and token.isalpha() and token not in SHORT_WORDS
    return "\u30a1" <= token[0] <= "\u30fc"


class Marks(Protocol):
    """What the rule asks of its list."""

    @property
    def near(self) -> NearNames:
        """Finds names written almost right."""

    @property
    def longest(self) -> int:
        """Letters of the longest mark that is looked for torn apart."""

    def named(self, name: str) -> Brand | None:
        """The mark with that folded name."""

    def spoofed(self, name: str) -> Brand | None:
        """The mark that a spoof of the list is for, ordinary words among them."""

    @property
    def starts(self) -> Container[str]:
        """What marks begin with: their first letters, up to `START`."""

    def torn(self, word: str) -> tuple[str, Brand] | None:
        """The name, and the mark, that `word` is without its blanks."""

    def with_torn(self, cells: Sequence[str]) -> Iterable[int]:
        """Numbers of the folded cells that may hold a mark torn apart."""


class AllMarks:
    """The list's marks in memory. `torn`: for marks torn apart and not for misspelt ones."""

    def __init__(
        self, data: Mapping[str, Any], contexts: Mapping[str, Sequence[Condition]]
    ) -> None:
        options = self._options = data["options"]
        self._contexts = contexts
        self._rows: Sequence[Mapping[str, Any]] = data["brands"]
        self._brands: dict[int, Brand] = {}
        """Those that were asked for, by the identity of their row."""
        self._every = {word: row for row in self._rows for *_, word in row["names"]}
        self._spoofs = options.get("spoofs", {})
        torn = bool(options.get("torn"))
        self.near = NearNames(() if torn else self.names, options.get("ordinary", ()))
        # Another spelling of a mark that its own row has (`airpod`) is none misspelt.
        self.near.exact.update(self._every)
        self.pieces: dict[str, tuple[str, Mapping[str, Any]]] = {}
        if torn:
            for row in self._rows:
                for *_, name in row["names"]:
                    words = name.split()
                    if sum(map(len, words)) >= SHORTEST_TORN and min(map(len, words)) > 2:
                        known = self.pieces.get(name.replace(" ", ""))
                        # Of `kungfu panda` and `kung fu panda` the more pieces are an honest spelling.
                        if known is None or len(words) > len(known[0].split()):
                            self.pieces[name.replace(" ", "")] = (name, row)
        self.longest = max(map(len, self.pieces), default=0)
        self.starts = frozenset(word[:k] for word in self.pieces for k in range(1, START + 1))

    @cached_property
    def names(self) -> dict[str, Mapping[str, Any]]:
        """The rows of marks that are no ordinary word, which is near to too many others, by name."""
        least = self._options.get("shortest", 0)
        plain = (row for row in self._rows if (row.get("ambiguity") or "none") == "none")
        names = {fold(row["brand"]).strip(): row for row in plain}
        return {name: row for name, row in names.items() if len(name) >= least}

    def _brand(self, row: Mapping[str, Any] | None) -> Brand | None:
        if row is None:
            return None
        if id(row) not in self._brands:
            self._brands[id(row)] = Brand(row, self._contexts)
        return self._brands[id(row)]

    @cached_property
    def _index(self) -> AnchorIndex:
        return AnchorIndex([(name, 0) for name in self.pieces])

    def named(self, name: str) -> Brand | None:
        """See `Marks`."""
        return self._brand(self.names.get(name))

    def spoofed(self, name: str) -> Brand | None:
        """See `Marks`."""
        return self._brand(self._every.get(name))

    def torn(self, word: str) -> tuple[str, Brand] | None:
        """See `Marks`."""
        name, row = self.pieces.get(word, ("", None))
        brand = self._brand(row)
        return None if brand is None else (name, brand)

    def with_torn(self, cells: Sequence[str]) -> Iterable[int]:
        """See `Marks`."""
        # Whoever tears a name apart leaves it whole but for the blanks.
        solid = SEPARATOR.join(cells).replace(" ", "")
        return {cell for cell, _ in self._index.scan(solid)}

    def kept(
        self, number: int, name_of: Callable[[Mapping[str, Any]], str]
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """What `KeptMarks` of rule `number` looks up, and what is to be kept of each form of a name.

        `name_of`: row of a list of brands → what `RuleData.row` knows it by.
        """
        found: dict[str, Any] = {f"n{number} {n}": name_of(row) for n, row in self.names.items()}
        found.update({f"t{number} {w}": [n, name_of(row)] for w, (n, row) in self.pieces.items()})
        found.update({f"e{number} {name}": 1 for name in self.near.exact})
        found.update({f"w{number} {solid}": n for solid, n in self.near.solid.items()})
        for spoofs in self._spoofs.values():
            for _, name, _ in spoofs:
                if name in self._every:
                    found[f"s{number} {name}"] = name_of(self._every[name])
        found[f"longest {number}"] = self.longest
        found[f"starts {number}"] = sorted(self.starts)
        forms: dict[str, Any] = {}
        for form, words in self.near.words.items():
            forms.setdefault(form, [[], []])[0] = sorted(words)
        for form, parts in self.near.parts.items():
            forms.setdefault(form, [[], []])[1] = sorted(parts)
        return found, forms


class KeptMarks:
    """The same, each looked up when it is met: for little text."""

    def __init__(self, data: RuleData, contexts: Mapping[str, Sequence[Condition]]) -> None:
        self._contexts = contexts
        self._data = data
        self._blocks, self._number = data.blocks, data.number
        self._brands: dict[str, Brand] = {}
        self.longest = int(self._blocks.get(f"longest {self._number}"))
        self.near = _KeptNames(data)

    @cached_property
    def starts(self) -> Container[str]:
        """See `Marks`."""
        return frozenset(self._blocks.get(f"starts {self._number}"))

    def named(self, name: str) -> Brand | None:
        """See `Marks`."""
        return self._brand(name, self._blocks.get(f"n{self._number} {name}"))

    def spoofed(self, name: str) -> Brand | None:
        """See `Marks`."""
        return self._brand(name, self._blocks.get(f"s{self._number} {name}"))

    def torn(self, word: str) -> tuple[str, Brand] | None:
        """See `Marks`."""
        found = self._blocks.get(f"t{self._number} {word}")
        if found is None:
            return None
        brand = self._brand(found[0], found[1])
        assert brand is not None
        return found[0], brand

    def with_torn(self, cells: Sequence[str]) -> Iterable[int]:
        """See `Marks`."""
        return range(len(cells))

    def _brand(self, name: str, row: str | None) -> Brand | None:
        if row is None:
            return None
        if name not in self._brands:
            self._brands[name] = Brand(self._data.row(row), self._contexts)
        return self._brands[name]


class _KeptNames(NearNames):
    """Names near to a word, looked up in kept packs."""

    def __init__(self, data: RuleData) -> None:
        super().__init__((), data["options"].get("ordinary", ()))
        self._blocks, self._number = data.blocks, str(data.number)

    def _is_exact(self, name: str) -> bool:
        return self._blocks.get(f"e{self._number} {name}") is not None

    def _may_be_two_off(self, token: str) -> bool:
        # The names are not at hand to tell by.
        return LONG - 1 <= len(token) <= LONGEST

    def _whole(self, name: str) -> str:
        return self._blocks.get(f"w{self._number} {name}") or name

    def _near_to(self, forms: Iterable[str]) -> tuple[set[str], set[Part]]:
        words: set[str] = set()
        parts: set[Part] = set()
        for form in forms:
            for found in self._blocks.every(f"-{form}"):
                if self._number in found:
                    words.update(found[self._number][0])
                    parts.update((name, at) for name, at in found[self._number][1])
        return words, parts
