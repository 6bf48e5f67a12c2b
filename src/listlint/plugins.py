"""Plugins: installed ones through entry points, local ones as Python files named in the settings.

Groups: `listlint.rules`, `listlint.readers`, `listlint.reporters`, `listlint.policies`. One that can't
load, or takes a code already taken, stops the run and is named: a rule that silently is not there
would be a file that passes.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from listlint.policy.library import Library, RuleSpec
from listlint.rules.interface import CrossRule, Rule, RuleMeta
from listlint.slotted import field, slotted

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from listlint.config import Settings
    from listlint.readers.interface import Reader
    from listlint.reporters.interface import Reporter

GROUPS = ("rules", "readers", "reporters", "policies")


class PluginError(Exception):
    """A plugin that can't be used; the message names it."""


@slotted(slots=True)
class Plugins:
    """What plugins bring: rules by code, readers, reporters by format, policy folders."""

    rules: dict[str, Rule | CrossRule] = field(default_factory=dict)
    origin: dict[str, str] = field(default_factory=dict)
    readers: list[Reader] = field(default_factory=list)
    reporters: dict[str, type[Reporter]] = field(default_factory=dict)
    policies: list[Path] = field(default_factory=list)

    def rule_specs(self, library: Library) -> list[RuleSpec]:
        """The plugins' rules beside those of `library`. Raises `PluginError` when a code is taken."""
        taken = {s.meta.code: s.meta.pack for s in library.rules} | {
            s.meta.name: s.meta.pack for s in library.rules
        }
        for code, rule in self.rules.items():
            for word in (code, rule.meta.name):
                if word in taken:
                    raise PluginError(
                        f"plugin {self.origin[code]}: {word} is already a rule of {taken[word]}"
                    )
        return [RuleSpec(rule.meta, {"implementation": "plugin"}) for rule in self.rules.values()]


def load_plugins(settings: Settings) -> Plugins:
    """All installed and local plugins. Raises `PluginError` for the first that can't be used."""
    found = Plugins()
    seen: set[str] = set()
    for group in GROUPS if _any_installed() else ():
        from importlib.metadata import entry_points

        for entry in entry_points(group=f"listlint.{group}"):
            if entry.dist is not None:
                seen.add(entry.dist.name.lower().replace("_", "-"))
            _add(found, group, _load(entry), f"{entry.name} ({entry.value})")
    for name in settings.require_plugins:
        if name.lower().replace("_", "-") not in seen:
            raise PluginError(f"required plugin {name} is not installed")
    for name in settings.plugins:
        path = Path(settings.base) / name
        module = _module(path)
        for thing in vars(module).values():
            if isinstance(thing, type) and thing.__module__ == module.__name__:
                for group in ("rules", "readers", "reporters"):
                    if _is(group, thing):
                        _add(found, group, thing, str(path))
    return found


def _any_installed() -> bool:
    """Whether some distribution may have entry points of ours: asking in earnest takes longer than
    a short file's whole check. What is no plain folder is not judged."""
    for place in sys.path:
        try:
            with os.scandir(place or ".") as entries:
                if any(map(_speaks_of_us, entries)):
                    return True
        except NotADirectoryError:
            return True
        except OSError:
            continue
    return False


def _speaks_of_us(entry: os.DirEntry[str]) -> bool:
    if not entry.name.endswith((".dist-info", ".egg-info")):
        return entry.name.endswith((".egg", ".egg-link"))
    try:
        with open(os.path.join(entry.path, "entry_points.txt"), "rb") as file:
            return b"[listlint." in file.read().replace(b" ", b"")
    except FileNotFoundError:
        return False
    except OSError:
        return True


def _load(entry: EntryPoint) -> Any:
    try:
        return entry.load()
    except Exception as error:
        raise PluginError(
            f"plugin {entry.name} ({entry.value}) can't be loaded: {type(error).__name__}: {error}"
        ) from error


def _module(path: Path) -> ModuleType:
    import importlib.util

    if not path.is_file():
        raise PluginError(f"plugin {path} is not there")
    spec = importlib.util.spec_from_file_location(f"listlint_plugin_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise PluginError(f"plugin {path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise PluginError(
            f"plugin {path} can't be loaded: {type(error).__name__}: {error}"
        ) from error
    return module


def _is(group: str, thing: Any) -> bool:
    if group == "rules":
        return isinstance(getattr(thing, "meta", None), RuleMeta)
    if group == "readers":
        return hasattr(thing, "accepts") and hasattr(thing, "grids")
    return hasattr(thing, "write") and isinstance(getattr(thing, "name", None), str)


def _add(found: Plugins, group: str, thing: Any, origin: str) -> None:
    if group == "policies":
        folder = Path(thing() if callable(thing) else thing)
        if not folder.is_dir():
            raise PluginError(f"plugin {origin}: {folder} is no folder of policies")
        found.policies.append(folder)
        return
    if not _is(group, thing):
        raise PluginError(
            f"plugin {origin} is not what listlint.{group} asks for; see listlint.api"
        )
    made: Any = thing() if isinstance(thing, type) else thing
    if group == "rules":
        code = made.meta.code
        if code in found.rules:
            raise PluginError(f"plugin {origin}: {code} is already a rule of {found.origin[code]}")
        found.rules[code] = made
        found.origin[code] = origin
    elif group == "readers":
        found.readers.append(made)
    else:
        found.reporters[made.name] = thing
