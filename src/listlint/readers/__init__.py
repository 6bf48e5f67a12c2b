"""Readers: any file a seller has in, grids of text out. See docs/readers.md.

What is imported from here is loaded when it is first asked for: a child process or a command that
reads nothing does not wait for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from listlint.lazily import handed_on

if TYPE_CHECKING:
    from listlint.readers.death import Death
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

_HOMES = {
    "Death": "death",
    "open_source": "door",
    "run_bounded": "sandbox",
    "Source": "sources",
    "expand": "sources",
}
__getattr__ = handed_on(__name__, __all__, _HOMES, "interface")
