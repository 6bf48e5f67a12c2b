"""Configuration files: where they are, what they extend, and their values with their origins."""

from __future__ import annotations

import importlib.util
import tomllib
from pathlib import Path
from typing import Any

from listlint.config import PATHS, ConfigError, convert, key_name, merge
from listlint.policy.paths import builtin

_NAMES = ("listlint.toml", "pyproject.toml")
_SHIPPED = "listlint:"
_PACKAGE = "package:"
_MAX_DEPTH = 10


def discover(folder: Path) -> Path | None:
    """The nearest `listlint.toml`, or `pyproject.toml` with `[tool.listlint]`, upward of `folder`."""
    for parent in [folder, *folder.resolve().parents]:
        own, project = (parent / name for name in _NAMES)
        if own.is_file():
            return own
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


def shipped_profiles() -> dict[str, Path]:
    """The built-in settings that `extends = "listlint:NAME"` names."""
    folder = builtin() / "profiles" / "settings"
    return {path.stem: path for path in sorted(folder.glob("*.toml"))}


def read(path: Path) -> tuple[dict[str, Any], dict[str, str]]:
    """(values, origins) of a file and of all that it extends. Raises `ConfigError`."""
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    _read(path, values, origins, ())
    return values, origins


def _read(
    path: Path, values: dict[str, Any], origins: dict[str, str], chain: tuple[Path, ...]
) -> None:
    if path.resolve() in chain or len(chain) > _MAX_DEPTH:
        raise ConfigError(f"{path}: extends itself")
    own = _load(path)
    for word in own.pop("extends", ()):
        target = _extended(word, path)
        _read(target, values, origins, (*chain, path.resolve()))
    if chain:
        own = {k: _from(path.parent, v) if k in PATHS else v for k, v in own.items()}
    merge(values, own)
    for name in own:
        target_name = "overrides" if name == "per_file_ignores" else name
        origins[target_name] = _shown(path)


def _shown(path: Path) -> str:
    try:
        return f"{_SHIPPED}{path.relative_to(builtin() / 'profiles' / 'settings').stem}"
    except ValueError:
        return path.as_posix()


def _from(folder: Path, value: str | tuple[str, ...]) -> str | tuple[str, ...]:
    """Paths of a file that is extended, made independent of who extends it."""
    if isinstance(value, str):
        return str(folder.absolute() / value)
    return tuple(str(folder.absolute() / v) for v in value)


def _extended(word: str, path: Path) -> Path:
    """The file that a word of `extends` means."""
    where = f"{path}: extends = {word!r}"
    if word.startswith(_SHIPPED):
        known = shipped_profiles()
        name = word.removeprefix(_SHIPPED)
        if name not in known:
            raise ConfigError(f"{where}: listlint ships {', '.join(known)}")
        return known[name]
    if word.startswith(_PACKAGE):
        return _of_package(word.removeprefix(_PACKAGE), where)
    target = path.parent / word
    if not target.is_file():
        raise ConfigError(f"{where}: no such file")
    return target


def _of_package(word: str, where: str) -> Path:
    """`package:NAME` or `package:NAME/strict.toml`: a file of an installed package, not imported."""
    name, _, inner = word.partition("/")
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        spec = None
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        target = Path(folder) / (inner or "listlint.toml")
        if target.is_file():
            return target
    raise ConfigError(f"{where}: no installed package has it")


def tables_of(path: Path) -> dict[str, Any]:
    """The tables of a TOML file. Raises `ConfigError`."""
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise ConfigError(f"{path}: can't be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not valid TOML: {error}") from None


def _load(path: Path) -> dict[str, Any]:
    """The settings of one file by their names in `Settings`, checked."""
    tables = tables_of(path)
    if path.name == "pyproject.toml":
        tables = tables.get("tool", {}).get("listlint", {})
    values: dict[str, Any] = {}
    for key, value in tables.items():
        name = key_name(key, str(path))
        values[name] = convert(name, value, f"{path}: {key}")
    return values
