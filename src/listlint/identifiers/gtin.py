"""Barcode numbers: GTIN-8, UPC-A, EAN/JAN-13, GTIN-14, and what spreadsheets do to them."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from listlint.identifiers.problem import Problem
from listlint.identifiers.repair import digits_for_letters, swapped
from listlint.identifiers.table import gs1_prefix, tidy
from listlint.later import expression
from listlint.model import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LENGTHS = (8, 12, 13, 14)
EXEMPT = frozenset(
    {
        "N/A", "NA", "NONE", "NULL", "-", "--", "/", "EXEMPT", "GTINEXEMPT", "GTINEXEMPTION",
        "DOESNOTAPPLY", "NOTAPPLICABLE", "NOBARCODE", "NOTAVAILABLE", "NEWIN", "NICHTZUTREFFEND",
        "NEANTPASS", "NONAPPLICABILE", "NOAPLICABLE", "无", "无条码", "没有", "なし", "該当なし",
    }
)  # fmt: skip
"""What a seller writes where a product has no barcode and the marketplace allows that."""

_SCIENTIFIC = expression(r"^\d(?:[.,]\d+)?E\+?\d{1,2}$")
_SEPARATORS = expression(r"[\s.\-/]")
_PLACEHOLDERS = frozenset(
    ("123456789012", "1234567890123", "12345678901234", "12345678", "0123456789012", "012345678901",
     "012345678905", "1234567890128", "123456789104")
)  # fmt: skip


def check_digit(body: str) -> int:
    """The GS1 check digit that belongs after `body` (weights 3 and 1 from the right)."""
    total = 3 * sum(map(int, body[::-2])) + sum(map(int, body[-2::-2]))
    return -total % 10


def is_gtin(value: str) -> bool:
    """Whether `value` is 8, 12, 13 or 14 digits with the right check digit."""
    return (
        len(value) in LENGTHS
        and value.isascii()
        and value.isdigit()
        and check_digit(value[:-1]) == int(value[-1])
    )


def exempt(value: str) -> bool:
    """Whether the cell says that there is no barcode."""
    return _SEPARATORS.sub("", tidy(value)) in EXEMPT or tidy(value) in EXEMPT


def gtin14(value: str) -> str | None:
    """A valid GTIN as fourteen digits, for comparing; None where it is not valid."""
    digits = value if value.isdigit() and value.isascii() else _SEPARATORS.sub("", tidy(value))
    return digits.zfill(14) if is_gtin(digits) else None


@cache
def _ordinary(prefix: str) -> bool:
    """Whether a prefix of three digits is a member's, so that nothing can be said against it."""
    found = gs1_prefix(prefix)
    return found is not None and found.kind == "member"


def plainly_good(value: str) -> bool:
    """Whether nothing can be said against a cell that holds a valid barcode: the quick answer for
    most cells."""
    if len(value) == 13:
        prefix = value[:3]
    elif len(value) == 12:
        prefix = f"0{value[:2]}"
    else:
        return False
    return (
        value.isascii()
        and value.isdecimal()
        and _ordinary(prefix)
        and len(set(value)) > 1
        and value not in _PLACEHOLDERS
    )


MANY = 2_000
"""From so many cells on a column is checked as a whole."""


def gtin14s(cells: Sequence[str]) -> list[str | None]:
    """`gtin14` of every cell of a column ("" and cells without a valid number: None)."""
    if len(cells) < MANY:
        return [gtin14(cell) if cell else None for cell in cells]
    found: list[str | None] = [None] * len(cells)
    by_length: dict[int, list[int]] = {length: [] for length in LENGTHS}
    for n, cell in enumerate(cells):
        if len(cell) in by_length and cell.isdecimal() and cell.isascii():
            by_length[len(cell)].append(n)
        elif cell:
            found[n] = gtin14(cell)
    for length, places in by_length.items():
        for n, good in zip(places, _sums_fit([cells[n] for n in places], length), strict=True):
            if good:
                found[n] = cells[n].zfill(14)
    return found


def _sums_fit(numbers: Sequence[str], length: int) -> list[bool]:
    """Whether the check digit fits, for numbers of one length: weights 1, 3, 1 … from the right."""
    if not numbers:
        return []
    import numpy as np

    digits = np.frombuffer("".join(numbers).encode(), dtype=np.uint8).reshape(-1, length) - 48
    odd, even = digits[:, ::-1][:, 0::2], digits[:, ::-1][:, 1::2]
    total = odd.sum(axis=1, dtype=np.int32) + 3 * even.sum(axis=1, dtype=np.int32)
    fits: list[bool] = (total % 10 == 0).tolist()
    return fits


def check_gtin(value: str, hints: Mapping[str, str]) -> Problem | None:
    """What is wrong with a barcode number; None where nothing is.

    `hints` may hold `media` ("yes" where the listing is a book or music, "no" where it surely is not).
    """
    text = tidy(value)
    if exempt(text):
        return None
    if _SCIENTIFIC.match(text.replace(" ", "")):
        return Problem(
            "destroyed",
            Text(
                "the spreadsheet has rounded it to scientific notation and its last digits are lost; "
                "format the column as text and enter the code again",
                "表格程序已把它变成科学计数法，末尾数字丢失；请把该列设为文本格式后重新填写",
            ),
        )
    if re.fullmatch(r"\d+\.0", text):
        return _wrong_shape(
            text[:-2], "it ends in .0, which a spreadsheet added", "末尾的 .0 是表格程序加上的"
        )
    digits = _SEPARATORS.sub("", text)
    if not digits:
        return None
    if not digits.isascii() or not digits.isdigit():
        meant = digits_for_letters(digits, is_gtin)
        odd = next((c for c in digits if not (c.isascii() and c.isdigit())), "")
        return Problem(
            "format",
            Text(
                f"it may hold digits only, and {odd} is none",
                f"只能由数字组成，其中的“{odd}”不是数字",
            ),
            meant=meant,
            safe=meant is not None,
        )
    if len(set(digits)) == 1 or digits in _PLACEHOLDERS:
        return Problem("placeholder", Text("it is a made-up number", "这是随手编造的号码"))
    if len(digits) not in LENGTHS:
        return _wrong_length(digits)
    if not is_gtin(digits):
        return _wrong_check_digit(digits)
    return _prefix(digits, hints)


def _wrong_shape(digits: str, en: str, zh: str) -> Problem:
    meant = digits if is_gtin(digits) else None
    return Problem("format", Text(en, zh), meant=meant, safe=meant is not None)


def _wrong_length(digits: str) -> Problem:
    padded = digits.zfill(12)
    if len(digits) == 11 and is_gtin(padded):
        return Problem(
            "leading-zero",
            Text(
                f"it has {len(digits)} digits: the spreadsheet dropped its leading zero",
                f"只有 {len(digits)} 位：表格程序去掉了开头的 0",
            ),
            meant=padded,
            safe=True,
        )
    return Problem(
        "length",
        Text(
            f"it has {len(digits)} digits; a barcode number has 8, 12, 13 or 14",
            f"有 {len(digits)} 位；条码应为 8、12、13 或 14 位",
        ),
    )


def _wrong_check_digit(digits: str) -> Problem:
    right = check_digit(digits[:-1])
    detail = Text(
        f"its last digit is {digits[-1]}, but the others call for {right}",
        f"末位是 {digits[-1]}，但按其余数字应为 {right}",
    )
    turned = swapped(digits, is_gtin)
    if turned:
        detail = Text(
            f"{detail.en}; or two digits are exchanged and {turned} was meant",
            f"{detail.zh}；也可能是两位数字颠倒，应为 {turned}",
        )
    return Problem("checksum", detail, meant=turned)


_KINDS: dict[str, Text] = {
    "in-store": Text("is kept for codes inside one shop or region", "仅供店内或区域内部使用"),
    "coupon": Text("is kept for coupons and refunds", "仅供优惠券和退款凭证使用"),
    "reserved": Text("is reserved and not issued to anybody", "为保留号段，尚未发放"),
    "demo": Text("is kept for examples and demonstrations", "仅供示例和演示使用"),
    "not-for-sale": Text("is not issued for products", "不用于商品"),
}


def _prefix(digits: str, hints: Mapping[str, str]) -> Problem | None:
    if len(digits) == 8:
        if digits[0] == "2":
            return _bad_prefix(digits[:1], "in-store")
        return None
    thirteen = digits[1:] if len(digits) == 14 else digits.zfill(13)
    found = gs1_prefix(thirteen)
    shown = thirteen[:3]
    if found is None:
        return Problem(
            "prefix-unknown",
            Text(
                f"its prefix {shown} belongs to no GS1 office", f"前缀 {shown} 不属于任何 GS1 机构"
            ),
        )
    if found.kind in _KINDS:
        return _bad_prefix(shown, found.kind)
    if found.kind == "book" and hints.get("media") == "no":
        return Problem(
            "book",
            Text(
                f"its prefix {shown} is for books and printed music",
                f"前缀 {shown} 只用于图书和乐谱",
            ),
        )
    return None


def _bad_prefix(shown: str, kind: str) -> Problem:
    what = _KINDS[kind]
    return Problem("prefix", Text(f"its prefix {shown} {what.en}", f"前缀 {shown} {what.zh}"))
