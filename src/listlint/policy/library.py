"""The policies of a run, ready to be used: rules with their data, contexts, marketplaces."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from listlint.model import AREA_OF_PREFIX, Confidence, PackInfo, Severity, Source, Text
from listlint.policy.errors import PolicyError
from listlint.policy.paths import builtin
from listlint.policy.sharpen import Sharpening
from listlint.policy.tables import read_toml
from listlint.rules.interface import RuleMeta
from listlint.slotted import slotted
from listlint.wildcard import fits


@slotted(frozen=True, slots=True)
class Profile:
    """A marketplace: where it is, what law holds there, what else it is called."""

    id: str
    title: Text
    jurisdictions: frozenset[str]
    aliases: tuple[str, ...]
    common: bool
    """Counts when nothing tells the marketplace: the rules that hold on most common ones apply."""


@slotted(frozen=True, slots=True)
class RuleSpec:
    """A rule and its data as compiled (plain JSON values)."""

    meta: RuleMeta
    data: Mapping[str, Any]


@slotted(frozen=True, slots=True)
class Library:
    """All that the policies say."""

    packs: tuple[PackInfo, ...]
    rules: tuple[RuleSpec, ...]
    contexts: Mapping[str, list[dict[str, Any]]]
    profiles: Mapping[str, Profile]
    sharpenings: tuple[Sharpening, ...] = ()
    """What single marketplaces take more or less seriously (see `listlint.sharpened`)."""

    def rule(self, name: str) -> RuleSpec | None:
        """The rule of that code or name; else the one that went by it before."""
        wanted = name.strip()
        former = None
        for spec in self.rules:
            if wanted.upper() == spec.meta.code or wanted.lower() == spec.meta.name:
                return spec
            if spec.meta.went_by(wanted):
                former = spec
        return former

    def profile(self, name: str) -> Profile | None:
        """The marketplace that goes by `name`: an id or an alias, in any case."""
        wanted = name.strip().casefold()
        found = self.profiles.get(wanted)
        if found is None:
            for profile in self.profiles.values():
                if wanted in profile.aliases:
                    return profile
        return found

    def holds(self, meta: RuleMeta, marketplaces: Iterable[str]) -> tuple[str, ...]:
        """Those of `marketplaces` on which the rule holds."""
        return tuple(m for m in marketplaces if self._holds_on(meta, self.profiles[m]))

    def holds_unknown(self, meta: RuleMeta) -> bool:
        """Whether the rule holds on most common marketplaces: what applies when none is known."""
        common = [p for p in self.profiles.values() if p.common]
        return 2 * sum(self._holds_on(meta, p) for p in common) >= len(common)

    @staticmethod
    def _holds_on(meta: RuleMeta, profile: Profile) -> bool:
        if meta.marketplaces and not any(fits(profile.id, m) for m in meta.marketplaces):
            return False
        if not meta.jurisdictions:
            return True
        # US-CA holds on a marketplace of the US; EU law in each member state.
        return any(
            j in profile.jurisdictions or j.split("-")[0] in profile.jurisdictions
            for j in meta.jurisdictions
        )


def load_profiles(folders: Iterable[Path]) -> dict[str, Profile]:
    """The marketplaces of `profiles/*.toml`, by id."""
    profiles: dict[str, Profile] = {}
    for folder in folders:
        if folder == builtin():
            from listlint.kept import tables

            profiles.update({item["id"]: _profile(item) for item in tables.profiles()})
            continue
        for path in sorted((folder / "profiles").glob("*.toml")):
            try:
                profiles.update({p["id"]: _profile(p) for p in read_toml(path).get("profile", ())})
            except (KeyError, TypeError) as error:
                raise PolicyError(f"{path}: not a marketplace profile: {error}") from None
    return profiles


def _profile(item: Mapping[str, Any]) -> Profile:
    return Profile(
        id=item["id"],
        title=Text(item["title"]["en"], item["title"]["zh"]),
        jurisdictions=frozenset(item["jurisdictions"]),
        aliases=tuple(a.casefold() for a in item.get("aliases", ())),
        common=item.get("common", False),
    )


def from_compiled(compiled: Mapping[str, Any], profiles: Mapping[str, Profile]) -> Library:
    """The library of compiled packs (see `listlint.policy.load`)."""
    rules = [
        RuleSpec(meta_of(data, pack["id"]), data)
        for pack in compiled["packs"]
        for data in pack["rules"]
    ]
    packs = tuple(
        PackInfo(p["id"], p["version"], p["updated"], p["review_by"]) for p in compiled["packs"]
    )
    rules.sort(key=lambda spec: spec.meta.code)
    return Library(packs, tuple(rules), compiled["contexts"], profiles)


def day(value: str | None) -> date | None:
    """An ISO date of compiled data."""
    return date.fromisoformat(value) if value else None


def text_of(value: Mapping[str, str]) -> Text:
    """A sentence of compiled data."""
    return Text(value["en"], value["zh"])


def source_of(value: Mapping[str, str]) -> Source:
    """A source of compiled data."""
    return Source(value["url"], value["retrieved"])


def meta_of(data: Mapping[str, Any], pack: str) -> RuleMeta:
    """What a compiled rule says of itself; `pack` is the id of its pack."""
    code: str = data["code"]
    return RuleMeta(
        code=code,
        name=data["name"],
        area=AREA_OF_PREFIX[code.rstrip("0123456789")],
        kind=data["kind"],
        severity=Severity(data["severity"]),
        confidence=Confidence(data.get("confidence", "high")),
        message=text_of(data["message"]),
        why=text_of(data["why"]),
        fix=text_of(data["fix"]),
        source=tuple(map(source_of, data.get("source", ()))),
        pack=pack,
        basis=data.get("basis", "policy"),
        suspension_reason=data.get("suspension_reason"),
        jurisdictions=tuple(data.get("jurisdictions", ())),
        marketplaces=tuple(data.get("marketplaces", ())),
        effective=day(data.get("effective")),
        expires=day(data.get("expires")),
        fields=tuple(data.get("fields", ())),
        options=data.get("options", {}),
        replacement=data.get("replacement", {}),
        was=tuple(data.get("was", ())),
    )
