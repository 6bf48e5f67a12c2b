"""What a sheet is and what its columns hold: header → canonical field, and why.

`load_library` reads the data once; `recognise` looks at the first rows of one sheet. Nothing here
reads a seller's file.
"""

from listlint.columns.layout import REASONS, ColumnMap, FormCell, Kind, Layout
from listlint.columns.library import ColumnLibrary, load_library
from listlint.columns.recognise import recognise

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
