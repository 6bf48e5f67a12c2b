"""JSON Schema of `listlint.toml`, for editors; `listlint config schema` prints it."""

from __future__ import annotations

import json
from typing import Any

from listlint.config import KEYS, LISTS

ID = "urn:listlint:schema:config-1"

DESCRIPTIONS: dict[str, str] = {
    "extends": "Settings to begin with: files, package:NAME, or listlint:NAME for those that ship.",
    "marketplace": "Where the listings go (amazon.de, ebay.com …); else the file tells.",
    "lang": "Language of messages.",
    "select": "Only these rules: codes, names, areas, packs, prefixes.",
    "extend-select": "These rules beside the selected ones.",
    "ignore": "All rules but these.",
    "extend-ignore": "These too are ignored.",
    "per-file-ignores": "File pattern to the rules that are ignored there.",
    "overrides": "Other rules or severities for some files, sheets, marketplaces or sellers.",
    "severity": "Rule, area or pack to its severity here.",
    "fail-on": "Exit 1 from this on: error, warning, info, each with :high, :medium or :low.",
    "as-of": "Judge as on this day.",
    "suppress": "Findings that are excused, each with its reason.",
    "baseline": "File of findings that are known.",
    "history": "SQLite file in which runs are stored.",
    "cache": "Whether results of unchanged files are kept.",
    "policies": "More policy folders or files.",
    "plugins": "Python files with rules, readers or reporters.",
    "require-plugins": "Distributions whose plugins must be there.",
    "licences": "Register of licences and certificates (CSV or TOML).",
    "authorisations": "Register of brand authorisations.",
    "seller": "Register of the seller's own data.",
    "columns": 'Header as it stands to the field it holds, or to "" where it holds none.',
    "own-brands": "Brands that are the seller's own.",
    "own-brand": "The same as own-brands.",
    "jobs": "Worker processes.",
    "max-memory": "Most bytes one file may take.",
    "max-cells": "Most cells one sheet may have.",
    "timeout": "Most seconds one file may take.",
}
"""Key → what it is for; `tests/test_config.py` holds it against `Settings`."""

_TEXTS: dict[str, Any] = {
    "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]
}
_SEVERITY = {"enum": ["error", "warning", "info"]}
_SEVERITIES = {"type": "object", "additionalProperties": _SEVERITY}
_FAIL = {"type": "string", "pattern": "^(error|warning|info)(:(high|medium|low))?$"}
_DAY = {"type": "string", "format": "date"}


def _object(required: list[str], properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "array",
        "items": {
            "type": "object",
            "additionalProperties": False,
            "required": required,
            "properties": properties,
        },
    }


def _type(key: str, name: str) -> dict[str, Any]:
    special: dict[str, dict[str, Any]] = {
        "lang": {"enum": ["en", "zh"]},
        "fail_on": {"anyOf": [_FAIL, {"type": "array", "items": _FAIL, "minItems": 1}]},
        "as_of": _DAY,
        "severity": _SEVERITIES,
        "columns": {"type": "object", "additionalProperties": {"type": "string"}},
        "per_file_ignores": {"type": "object", "additionalProperties": _TEXTS},
        "overrides": _object(
            [],
            {
                **dict.fromkeys(("files", "sheets", "marketplaces", "sellers"), _TEXTS),
                **dict.fromkeys(("select", "extend-select", "ignore"), _TEXTS),
                "severity": _SEVERITIES,
                "reason": {"type": "string"},
            },
        ),
        "suppress": _object(
            ["rule", "reason"],
            {
                "rule": {"type": "string", "minLength": 1},
                "reason": {"type": "string", "minLength": 1},
                "until": _DAY,
                **dict.fromkeys(("path", "sheet", "sku", "field", "match"), _TEXTS),
            },
        ),
        "cache": {"type": "boolean"},
        "timeout": {"type": "number", "exclusiveMinimum": 0},
    }
    if name in special:
        return special[name]
    if name in LISTS:
        return _TEXTS
    if name in ("jobs", "max_memory", "max_cells"):
        return {"type": "integer", "minimum": 1}
    return {"type": "string"}


def schema() -> dict[str, Any]:
    """The schema as plain data."""
    properties = {
        key: {"description": DESCRIPTIONS[key], **_type(key, name)}
        for key, name in sorted(KEYS.items())
        if key in DESCRIPTIONS
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": ID,
        "title": "listlint.toml",
        "description": "Settings of listlint; in pyproject.toml under [tool.listlint].",
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
    }


def text() -> str:
    """The schema as it stands in listlint/schemas/config-1.json."""
    return json.dumps(schema(), indent=2) + "\n"
