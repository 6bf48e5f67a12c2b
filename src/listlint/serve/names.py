"""Names of uploaded files made fit to be names on this disk."""

from __future__ import annotations

import re
import unicodedata

from listlint.later import expression

_FORBIDDEN = expression(r'[\x00-\x1f\x7f-\x9f<>:"/\\|?*\[\]]')
_RESERVED = expression(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)")
_LONGEST = 120
"""Bytes of a name in UTF-8; file systems take 255, and endings are added."""


def safe_name(given: str, taken: set[str]) -> str:
    """The last part of `given` without what a file system, a shell or a glob would act on.

    Never empty, never `.` or `..`, never hidden, not among `taken` (to which it is added).
    """
    # Some browsers send a whole path, with either slash.
    name = re.split(r"[/\\]", given)[-1]
    name = unicodedata.normalize("NFC", name.encode("utf-8", "replace").decode("utf-8"))
    name = _FORBIDDEN.sub("_", "".join(c if c.isprintable() else "_" for c in name))
    name = name.strip(" ").lstrip(".-~").rstrip(". ")
    if not name or _RESERVED.match(name):
        name = f"file_{name}"
    stem, dot, suffix = name.rpartition(".")
    if not dot or len(suffix) > 8:
        stem, dot, suffix = name, "", ""
    while len(stem.encode()) > _LONGEST:
        stem = stem[:-1]
    n, made = 1, f"{stem}{dot}{suffix}"
    while made.casefold() in taken:
        n += 1
        made = f"{stem} ({n}){dot}{suffix}"
    taken.add(made.casefold())
    return made
