"""Sharpenings: what a marketplace takes more or less seriously than the rule itself says.

They stand as `[[sharpen]]` in `profiles/*.toml`, each with its reason and source.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from listlint.model import Severity, Source, Text
from listlint.policy.errors import PolicyError
from listlint.policy.paths import builtin
from listlint.policy.tables import read_toml
from listlint.slotted import slotted

OFF = "off"
_NEEDED = ("marketplaces", "rules", "reason", "source")
_KEYS = frozenset((*_NEEDED, "severity", "limit", "effective", "expires"))
LIMITS = frozenset(
    ("max_chars", "min_chars", "max_bytes", "max_items", "max_repeat", "min_share", "max_upper_ratio")
)  # fmt: skip
"""What of a rule's limit may be another number."""


@slotted(frozen=True, slots=True)
class Sharpening:
    """Another severity, or other limits, of some rules on some marketplaces."""

    marketplaces: tuple[str, ...]
    """Ids of profiles, or patterns (`amazon.*`)."""
    rules: tuple[str, ...]
    """Codes, names, areas, packs, prefixes."""
    severity: Severity | None
    off: bool
    """The rule says nothing there."""
    limit: Mapping[str, float]
    """Numbers that take the place of the rule's own."""
    reason: Text
    """A clause that fits behind "because"."""
    source: tuple[Source, ...]
    effective: date | None = None
    expires: date | None = None
    where: str = ""
    """The file that says it."""
    shipped: bool = False

    def holds(self, day: date) -> bool:
        """Whether it is in force on that day."""
        return (self.effective is None or self.effective <= day) and (
            self.expires is None or day <= self.expires
        )


def load_sharpenings(folders: Iterable[Path]) -> tuple[Sharpening, ...]:
    """Those of `profiles/*.toml` in the folders, in their order. Raises `PolicyError`."""
    found: list[Sharpening] = []
    for folder in folders:
        if folder == builtin():
            from listlint.kept import tables

            found += [sharpening_of(item, item["where"], True) for item in tables.sharpenings()]
            continue
        for path in sorted((folder / "profiles").glob("*.toml")):
            found += [sharpening_of(item, path.as_posix()) for item in plain_items(path)]
    return tuple(found)


def plain_items(path: Path) -> list[dict[str, Any]]:
    """The `[[sharpen]]` tables of a file, dates as ISO text. Raises `PolicyError`."""
    items = read_toml(path).get("sharpen", [])
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise PolicyError(f"{path}: sharpen: write [[sharpen]]")
    return [_plain(item) for item in items]


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain(v) for v in value]
    return value.isoformat() if isinstance(value, date) else value


def sharpening_of(item: Mapping[str, Any], where: str, shipped: bool = False) -> Sharpening:
    """One table. Raises `PolicyError` that names the file and what is wrong."""
    said = dict(item)
    said.pop("where", None)
    at = f"{where}: sharpen {', '.join(map(str, said.get('rules', ())))}".rstrip()
    for key in _NEEDED:
        if not said.get(key):
            raise PolicyError(f"{at}: {key} is missing")
    for key in said:
        if key not in _KEYS:
            raise PolicyError(f"{at}: unknown key {key!r}; known are {', '.join(sorted(_KEYS))}")
    severity, limit = said.get("severity"), said.get("limit", {})
    if not severity and not limit:
        raise PolicyError(f"{at}: severity or limit is missing")
    try:
        if wrong := sorted(set(limit) - LIMITS):
            raise PolicyError(f"{at}: limit: unknown key {wrong[0]!r}")
        return Sharpening(
            tuple(_texts(said["marketplaces"])),
            tuple(_texts(said["rules"])),
            None if severity in (None, OFF) else Severity(severity),
            severity == OFF,
            {k: float(v) if isinstance(v, float) else int(v) for k, v in limit.items()},
            Text(said["reason"]["en"], said["reason"]["zh"]),
            tuple(Source(s["url"], str(s["retrieved"])) for s in said["source"]),
            _day(said.get("effective")),
            _day(said.get("expires")),
            where,
            shipped,
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        what = f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error)
        raise PolicyError(f"{at}: {what}") from None


def _texts(value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise TypeError(f"a list of texts is wanted, not {value!r}")
    return value


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None
