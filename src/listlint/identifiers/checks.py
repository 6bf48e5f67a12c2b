"""Tests of an identifier's digits beyond its pattern.

Each takes the normalised value and returns None when it holds, else a `Fault`. python-stdnum does
the work wherever it has a module; what stands here is what it does not have.
"""

from __future__ import annotations

import datetime
import importlib
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from listlint.model import Text

if TYPE_CHECKING:
    from types import ModuleType


class Fault(NamedTuple):
    """Which part is wrong ("checksum", "prefix", "year" …), and the sentence about it."""

    part: str
    detail: Text


Check = Callable[[str, Mapping[str, str]], "Fault | None"]

DIGITS_DO_NOT_FIT = Fault(
    "checksum",
    Text("its check digits do not fit the rest of the number", "校验位与号码其余部分不符"),
)


@cache
def stdnum_module(name: str) -> ModuleType:
    """A python-stdnum module such as `cn.uscc` or `fr.vat`, imported when first needed."""
    package, _, module = name.rpartition(".")
    if not package or package == "iso7064":
        return importlib.import_module(f"stdnum.{name}")
    # Attributes cover the national names too: `stdnum.fr.vat` is its module `tva`.
    found = getattr(importlib.import_module(f"stdnum.{package}"), module, None)
    return found or importlib.import_module(f"stdnum.{name}")


def by_stdnum(name: str, value: str) -> Fault | None:
    """What python-stdnum's module `name` says of `value`."""
    from stdnum.exceptions import InvalidChecksum, InvalidComponent, InvalidLength, ValidationError

    try:
        stdnum_module(name).validate(value)
    except InvalidChecksum:
        return DIGITS_DO_NOT_FIT
    except InvalidLength:
        return Fault("format", Text("it has the wrong length", "长度不对"))
    except InvalidComponent:
        return Fault(
            "component",
            Text(
                "a part of it (prefix, region or date) does not exist",
                "其中的前缀、地区或日期部分不存在",
            ),
        )
    except ValidationError:
        return Fault("format", Text("its format is wrong", "格式不对"))
    return None


def _weighted(value: str, weights: tuple[int, ...]) -> int:
    return sum(int(d) * w for d, w in zip(value, weights, strict=False))


def kr_brn(value: str, hints: Mapping[str, str]) -> Fault | None:
    """Korean business number: weights 1 3 7 1 3 7 1 3 5, the carry of the ninth product added."""
    digits = value.replace("-", "")
    total = _weighted(digits, (1, 3, 7, 1, 3, 7, 1, 3, 5)) + int(digits[8]) * 5 // 10
    return None if (10 - total % 10) % 10 == int(digits[9]) else DIGITS_DO_NOT_FIT


def pzn(value: str, hints: Mapping[str, str]) -> Fault | None:
    """German pharmacy number: seven digits weighted 1 … 7, modulo 11; remainder 10 is never issued."""
    digits = "".join(c for c in value if c.isdigit())
    total = _weighted(digits, (1, 2, 3, 4, 5, 6, 7)) % 11
    return None if total == int(digits[7]) else DIGITS_DO_NOT_FIT


_UFI = "0123456789ACDEFGHJKMNPQRSTUVWXY"


def ufi(value: str, hints: Mapping[str, str]) -> Fault | None:
    """EU formula identifier: position times character value sums to 0 modulo 31."""
    symbols = value.replace("-", "")
    total = sum(k * _UFI.index(c) for k, c in enumerate(symbols, 1))
    return None if total % 31 == 0 else DIGITS_DO_NOT_FIT


_VIN = dict(
    zip(
        "ABCDEFGHJKLMNPRSTUVWXYZ",
        (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9),
        strict=True,
    )
)


def vin(value: str, hints: Mapping[str, str]) -> Fault | None:
    """Vehicle number with the North American check character in the ninth place."""
    weights = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
    total = (
        sum((int(c) if c.isdigit() else _VIN[c]) * w for c, w in zip(value, weights, strict=True))
        % 11
    )
    return None if value[8] == ("X" if total == 10 else str(total)) else DIGITS_DO_NOT_FIT


def k_number(value: str, hints: Mapping[str, str]) -> Fault | None:
    """510(k): the two digits after K are a year, from 1976 (when the law came) to this one."""
    year = int(value.lstrip("BK")[:2])
    this = int(hints.get("year") or datetime.date.today().year) % 100
    if year >= 76 or year <= this:
        return None
    return Fault(
        "year", Text(f"its year {year:02d} lies in the future", f"其中的年份 {year:02d} 晚于今年")
    )


def asin(value: str, hints: Mapping[str, str]) -> Fault | None:
    """A numeric ASIN is an ISBN-10 and has its check digit."""
    return by_stdnum("isbn", value) if value[0].isdigit() else None


def udi(value: str, hints: Mapping[str, str]) -> Fault | None:
    """A GS1 device identifier is a GTIN-14 after the application identifier (01)."""
    return by_stdnum("ean", value.replace("(01)", "")[-14:])


CHECKS: dict[str, Check] = {
    "kr_brn": kr_brn,
    "pzn": pzn,
    "ufi": ufi,
    "vin": vin,
    "k_number": k_number,
    "asin": asin,
    "udi": udi,
}
