"""The files of an imported list's pack, as text: the rules with examples, and the lists beside them."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from listlint.slotted import field, slotted

_EXAMPLES = 3

Examples = dict[str, list[dict[str, str]]]
"""The listings of `bad` and `good`."""


@slotted(frozen=True, slots=True)
class Request:
    """What is asked for. `out` is the folder of the pack."""

    kind: str
    file: Path
    out: Path
    retrieved: date
    source: str | None = None
    licence: str = "not stated"
    columns: Mapping[str, str] = field(default_factory=dict)
    jurisdictions: Sequence[str] = ()
    marketplaces: Sequence[str] = ()
    name: str | None = None
    """In place of the kind, where several lists of one kind are kept."""
    code: int | None = None
    """Number of the first rule's code."""
    force: bool = False


@slotted(frozen=True, slots=True)
class Entry:
    """A term of a list, its language, and what the list says of it."""

    term: str
    lang: str
    note: str


def terms_text(entries: Sequence[Entry], source: str, request: Request) -> str:
    """The list of a rule of kind `terms`."""
    rows = [
        (e.term, e.lang, e.note, source, request.retrieved.isoformat(), request.licence)
        for e in entries
    ]
    return _csv(("term", "lang", "note", "source", "retrieved", "licence"), rows)


def brands_text(entries: Sequence[Entry], source: str, request: Request) -> str:
    """The list of a rule of kind `brand`."""
    rows = [
        (e.term, e.note, "watched", "none", "", "", source, request.retrieved.isoformat(), request.licence)
        for e in entries
    ]  # fmt: skip
    head = (
        "brand", "owner", "class", "ambiguity", "needs", "aliases", "source", "retrieved", "licence"
    )  # fmt: skip
    return _csv(head, rows)


def _csv(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return text.getvalue()


def examples_of(rule: Mapping[str, Any], entries: Sequence[Entry]) -> Examples:
    """Listings with the first terms of the list (bad) and without any, or excused (good)."""
    shown = [_as_written(e.term) for e in entries[:_EXAMPLES]]
    return {
        "bad": [_filled(listing, term) for term in shown for listing in rule["bad"]],
        "good": [
            *(_filled(listing, shown[0]) for listing in rule.get("good", ())),
            *rule.get("calm", ()),
        ],
    }


def _filled(listing: Mapping[str, str], term: str) -> dict[str, str]:
    return {key: value.replace("{term}", term) for key, value in listing.items()}


def _as_written(term: str) -> str:
    """Text that a term finds: the first of its choices, without stars and gaps."""
    parts = re.split(r"\.\.\.|…", term)
    return " ".join(" ".join(p.split("|")[0].replace("*", "").split()) for p in parts)


def pack_text(
    request: Request,
    head: Mapping[str, Any],
    packed: Sequence[tuple[dict[str, Any], list[Entry]]],
    examples: Sequence[Examples],
) -> str:
    """The pack's file."""
    lines = [
        f"# Made by `listlint policy import {request.kind}` from {json.dumps(request.file.name)};",
        "# imported again with --force it is written anew.",
        "schema = 1",
        "",
        "[pack]",
        *(f"{key} = {_value(value)}" for key, value in head.items()),
    ]
    for (data, _), shown in zip(packed, examples, strict=True):
        lines += ["", "[[rule]]"]
        for key, value in data.items():
            if key in ("message", "why", "fix"):
                lines += [f"{key}.{lang} = {_value(text)}" for lang, text in value.items()]
            elif key not in ("unless", "from") and value not in ([], ()):
                lines.append(f"{key} = {_value(value)}")
        for table in data["unless"]:
            lines += ["", "[[rule.unless]]", *(f"{k} = {_value(v)}" for k, v in table.items())]
        for side in ("bad", "good"):
            for listing in shown[side]:
                lines += ["", f"[[rule.{side}]]", f"listing = {_value(listing)}"]
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    """A value as TOML. Texts hold no control characters: `imported_rows` takes them out."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{k} = {_value(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
