"""Text from a stranger's file made fit to be shown: nothing invisible, nothing that can run."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from listlint.later import expression
from listlint.model import Finding, Location, Report
from listlint.slotted import slotted

# Characters without a glyph, or that move others about: C0 and C1 controls, soft hyphen and other
# default-ignorables, zero-width and bidi controls, line separators, lone surrogates,
# noncharacters (which XML forbids), tags. Unicode 16 general categories Cc, Cf, Cs, Zl, Zp and
# the property Default_Ignorable_Code_Point, without emoji variation selectors.
_UNSEEN = (
    "\x00-\x1f\x7f-\x9f\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160"
    "\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0e"
    "\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U000110bd\U000110cd\U00013430-\U0001343f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_EMOJI = "\u2600-\u27bf\U0001f000-\U0001faff"
# A joiner between two emoji is part of one picture; anywhere else it hides something.
_JOINED = f"(?<=[{_EMOJI}\ufe0f])\u200d(?=[{_EMOJI}])"
_HIDDEN = expression(f"({_JOINED})|[{_UNSEEN}]")
_ODD_SPACE = expression("[\u00a0\u1680\u2000-\u200a\u202f\u205f]")
# CI agents act on these wherever in a line they stand.
_COMMAND = expression(r"##(?=\[|vso\[)", re.IGNORECASE)


def _mark(found: re.Match[str]) -> str:
    if found.group(1):
        return found.group()
    point = ord(found.group())
    if point < 0x20:
        return chr(0x2400 + point)
    return "␡" if point == 0x7F else f"⟨U+{point:04X}⟩"


def visible(text: str, *, spaces: bool = False) -> str:
    """`text` on one line, with what can't be seen or would act on a screen or in a CI log marked.

    Controls become their pictures (␛, ␊), other unseen characters ⟨U+200B⟩; with `spaces`, spaces
    that are not the plain one are marked too.
    """
    if not (text.isascii() and text.isprintable()):
        text = _HIDDEN.sub(_mark, text)
        if spaces:
            text = _ODD_SPACE.sub(_mark_space, text)
    return _COMMAND.sub("# #", text) if "##" in text else text


def sentence(text: str, room: int = 1_000) -> str:
    """A message, why or fix, made visible; where policies break lines there is a space.

    One that quotes a whole long cell loses its middle.
    """
    return shortened(text.replace("\n", " "), room)


def _mark_space(found: re.Match[str]) -> str:
    return f"⟨U+{ord(found.group()):04X}⟩"


def sheet_label(path: str, sheet: str | None) -> str:
    """`file.xlsx!Sheet`, or the path alone where there are no sheets."""
    return visible(f"{path}!{sheet}" if sheet is not None else path)


def place_label(location: Location) -> str:
    """`Sheet!B12`, `B12`, `Sheet`: the place inside its file; '' when the file as a whole is meant."""
    inside = location.cell or (str(location.row) if location.row is not None else "")
    return visible("!".join(part for part in (location.sheet, inside) if part))


def worst_first(report: Report) -> list[Finding]:
    """The findings that count, worst first; equals stay in the report's order."""
    return sorted(report.counted, key=lambda f: (f.severity.rank, f.confidence.rank))


def host_of(url: str) -> str:
    """The host of a source's address, for a short mention."""
    try:
        return visible(urlsplit(url).hostname or url)
    except ValueError:
        return visible(url)


def web_url(finding: Finding) -> str | None:
    """The first source of a finding that is a web page."""
    for source in finding.source:
        if source.url.startswith(("https://", "http://")):
            return visible(source.url).replace(" ", "%20")
    return None


@slotted(frozen=True, slots=True)
class Snippet:
    """The offending words in their context, all visible; `match` is '' when none are known."""

    before: str
    match: str
    after: str


_ELLIPSIS = "…"


def snippet(finding: Finding, room: int) -> Snippet | None:
    """About `room` code points of the cell around the span. None when there is nothing to show."""
    cell, match = finding.excerpt, finding.match
    if not match:
        return Snippet(visible(_head(cell, room)), "", "") if cell else None
    span = _span_in(cell, finding)
    if cell is None or span is None:
        return Snippet("", visible(_middle(match, room), spaces=True), "")
    start, end = span
    spare = max(room - (end - start), 24)
    # What one side does not need goes to the other.
    before = max(spare // 2, spare - (len(cell) - end))
    after = spare - min(before, start)
    return Snippet(
        visible(_tail(cell[max(0, start - before - 1) : start], before)),
        visible(_middle(cell[start:end], room), spaces=True),
        visible(_head(cell[end : end + after + 1], after)),
    )


def _span_in(cell: str | None, finding: Finding) -> tuple[int, int] | None:
    match = finding.match or ""
    if cell is None:
        return None
    if finding.span is not None and cell[slice(*finding.span)] == match:
        return finding.span
    at = cell.find(match)
    return None if at < 0 else (at, at + len(match))


def _head(text: str, room: int) -> str:
    return text if len(text) <= room else text[:room].rstrip() + _ELLIPSIS


def _tail(text: str, room: int) -> str:
    return text if len(text) <= room else _ELLIPSIS + text[-room:].lstrip()


def _middle(text: str, room: int) -> str:
    if len(text) <= room:
        return text
    return f"{text[: room * 2 // 3]}{_ELLIPSIS}{text[-(room // 3) :]}"


def shortened(text: str, room: int) -> str:
    """`text` made visible, its middle left out when it is longer than `room` code points."""
    return visible(_middle(text, room))
