"""What a plan of action says for each suspension reason: `policies/plan/*.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from listlint.model import Lang, Text
from listlint.policy.errors import PolicyError
from listlint.policy.tables import read_toml
from listlint.slotted import slotted


@slotted(frozen=True, slots=True)
class Lines:
    """The same sentences in both languages, in the same order."""

    en: tuple[str, ...]
    zh: tuple[str, ...]

    def get(self, lang: Lang) -> tuple[str, ...]:
        """The sentences in `lang`."""
        return self.zh if lang == "zh" else self.en


@slotted(frozen=True, slots=True)
class Reason:
    """One suspension reason. Every line is for the seller to confirm; `[…]` is for the seller to fill."""

    id: str
    title: Text
    causes: Lines
    corrective: Lines
    preventive: Lines
    documents: Lines


@slotted(frozen=True, slots=True)
class Reasons:
    """All reasons, and which one a finding falls under whose rule names none."""

    by_id: Mapping[str, Reason]
    by_area: Mapping[str, str]

    def of(self, reason: str | None, area: str) -> Reason:
        """The reason of that id, else the area's."""
        found = self.by_id.get(reason or "")
        return found if found is not None else self.by_id[self.by_area.get(area, "listing")]


def load_reasons(folder: Path) -> Reasons:
    """The reasons below a folder of policies. Raises `PolicyError`."""
    by_id: dict[str, Reason] = {}
    by_area: dict[str, str] = {}
    for path in sorted((folder / "plan").glob("*.toml")):
        tables = read_toml(path)
        try:
            by_id |= {r.id: r for r in map(_reason, tables["reason"])}
            by_area |= tables.get("areas", {})
        except (KeyError, TypeError) as error:
            raise PolicyError(f"{path}: not a list of suspension reasons: {error}") from None
    return Reasons(by_id, by_area)


def _reason(data: Mapping[str, Any]) -> Reason:
    def lines(key: str) -> Lines:
        return Lines(tuple(data[key]["en"]), tuple(data[key]["zh"]))

    return Reason(
        data["id"],
        Text(data["title"]["en"], data["title"]["zh"]),
        lines("causes"),
        lines("corrective"),
        lines("preventive"),
        lines("documents"),
    )
