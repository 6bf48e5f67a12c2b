"""Taking words out of a text, or putting others in, so that what is left reads well."""

from __future__ import annotations

from listlint.later import expression
from listlint.model import Edit

_SIGNS = r"\-–—|,;:·•/+&!，、；：！。."
_BEFORE = expression(rf"[\s{_SIGNS}]*$")
_AFTER = expression(rf"[\s{_SIGNS}]*")
_SIGN = expression(rf"\s*([{_SIGNS}])\s*")
_BRACKETS = {"(": ")", "[": "]", "（": "）", "【": "】", "{": "}", "*": "*", "★": "★", "「": "」"}
_ENDS = "!！.。"


def reword(cell: str, span: tuple[int, int], text: str) -> Edit:
    """The edit that puts `text` for the words at `span`; "" takes them out.

    What stood between them and their neighbours goes with words that are taken out, save one sign
    that parts the neighbours; a first letter stays a capital. Wording is never a safe edit.
    """
    start, end = span
    if text:
        if cell[start : start + 1].isupper() and text[:1].islower():
            text = text[:1].upper() + text[1:]
        return Edit(span, text, safe=False)
    while start and end < len(cell) and _BRACKETS.get(cell[start - 1]) == cell[end]:
        start, end = start - 1, end + 1
    before, after = _BEFORE.search(cell[:start]), _AFTER.match(cell, end)
    assert before is not None  # both match the empty text
    assert after is not None
    left, right = before.start(), after.end()
    if left == 0:
        return Edit((0, right), "", safe=False)
    if right == len(cell):
        # A sentence keeps its end.
        kept = next((c for c in before[0] if c in _ENDS), "")
        return Edit((left, right), kept, safe=False)
    sign = _SIGN.search(before[0]) or _SIGN.search(after[0])
    gap = " " if before[0] or after[0] else ""
    return Edit((left, right), sign[0] if sign else gap, safe=False)
