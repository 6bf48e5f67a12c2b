"""Whether two names are of one firm: legal forms, case, width and punctuation do not count."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from listlint.identifiers.table import read_csv, tidy
from listlint.later import expression

_CJK = expression(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_WORD = expression(r"[^\W_]+")
SAME = 92
"""rapidfuzz ratio from which two names of one script are the same: "Lumina Trading" and "Lumina
Tradng" (96) are, "Lumina Trading" and "Lumina Toys" (72) are not."""


@cache
def _suffixes() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Legal forms as word sequences (joined by space), and as endings of Chinese and Korean names."""
    forms = {row["suffix"] for row in read_csv("seller", "legal_suffixes.csv")}
    words, endings = [], []
    for form in forms:
        if _CJK.search(form):
            endings.append(tidy(form))
        else:
            words.append(_words(form))
    return tuple(sorted(words, key=len, reverse=True)), tuple(
        sorted(endings, key=len, reverse=True)
    )


def _words(text: str) -> str:
    # "S.r.l." and "SRL" are one word: points between single letters go.
    joined = re.sub(r"\b(\w)\.\s?(?=\w\b)", r"\1", tidy(text))
    return " ".join(_WORD.findall(joined))


@lru_cache(maxsize=16384)
def core(name: str) -> str:
    """The name without its legal form, for comparing."""
    text = _words(name)
    words, endings = _suffixes()
    for ending in endings:
        text = text.replace(ending, " ")
    changed = True
    while changed:
        changed = False
        for form in words:
            if text.endswith(" " + form):
                text = text[: -len(form) - 1].rstrip()
                changed = True
    return " ".join(text.split())


@lru_cache(maxsize=65536)
def same_firm(a: str, b: str) -> bool | None:
    """Whether the names are of one firm; None where they can't be compared (other scripts, blank)."""
    one, two = core(a), core(b)
    if not one or not two:
        return None
    if one == two:
        return True
    if bool(_CJK.search(one)) != bool(_CJK.search(two)):
        return None
    from rapidfuzz import fuzz

    if fuzz.ratio(one, two) >= SAME or fuzz.token_sort_ratio(one, two) >= SAME:
        return True
    short, long = sorted((set(one.split()), set(two.split())), key=len)
    # "Lumina" for "Lumina Trading Shanghai": all its words, and not just one short one.
    return short <= long and len(" ".join(short)) >= 5
