"""A starting file for a new policy pack."""

from __future__ import annotations

import re
from datetime import date, timedelta

TEMPLATE = """# What this pack is about, in a sentence.
schema = 1

[pack]
id = "{pack}"
version = "{version}"
updated = {today}
review_by = {review}

[[rule]]
code = "{code}"
name = "{name}"
kind = "terms"
severity = "warning"              # error: likely takedown; warning: a reviewer would ask; info: advice
confidence = "medium"
basis = "expert"                  # literal: the words stand in the source; policy; expert
message.en = "{{match!r}} is not allowed here"
message.zh = "“{{match}}”在此不被允许"
why.en = "What happens to the seller who lists it."
why.zh = "上架后卖家会面临什么后果。"
fix.en = "What to write instead, or which document to attach."
fix.zh = "应改写成什么，或应附上哪种文件。"
source = [{{ url = "https://example.com/policy", retrieved = {today} }}]

[rule.terms]
en = ["forbidden widget"]
zh = ["违禁小部件"]

[[rule.unless]]
context = "media"
note = "a book about it"

[[rule.bad]]
listing = {{ title = "Forbidden widget, stainless steel, set of 2" }}
match = "Forbidden widget"

[[rule.good]]
listing = {{ title = "The forbidden widget, a novel, paperback" }}
note = "a book"
"""


def new_pack(pack: str, code: str, today: date) -> str:
    """The text of a pack with id `pack` and one rule `code`; it passes its own examples."""
    parts = [re.sub(r"[^a-z0-9]+", "-", part.lower()).strip("-") for part in pack.split("/")]
    name = "-".join([*parts, "rule"])
    return TEMPLATE.format(
        pack="/".join(part or "own" for part in parts),
        code=code,
        name=name,
        version=f"{today:%Y.%m}",
        today=today.isoformat(),
        review=(today + timedelta(days=90)).isoformat(),
    )
