"""Tables of the shipped policies that many runs read whole, kept as JSON: TOML takes ten times as long."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from listlint.kept.blocks import Blocks, pack
from listlint.kept.files import key_of, opened
from listlint.policy.paths import builtin
from listlint.policy.sharpen import plain_items
from listlint.policy.tables import read_folder, read_toml

_DOCUMENTS, _PROFILES, _WEIGHTS = ("licence", "documents"), ("profiles",), ("risk", "weights.toml")


def documents() -> Any:
    """policies/licence/documents: key → what its table says."""
    return _blocks().section("documents")


def profiles() -> Any:
    """policies/profiles: the marketplaces of all its files, in the order of their names."""
    return _blocks().section("profiles")


def sharpenings() -> Any:
    """The `[[sharpen]]` tables of policies/profiles, each with the file it is `where`."""
    return _blocks().section("sharpenings")


def weights() -> Any:
    """policies/risk/weights.toml."""
    return _blocks().section("weights")


@cache
def _blocks() -> Blocks:
    root = builtin()
    folders = (root.joinpath(*part) for part in (_DOCUMENTS, _PROFILES))
    files = [*(f for folder in folders for f in _toml(folder)), root.joinpath(*_WEIGHTS)]
    return opened("tables", key_of(files, ("kept", "policy")), _made)


def _toml(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.toml"))


def _made(key: str) -> bytes:
    root = builtin()
    files = _toml(root.joinpath(*_PROFILES))
    marketplaces = [item for path in files for item in read_toml(path).get("profile", ())]
    sharpened = [
        {**item, "where": f"profiles/{path.name}"} for path in files for item in plain_items(path)
    ]
    tables = {
        "documents": read_folder(root.joinpath(*_DOCUMENTS), "document"),
        "profiles": marketplaces,
        "sharpenings": sharpened,
        "weights": read_toml(root.joinpath(*_WEIGHTS)),
    }
    return pack(key, tables, {})
