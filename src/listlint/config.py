"""Settings: what the command line, `listlint.toml` and `[tool.listlint]` say, and which of them won."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from pathlib import Path
from typing import Any

from listlint.model import Lang, Severity


class ConfigError(Exception):
    """A setting that can't be used; the message names the file and the key."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run goes by. Paths are as written, relative to `base`."""

    marketplace: tuple[str, ...] = ()
    lang: Lang | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: Severity = Severity.ERROR
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
    severity: Mapping[str, Severity] = field(default_factory=dict)
    """Rule → its severity here."""
    jobs: int = 1
    max_memory: int = 4 * 1024**3
    max_cells: int = 200_000_000
    timeout: float = 600.0
    base: str = "."


_KEYS = {f.name.replace("_", "-"): f.name for f in fields(Settings)} | {"own-brand": "own_brands"}
_LISTS = frozenset(
    {"marketplace", "select", "ignore", "policies", "plugins", "require_plugins", "own_brands"}
)
_FORBIDDEN = frozenset({"base"})


def discover(start: Path) -> Path | None:
    """The nearest `listlint.toml`, or `pyproject.toml` with `[tool.listlint]`, upward of `start`."""
    folder = start if start.is_dir() else start.parent
    for parent in [folder, *folder.resolve().parents]:
        own = parent / "listlint.toml"
        if own.is_file():
            return own
        project = parent / "pyproject.toml"
        if project.is_file() and _tool_table(project) is not None:
            return project
    return None


def _tool_table(path: Path) -> dict[str, Any] | None:
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return None
    found = tables.get("tool", {}).get("listlint")
    return found if isinstance(found, dict) else None


def load(path: Path) -> dict[str, Any]:
    """The settings of a file, checked; keys are the names of `Settings`. Raises `ConfigError`."""
    try:
        text = path.read_text("utf-8")
        tables = tomllib.loads(text)
    except OSError as error:
        raise ConfigError(f"{path}: can't be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not valid TOML: {error}") from None
    if path.name == "pyproject.toml":
        tables = tables.get("tool", {}).get("listlint", {})
    values = {}
    for key, value in tables.items():
        name = key_name(key, str(path))
        values[name] = convert(name, value, f"{path}: {key}")
    return values


def key_name(key: str, where: str) -> str:
    """The name in `Settings` of a key as written. Raises `ConfigError` that suggests the right one."""
    name = _KEYS.get(key.strip().replace("_", "-"))
    if name is None or name in _FORBIDDEN:
        close = difflib.get_close_matches(key, _KEYS, n=1)
        hint = f"; did you mean {close[0]!r}?" if close else ""
        raise ConfigError(f"{where}: unknown setting {key!r}{hint}")
    return name


def convert(name: str, value: Any, where: str) -> Any:
    """`value` as the type of setting `name`. Raises `ConfigError` beginning with `where`."""
    try:
        if name in _LISTS:
            items = [value] if isinstance(value, str) else value
            if not all(isinstance(x, str) for x in items):
                raise TypeError
            return tuple(items)
        if name == "fail_on":
            return Severity(value)
        if name == "as_of":
            return value if isinstance(value, date) else date.fromisoformat(value)
        if name == "severity":
            return {str(k): Severity(v) for k, v in value.items()}
        if name == "lang":
            if value not in ("en", "zh"):
                raise ValueError
            return value
        if name in ("jobs", "max_memory", "max_cells"):
            return int(value)
        if name == "timeout":
            return float(value)
    except (TypeError, ValueError, AttributeError):
        raise ConfigError(f"{where}: {value!r} is not a valid value") from None
    if not isinstance(value, str):
        raise ConfigError(f"{where}: a text is wanted, not {value!r}")
    return value


def settings_for(
    inputs: tuple[str, ...], config: Path | None, isolated: bool, given: Mapping[str, Any]
) -> Settings:
    """The settings of a run: defaults, then the file found or named, then what was `given`."""
    values: dict[str, Any] = {}
    base = "."
    path = config
    if path is None and not isolated:
        first = next((i for i in inputs if i != "-"), ".")
        path = discover(Path(first) if Path(first).exists() else Path("."))
    if path is not None:
        values.update(load(path))
        base = str(path.parent)
    values.update({k: v for k, v in given.items() if v is not None and v != ()})
    return replace(Settings(), **values, base=base)
