"""What a kept rule says of itself; its texts are read when a finding, or a person, asks for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from listlint.model import AREA_OF_PREFIX, Confidence, Severity
from listlint.policy.library import day, source_of, text_of
from listlint.rules.interface import RuleMeta

if TYPE_CHECKING:
    from listlint.kept.blocks import Blocks

HEAD = (
    "code", "name", "kind", "severity", "confidence", "basis", "suspension_reason", "jurisdictions",
    "marketplaces", "effective", "expires", "fields", "replacement", "was",
)  # fmt: skip
TEXTS = ("message", "why", "fix", "source")
_TRAVEL = (*HEAD, "area", "pack", "options", "_blocks", "_number")
"""What is told to another process; texts are read there."""
_put = object.__setattr__


class KeptMeta(RuleMeta):
    """A `RuleMeta` whose texts are missing until they are asked for."""

    __slots__ = ("_blocks", "_number")
    _blocks: Blocks
    _number: int

    @classmethod
    def of(cls, head: Mapping[str, Any], blocks: Blocks, number: int) -> KeptMeta:
        """Of rule `number` of a file of blocks, by what the file says first of it."""
        self = cls.__new__(cls)
        code: str = head["code"]
        for name, value in (
            ("code", code),
            ("name", head["name"]),
            ("area", AREA_OF_PREFIX[code.rstrip("0123456789")]),
            ("kind", head["kind"]),
            ("severity", Severity(head["severity"])),
            ("confidence", Confidence(head.get("confidence", "high"))),
            ("pack", head["pack"]),
            ("basis", head.get("basis", "policy")),
            ("suspension_reason", head.get("suspension_reason")),
            ("jurisdictions", tuple(head.get("jurisdictions", ()))),
            ("marketplaces", tuple(head.get("marketplaces", ()))),
            ("effective", day(head.get("effective"))),
            ("expires", day(head.get("expires"))),
            ("fields", tuple(head.get("fields", ()))),
            ("options", head["options"]),
            ("replacement", head.get("replacement", {})),
            ("was", tuple(head.get("was", ()))),
            ("_blocks", blocks),
            ("_number", number),
        ):
            _put(self, name, value)
        return self

    def __getstate__(self) -> list[Any]:
        return [getattr(self, name) for name in _TRAVEL]

    def __setstate__(self, state: list[Any]) -> None:
        for name, value in zip(_TRAVEL, state, strict=True):
            _put(self, name, value)

    def __getattr__(self, name: str) -> Any:
        if name not in TEXTS:
            raise AttributeError(name)
        said = self._blocks.section(f"texts {self._number}")
        for key in ("message", "why", "fix"):
            _put(self, key, text_of(said[key]))
        _put(self, "source", tuple(map(source_of, said.get("source", ()))))
        return getattr(self, name)
