"""Headers as keys: what remains of a header when case, width, accents and punctuation do not count."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from listlint.later import expression

_SELECTOR = expression(r"\[([^\]]*)\]")
_CONTENT_TYPE = expression(r"^content_type=(\w+)$")
_ORDINAL = expression(r"(?:_\d+)?#\d+")
_PATH = expression(r"^[a-z_][\w.:-]*(?:\[[^\]]*\])*#\d+", re.ASCII)
_SHEET_KEY = expression(r"\|\d\|\d$")
_NOT_WORD = expression(r"[\W_]+")
_ACCENT = expression("[\u0300-\u036f]")
_NUMBERING = expression(r"^\s*(?:[(（]\d{1,2}[)）]|\d{1,2}[.、:：)])\s*(?=\D)")
_KEYLIKE = expression(r"^[a-z:][\w.:|#\[\]=,-]*$", re.ASCII)
_INNER_CAPITAL = expression(r"[a-z][A-Z]")
_MARKS = "*＊※•●★☆\ufeff\u200b\u200e\u200f\xa0 \t\r\n'\""


def is_path(header: str) -> bool:
    """Whether `header` is an attribute path: `bullet_point[marketplace_id=…][language_tag=…]#1.value`."""
    return _PATH.match(header) is not None


def attribute(header: str) -> str:
    """An attribute path without selectors, ordinals and the closing `.value`.

    >>> attribute("battery[marketplace_id=A]#1.weight#1.value")
    'battery.weight'
    """

    def selector(match: re.Match[str]) -> str:
        kind = _CONTENT_TYPE.match(match[1])
        return f".{kind[1]}" if kind else ""

    return _ORDINAL.sub("", _SELECTOR.sub(selector, header)).removesuffix(".value")


def is_keylike(header: str) -> bool:
    """Whether a program wrote the header: `item_sku`, `productName`, `ps_price|1|1`, an attribute path."""
    return _KEYLIKE.match(header) is not None and (
        header.islower()
        or "_" in header
        or "#" in header
        or _INNER_CAPITAL.search(header) is not None
    )


def clean(header: str) -> str:
    """The header as it stands, without what nobody sees around it (blanks, byte-order marks)."""
    return header.strip("\ufeff\u200b\u200e\u200f\xa0 \t\r\n")


@lru_cache(maxsize=65536)
def key(header: str) -> str:
    """The letters and digits of `header`, folded; '' when it has none.

    >>> key("＊Item-Name") == key("item_name") == "itemname"
    True
    """
    text = header.strip(_MARKS).removeprefix("g:")
    if "#" in text:
        if _PATH.match(text):
            text = attribute(text)
        elif text.endswith("#"):
            text = text[:-1] + " number"
    elif "|" in text:
        text = _SHEET_KEY.sub("", text)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).casefold()
        text = unicodedata.normalize("NFC", _ACCENT.sub("", unicodedata.normalize("NFD", text)))
    else:
        text = text.lower()
    return _NOT_WORD.sub("", text)


def without_number(header: str) -> str:
    """The header without a number that only counts ("2. Title", "（3）品牌")."""
    return _NUMBERING.sub("", header)
