"""Settings: defaults, files and the command line put together, with where each value came from.

A file is `listlint.toml` or `[tool.listlint]` of a `pyproject.toml`; the nearest one upward of a
checked file holds for it. What stands in one is described by `Settings`; docs/configuration.md
shows all keys.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from listlint.model import Confidence, Lang, Severity
from listlint.slotted import field, replace, slotted

if TYPE_CHECKING:
    from listlint.model import Finding


class ConfigError(Exception):
    """A setting that can't be used; the message names the file and the key."""


@slotted(frozen=True, slots=True)
class FailOn:
    """From which findings on a run fails: any bar of (severity, confidence) that one reaches."""

    bars: tuple[tuple[Severity, Confidence], ...] = ((Severity.ERROR, Confidence.LOW),)

    @classmethod
    def parse(cls, words: str | list[str]) -> FailOn:
        """`error`, `warning:high`, or several of them. Raises ValueError."""
        items = words.split(",") if isinstance(words, str) else words
        bars = []
        for item in items:
            severity, _, confidence = item.strip().partition(":")
            bars.append((Severity(severity), Confidence(confidence or "low")))
        if not bars:
            raise ValueError("nothing to fail on")
        return cls(tuple(bars))

    def meets(self, finding: Finding) -> bool:
        """Whether the run fails because of `finding`."""
        return any(
            finding.severity.rank <= severity.rank and finding.confidence.rank <= confidence.rank
            for severity, confidence in self.bars
        )

    def __str__(self) -> str:
        return ",".join(s if c is Confidence.LOW else f"{s}:{c}" for s, c in self.bars)


@slotted(frozen=True, slots=True)
class Override:
    """Other rules or severities for some files, sheets, marketplaces or sellers (patterns).

    All kinds of place that are given must fit; `where` is the file that says so.
    """

    files: tuple[str, ...] = ()
    sheets: tuple[str, ...] = ()
    marketplaces: tuple[str, ...] = ()
    sellers: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, Severity] = field(default_factory=dict)
    reason: str = ""
    """Why, a clause behind "because": findings whose severity it changes say it."""
    where: str = ""


@slotted(frozen=True, slots=True)
class Excuse:
    """A `[[suppress]]` table: the finding it excuses, why, and until when."""

    rule: str
    reason: str
    until: date | None = None
    path: tuple[str, ...] = ()
    sheet: tuple[str, ...] = ()
    sku: tuple[str, ...] = ()
    field: tuple[str, ...] = ()
    match: tuple[str, ...] = ()
    where: str = ""


@slotted(frozen=True, slots=True)
class Settings:
    """What a run goes by. Paths are as written, relative to `base`."""

    marketplace: tuple[str, ...] = ()
    lang: Lang | None = None
    select: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    extend_ignore: tuple[str, ...] = ()
    fail_on: FailOn = field(default_factory=FailOn)
    as_of: date = field(default_factory=date.today)
    policies: tuple[str, ...] = ()
    """More policy folders or files."""
    plugins: tuple[str, ...] = ()
    """Local Python files with rules, readers or reporters."""
    require_plugins: tuple[str, ...] = ()
    """Distributions whose entry points must be there."""
    licences: str | None = None
    """Register of licences and certificates (csv, toml, xlsx)."""
    authorisations: str | None = None
    seller: str | None = None
    own_brands: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    """Header as it stands → the field it holds; "" for none."""
    severity: Mapping[str, Severity] = field(default_factory=dict)
    """Rule → its severity here."""
    overrides: tuple[Override, ...] = ()
    suppress: tuple[Excuse, ...] = ()
    baseline: str | None = None
    history: str | None = None
    cache: bool = True
    jobs: int = 1
    max_memory: int = 4 * 1024**3
    max_cells: int = 200_000_000
    timeout: float = 600.0
    base: str = "."
    origins: Mapping[str, str] = field(default_factory=dict, compare=False)
    """Setting → the file, option or profile that gave it; defaults are not in it."""


KEYS = {
    **{name.replace("_", "-"): name for name in Settings.__match_args__},
    "own-brand": "own_brands",
    "extends": "extends",
    "per-file-ignores": "per_file_ignores",
}
_NOT_WRITTEN = frozenset({"base", "origins"})
LISTS = frozenset(
    {
        "marketplace", "select", "extend_select", "ignore", "extend_ignore", "policies", "plugins",
        "require_plugins", "own_brands", "extends",
    }
)  # fmt: skip
PATHS = frozenset(
    {"policies", "plugins", "licences", "authorisations", "seller", "baseline", "history"}
)
JOINED = frozenset({"suppress", "overrides"})
"""Settings to which an extending file adds, where others replace."""
_TABLES = frozenset({"columns", "severity"})
"""Settings that are added to by key."""


def key_name(key: str, where: str) -> str:
    """The name in `Settings` of a key as written. Raises `ConfigError` that suggests the right one."""
    name = KEYS.get(key.strip().replace("_", "-"))
    if name is None or name in _NOT_WRITTEN:
        raise ConfigError(f"{where}: unknown setting {key!r}{_hint(key, KEYS)}")
    return name


def _hint(key: str, known: Mapping[str, Any]) -> str:
    import difflib

    close = difflib.get_close_matches(key, [k for k in known if k not in _NOT_WRITTEN], n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def convert(name: str, value: Any, where: str) -> Any:
    """`value` as the type of setting `name`. Raises `ConfigError` beginning with `where`."""
    try:
        return _convert(name, value, where)
    except (TypeError, ValueError, AttributeError):
        raise ConfigError(f"{where}: {value!r} is not a valid value") from None


def _convert(name: str, value: Any, where: str) -> Any:
    if name in LISTS:
        return _texts(value)
    if name == "fail_on":
        return FailOn.parse(value)
    if name == "as_of":
        return value if isinstance(value, date) else date.fromisoformat(value)
    if name == "severity":
        return {str(k): Severity(v) for k, v in value.items()}
    if name == "columns":
        return {_text(k, where): _text(v, where) for k, v in value.items()}
    if name == "lang":
        if value not in ("en", "zh"):
            raise ValueError
        return value
    if name == "cache":
        return {"true": True, "false": False}[value] if isinstance(value, str) else bool(value)
    if name in ("jobs", "max_memory", "max_cells"):
        return int(value)
    if name == "timeout":
        return float(value)
    if name == "overrides":
        return tuple(_table(Override, item, f"{where}[{n}]") for n, item in enumerate(value, 1))
    if name == "per_file_ignores":
        return tuple(
            Override(files=(str(k),), ignore=_texts(v), where=where) for k, v in value.items()
        )
    if name == "suppress":
        return tuple(excuse(item, f"{where}[{n}]") for n, item in enumerate(value, 1))
    return _text(value, where)


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise ConfigError(f"{where}: a text is wanted, not {value!r}")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list | tuple) or not all(isinstance(x, str) for x in items):
        raise TypeError
    return tuple(items)


def _table(kind: type[Any], item: Mapping[str, Any], where: str) -> Any:
    """One table of an array; every key must be a field of `kind`."""
    from dataclasses import fields

    known = {f.name.replace("_", "-"): f.name for f in fields(kind) if f.name != "where"}
    values: dict[str, Any] = {"where": where}
    for key, value in item.items():
        name = known.get(key.replace("_", "-"))
        if name is None:
            raise ConfigError(f"{where}: unknown setting {key!r}{_hint(key, known)}")
        at = f"{where}: {key}"
        if name == "severity":
            values[name] = convert("severity", value, at)
        elif name == "until":
            values[name] = convert("as_of", value, at)
        elif name in ("rule", "reason"):
            values[name] = _text(value, at).strip()
        else:
            values[name] = convert("select", value, at)
    return kind(**values)


def excuse(item: Mapping[str, Any], where: str) -> Excuse:
    """A `[[suppress]]` table. Raises `ConfigError` where rule or reason is missing."""
    for key in ("rule", "reason"):
        if not str(item.get(key, "")).strip():
            raise ConfigError(f"{where}: a suppression needs a {key}")
    made: Excuse = _table(Excuse, item, where)
    return made


def merge(values: dict[str, Any], more: Mapping[str, Any]) -> None:
    """Put `more` over `values`: tables of findings are added, single values replaced."""
    for name, value in more.items():
        if name in JOINED:
            values[name] = (*values.get(name, ()), *value)
        elif name in _TABLES:
            values[name] = {**values.get(name, {}), **value}
        elif name == "per_file_ignores":
            values["overrides"] = (*values.get("overrides", ()), *value)
        else:
            values[name] = value


@slotted(slots=True)
class Resolver:
    """Finds the settings of each file: what its configuration says, then what was `given`.

    `config` names one file for all; `isolated` reads none. Raises `ConfigError`.
    """

    config: Path | None = None
    isolated: bool = False
    given: Mapping[str, Any] = field(default_factory=dict)
    _by_file: dict[Path | None, Settings] = field(default_factory=dict)
    _by_folder: dict[str, Path | None] = field(default_factory=dict)

    def main(self, inputs: tuple[str, ...]) -> Settings:
        """The settings of the run itself: those of its first input, else of the working folder."""
        first = next((i for i in inputs if i != "-" and os.path.exists(i)), ".")
        return self.of(first)

    def of(self, path: str) -> Settings:
        """The settings of one file or folder."""
        file = self.file_of(path)
        key = file.resolve() if file is not None else None
        if key not in self._by_file:
            self._by_file[key] = self._read(file)
        return self._by_file[key]

    def file_of(self, path: str) -> Path | None:
        """The configuration file that holds for `path`."""
        if self.config is not None or self.isolated:
            return self.config
        folder = path if os.path.isdir(path) else os.path.dirname(path) or "."
        while not os.path.isdir(folder):  # a file within an archive
            folder = os.path.dirname(folder) or "."
        if folder not in self._by_folder:
            from listlint.config_file import discover

            self._by_folder[folder] = discover(Path(folder))
        return self._by_folder[folder]

    def _read(self, file: Path | None) -> Settings:
        values: dict[str, Any] = {}
        origins: dict[str, str] = {}
        base = "."
        if file is not None:
            from listlint.config_file import read

            base = str(file.parent)
            values, origins = read(file)
        given = {k: v for k, v in self.given.items() if v is not None and v != ()}
        if base != ".":
            # What the command line names is meant from where the user stands.
            given = {k: _absolute(v) if k in PATHS else v for k, v in given.items()}
        merge(values, given)
        origins.update(dict.fromkeys(given, "command line"))
        return replace(Settings(), **values, base=base, origins=origins)


def _absolute(value: str | tuple[str, ...]) -> str | tuple[str, ...]:
    if isinstance(value, str):
        return str(Path(value).absolute()) if value else value
    return tuple(str(Path(v).absolute()) for v in value)
