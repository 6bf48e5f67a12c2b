"""Compiled packs on disk, so that a run need not parse and check them again.

Plain JSON keyed by the content of every policy file and listlint's version: a damaged, foreign or
stale entry is rebuilt, and nothing in it is ever executed.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from listlint import __version__
from listlint.policy.load import Compiled, compile_files


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


def compiled(files: Sequence[Path]) -> Compiled:
    """`compile_files(files)`, from the cache where it is there and whole. Raises `PolicyError`."""
    key = _key(files)
    path = cache_folder() / f"policies-{key}.json"
    found = _read(path, key)
    if found is None:
        found = compile_files(files)
        _write(path, key, found)
    return found


def _key(files: Sequence[Path]) -> str:
    digest = hashlib.sha256(__version__.encode())
    beside = {p for f in files for part in ("*.csv", "words/*.toml") for p in f.parent.glob(part)}
    for path in sorted({*files, *beside}):
        digest.update(str(path).encode())
        digest.update(path.read_bytes())
    digest.update(Path(__file__).with_name("load.py").read_bytes())
    return digest.hexdigest()[:32]


def _read(path: Path, key: str) -> Compiled | None:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(found, dict) or found.get("key") != key:
        return None
    whole = found.get("compiled")
    return whole if isinstance(whole, dict) and {"packs", "contexts"} <= whole.keys() else None


def _write(path: Path, key: str, whole: Compiled) -> None:
    """Best effort: without a writable cache folder runs are only slower."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=path.parent, suffix=".tmp", delete=False
        ) as file:
            json.dump({"key": key, "compiled": whole}, file, ensure_ascii=False)
        os.replace(file.name, path)
        for old in path.parent.glob("policies-*.json"):
            if old != path and old.stat().st_mtime < path.stat().st_mtime - 30 * 86_400:
                old.unlink(missing_ok=True)
    except OSError:
        return
