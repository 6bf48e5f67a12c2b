"""Which headings of the marketplaces' policies the rules cover: the matrix of docs/coverage.md."""

from __future__ import annotations

import csv
from pathlib import Path

from listlint.policy.errors import PolicyError
from listlint.policy.library import Library, RuleSpec

LANGUAGES = ("en", "zh", "de", "fr", "es", "it", "ja")


def languages_of(spec: RuleSpec) -> set[str]:
    """The languages that a rule has words in; a rule without words speaks them all."""
    pairs = [*spec.data.get("terms", ()), *spec.data.get("triggers", ())]
    if not pairs:
        return set(LANGUAGES)
    return {lang for _, lang in pairs} & {*LANGUAGES, "nl", "pt", "pl", "ko", "ru"}


def matrix(library: Library, headings: Path) -> str:
    """The table as Markdown: heading by heading, how many rules hold there, in which languages.

    Raises `PolicyError` for a rule that is not there.
    """
    with headings.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    lines = [
        "| marketplace | heading | rules that hold there | languages of their words |",
        "|---|---|---|---|",
    ]
    empty = []
    for row in rows:
        specs = []
        for code in row["rules"].split():
            spec = library.rule(code)
            if spec is None:
                raise PolicyError(f"{headings}: {row['heading']}: no rule is called {code!r}")
            if library.holds(spec.meta, (row["marketplace"],)):
                specs.append(spec)
        found = set().union(*(languages_of(s) for s in specs)) if specs else set()
        if not specs:
            empty.append(f"{row['marketplace']}: {row['heading']}")
        codes = " ".join(s.meta.code for s in specs)
        lines.append(
            f"| {row['marketplace']} | {row['heading']} | {len(specs)} {f'({codes})' if codes else ''} "
            f"| {' '.join(sorted(found))} |"
        )
    words = sum(
        len(s.data.get("terms", ())) + len(s.data.get("triggers", ())) for s in library.rules
    )
    brands = {row["brand"] for s in library.rules for row in s.data.get("brands", ())}
    by_area: dict[str, int] = {}
    for spec in library.rules:
        by_area[spec.meta.area.value] = by_area.get(spec.meta.area.value, 0) + 1
    head = [
        "# Coverage",
        "",
        "Made by `listlint policy coverage`; do not edit. A rule is counted where it holds by its own "
        "jurisdictions and marketplaces.",
        "",
        f"{len(library.rules)} rules ({', '.join(f'{a} {n}' for a, n in sorted(by_area.items()))}), "
        f"{words:,} terms, {len(brands):,} brands.",
        "",
    ]
    tail = ["", f"Headings without a rule: {'; '.join(empty) or 'none'}.", ""]
    return "\n".join([*head, *lines, *tail])
