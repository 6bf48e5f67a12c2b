"""A starting file for a new policy pack."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

from listlint.model import AREA_OF_PREFIX

TEMPLATE = """# What this pack is about, in a sentence. Whatever follows a # is for people only.
# How to fill it in: docs/writing-policies.md. Every key: docs/policy-format.md.
schema = 1

[pack]
id = "{pack}"
version = "{version}"
updated = {today}
review_by = {review}            # after this day each run says that the pack is to be gone through

[[rule]]
code = "{code}"                   # yours alone; a second rule takes the next number
name = "{name}"
kind = "terms"                    # it looks for words
severity = "warning"              # error: likely takedown; warning: a reviewer would ask; info: advice
confidence = "medium"             # high, medium, low: how sure a finding is
basis = "expert"                  # literal: the words stand in the source; policy: one of its headings; expert: judgement
# jurisdictions = ["DE"]          # only where this law holds (US, EU, DE, UK, JP, CN ...); without it: everywhere
# marketplaces = ["amazon.*"]     # only there; without it: on every marketplace
# effective = 2027-01-01          # not before this day
# expires = 2027-12-31            # not after this day
# Each sentence is needed in English and in Chinese; {{match!r}} becomes the words that were found.
message.en = "{{match!r}} is not allowed here"
message.zh = "“{{match}}”在此不被允许"
why.en = "What happens to the seller who lists it."
why.zh = "上架后卖家会面临什么后果。"
fix.en = "What to write instead, or which document to attach."
fix.zh = "应改写成什么，或应附上哪种文件。"
source = [{{ url = "https://example.com/policy", retrieved = {today} }}]   # where you read it, and when

[rule.terms]                      # the words; capitals, accents and punctuation make no difference
en = ["forbidden widget"]
zh = ["违禁小部件"]

[[rule.unless]]                   # what excuses them; a good example below must show it
context = "media"
note = "a book about it"

[[rule.bad]]                      # must be flagged, with exactly these words
listing = {{ title = "Forbidden widget, stainless steel, set of 2" }}
match = "Forbidden widget"

[[rule.good]]                     # must not be flagged
listing = {{ title = "The forbidden widget, a novel, paperback" }}
note = "a book"
"""


def new_pack(pack: str, code: str, today: date) -> str:
    """The text of a pack with id `pack` and one rule `code`; it passes its own examples."""
    parts = [re.sub(r"[^a-z0-9]+", "-", part.lower()).strip("-") for part in pack.split("/")]
    named = [part for part in parts if part] or ["own"]
    return TEMPLATE.format(
        pack="/".join(named),
        code=code,
        # Two packs of one name in two folders must not give two rules one name.
        name="-".join([*named, code.lower()]),
        version=f"{today:%Y.%m}",
        today=today.isoformat(),
        review=(today + timedelta(days=90)).isoformat(),
    )


def free_code(folder: Path) -> str:
    """The first code from PRO900 on that no pack in `folder` names."""
    taken: set[str] = set()
    for path in folder.glob("*.toml"):
        taken |= set(re.findall(r"\bPRO\d{3}\b", path.read_text("utf-8", "replace")))
    return next((c for n in range(900, 1000) if (c := f"PRO{n}") not in taken), "PRO999")


def refused_code(code: str) -> str | None:
    """What is wrong with a rule's code; None if nothing."""
    if re.fullmatch(rf"(?:{'|'.join(AREA_OF_PREFIX)})\d{{3}}", code):
        return None
    return f"a code is one of {', '.join(AREA_OF_PREFIX)} and three digits, not {code!r}"
