"""`--show-settings`: each setting of each file, and where it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

from listlint.config import Settings
from listlint.model import Lang, Text

if TYPE_CHECKING:
    from listlint.config import Resolver

_HIDDEN = frozenset({"base", "origins"})
_DEFAULT = Text("default", "默认")
_OF = Text("Settings of {}", "{} 的设置")
_NO_FILE = Text("no settings file", "没有设置文件")


def show(resolver: Resolver, inputs: Sequence[str], lang: Lang) -> str:
    """A block for each input (the working folder when there is none). Raises `ConfigError`."""
    blocks = []
    for path in inputs or (".",):
        settings = resolver.of(path) if path != "-" else resolver.main(())
        file = resolver.file_of(path) if path != "-" else None
        head = f"{_OF.get(lang).format(path)} ({file or _NO_FILE.get(lang)})"
        blocks.append("\n".join([head, *_lines(settings, lang)]))
    return "\n\n".join(blocks)


def _lines(settings: Settings, lang: Lang) -> list[str]:
    lines = []
    for f in fields(Settings):
        if f.name in _HIDDEN:
            continue
        origin = settings.origins.get(f.name, _DEFAULT.get(lang))
        key = f.name.replace("_", "-")
        lines.append(f"  {key} = {_toml(getattr(settings, f.name))}  # {origin}")
    return lines


def _key(key: str) -> str:
    bare = key.isascii() and key.replace("-", "").replace("_", "").isalnum()
    return key if bare else _toml(key)


def _toml(value: Any) -> str:
    """A value as TOML writes it; nothing given is ""."""
    if value is None:
        return '""'
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    if is_dataclass(value) and not hasattr(value, "bars"):
        items = {
            f.name.replace("_", "-"): getattr(value, f.name)
            for f in fields(value)
            if f.name != "where"
        }
        return _toml({k: v for k, v in items.items() if v not in (None, (), {}, "")})
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(k)} = {_toml(v)}" for k, v in value.items()) + "}"
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
