"""Packs of a house of its own, about coins nobody sells, for the tests of what can be said of words."""

from __future__ import annotations

HEAD = """schema = 1
[pack]
id = "house/{name}"
version = "1"
updated = 2026-11-01
review_by = {review}
"""
RULE = """
[[rule]]
code = "{code}"
name = "house-{name}"
kind = "{kind}"
severity = "error"
message = {{ en = "{{match!r}}", zh = "“{{match}}”" }}
why = {{ en = "House rule.", zh = "内部规定。" }}
fix = {{ en = "Take it down.", zh = "请下架。" }}
source = [{{ url = "https://example.com/rules", retrieved = 2026-11-01 }}]
{more}
[[rule.bad]]
listing = {{ title = "{bad}" }}
[[rule.good]]
listing = {{ title = "Garden chair, oak, foldable" }}
"""


def pack_text(name: str, *rules: str, review: str = "2099-01-01") -> str:
    """The pack `house/NAME` of these rules."""
    return HEAD.format(name=name, review=review) + "".join(rules)


def rule(
    code: str, more: str = 'terms = ["zorkmid"]', *, kind: str = "terms", bad: str = "Gold zorkmid"
) -> str:
    """A rule that flags `bad`; `more` are further lines of it, with its words."""
    return RULE.format(code=code, name=code.lower(), kind=kind, more=more, bad=bad)
