"""Dates as people write them in registers."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from listlint.identifiers.table import tidy
from listlint.later import expression

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "JAN JANUARY JANUAR JANVIER JANV GENNAIO GEN ENERO ENE JÄNNER",
            "FEB FEBRUARY FEBRUAR FEVRIER FÉVRIER FÉVR FEBBRAIO FEBRERO",
            "MAR MARCH MÄRZ MAERZ MRZ MARS MARZO",
            "APR APRIL AVRIL AVR APRILE ABRIL ABR",
            "MAY MAI MAGGIO MAG MAYO",
            "JUN JUNE JUNI JUIN GIUGNO GIU JUNIO",
            "JUL JULY JULI JUILLET JUIL LUGLIO LUG JULIO",
            "AUG AUGUST AOUT AOÛT AGOSTO AGO",
            "SEP SEPT SEPTEMBER SEPTEMBRE SETTEMBRE SET SEPTIEMBRE",
            "OCT OCTOBER OKT OKTOBER OCTOBRE OTTOBRE OTT OCTUBRE",
            "NOV NOVEMBER NOVEMBRE NOVIEMBRE",
            "DEC DECEMBER DEZ DEZEMBER DECEMBRE DÉCEMBRE DÉC DICEMBRE DIC DICIEMBRE",
        ),
        1,
    )
    for name in names.split()
}
_YMD = expression(r"^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T\s].*)?$")
_YM = expression(r"^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?$")
_NUMERIC = expression(r"^(\d{1,2})\s*([-/.])\s*(\d{1,2})\s*[-/.]\s*(\d{4}|\d{2})(?:\s.*)?$")
_DAY_WORD = expression(
    r"^(\d{1,2})(?:ST|ND|RD|TH|\.|º)?[\s\-/]*(?:DE\s+)?([A-ZÀ-Ý]+)\.?,?[\s\-/]*(?:DE\s+)?(\d{4})$"
)
_WORD_DAY = expression(r"^([A-ZÀ-Ý]+)\.?[\s\-/]*(\d{1,2})(?:ST|ND|RD|TH)?,?[\s\-/]+(\d{4})$")
_WORD_YEAR = expression(r"^([A-ZÀ-Ý]+)\.?[\s\-/,]*(\d{4})$")
_COMPACT = expression(r"^(\d{4})(\d{2})(\d{2})$")
_SERIAL = expression(r"^(\d{5})(?:\.\d+)?$")
_EPOCH = date(1899, 12, 30)


def _make(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _last_day(year: int, month: int) -> date | None:
    if not 1 <= month <= 12:
        return None
    following = date(year + month // 12, month % 12 + 1, 1)
    return following - timedelta(days=1)


@lru_cache(maxsize=4096)
def parse_date(value: str, last: bool = True) -> date | None:
    """The day that `value` names; None where it names none (also "permanent", "长期", "n/a").

    A month alone is its last day (`last`) or its first. Of two readings of 03/04/2026 the one that
    lasts longer counts for a last day, so that nobody is told of an expiry that may not be one; with
    points between the numbers the day comes first. Numbers of five digits are spreadsheet days.
    """
    text = tidy(value)
    if m := _YMD.match(text) or _COMPACT.match(text):
        return _make(int(m[1]), int(m[2]), int(m[3]))
    if m := _YM.match(text):
        return _month(int(m[1]), int(m[2]), last)
    if m := _NUMERIC.match(text):
        return _numeric(int(m[1]), int(m[3]), int(m[4]), m[2], last)
    if (m := _DAY_WORD.match(text)) and m[2] in _MONTHS:
        return _make(int(m[3]), _MONTHS[m[2]], int(m[1]))
    if (m := _WORD_DAY.match(text)) and m[1] in _MONTHS:
        return _make(int(m[3]), _MONTHS[m[1]], int(m[2]))
    if (m := _WORD_YEAR.match(text)) and m[1] in _MONTHS:
        return _month(int(m[2]), _MONTHS[m[1]], last)
    if (m := _SERIAL.match(text)) and 20000 <= int(m[1]) <= 80000:
        return _EPOCH + timedelta(days=int(m[1]))
    return None


def _month(year: int, month: int, last: bool) -> date | None:
    return _last_day(year, month) if last else _make(year, month, 1)


def _numeric(a: int, b: int, year: int, separator: str, last: bool) -> date | None:
    if year < 100:
        year += 2000
    day_first, month_first = _make(year, b, a), _make(year, a, b)
    if separator == "." or day_first is None or month_first is None:
        return day_first or month_first
    return max(day_first, month_first) if last else min(day_first, month_first)
