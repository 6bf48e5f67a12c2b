"""Which headings of the marketplaces' policies the rules cover, and which rules matter most.

`page` makes docs/coverage.md of headings.csv and first-fifty.csv in policies/coverage, and of what the
lists of facts say of themselves.
"""

from __future__ import annotations

import csv
from pathlib import Path

from listlint.policy.errors import PolicyError
from listlint.policy.library import Library, RuleSpec
from listlint.policy.lists import NAME, lists_of

LANGUAGES = ("en", "zh", "de", "fr", "es", "it", "ja")


def languages_of(spec: RuleSpec) -> set[str]:
    """The languages that a rule has words in; a rule without words speaks them all."""
    pairs = [*spec.data.get("terms", ()), *spec.data.get("triggers", ())]
    if not pairs:
        return set(LANGUAGES)
    return {lang for _, lang in pairs} & {*LANGUAGES, "nl", "pt", "pl", "ko", "ru"}


def page(library: Library, folder: Path) -> str:
    """The page as Markdown, of the lists in `folder`. Raises `PolicyError` for a rule that is not there."""
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
    matrix = _matrix(library, folder / "headings.csv")
    fifty = _fifty(library, folder / "first-fifty.csv")
    return "\n".join([*head, *matrix, *fifty, *_lists(folder.parent), ""])


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _rule(library: Library, file: Path, code: str) -> RuleSpec:
    spec = library.rule(code)
    if spec is None:
        raise PolicyError(f"{file}: no rule is called {code!r}")
    return spec


def _matrix(library: Library, headings: Path) -> list[str]:
    """Heading by heading, how many rules hold there, in which languages."""
    lines = [
        "| marketplace | heading | rules that hold there | languages of their words |",
        "|---|---|---|---|",
    ]
    empty = []
    for row in _rows(headings):
        specs = []
        for code in row["rules"].split():
            spec = _rule(library, headings, code)
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
    return [*lines, "", f"Headings without a rule: {'; '.join(empty) or 'none'}."]


def _fifty(library: Library, file: Path) -> list[str]:
    """The rules that matter most, and why."""
    lines = [
        "",
        "## The fifty that matter most",
        "",
        "Chosen by what a finding costs (listing, stock, account), how easily an honest seller writes "
        "it, and on how many marketplaces it holds. Each is shown by three listings that it must flag "
        "and three that it must not, or more.",
        "",
        "| rule | severity | where | why |",
        "|---|---|---|---|",
    ]
    for row in _rows(file):
        meta = _rule(library, file, row["rule"]).meta
        where = ", ".join([*meta.jurisdictions, *meta.marketplaces]) or "everywhere"
        lines.append(
            f"| {meta.code} {meta.name} | {meta.severity.value} | {where} | {row['why']} |"
        )
    return lines


def _lists(policies: Path) -> list[str]:
    """The lists of facts beside the packs: how long, where from, when read, on what terms."""
    lines = [
        "",
        "## Lists",
        "",
        "| list | entries | source | read | read again by | licence | made anew |",
        "|---|---|---|---|---|---|---|",
    ]
    for folder in sorted(path.parent for path in policies.rglob(NAME)):
        for name, facts in lists_of(folder).items():
            source = "put together for listlint" if facts.source == "expert" else facts.source
            lines.append(
                f"| {folder.relative_to(policies).as_posix()}/{name}: {facts.what} "
                f"| {len(_rows(folder / name)):,} | {source} | {facts.retrieved} "
                f"| {facts.review_by} | {facts.licence} | {facts.refresh} |"
            )
    return lines
