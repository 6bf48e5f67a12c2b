"""Draws docs/images/terminal.svg, what a terminal shows of the sample: `python benchmarks/picture.py`.

The text is the real report of a real run, its middle left out.
"""

from __future__ import annotations

import io
import os
import re
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.text import Text

from listlint import api
from listlint.reporters import get
from listlint.reporters.interface import Style

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "docs" / "images" / "terminal.svg"
WIDTH = 100
LINES = 36
"""Lines of findings shown."""
DAY = date(2026, 11, 23)
"""A fixed day, so that the picture changes only when the findings do."""


def main() -> None:
    """Lint the sample and draw what is said."""
    os.chdir(ROOT)
    report = api.lint(["sample_inventory"], as_of=DAY)
    out = io.StringIO()
    get("text").write(report, out, Style(colour=True, width=WIDTH))
    console = Console(
        record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, color_system="truecolor"
    )
    console.print("$ listlint sample_inventory\n", style="bold", highlight=False)
    console.print(Text.from_ansi(_cropped(out.getvalue())))
    svg = console.export_svg(title="listlint sample_inventory", unique_id="listlint")
    # Fonts from elsewhere are not fetched for a picture; the reader's own monospace does.
    svg = re.sub(r"@font-face\s*\{.*?\}", "", svg, flags=re.DOTALL)
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(re.sub(r"[ \t]+\n", "\n", svg), "utf-8")


def _cropped(text: str) -> str:
    """The first findings and the summary; the picture is to be seen at a glance."""
    lines = text.splitlines()
    plain = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in lines]
    summary = plain.index("Summary")
    end = next((n for n in range(summary, len(plain)) if not plain[n].strip()), len(plain))
    # Cut where the next finding or listing begins.
    cut = max(n for n in range(min(LINES, summary)) if not plain[n].startswith("    "))
    return "\n".join([*lines[:cut], "    ⋮", "", *lines[summary:end]])


if __name__ == "__main__":
    main()
