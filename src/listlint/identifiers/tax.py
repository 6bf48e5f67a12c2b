"""VAT and sales-tax numbers: one cell may hold several, of several countries.

python-stdnum knows the national forms; this module finds out which country a number is of.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from listlint.identifiers.checks import CHECKS, DIGITS_DO_NOT_FIT
from listlint.identifiers.problem import Problem
from listlint.identifiers.repair import digits_for_letters, swapped
from listlint.identifiers.table import tidy
from listlint.later import expression
from listlint.model import Text
from listlint.slotted import slotted

if TYPE_CHECKING:
    from collections.abc import Mapping

EU = frozenset({
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE",
    "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
})  # fmt: skip
_NO_VAT = frozenset({"US", "HK"})
"""Countries without a value-added tax: a number that begins with their code is none."""

# VAT prefix → python-stdnum module.
_PREFIXED = {cc: f"{cc.lower()}.vat" for cc in EU if cc != "GR"} | {
    "EL": "gr.vat", "GR": "gr.vat", "GB": "gb.vat", "XI": "gb.vat", "CHE": "ch.vat", "NO": "no.mva",
    "IM": "eu.oss", "EU": "eu.oss",
}  # fmt: skip

# Country → modules of the numbers that its firms give as tax number, without a prefix.
_NATIONAL: dict[str, tuple[str, ...]] = {
    **{cc: (f"{cc.lower()}.vat",) for cc in EU if cc != "GR"},
    "FR": ("fr.tva", "fr.siren", "fr.siret"),
    "DE": ("de.vat", "de.stnr"),
    "AT": ("at.uid", "at.tin"),
    "GR": ("gr.vat",), "GB": ("gb.vat", "gb.utr"), "CH": ("ch.vat", "ch.uid"), "NO": ("no.mva", "no.orgnr"),
    "CN": ("cn.uscc",), "US": ("us.ein", "us.tin"), "CA": ("ca.bn",), "AU": ("au.abn", "au.acn"),
    "IN": ("in_.gstin", "in_.pan"), "JP": ("jp.cn",), "KR": ("kr.brn",), "MX": ("mx.rfc",),
    "BR": ("br.cnpj", "br.cpf"), "TR": ("tr.vkn",), "TW": ("tw.ubn",), "SG": ("sg.uen",), "NZ": ("nz.ird",),
    "ZA": ("za.tin",), "VN": ("vn.mst",), "TH": ("th.tin",), "IL": ("il.hp",), "UA": ("ua.edrpou",),
}  # fmt: skip
# Country → modules of its company numbers that have check digits. A register number without any, or
# one that only looks like these (a Canadian province's), can't be judged.
_COMPANY: dict[str, tuple[str, ...]] = {
    "AU": ("au.abn", "au.acn"), "BE": ("be.vat",), "BR": ("br.cnpj",), "CH": ("ch.uid",),
    "CN": ("cn.uscc",), "DK": ("dk.cvr",), "FI": ("fi.ytunnus",), "FR": ("fr.siren", "fr.siret"),
    "IN": ("in_.gstin",), "IT": ("it.iva",), "JP": ("jp.cn",), "KR": ("kr_brn",), "NO": ("no.orgnr",),
    "PT": ("pt.nif",), "SE": ("se.orgnr",), "TW": ("tw.ubn",),
}  # fmt: skip
_LETTERED = frozenset({"CH", "CN", "IN"})
"""Countries whose company numbers hold letters; before those of others may stand a label."""
_FORM = expression(r"^(CHE|[A-Z]{2})")
_SPLIT = expression(r"\s*(?:[;,、；，|\n]|/(?=\s*[A-Z]{2})|(?<=\d)\s+(?=(?:CHE|[A-Z]{2})[\d-]))\s*")
_LABEL = expression(
    r"^(?:VAT(?:\s*(?:REG(?:ISTRATION)?)?\.?\s*(?:NO|NR|NUMBER|ID)?\.?)?|UST\.?-?\s?ID(?:NR)?\.?(?:\s*-?\s*NR\.?)?|"
    r"(?:NUM[EÉ]RO DE |N°\s*)?TVA(?: INTRACOM\w*)?|P(?:ARTITA)?\.?\s?IVA|NIF|CIF|BTW(?:-NR)?\.?|TIN|税号|增值税号)\s*[:：#]?\s*(?=[A-Z\d])"
)
# Country written before the number: "DE: DE136695976", "Germany DE136695976" is left to the format.
_COUNTRY_LABEL = expression(
    r"^(?:[A-Z]{2}|GERMANY|FRANCE|ITALY|SPAIN|UK|POLAND|CZECH(?: REPUBLIC)?)\s*[:：]\s*(?=(?:CHE|[A-Z]{2})?\d)"
)


@slotted(frozen=True, slots=True)
class TaxNumber:
    """One number of a cell: as written, where it starts, and the country it is of ("" if unknown)."""

    text: str
    start: int
    country: str
    problem: Problem | None


def split(value: str) -> list[tuple[str, int]]:
    """The single numbers of a cell with their offsets in it."""
    parts: list[tuple[str, int]] = []
    position = 0
    for match in _SPLIT.finditer(value):
        parts.append((value[position : match.start()], position))
        position = match.end()
    parts.append((value[position:], position))
    return [
        (text.strip(), start + len(text) - len(text.lstrip()))
        for text, start in parts
        if text.strip()
    ]


def numbers(value: str, country: str) -> list[TaxNumber]:
    """Every tax number of a cell, judged; `country` is the seller's ISO code or ""."""
    return [TaxNumber(text, start, *_judge(text, country)) for text, start in split(value)]


def check_vat(value: str, hints: Mapping[str, str]) -> Problem | None:
    """The first problem of a cell of tax numbers; `hints["country"]` is the seller's country."""
    return next((n.problem for n in numbers(value, hints.get("country", "")) if n.problem), None)


def check_company(value: str, hints: Mapping[str, str]) -> Problem | None:
    """A company number of `hints["country"]` whose check digits don't fit; other forms are let pass."""
    return _national(tidy(value), hints.get("country", ""))


def _valid(module: str, number: str) -> bool:
    from listlint.identifiers.checks import stdnum_module

    if module == "jp.cn":
        number = number.removeprefix("T")
    if module in CHECKS:
        digits = re.sub(r"\D", "", number)
        return len(digits) == _KR_DIGITS and CHECKS[module](digits, {}) is None
    return bool(stdnum_module(module).is_valid(number))


_KR_DIGITS = 10


def _wrong_digits(module: str, number: str) -> bool:
    """Whether the number has the form that the module knows, and other check digits."""
    from stdnum.exceptions import InvalidChecksum, ValidationError

    from listlint.identifiers.checks import stdnum_module

    if module in CHECKS:
        return len(re.sub(r"\D", "", number)) == _KR_DIGITS and not _valid(module, number)
    try:
        stdnum_module(module).validate(number)
    except InvalidChecksum:
        return True
    except ValidationError:
        pass
    return False


def _national(text: str, country: str) -> Problem | None:
    """What is wrong with a company number of the country, if its digits can't be."""
    modules = _COMPANY.get(country, ())
    number = re.sub(r"[\s.\-/]", "", text if country in _LETTERED else re.sub(r"^\D+", "", text))
    if not modules or any(_valid(m, number) for m in modules):
        return None
    wrong = next((m for m in modules if _wrong_digits(m, number)), None)
    if wrong is None:
        return None
    turned = swapped(number, lambda guess: _valid(wrong, guess))
    detail = DIGITS_DO_NOT_FIT.detail
    if turned:
        detail = Text(
            f"{detail.en}; perhaps two digits are exchanged: {turned}",
            f"{detail.zh}；可能是两位数字颠倒：{turned}",
        )
    return Problem("checksum", detail, meant=turned)


@lru_cache(maxsize=65536)
def _judge(written: str, country: str) -> tuple[str, Problem | None]:
    text = _COUNTRY_LABEL.sub("", _LABEL.sub("", tidy(written)))
    number = re.sub(r"[\s.\-/]", "", text)
    form = _FORM.match(number)
    prefix = form[1] if form else ""
    if prefix in _PREFIXED:
        return _prefixed(number, prefix)
    if prefix in _NO_VAT and number[2:].isdigit():
        return prefix, Problem(
            "country",
            Text(f"{prefix} has no value-added tax", f"{prefix} 没有增值税"),
        )
    if country and any(_valid(m, text) or _valid(m, number) for m in _NATIONAL.get(country, ())):
        return country, None
    if country in EU or country == "GB":
        return country, _unprefixed(number, country)
    if prefix and len(number) <= 14 and country not in _NATIONAL:
        return "", None
    if country in _NATIONAL and not prefix:
        # Another country's number without its prefix can't be told from a wrong one, unless it has
        # just the form of a number of this country.
        known = next(
            (cc for cc in ("GB", "DE", "FR", "IT", "ES") if _valid(_NATIONAL[cc][0], number)), ""
        )
        return known, None if known else _national(text, country)
    return "", None


def _prefixed(number: str, prefix: str) -> tuple[str, Problem | None]:
    module = _PREFIXED[prefix]
    country = {"EL": "GR", "CHE": "CH", "XI": "XI", "IM": "", "EU": ""}.get(prefix, prefix)
    bare = "GB" + number[2:] if prefix == "XI" else number
    if _valid(module, bare):
        return country, None
    from stdnum.exceptions import InvalidChecksum, ValidationError

    from listlint.identifiers.checks import stdnum_module

    body = bare[len(prefix) :]

    def fits(guess: str) -> bool:
        return _valid(module, bare[: len(prefix)] + guess)

    letters = digits_for_letters(body, fits)
    if letters:
        return country, Problem(
            "format",
            Text("a letter stands where a digit belongs", "数字位置上写成了字母"),
            meant=prefix + letters,
            safe=True,
        )
    try:
        stdnum_module(module).validate(bare)
    except InvalidChecksum:
        turned = swapped(body, fits)
        detail = DIGITS_DO_NOT_FIT.detail
        if turned:
            detail = Text(
                f"{detail.en}; perhaps two digits are exchanged: {prefix}{turned}",
                f"{detail.zh}；可能是两位数字颠倒：{prefix}{turned}",
            )
        return country, Problem("checksum", detail, meant=prefix + turned if turned else None)
    except ValidationError:
        pass
    return country, Problem(
        "format",
        Text(f"it has not the form of a {prefix} number", f"不符合 {prefix} 税号的格式"),
    )


def _unprefixed(number: str, country: str) -> Problem | None:
    from stdnum.exceptions import InvalidChecksum, ValidationError

    from listlint.identifiers.checks import stdnum_module

    try:
        stdnum_module(_NATIONAL[country][0]).validate(number)
    except InvalidChecksum:
        return Problem("checksum", DIGITS_DO_NOT_FIT.detail)
    except ValidationError:
        return Problem(
            "format",
            Text(f"it has not the form of a {country} tax number", f"不符合 {country} 税号的格式"),
        )
    return None
