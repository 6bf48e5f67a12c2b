"""The baseline: findings accepted as known, so that later runs report only what is new.

An entry's identity is rule, file, sheet, SKU (the row's content where there is none), field and the
folded match, and how often that occurs. There are no line numbers and no times in it, and entries
are sorted, so that the file merges and survives sorting, inserting and renaming columns.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from listlint.config import ConfigError
from listlint.files import write_whole
from listlint.model import Area, Finding, Severity, Suppression
from listlint.slotted import field, replace, slotted
from listlint.text.fold import fold

SCHEMA = "listlint/baseline/1"
DEFAULT_NAME = "listlint-baseline.json"
ABOUT_EXCUSES = frozenset(
    {"suppression-unused", "suppression-expired", "suppression-refused", "baseline-stale"}
)
"""Rules about suppressions and baselines themselves."""
_REASON = "known: in the baseline"


@slotted(frozen=True, slots=True)
class Entry:
    """A known finding. `id` is the fingerprint that all its repeats share; the rest is for reading."""

    id: str
    rule: str
    path: str
    sheet: str | None
    sku: str | None
    field: str | None
    match: str | None
    count: int = 1

    def order(self) -> tuple[str, ...]:
        """What entries are sorted by."""
        parts = (self.path, self.sheet, self.sku, self.field, self.rule, self.match, self.id)
        return tuple(p or "" for p in parts)


def identity(finding: Finding) -> str:
    """The fingerprint without the number of the repeat."""
    return finding.fingerprint.partition(":")[0]


def identities(finding: Finding) -> tuple[str, ...]:
    """Its identity, and those that it had under old codes of its rule."""
    return (identity(finding), *(old.partition(":")[0] for old in finding.former))


def can_be_known(finding: Finding) -> bool:
    """What could not be read is never known: it is never a pass; nor what suppressions say."""
    if finding.area is not Area.FILE:
        return True
    return finding.severity is not Severity.ERROR and finding.name not in ABOUT_EXCUSES


@slotted(slots=True)
class Baseline:
    """Entries by id. Paths in it are relative to the folder of the settings, with `/`."""

    entries: dict[str, Entry] = field(default_factory=dict)

    @classmethod
    def of(cls, findings: Iterable[tuple[Finding, str]]) -> Baseline:
        """The baseline of (finding, its path) as they are; what does not count is left out."""
        made: dict[str, Entry] = {}
        for f, path in findings:
            if not f.counts or not can_be_known(f):
                continue
            key = identity(f)
            known = made.get(key)
            if known is not None:
                made[key] = replace(known, count=known.count + 1)
                continue
            # A seller's own numbers need not stand in one more file.
            shown = None if f.area is Area.SELLER or not f.match else fold(f.match).strip()
            place = f.location
            made[key] = Entry(key, f.rule, path, place.sheet, place.sku, place.field, shown)
        return cls(made)

    @classmethod
    def load(cls, path: Path) -> Baseline:
        """The baseline in a file. Raises `ConfigError` where there is none in it."""
        try:
            data = json.loads(path.read_text("utf-8"))
            if data["schema"] != SCHEMA:
                raise ConfigError(f"{path}: schema {data['schema']!r} is not {SCHEMA!r}")
            entries = [_entry(item) for item in data["findings"]]
        except OSError as error:
            raise ConfigError(f"baseline {path}: can't be read: {error.strerror}") from None
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ConfigError(f"baseline {path}: not a baseline: {error}") from None
        found: dict[str, Entry] = {}
        for entry in entries:
            # A merge of two branches may leave an entry twice.
            known = found.get(entry.id)
            if known is None or known.count < entry.count:
                found[entry.id] = entry
        return cls(found)

    def save(self, path: Path) -> None:
        """Write the file: sorted, an entry a line, complete before it appears under its name."""
        lines = [
            json.dumps(_plain(e), ensure_ascii=False)
            for e in sorted(self.entries.values(), key=Entry.order)
        ]
        body = ",\n  ".join(lines)
        inner = f"\n  {body}\n " if lines else ""
        text = f'{{\n "schema": "{SCHEMA}",\n "findings": [{inner}]\n}}\n'
        write_whole(path, text)

    def mark(self, findings: Sequence[Finding]) -> Iterator[Finding]:
        """The findings; known ones are marked, as many of each as are known."""
        used: Counter[str] = Counter()
        for f in findings:
            # Accepted under an old code of its rule, it is known as well.
            for key in identities(f):
                known = self.entries.get(key)
                if known is not None and f.counts and can_be_known(f) and used[key] < known.count:
                    used[key] += 1
                    f = replace(f, suppressed=Suppression("baseline", _REASON))
            yield f

    def stale(
        self, findings: Iterable[Finding], paths: Collection[str], rules: Collection[str]
    ) -> dict[str, int]:
        """Id → how many of its findings are gone; only for files and rules that were checked."""
        seen = Counter(key for f in findings for key in identities(f))
        return {
            e.id: e.count - seen[e.id]
            for e in self.entries.values()
            if e.path in paths and e.rule in rules and seen[e.id] < e.count
        }

    def without(self, gone: Mapping[str, int]) -> Baseline:
        """The baseline without what is gone."""
        left: dict[str, Entry] = {}
        for key, entry in self.entries.items():
            count = entry.count - gone.get(key, 0)
            if count > 0:
                left[key] = replace(entry, count=count)
        return Baseline(left)


def _plain(entry: Entry) -> dict[str, Any]:
    return {
        "rule": entry.rule, "path": entry.path, "sheet": entry.sheet, "sku": entry.sku,
        "field": entry.field, "match": entry.match, "count": entry.count, "id": entry.id,
    }  # fmt: skip


def _entry(item: Mapping[str, Any]) -> Entry:
    return Entry(
        str(item["id"]), str(item["rule"]), str(item["path"]), item.get("sheet"), item.get("sku"),
        item.get("field"), item.get("match"), int(item.get("count", 1)),
    )  # fmt: skip
