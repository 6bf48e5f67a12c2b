"""Evidence of a document in the listing itself: its columns and its text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from listlint import identifiers
from listlint.identifiers.contact import check_email
from listlint.identifiers.table import identifiers as known_identifiers
from listlint.identifiers.table import tidy
from listlint.identifiers.tax import EU
from listlint.later import expression
from listlint.registers.dates import parse_date
from listlint.registers.documents import keys_of
from listlint.registers.need import Need, held, need, none_word, timed

if TYPE_CHECKING:
    from listlint.batch import Batch
    from listlint.registers.documents import DocumentKind
    from listlint.rules.interface import Run

_TEXT_FIELDS = (
    "title", "bullet_points", "description", "attributes", "warning_text", "certificate",
    "certificate_number",
)  # fmt: skip


def in_listing(kind: DocumentKind, batch: Batch, i: int, run: Run) -> Need | None:
    """What listing `i` says of a document of `kind`; None where it says nothing."""
    if kind.complete:
        return _complete(kind, batch, i)
    for name in kind.fields:
        for value in batch.all(name, i):
            if none_word(value):
                continue
            found = value_state(kind, value.strip(), run)
            # A column that several kinds share ("fda_registration") may hold another kind's number.
            return _dated(kind, found, batch, i, run) if found.state == "held" else found
    for name in batch.all("certificate", i):
        if kind.key in keys_of(name):
            number = batch.get("certificate_number", i)
            found = value_state(kind, number, run) if number else held(kind, name)
            return _dated(kind, found, batch, i, run) if found.state == "held" else found
    return _in_text(kind, batch, i, run)


def jurisdictions(batch: Batch, i: int, run: Run) -> frozenset[str]:
    """Whose law holds for listing `i`; empty: not known."""
    return frozenset(
        j for m in run.marketplaces(batch, i) for j in run.jurisdictions.get(m, frozenset())
    )


_WEB_OR_FILE = expression(r"^(?:HTTPS?://|\S+\.(?:PDF|JPE?G|PNG|DOCX?|XLSX?|ZIP)$)", re.IGNORECASE)


def value_state(
    kind: DocumentKind, value: str, run: Run, places: frozenset[str] = frozenset()
) -> Need:
    """The state of a value that stands where the number of a document belongs.

    Where `places` (jurisdictions) are given, only kinds of number that exist there can make it
    wrong: a Japanese alcohol licence bears no US permit number.
    """
    text = tidy(value)
    keys = [k for k in kind.identifiers if _used_in(k, places)]
    if not keys or _WEB_OR_FILE.match(text) or any(p.match(text) for p in kind.plain):
        return held(kind, value)
    hints = {"year": str(run.as_of.year)}
    problems = [identifiers.check(key, value, hints) for key in keys]
    if None in problems:
        return held(kind, value)
    other = identifiers.identify(value, kind.wrong)
    if other:
        name = identifiers.name_of(other)
        return need(
            "wrong-kind",
            f"{value} is of another kind ({name.en}), not what is needed ({kind.name.en})",
            f"{value} 是{name.zh}，并非所需的{kind.name.zh}",
            kind,
            value,
        )
    problem = next(p for p in problems if p)
    return need(
        "malformed",
        f"{value} is no valid number for {kind.name.en}: {problem.detail.en}",
        f"{value} 不是有效的{kind.name.zh}编号：{problem.detail.zh}",
        kind,
        value,
    )


def _used_in(key: str, places: frozenset[str]) -> bool:
    known = known_identifiers().get(key)
    where = known.jurisdictions if known else ()
    if not where or not places or places.intersection(where):
        return True
    # The EU's law holds in its states, and theirs in it.
    return ("EU" in places and any(j in EU for j in where)) or ("EU" in where and bool(places & EU))


def _complete(kind: DocumentKind, batch: Batch, i: int) -> Need | None:
    """Kinds whose every field must be filled, such as a responsible person's."""
    filled = {f: v for f in kind.fields if (v := batch.get(f, i)) and not none_word(v)}
    absent = [f for f in kind.fields if f not in filled]
    if not any(f in filled or batch.has(f) for f in kind.telling) or not filled:
        return None
    if absent:
        return need(
            "missing",
            f"{kind.name.en}: {', '.join(f.replace('_', ' ') for f in absent)} not given",
            f"{kind.name.zh}：未填写 {'、'.join(absent)}",
            kind,
        )
    for field, value in filled.items():
        # An electronic address may also be a page with a form (GPSR, article 19).
        if field.endswith("_email") and "/" not in value and check_email(value):
            return need(
                "malformed",
                f"{kind.name.en}: {value} is no electronic address",
                f"{kind.name.zh}：{value} 不是有效的电子地址",
                kind,
                value,
            )
        if field.endswith("_address") and not _postal(value):
            return need(
                "malformed",
                f"{kind.name.en}: {value} is no full postal address",
                f"{kind.name.zh}：{value} 不是完整的邮寄地址",
                kind,
                value,
            )
    return held(kind, batch.get(kind.fields[0], i))


def _postal(value: str) -> bool:
    """Whether a text may be a postal address: more than a country or a town."""
    if any(ord(c) > 0x2E80 for c in value):
        return len(value.strip()) >= 6
    return any(c.isdigit() for c in value) or len(value.split()) >= 4


def _in_text(kind: DocumentKind, batch: Batch, i: int, run: Run) -> Need | None:
    if not kind.evidence:
        return None
    for field in _TEXT_FIELDS:
        for value in batch.all(field, i):
            for pattern in kind.evidence:
                match = pattern.search(value)
                if match:
                    number = match[1] if match.re.groups else ""
                    return value_state(kind, number, run) if number else held(kind, match[0])
    return None


def _dated(kind: DocumentKind, found: Need, batch: Batch, i: int, run: Run) -> Need:
    """`found`, unless the listing itself says that its certificate has ended."""
    until = parse_date(batch.get("certificate_expiry", i))
    return timed(kind, None, until, run.as_of, found.value) or found
