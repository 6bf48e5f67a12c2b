"""What kept packs say of a rule, as the mappings that rules are built from; read when asked."""

from __future__ import annotations

from collections.abc import Container, ItemsView, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from listlint.match.conditions import Condition

if TYPE_CHECKING:
    from listlint.kept.blocks import Blocks

LISTS = ("terms", "terms_ready", "triggers", "triggers_ready", "brands", "weights")
"""Keys of a rule's data that are long and that most runs never look at."""


class RuleData(Mapping[str, Any]):
    """The data of rule `number` of a file of blocks."""

    def __init__(
        self,
        blocks: Blocks,
        number: int,
        run: Mapping[str, Any] | None,
        brands: Mapping[str, dict[str, Any]],
    ) -> None:
        self.blocks = blocks
        self.number = number
        self.run = run
        """What the engine must know to leave the rule unbuilt; None for one that can't be built."""
        self._brands = brands
        """All rows of lists of brands, by the names that the rules' data have for them."""
        self._said: dict[str, Any] | None = None
        self._lists: dict[str, Any] | None = None

    def __reduce__(self) -> tuple[type[RuleData], tuple[Any, ...]]:
        # What was read of the file stays behind: all data of a run share the file's bytes.
        return RuleData, (self.blocks, self.number, self.run, self._brands)

    def _own(self) -> dict[str, Any]:
        if self._said is None:
            self._said = self.blocks.section(f"rule {self.number}")
        return self._said

    def _long(self) -> dict[str, Any]:
        if self._lists is None:
            lists = self.blocks.section(f"lists {self.number}")
            if "brands" in lists:
                lists["brands"] = [self._brands[row] for row in lists["brands"]]
            if "weights" in lists:
                lists["weights"] = kept_weights(self.blocks, lists["weights"])
            self._lists = lists
        return self._lists

    def __getitem__(self, key: str) -> Any:
        return (self._long() if key in LISTS else self._own())[key]

    def __iter__(self) -> Iterator[str]:
        return iter({**self._own(), **self._long()})

    def __len__(self) -> int:
        return len(self._own()) + len(self._long())

    def brand(self, name: str) -> Mapping[str, Any]:
        """The row of the rule's list of brands with that name in it."""
        return self.row(self.blocks.get(f"b{self.number} {name}"))

    def row(self, name: str) -> Mapping[str, Any]:
        """A row of a list of brands, by the name that the file has for it; the others stay unread."""
        row: dict[str, Any] = self.blocks.get(f"brand {name}")
        return row


def kept_weights(blocks: Blocks, name: str) -> dict[str, Any]:
    """A list of weights as the rules of kind `learned` read it."""
    head = blocks.section(f"weighing {name}")
    return {**head, "traits": KeptTraits(blocks, name, len(head["areas"]))}


class KeptTraits(Mapping[str, Sequence[int]]):
    """Trait → weights, each looked up when it is asked for."""

    def __init__(self, blocks: Blocks, name: str, areas: int) -> None:
        self._blocks = blocks
        self._name = name
        self._areas = areas

    def __getitem__(self, trait: str) -> Sequence[int]:
        found: Sequence[int] | None = self.get(trait)
        if found is None:
            raise KeyError(trait)
        return found

    def get(self, trait: str, default: Any = None) -> Any:
        """See `Mapping`; asked for each word, and most have none, so nothing is raised."""
        found = self._blocks.get(f"~{self._name} {trait}")
        return default if found is None else found

    def items(self) -> ItemsView[str, Sequence[int]]:
        """All of them, read at once."""
        section = self._blocks.section(f"weights {self._name}")
        values = iter(section["values"])
        rows = zip(*[values] * self._areas, strict=True)
        return dict(zip(section["traits"].split("\n"), rows, strict=True)).items()

    def __iter__(self) -> Iterator[str]:
        return (trait for trait, _ in self.items())

    def __len__(self) -> int:
        return len(self.items())


class Marks(Container[str]):
    """The folded names of every brand of some rules of a file of blocks."""

    def __init__(self, blocks: Blocks, rules: frozenset[int]) -> None:
        self._blocks = blocks
        self._rules = rules

    def __contains__(self, word: object) -> bool:
        return any(not self._rules.isdisjoint(n) for n in self._blocks.every(f"k{word}"))


class LaterContexts(Mapping[str, "list[Condition]"]):
    """Shared contexts by name, each built when it is asked for."""

    def __init__(self, data: Mapping[str, list[dict[str, Any]]]) -> None:
        self._data = data
        self._built: dict[str, list[Condition]] = {}

    def __getitem__(self, name: str) -> list[Condition]:
        found = self._built.get(name)
        if found is None:
            found = self._built[name] = [Condition(item, self) for item in self._data[name]]
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._data)

    def __len__(self) -> int:
        return len(self._data)


class LaterMapping(Mapping[str, Any]):
    """A section of a file of blocks, of all layers together."""

    def __init__(self, blocks: Blocks, section: str) -> None:
        self._blocks = blocks
        self._name = section
        self._read: dict[str, Any] | None = None

    def __reduce__(self) -> tuple[type[LaterMapping], tuple[Any, ...]]:
        return LaterMapping, (self._blocks, self._name)

    def _all(self) -> dict[str, Any]:
        if self._read is None:
            self._read = {}
            for found in self._blocks.sections(self._name):
                self._read.update(found)
        return self._read

    def __getitem__(self, key: str) -> Any:
        return self._all()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())
