"""What a reporter promises: a report in, one document out."""

from __future__ import annotations

from pathlib import Path
from typing import IO, Protocol

from listlint.model import Lang, Report
from listlint.slotted import slotted

TERMINAL_LIMIT = 50
"""Listings that a terminal shows unless told otherwise; more would only scroll by."""


@slotted(frozen=True, slots=True)
class Style:
    """How to present: language, whether colours may be used, how wide, what to leave out."""

    lang: Lang = "en"
    colour: bool = False
    width: int = 100
    redact: bool | None = None
    """Whether seller identifiers are masked. None: only in formats that public CI shows."""
    limit: int | None = TERMINAL_LIMIT
    """At most so many listings in the text for people; None: all. Other formats have them all."""


class Reporter(Protocol):
    """A report format.

    A text reporter may also have an attribute `encoding` when files are not to be plain UTF-8.
    """

    name: str
    binary: bool
    """Whether `write` wants a path to a file of its own (a workbook) instead of a text stream."""

    def write(self, report: Report, out: IO[str], style: Style) -> None:
        """Write the whole document to `out`."""

    def save(self, report: Report, path: Path, style: Style) -> None:
        """Write the whole document to the file `path`, which is new and empty (binary formats)."""


class TextFormat:
    """Base of the formats that are text: they are written to a stream, never saved."""

    binary = False

    def save(self, report: Report, path: Path, style: Style) -> None:
        """Refused: `write` is the way."""
        raise TypeError(f"{type(self).__name__} writes text; call write()")
