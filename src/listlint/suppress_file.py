"""Suppressions in files: the sidecar beside an inventory, and tables added to the settings."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from listlint.baseline import can_be_known
from listlint.config import ConfigError, Excuse, excuse
from listlint.files import write_whole
from listlint.model import Finding
from listlint.suppress import SIDECAR

if TYPE_CHECKING:
    from listlint.readers import Source

_HEAD = "# Findings of {name} that are excused; see docs/suppression.md of listlint.\n"


def sidecar_of(path: str) -> Path:
    """Where the suppressions of a file stand; those of an archive's members beside the archive."""
    return Path(path + SIDECAR)


def sidecar_tables(source: Source) -> list[Excuse]:
    """The `[[suppress]]` tables beside a file. Raises `ConfigError` for a file not in order."""
    path = sidecar_of(source.path)
    if source.temporary or not path.is_file():
        return []
    from listlint.config_file import tables_of

    tables = tables_of(path)
    for key in tables:
        if key != "suppress":
            raise ConfigError(f"{path}: unknown setting {key!r}; a sidecar holds [[suppress]] only")
    return [
        excuse(t, f"{path}: suppress[{n}]") for n, t in enumerate(tables.get("suppress", ()), 1)
    ]


def worth_writing(findings: Iterable[Finding]) -> list[Finding]:
    """The findings that a suppression can be written for."""
    return [f for f in findings if f.counts and can_be_known(f)]


def tables_for(
    findings: Sequence[Finding], paths: Sequence[str | None], reason: str, until: date | None
) -> list[str]:
    """One `[[suppress]]` table for each finding that needs one of its own, as TOML.

    `paths` are what the files are called in the settings; None where the table stands in a sidecar.
    """
    from glob import escape

    tables: dict[str, None] = {}
    for f, path in zip(findings, paths, strict=True):
        place = f.location
        keys: list[tuple[str, str | None]] = [
            ("path", path),
            ("sheet", place.sheet),
            ("sku", place.sku),
            ("field", place.field),
            ("match", f.match),
        ]
        lines = [f"rule = {_text(f.rule)}"]
        lines += [f"{k} = {_text(escape(v))}" for k, v in keys if v and _writable(v)]
        lines.append(f"reason = {_text(reason)}")
        if until is not None:
            lines.append(f"until = {until.isoformat()}")
        tables["\n".join(lines) + "\n"] = None
    return list(tables)


def append(path: Path, tables: Sequence[str], what: str) -> None:
    """Add tables to a sidecar or settings file (`what` is the table's name there).

    Raises `ConfigError` where the file could not be read afterwards, and then leaves it alone.
    """
    old = path.read_text("utf-8-sig") if path.exists() else ""
    if not old and path.name.endswith(SIDECAR):
        old = _HEAD.format(name=path.name.removesuffix(SIDECAR))
    text = old.rstrip("\n") + "\n" if old else ""
    text += "".join(f"\n[[{what}]]\n{table}" for table in tables)
    import tomllib

    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            f"{path}: [[{what}]] can't be added ({error}); is it written as an inline array?"
        ) from None
    try:
        write_whole(path, text)
    except OSError as error:
        raise ConfigError(f"{path}: can't be written: {error.strerror}") from None


def _writable(text: str) -> bool:
    """Whether TOML can hold it: lone surrogates it can't."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _text(value: str) -> str:
    """A TOML basic string; its escapes are those of JSON, save that DEL must be one."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
