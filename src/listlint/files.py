"""Files that appear under their name only when they are complete."""

from __future__ import annotations

import os
import stat
from pathlib import Path


def write_whole(path: str | Path, data: str | bytes) -> None:
    """Write a file (text as UTF-8), keeping the mode of the one it replaces. Raises OSError."""
    import secrets

    target = Path(os.path.realpath(path))
    part = target.with_name(f".listlint-{secrets.token_hex(8)}.tmp")
    try:
        # Created by us alone, readable as the user's umask says.
        handle = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666)
        with open(handle, "wb") as file:
            file.write(data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data)
        if target.exists():
            part.chmod(stat.S_IMODE(target.stat().st_mode))
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
