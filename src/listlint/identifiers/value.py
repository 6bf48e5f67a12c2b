"""A value as an identifier of some kind: what is wrong with it, and which part of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from listlint.identifiers.checks import CHECKS, Fault, by_stdnum
from listlint.identifiers.contact import check_email, check_phone, check_website
from listlint.identifiers.gtin import check_gtin
from listlint.identifiers.problem import Problem
from listlint.identifiers.repair import digits_for_letters, swapped
from listlint.identifiers.table import Identifier, identifiers
from listlint.identifiers.tax import check_company, check_vat
from listlint.model import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

_NO_HINTS: Mapping[str, str] = {}
_SPECIAL_NAMES = {
    "gtin": Text("barcode number (GTIN)", "商品条码（GTIN）"),
    "vat": Text("VAT or sales-tax number", "增值税号或销售税号"),
    "company": Text("company number", "公司注册号"),
    "website": Text("web address", "网址"),
}


def name_of(key: str) -> Text:
    """What the identifier is called."""
    return _SPECIAL_NAMES[key] if key in _SPECIAL_NAMES else identifiers()[key].name


def check(key: str, value: str, hints: Mapping[str, str] = _NO_HINTS) -> Problem | None:
    """What is wrong with `value` as an identifier of kind `key`; None where nothing is.

    `hints` may hold `country` (the seller's, ISO), `media` (see gtin) and `year` (of the run).
    Raises KeyError for an unknown key.
    """
    if key == "gtin":
        return check_gtin(value, hints)
    if key == "vat":
        return check_vat(value, hints)
    if key == "company":
        return check_company(value, hints)
    if key == "website":
        return check_website(value)
    kind = identifiers()[key]
    if kind.check == "phone":
        return check_phone(value, hints)
    if kind.check == "email":
        return check_email(value)
    if kind.check == "gtin":
        return _one_length(kind, value, hints)
    return _check(kind, value, hints)


def valid(key: str, value: str) -> bool:
    """Whether nothing is wrong with `value`."""
    return check(key, value) is None


def identify(value: str, keys: tuple[str, ...]) -> str | None:
    """The first of `keys` that `value` is a good example of."""
    return next((key for key in keys if valid(key, value)), None)


def _one_length(kind: Identifier, value: str, hints: Mapping[str, str]) -> Problem | None:
    """GTIN-8, -12, -13 and -14 each have a length of their own."""
    problem = check_gtin(value, hints)
    if problem is None and not kind.pattern.match(re.sub(r"[\s-]", "", kind.normalise(value))):
        return Problem("length", _shape(kind))
    return problem


def _shape(kind: Identifier) -> Text:
    example = kind.good[0]
    return Text(f"it should look like {example}", f"格式应如 {example}")


def _fault(kind: Identifier, text: str, hints: Mapping[str, str]) -> Fault | None:
    if kind.stdnum and kind.check == "stdnum":
        return by_stdnum(kind.stdnum, text)
    return CHECKS[kind.check](text, hints) if kind.check else None


def _check(kind: Identifier, value: str, hints: Mapping[str, str]) -> Problem | None:
    text = kind.normalise(value)
    if kind.refuse and re.match(kind.refuse, text):
        return Problem("format", _shape(kind))
    match = _fitting(kind, text)

    def holds(guess: str) -> bool:
        fit = _fitting(kind, guess)
        return fit is not None and _fault(kind, fit, hints) is None

    if match is None:
        meant = digits_for_letters(text, holds) if kind.check else None
        if meant:
            return Problem(
                "format",
                Text("a letter stands where a digit belongs", "数字位置上写成了字母"),
                meant=meant,
                safe=True,
            )
        return Problem("format", _shape(kind))
    fault = _fault(kind, match, hints)
    if fault is None:
        return None
    turned = swapped(match, holds) if fault.part == "checksum" else None
    detail = fault.detail
    if turned:
        detail = Text(
            f"{detail.en}; perhaps two digits are exchanged: {turned}",
            f"{detail.zh}；可能是两位数字颠倒：{turned}",
        )
    return Problem(fault.part, detail, meant=turned)


def _fitting(kind: Identifier, text: str) -> str | None:
    """`text`, or `text` without spaces (then without hyphens too), as it fits the pattern."""
    for form in (text, text.replace(" ", ""), re.sub(r"[\s\-.]", "", text)):
        if form and kind.pattern.match(form):
            return form
    return None
