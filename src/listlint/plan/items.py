"""What a plan is made from: findings of this run, or of a JSON report written earlier."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from listlint.model import Area, Finding, Lang, Report, Severity
from listlint.reporters.json import SCHEMA
from listlint.reporters.show import place_label
from listlint.slotted import slotted

_ANY_VERSION = SCHEMA.rpartition("/")[0] + "/"


class PlanError(Exception):
    """What was given can't be planned from; the message names the file and what to do."""


@slotted(frozen=True, slots=True)
class Item:
    """A finding as a plan needs it, its sentences in one language."""

    rule: str
    area: str
    severity: str
    reason: str | None
    path: str
    place: str
    sku: str
    match: str
    message: str
    fix: str
    marketplaces: tuple[str, ...]
    fingerprint: str


def _items_of(findings: Iterable[Finding], lang: Lang) -> list[Item]:
    """The findings that count, file findings and advice aside."""
    return [
        Item(
            f.rule,
            f.area.value,
            f.severity.value,
            f.suspension_reason,
            f.location.path,
            place_label(f.location),
            f.location.sku or "",
            f.match or "",
            f.message.get(lang),
            f.fix.text.get(lang),
            f.marketplaces,
            f.fingerprint,
        )
        for f in findings
        if f.counts and f.area is not Area.FILE and f.severity is not Severity.INFO
    ]


def is_report(path: str) -> bool:
    """Whether the file is a JSON report of listlint (and not an inventory in JSON)."""
    if not path.lower().endswith(".json"):
        return False
    try:
        with open(path, encoding="utf-8-sig") as file:
            return _ANY_VERSION in file.read(200)
    except (OSError, UnicodeDecodeError):
        return False


@slotted(frozen=True, slots=True)
class Checked:
    """What a check came to: its day (ISO), the files it was about, and those it could not read."""

    items: list[Item]
    day: str
    paths: frozenset[str]
    unread: tuple[str, ...]
    listings: int | None


def checked(report: Report, lang: Lang) -> Checked:
    """A report of this run."""
    unread = [
        f.location.path
        for f in report.findings
        if f.area is Area.FILE and f.severity is Severity.ERROR
    ]
    return Checked(
        _items_of(report.findings, lang),
        report.as_of.isoformat(),
        frozenset(entry.path for entry in report.files),
        tuple(dict.fromkeys(unread)),
        report.listings,
    )


def read_report(path: str) -> Checked:
    """A JSON report. Raises `PlanError`."""
    try:
        data = json.loads(Path(path).read_text("utf-8-sig"))
    except OSError as error:
        raise PlanError(f"{path}: can't be read: {error.strerror or error}") from None
    except (ValueError, RecursionError):
        raise PlanError(f"{path}: not JSON; write it with: listlint FILE -o json={path}") from None
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        raise PlanError(
            f"{path}: not a listlint report ({SCHEMA}); write it with: listlint FILE -o json={path}"
        )
    try:
        found = data["findings"]
        unread = [str(f["path"]) for f in found if f["area"] == "file" and f["severity"] == "error"]
        items = [
            _item(f)
            for f in found
            if f["suppressed"] is None and f["area"] != "file" and f["severity"] != "info"
        ]
        return Checked(
            items,
            str(data["as_of"]),
            frozenset(str(f["path"]) for f in data["files"]),
            tuple(dict.fromkeys(unread)),
            data["summary"].get("listings"),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise PlanError(f"{path}: a finding of the report lacks {error}; write it again") from None


def _item(f: dict[str, Any]) -> Item:
    place = "!".join(
        str(p) for p in (f["sheet"], f["cell"] or f["row"]) if p is not None and p != ""
    )
    return Item(
        f["rule"],
        f["area"],
        f["severity"],
        f["suspension_reason"],
        f["path"],
        place,
        f["sku"] or "",
        f["match"] or "",
        f["message"],
        f["fix"]["text"],
        tuple(f["marketplaces"]),
        f["fingerprint"],
    )
