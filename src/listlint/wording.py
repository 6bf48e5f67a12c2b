"""Taking words out of a text, or putting others in, so that what is left reads well."""

from __future__ import annotations

import re

from listlint.model import Edit

_BETWEEN = r"[-–—|,;:·•/+&!，、；：！。.]"
_BEFORE = re.compile(rf"(\s*)({_BETWEEN}*)(\s*)$")
_AFTER = re.compile(rf"(\s*)({_BETWEEN}*)(\s*)")
_ENDS = "!！.。"


def reword(cell: str, span: tuple[int, int], text: str) -> Edit:
    """The edit that puts `text` for the words at `span`; "" takes them out.

    What stood between them and their neighbours goes with words that are taken out, save one sign
    that parts the neighbours; a first letter stays a capital. Wording is never a safe edit.
    """
    start, end = span
    if text:
        old = cell[start:end]
        if old[:1].isupper() and text[:1].islower():
            text = text[:1].upper() + text[1:]
        return Edit(span, text, safe=False)
    before = _BEFORE.search(cell[:start])
    after = _AFTER.match(cell[end:])
    assert before is not None  # both match the empty text
    assert after is not None
    left, right = start - len(before[0]), end + len(after[0])
    if left == 0:
        return Edit((0, right), "", safe=False)
    if right == len(cell):
        # A sentence keeps its end.
        kept = "".join(c for c in after[2] if c in _ENDS)[:1] if not before[2] else ""
        return Edit((left, right), kept, safe=False)
    sign = before[2] or after[2]
    if before[2] or after[2]:
        spaced = before if before[2] else after
        return Edit((left, right), f"{spaced[1]}{sign}{spaced[3] or after[3]}", safe=False)
    gap = " " if before[0] or after[0] else ""
    return Edit((left, right), gap, safe=False)
