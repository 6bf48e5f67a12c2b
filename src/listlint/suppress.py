"""Suppressions: findings excused by a column, a cell note, the settings or a sidecar file.

Each names one rule and gives a reason; `until` is its last day. What names no single rule, gives no
reason or has a date that is none is refused and excuses nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Literal

from listlint.later import expression
from listlint.model import Area, Finding, Location, Severity, Suppression, Text
from listlint.registers.dates import parse_date
from listlint.select import matches
from listlint.slotted import replace, slotted
from listlint.wildcard import fits

if TYPE_CHECKING:
    from listlint.config import Excuse
    from listlint.policy.library import Library, RuleSpec

By = Literal["column", "config", "note", "sidecar"]

SIDECAR = ".listlint.toml"
"""`inventory.xlsx.listlint.toml` holds the suppressions of `inventory.xlsx`."""

_HEAD = expression(r"\s*([\w./*-]+)\s*(?:[:：]\s*(.*))?$", re.S)
_CODE = expression(r"[A-Za-z]{2,4}\d{1,3}$")
_UNTIL = expression(
    r"[\s,，(（\[]*(?:\buntil|直到|截至|有效期至|至)\s*[:：]?\s*([\d./年月日-]+)\s*[)）\]]?\s*$",
    re.I,
)
_UNTIL_WORD = expression(r"[(（\[,，\s]until\b[^.]{0,40}$", re.I)


@slotted(frozen=True, slots=True)
class Ignore:
    """What a `listlint_ignore` cell or a cell note says, and where it stands."""

    place: Location
    text: str
    by: Literal["column", "note"]


@slotted(frozen=True, slots=True)
class Refusal:
    """A suppression that excuses nothing, and why."""

    place: Location
    why: Text


@slotted(slots=True, eq=False)
class Entry:
    """One suppression. Patterns are empty where any place will do; `place` is where it is written."""

    rule: str
    reason: str
    until: date | None
    by: By
    place: Location
    path: tuple[str, ...] = ()
    sheet: tuple[str, ...] = ()
    sku: tuple[str, ...] = ()
    field: tuple[str, ...] = ()
    match: tuple[str, ...] = ()
    label: str = ""
    """Which table of its file it is."""
    used: bool = False
    """Whether some finding was excused, or would have been before `until`."""

    @property
    def name(self) -> str:
        """What to call it: its rule, and which table of a file it is."""
        return f"{self.rule} [{self.label}]" if self.label else self.rule

    def fits(self, finding: Finding, path: str) -> bool:
        """Whether `finding`, in the file called `path` here, is meant."""
        place = finding.location
        if self.by in ("column", "note"):
            mine = self.place
            return (place.path, place.sheet, place.row) == (mine.path, mine.sheet, mine.row) and (
                self.by == "column" or place.cell in (None, mine.cell)
            )
        return (
            fits_path(path, self.path)
            and _any(place.sheet, self.sheet)
            and _any(place.sku, self.sku)
            and _any(place.field, self.field)
            and _any(finding.match, self.match)
        )


def fits_path(path: str, patterns: Sequence[str]) -> bool:
    """Whether a path (with `/`) fits one of the patterns, or there are none.

    A pattern without `/` is about the file's name, one that ends with `/` about all in a folder.
    """
    if not patterns:
        return True
    name = path.rpartition("/")[2]
    return any(
        fits(path, p + "*" if p.endswith("/") else p.removeprefix("./"))
        or ("/" not in p and fits(name, p))
        for p in patterns
    )


def _any(value: str | None, patterns: Sequence[str]) -> bool:
    if not patterns:
        return True
    text = _plain(value or "")
    return any(fits(text, _plain(p)) for p in patterns)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


class Names:
    """The rules by code and by name, for texts that name many."""

    def __init__(self, library: Library) -> None:
        self.rules = library.rules
        self._codes = {s.meta.code: s for s in library.rules}
        self._names = {s.meta.name: s for s in library.rules}
        self._former = {word: s for s in library.rules for word in s.meta.was}
        self.renamed: dict[str, RuleSpec] = {}
        """Old code or name that was asked for → the rule that it means now."""

    def rule(self, word: str) -> RuleSpec | None:
        """The rule of that code or name, or that went by it before."""
        code, name = word.strip().upper(), word.strip().lower()
        spec = self._codes.get(code) or self._names.get(name)
        if spec is None and (spec := self._former.get(code) or self._former.get(name)) is not None:
            self.renamed[word.strip()] = spec
        return spec


class Suppressions:
    """All suppressions of a run; keeps count of which were of use."""

    def __init__(self, library: Library, as_of: date) -> None:
        self.names = Names(library)
        self._as_of = as_of
        self.refused: list[Refusal] = []
        self._all: list[Entry] = []
        self._rows: dict[tuple[str, str | None, int | None, str], list[Entry]] = {}
        self._rules: dict[str, list[Entry]] = {}

    def add_cell(self, ignore: Ignore) -> None:
        """What a cell of the column, or a note, says."""
        for rule, reason, until, wrong in parse_cell(ignore.text, self.names):
            if wrong is not None:
                self.refused.append(Refusal(ignore.place, wrong))
                continue
            entry = Entry(rule, reason, until, ignore.by, ignore.place)
            place = ignore.place
            self._all.append(entry)
            self._rows.setdefault((place.path, place.sheet, place.row, rule), []).append(entry)

    def add_table(self, table: Excuse, by: By, path: tuple[str, ...] = ()) -> Text | None:
        """A `[[suppress]]` table; the reason for refusing it, if it is refused."""
        code, wrong = rule_of(table.rule, self.names)
        places = (table.path, table.sheet, table.sku, table.field, table.match)
        if wrong is None and by == "config" and not any(set(p) - {"*", "**"} for p in places):
            wrong = Text(
                f"{table.rule} is suppressed everywhere; say where (path, sheet, sku, field or "
                "match), or switch the rule off with ignore",
                f"{table.rule} 在所有位置都被豁免；请写明位置（path、sheet、sku、field 或 match），或用 ignore 关闭该规则",
            )
        if wrong is not None:
            return wrong
        file, _, label = table.where.rpartition(": ")
        entry = Entry(
            code, table.reason, table.until, by, Location(file), table.path or path,
            table.sheet, table.sku, table.field, table.match, label,
        )  # fmt: skip
        self._all.append(entry)
        self._rules.setdefault(code, []).append(entry)
        return None

    def mark(self, finding: Finding, path: str) -> Finding:
        """The finding, marked where a suppression that has not ended fits it."""
        if finding.area is Area.FILE and finding.severity is Severity.ERROR:
            return finding  # what was not read is never a pass
        place = finding.location
        near = self._rows.get((place.path, place.sheet, place.row, finding.rule), ())
        for entry in (*near, *self._rules.get(finding.rule, ())):
            if not entry.fits(finding, path):
                continue
            entry.used = True
            if finding.counts and (entry.until is None or entry.until >= self._as_of):
                until = entry.until.isoformat() if entry.until else None
                finding = replace(finding, suppressed=Suppression(entry.by, entry.reason, until))
        return finding

    def expired(self) -> list[Entry]:
        """Those that would excuse a finding had they not ended."""
        return [e for e in self._all if e.used and e.until is not None and e.until < self._as_of]

    def unused(self) -> list[Entry]:
        """Those that no finding fitted."""
        return [e for e in self._all if not e.used]


def rule_of(word: str, names: Names) -> tuple[str, Text | None]:
    """The code that `word` names; else why it names no single rule."""
    spec = names.rule(word)
    if spec is not None:
        if spec.meta.area is Area.FILE and spec.meta.severity is Severity.ERROR:
            return "", Text(
                f"{word}: what could not be read can't be suppressed",
                f"{word}：无法读取的内容不能豁免",
            )
        return spec.meta.code, None
    if set(word) <= {"*"} or any(matches(word, s) for s in names.rules):
        return "", Text(
            f"{word!r} names more than one rule; name each with its own reason",
            f"“{word}”涉及多条规则；请逐条写明规则和理由",
        )
    known = [w for s in names.rules for w in (s.meta.code, s.meta.name)]
    import difflib

    close = difflib.get_close_matches(word, known, n=1)
    hint = (f"; did you mean {close[0]}?", f"；是否指 {close[0]}？") if close else ("", "")
    return "", Text(f"no rule is called {word!r}{hint[0]}", f"没有名为“{word}”的规则{hint[1]}")


Parsed = tuple[str, str, date | None, Text | None]
"""(rule, reason, until, why it is refused)."""


def parse_cell(text: str, names: Names) -> Iterable[Parsed]:
    """The suppressions of one cell: `CODE: reason [until DATE]`, several apart by `;` or lines."""
    parts: list[str] = []
    for part in re.split(r"[;；\n\r]+", text):
        if not part.strip():
            continue
        # A semicolon may stand within a reason.
        if parts and not _begins(part, names):
            parts[-1] += f"; {part.strip()}"
        else:
            parts.append(part)
    for part in parts:
        yield _parse(part.strip(), names)


def _begins(part: str, names: Names) -> bool:
    """Whether a part begins a suppression of its own."""
    found = _HEAD.match(part)
    if found is None:
        return False
    word = found[1]
    if names.rule(word) is not None or _CODE.match(word):
        return True
    return found[2] is not None and (
        set(word) <= {"*"} or "-" in word or any(matches(word, s) for s in names.rules)
    )


def _parse(part: str, names: Names) -> Parsed:
    found = _HEAD.match(part)
    if found is None or (found[2] is None and not _begins(part, names)):
        shown = part if len(part) < 40 else part[:40] + "…"
        return (
            "",
            "",
            None,
            Text(
                f"{shown!r} is not of the form CODE: reason [until DATE]",
                f"“{shown}”不符合“规则代码: 理由 [until 日期]”的格式",
            ),
        )
    word, reason = found[1], (found[2] or "").strip()
    code, wrong = rule_of(word, names)
    until: date | None = None
    ends = _UNTIL.search(reason)
    if ends is not None:
        until = parse_date(ends[1])
        reason = reason[: ends.start()].strip()
    if wrong is None and (until is None and (ends or _UNTIL_WORD.search(f" {reason}"))):
        wrong = Text(
            f"{word}: no date that can be read after until (write YYYY-MM-DD)",
            f"{word}：until 之后不是可识别的日期（请写 YYYY-MM-DD）",
        )
    if wrong is None and not reason:
        wrong = Text(f"{word}: no reason is given", f"{word}：没有写明理由")
    return code, reason, until, wrong
