"""Where what is kept between runs is on disk."""

from __future__ import annotations

import os
from pathlib import Path


def cache_folder() -> Path:
    """Where caches go: `LISTLINT_CACHE_DIR`, else the platform's cache folder."""
    own = os.environ.get("LISTLINT_CACHE_DIR")
    if own:
        return Path(own)
    if os.name == "nt":
        return (
            Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "listlint"
        )
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "listlint"
