"""Names that a package hands on from its modules, each module loaded when a name of it is asked for."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Mapping
from importlib import import_module


def handed_on(
    package: str, names: Collection[str], homes: Mapping[str, str], home: str
) -> Callable[[str], object]:
    """The `__getattr__` of `package`: `homes` says in which module a name is, `home` where the rest are."""

    def get(name: str) -> object:
        if name not in names:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        found: object = getattr(import_module(f"{package}.{homes.get(name, home)}"), name)
        setattr(sys.modules[package], name, found)
        return found

    return get
