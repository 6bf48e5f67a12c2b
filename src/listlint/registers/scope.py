"""What a document covers: SKUs, brands, categories, models, marketplaces."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from listlint.identifiers.table import tidy
from listlint.later import expression
from listlint.registers.names import core
from listlint.slotted import slotted
from listlint.wildcard import fits

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_EVERYTHING = frozenset(
    {
        "*", "-", "N/A", "ALL", "ANY", "EVERYTHING", "ALL PRODUCTS", "ALL SKUS", "ALL BRANDS",
        "ALL CATEGORIES", "ALL MODELS", "ALL MARKETPLACES", "WORLDWIDE", "GLOBAL", "ALLE", "TOUS",
        "TOUTES", "TODOS", "TODAS", "TUTTI", "TUTTE", "全部", "所有", "全品类", "すべて", "全て", "全商品",
    }
)  # fmt: skip
_CJK = expression(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_COUNTRY_WORDS = {
    "USA": "US", "UNITED STATES": "US", "AMERICA": "US", "美国": "US", "UNITED KINGDOM": "UK", "GB": "UK", "英国": "UK",
    "GERMANY": "DE", "DEUTSCHLAND": "DE", "德国": "DE", "FRANCE": "FR", "FRANKREICH": "FR", "法国": "FR", "ITALY": "IT",
    "ITALIA": "IT", "意大利": "IT", "SPAIN": "ES", "ESPAÑA": "ES", "西班牙": "ES", "JAPAN": "JP", "日本": "JP", "CHINA": "CN",
    "中国": "CN", "CANADA": "CA", "加拿大": "CA", "AUSTRALIA": "AU", "澳大利亚": "AU", "EUROPE": "EU", "EUROPA": "EU", "欧洲": "EU",
    "欧盟": "EU", "EUROPEAN UNION": "EU",
    "GERMAN": "DE", "DEUTSCHE": "DE", "FRENCH": "FR", "ITALIAN": "IT", "SPANISH": "ES", "BRITISH": "UK", "BRITAIN": "UK",
    "NETHERLANDS": "NL", "NEDERLAND": "NL", "HOLLAND": "NL", "荷兰": "NL", "POLAND": "PL", "POLSKA": "PL", "波兰": "PL",
    "BELGIUM": "BE", "BELGIQUE": "BE", "AUSTRIA": "AT", "ÖSTERREICH": "AT", "SWEDEN": "SE", "SVERIGE": "SE", "IRELAND": "IE",
}  # fmt: skip


_CODES = frozenset(_COUNTRY_WORDS.values()) | {
    "AT", "BE", "NL", "PL", "SE", "DK", "FI", "IE", "PT", "CZ", "HU", "RO", "CH", "KR", "MX", "IN",
}  # fmt: skip
_CODE = expression(r"(?<![A-Za-z0-9])([A-Z]{2})(?![A-Za-z0-9])")


def countries_in(text: str) -> frozenset[str]:
    """Countries (UK, DE …) named in a text: by word, or by a code written in capitals."""
    folded = f" {tidy(text)} "
    words = {
        code
        for word, code in _COUNTRY_WORDS.items()
        if (word in folded if _CJK.search(word) else re.search(rf"\b{word}\b", folded))
    }
    codes = {"UK" if c == "GB" else c for c in _CODE.findall(text)}
    return frozenset(words - {"EU"}) | (codes & _CODES - {"EU"})


def split_list(value: str) -> list[str]:
    """The items of a cell: separated by ; , | new lines or their Chinese forms."""
    return [part.strip() for part in re.split(r"[;,|\n；，、]", value) if part.strip()]


@slotted(frozen=True, slots=True)
class Scope:
    """Each part empty: no limit. SKUs and models may hold `*` and `?`."""

    sku: tuple[str, ...] = ()
    brand: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    model: tuple[str, ...] = ()
    marketplace: tuple[str, ...] = ()

    def outside(
        self, listing: Mapping[str, str], marketplaces: Sequence[str], jurisdictions: frozenset[str]
    ) -> str | None:
        """The part of the scope (its field's name) that `listing` falls outside of, or None.

        `listing` holds sku, brand, category (with product type), model, title. What the listing
        does not say can't be outside.
        """
        if not _patterns(self.sku, [listing.get("sku", ""), listing.get("parent_sku", "")]):
            return "sku"
        if not _names(self.brand, listing.get("brand", "")):
            return "brand"
        if not _patterns(
            self.model, [listing.get("model", ""), listing.get("mpn", "")], listing.get("title", "")
        ):
            return "model"
        if not _words(self.category, listing.get("category", ""), listing.get("title", "")):
            return "category"
        if not self.covers_marketplaces(marketplaces, jurisdictions):
            return "marketplace"
        return None

    def covers_marketplaces(
        self, marketplaces: Sequence[str], jurisdictions: frozenset[str] = frozenset()
    ) -> bool:
        """Whether one of the marketplaces (profile ids) is covered; True where none is known."""
        wanted = _limits(self.marketplace)
        if not wanted or not marketplaces:
            return True
        places = {tidy(m) for m in marketplaces}
        for word in wanted:
            if any(fits(place, word) for place in places) or word in jurisdictions:
                return True
            code = _COUNTRY_WORDS.get(word, word)
            plain = re.sub(r"[\s_\-]+", ".", word)
            if code in jurisdictions or any(
                place == plain
                or place.split(".")[0] == word
                or (code == "US" and place.endswith(".COM"))
                or place.endswith("." + code)
                or f"AMAZON.{code}" == place
                for place in places
            ):
                return True
            words = re.split(r"[.\s_\-]+", word)
            if len(words) > 1 and any(
                place.startswith(words[0])
                and _country_fits(_COUNTRY_WORDS.get(words[-1], words[-1]), place)
                for place in places
            ):
                return True
        return False


def _country_fits(code: str, place: str) -> bool:
    return place.endswith("." + code) or (code == "US" and place.endswith(".COM"))


def _limits(parts: tuple[str, ...]) -> list[str]:
    words = [tidy(p) for p in parts]
    return [] if any(w in _EVERYTHING for w in words) else [w for w in words if w]


def _patterns(parts: tuple[str, ...], values: list[str], text: str = "") -> bool:
    """Whether a value fits one of the patterns (or a plain one stands in `text`)."""
    wanted = _limits(parts)
    known = [tidy(v) for v in values if v.strip()]
    if not wanted or (not known and not text):
        return True
    if any(fits(value, word) for value in known for word in wanted):
        return True
    folded = tidy(text)
    if any(
        re.search(rf"(?<![A-Z0-9]){re.escape(w)}(?![A-Z0-9])", folded)
        for w in wanted
        if "*" not in w
    ):
        return True
    return not known


def _names(parts: tuple[str, ...], value: str) -> bool:
    wanted = _limits(parts)
    return not wanted or not value.strip() or any(core(w) == core(value) for w in wanted)


def _stems(text: str) -> set[str]:
    words = re.findall(r"[^\W\d_]{3,}", tidy(text))
    return {w[:-3] + "Y" if w.endswith("IES") else w.removesuffix("S") for w in words}


def _words(parts: tuple[str, ...], category: str, title: str) -> bool:
    """Whether a category word of the scope is among the listing's, plural or singular."""
    wanted = _limits(parts)
    if not wanted or not category.strip():
        return True
    text = tidy(f"{category} {title}")
    have = _stems(text)
    for word in wanted:
        if _CJK.search(word):
            if word in text or any(_CJK.search(c) and c in word for c in tidy(category).split()):
                return True
        elif _stems(word) & have or word in text:
            return True
    # A Chinese scope can't be compared with an English category, nor the other way round.
    return all(bool(_CJK.search(w)) != bool(_CJK.search(category)) for w in wanted)
