"""Small catalogs for the tests of settings, suppression, baseline, fixing and history."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from conftest import Ran

BAD = "AAA replica handbag"
"""A title that IP101 (`counterfeit-grade`) flags once, as an error of high confidence."""
RULE = "IP101"
NAME = "counterfeit-grade"
ONLY = ("--select", RULE, "--output-format", "json")


def sheet(path: Path, *rows: str, header: str = "sku,title,brand") -> Path:
    """A CSV of these rows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join((header, *rows)) + "\n", "utf-8")
    return path


def findings(ran: Ran, *rules: str) -> list[dict[str, Any]]:
    """The findings of a JSON report that count; only those of `rules` if any are named."""
    return [
        f
        for f in ran.json["findings"]
        if f["suppressed"] is None and (not rules or f["rule"] in rules or f["name"] in rules)
    ]


def skus(ran: Ran, *rules: str) -> list[str]:
    """The SKUs of the findings that count."""
    return [f["sku"] for f in findings(ran, *(rules or (RULE,)))]


def excused(ran: Ran) -> dict[str, str]:
    """SKU → by what its finding is excused."""
    return {f["sku"]: f["suppressed"]["by"] for f in ran.json["findings"] if f["suppressed"]}
