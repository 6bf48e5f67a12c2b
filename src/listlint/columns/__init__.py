"""What a sheet is and what its columns hold: header → canonical field, and why.

`load_library` reads the data once; `recognise` looks at the first rows of one sheet. Nothing here
reads a seller's file. What is imported from here is loaded when it is first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from listlint.columns.layout import REASONS, ColumnMap, FormCell, Kind, Layout
    from listlint.columns.library import ColumnLibrary, load_library
    from listlint.columns.recognition import recognise

__all__ = [
    "REASONS",
    "ColumnLibrary",
    "ColumnMap",
    "FormCell",
    "Kind",
    "Layout",
    "load_library",
    "recognise",
]

_HOMES = {"ColumnLibrary": "library", "load_library": "library", "recognise": "recognition"}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(import_module(f"{__name__}.{_HOMES.get(name, 'layout')}"), name)
    globals()[name] = found
    return found
