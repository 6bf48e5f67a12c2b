"""Where the shipped policies are: in an installed wheel, or in a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def builtin() -> Path:
    """The folder of shipped policies.

    Raises `FileNotFoundError` when the installation is incomplete.
    """
    for candidate in (_PACKAGE / "policies", _PACKAGE.parent.parent / "policies"):
        if (candidate / "columns").is_dir():
            return candidate
    raise FileNotFoundError("the policies that ship with listlint are missing; install it again")
