"""`html`: one page that opens from disk, without network (docs/page.md)."""

from __future__ import annotations

from typing import IO

from listlint.model import Report
from listlint.reporters.interface import Style, TextFormat
from listlint.reporters.redact import for_format


class HtmlReporter(TextFormat):
    """Summary, charts, and every finding with its words marked; filters in the page."""

    name = "html"

    def write(self, report: Report, out: IO[str], style: Style) -> None:
        """Write the page; both languages are in it, `style.lang` comes first."""
        from listlint.reporters.page.render import render

        out.write(render(for_format(report, style, public=False), style.lang))
