"""E-mail addresses, phone numbers and web addresses, offline."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from listlint.identifiers.problem import Problem
from listlint.identifiers.table import read_csv, tidy
from listlint.later import expression
from listlint.model import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

# Countries that share a numbering plan or serve one another's lines as a matter of course.
_SHARED: tuple[frozenset[str], ...] = (
    frozenset({"US", "CA", "PR", "VI", "GU", "AS", "MP"}),
    frozenset({"GB", "GG", "JE", "IM"}),
    frozenset({"CN", "HK", "MO", "TW"}),
    frozenset({"FR", "GP", "MQ", "RE", "GF", "YT", "MC", "BL", "MF"}),
    frozenset({"RU", "KZ"}),
    frozenset({"IT", "VA", "SM"}),
    frozenset({"FI", "AX"}),
    frozenset({"NO", "SJ"}),
    frozenset({"CH", "LI"}),
)


def same_plan(a: str, b: str) -> bool:
    """Whether a phone of country `a` is ordinary for an address in `b`."""
    return a == b or any(a in group and b in group for group in _SHARED)


@cache
def disposable_domains() -> frozenset[str]:
    """Domains of throw-away mailboxes."""
    return frozenset(row["domain"] for row in read_csv("seller", "disposable_domains.csv"))


def is_disposable(address: str) -> bool:
    """Whether the address, or a domain above it, is of a throw-away mail service."""
    parts = address.rpartition("@")[2].strip().lower().rstrip(".").split(".")
    known = disposable_domains()
    return any(".".join(parts[k:]) in known for k in range(len(parts) - 1))


@lru_cache(maxsize=65536)
def check_email(value: str) -> Problem | None:
    """Syntax of an e-mail address; no network."""
    from email_validator import EmailNotValidError, validate_email

    text = value.strip().removeprefix("mailto:")
    try:
        validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        if text.count("@") != 1:
            detail = Text("it needs exactly one @", "应当恰好有一个 @")
        elif re.search(r"\s", text):
            detail = Text("it holds a space", "其中有空格")
        elif "." not in text.rpartition("@")[2]:
            detail = Text("the part after @ is no domain", "@ 之后的部分不是域名")
        else:
            detail = Text("its form is not that of an e-mail address", "不符合电子邮箱的格式")
        return Problem("format", detail)
    return None


@lru_cache(maxsize=65536)
def phone_region(value: str, country: str) -> tuple[str, str]:
    """(state, region) of a phone number: state is valid, invalid, impossible or unjudged.

    `country` is where the number is read as a national one; region is "" where it is not known.
    """
    import phonenumbers

    text = re.sub(
        r"(?i)^\s*(?:tel|phone|ph|fon|mobile|电话|手机)\.?\s*[:：]?\s*", "", value
    ).strip()
    text = tidy(text)
    if re.search(r"[A-WYZ]", re.sub(r"\s*(?:EXT\.?|EXTENSION|X|转|分机)\s*\d+$", "", text)):
        return "impossible", ""
    international = text.startswith(("+", "00"))
    if text.startswith("00"):
        text = "+" + text[2:]
    if not international and not country:
        count = sum(c.isdigit() for c in text)
        return ("unjudged" if 7 <= count <= 15 else "impossible"), ""
    try:
        number = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException:
        return "impossible", ""
    if not international and not phonenumbers.is_valid_number(number):
        # "49 30 123456" and "86755…": the country code without its plus.
        digits = re.sub(r"\D", "", text)
        dial = str(phonenumbers.country_code_for_region(country))
        if digits.startswith(dial) and len(digits) > len(dial) + 6:
            number = phonenumbers.parse("+" + digits, None)
    region = phonenumbers.region_code_for_number(number) or ""
    if not region:
        codes = phonenumbers.region_codes_for_country_code(number.country_code or 0)
        region = codes[0] if codes and codes[0] != "001" else ""
    if phonenumbers.is_valid_number(number):
        return "valid", region
    if phonenumbers.is_possible_number(number):
        return "invalid", region
    return "impossible", region


def check_phone(value: str, hints: Mapping[str, str]) -> Problem | None:
    """Whether the number can exist, read in `hints["country"]` where it has no country code."""
    problems = [
        _phone(part, hints.get("country", ""))
        for part in re.split(r"[;/、；|\n]|,\s", value)
        if part.strip()
    ]
    return next((p for p in problems if p), None)


def _phone(value: str, country: str) -> Problem | None:
    state, region = phone_region(value, country)
    if state == "impossible":
        return Problem(
            "format",
            Text("no phone number has this form or length", "电话号码没有这种格式或长度"),
        )
    if state == "invalid":
        return Problem(
            "range",
            Text(
                f"no such number is given out in {region or country}",
                f"{region or country} 没有这样的号段",
            ),
        )
    return None


_HOST = expression(r"^(?:[a-z0-9_](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}$")


def check_website(value: str) -> Problem | None:
    """Whether the text is a web address with a public host name."""
    text = value.strip()
    host = (
        re.sub(r"^[a-zA-Z][a-zA-Z0-9+.-]*://", "", text).split("/")[0].split("?")[0].split(":")[0]
    )
    scheme = text[: -len(host)] if "://" in text else ""
    if scheme and not text.lower().startswith(("http://", "https://")):
        return Problem("format", Text("it is no http or https address", "不是 http 或 https 地址"))
    try:
        plain = host.lower().encode("idna").decode() if not host.isascii() else host.lower()
    except UnicodeError:
        plain = ""
    if not _HOST.match(plain):
        return Problem("format", Text("it holds no host name", "其中没有有效的域名"))
    return None
