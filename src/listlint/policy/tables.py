"""Reading the tables of policy files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from listlint.policy.errors import PolicyError


def read_toml(path: Path) -> dict[str, Any]:
    """The file's tables; `PolicyError` with line and column when it is no TOML."""
    import tomllib

    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(f"{path}: not valid TOML: {error}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError(f"{path}: can't be read: {error}") from None


def read_folder(folder: Path, key: str) -> dict[str, Any]:
    """The table `key` of all TOML files of a folder as one, in the order of the files' names.

    `PolicyError` where a file can't be read or has no such table, or two files give one entry.
    """
    whole: dict[str, Any] = {}
    for path in sorted(folder.glob("*.toml")):
        part = read_toml(path).get(key)
        if not isinstance(part, dict):
            raise PolicyError(f"{path}: has no table {key!r}")
        twice = whole.keys() & part.keys()
        if twice:
            raise PolicyError(f"{path}: {key} {min(twice)!r} is in another file of the folder too")
        whole |= part
    return whole
