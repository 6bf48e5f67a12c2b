"""Reading a policy file's tables."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from listlint.policy.errors import PolicyError


def read_toml(path: Path) -> dict[str, Any]:
    """The file's tables; `PolicyError` with line and column when it is no TOML."""
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(f"{path}: not valid TOML: {error}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError(f"{path}: can't be read: {error}") from None
