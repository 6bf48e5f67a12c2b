"""Readers: any file a seller has in, grids of text out. See docs/readers.md."""

from listlint.readers.child import Death
from listlint.readers.door import open_source
from listlint.readers.interface import Block, Grid, Limits, Note, Reader, UnreadableError
from listlint.readers.sandbox import run_bounded
from listlint.readers.sources import Source, expand

__all__ = [
    "Block",
    "Death",
    "Grid",
    "Limits",
    "Note",
    "Reader",
    "Source",
    "UnreadableError",
    "expand",
    "open_source",
    "run_bounded",
]
