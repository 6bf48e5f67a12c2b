"""What a sheet is and what its columns hold: header → canonical field, and why.

`load_library` reads the data once; `recognise` looks at the first rows of one sheet. Nothing here
reads a seller's file. What is imported from here is loaded when it is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from listlint.lazily import handed_on

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
__getattr__ = handed_on(__name__, __all__, _HOMES, "layout")
