"""Masking seller identifiers where strangers may read along: VAT numbers, phones, accounts."""

from __future__ import annotations

from listlint.later import expression
from listlint.model import Area, Finding, Fix, Report, Text
from listlint.reporters.interface import Style
from listlint.slotted import replace

_KEPT = 2
_SHORTEST = 7
"""Shorter values are masked whole: two characters at each end would give most of them away."""
_WORD = expression(r"[^\s\"'“”‘’「」（）()<>，。；：、]{6,}")


def mask(value: str) -> str:
    """The first and last two characters of `value`, the rest hidden."""
    value = value.strip()
    if len(value) < _SHORTEST:
        return "***"
    return f"{value[:_KEPT]}***{value[-_KEPT:]}"


def for_format(report: Report, style: Style, *, public: bool) -> Report:
    """The report as a format may show it; `public`: CI shows this format to whoever can read logs."""
    if not (public if style.redact is None else style.redact):
        return report
    return replace(
        report,
        findings=tuple(_masked(f) if _private(f) else f for f in report.findings),
    )


_OPEN = frozenset({"sku", "parent_sku", "brand", "price", "status", "product_type", "category"})
"""Fields that everybody sees in the shop, or that say where the finding is."""


def _private(finding: Finding) -> bool:
    return finding.area is Area.SELLER and finding.location.field not in _OPEN


def _masked(finding: Finding) -> Finding:
    # One or two characters tell nothing, and replacing them would garble the sentence.
    values = {v.strip() for v in (finding.match, finding.excerpt) if v and len(v.strip()) > _KEPT}
    for value in list(values):
        # `{match!r}` writes what Python would: escapes for what can't be printed.
        values.add(repr(value)[1:-1])
    folded = [_fold(v) for v in values]
    ordered = sorted(values, key=len, reverse=True)

    def clean(text: str) -> str:
        for value in ordered:
            text = text.replace(value, mask(value))
        return _WORD.sub(lambda found: _same(found.group(), folded), text)

    def both(text: Text) -> Text:
        return Text(clean(text.en), clean(text.zh))

    return replace(
        finding,
        message=both(finding.message),
        why=both(finding.why),
        fix=Fix(both(finding.fix.text)),
        match=None if finding.match is None else mask(finding.match),
        term=None,
        excerpt=None,
    )


def _fold(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def _same(word: str, folded: list[str]) -> str:
    """`word` masked when it is the value written otherwise (`DE123456789` for `DE 123 456 789`)."""
    bare = _fold(word)
    telling = len(bare) >= _SHORTEST - 1 and (any(c.isdigit() for c in bare) or "@" in word)
    return mask(word) if telling and any(bare in f or _inside(f, bare) for f in folded) else word


def _inside(value: str, bare: str) -> bool:
    return len(value) >= _SHORTEST - 1 and value in bare
