"""Names that fit a pattern with `*`: what `fnmatch` says, at once where only the ends are open."""

from __future__ import annotations

from fnmatch import fnmatchcase

_SIGNS = frozenset("*?[")


def fits(name: str, pattern: str) -> bool:
    """Whether `name` fits `pattern`; case counts."""
    core = pattern.strip("*")
    if not _SIGNS.isdisjoint(core):
        return fnmatchcase(name, pattern)
    if core == pattern:
        return name == pattern
    if pattern[0] != "*":
        return name.startswith(core)
    return core in name if pattern[-1] == "*" else name.endswith(core)
