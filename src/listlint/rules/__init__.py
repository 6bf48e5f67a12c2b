"""Rules that need Python. `IMPLEMENTATIONS` is where policies find them by name.

Kind `identifier` is found as "identifier"; rules of kind `python` by their `implementation`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from listlint.rules.interface import CrossRule, Rule, RuleMeta

RuleData = Mapping[str, Any]
"""A rule as compiled: plain values under the keys of `listlint.policy.schema.Rule`."""

_HOMES = {
    "identifier": "identifier:IdentifierRule",
    "placeholder": "seller:Placeholder",
    "disposable-email": "seller:DisposableEmail",
    "postal-mismatch": "addresses:PostalMismatch",
    "address-words": "addresses:AddressWords",
    "missing-part": "incomplete:MissingPart",
    "unknown-country": "addresses:UnknownCountry",
    "responsible-person": "incomplete:ResponsiblePerson",
    "legal-suffix": "seller:LegalSuffix",
    "country-mismatch": "mismatch:CountryMismatch",
    "bank-mismatch": "mismatch:BankMismatch",
    "trade-name": "seller:TradeName",
    "origin-prefix": "seller:OriginPrefix",
    "duplicate-sku": "duplicates:DuplicateSku",
    "shared-gtin": "duplicates:SharedGtin",
    "same-product": "duplicates:SameProduct",
    "one-seller": "accounts:OneSeller",
    "related-accounts": "accounts:RelatedAccounts",
    "brand-spelling": "accounts:BrandSpelling",
    "mixed-family": "catalogue:MixedFamily",
    "price-outlier": "catalogue:PriceOutlier",
    "blocked-elsewhere": "catalogue:BlockedElsewhere",
    "invisible-characters": "characters:InvisibleCharacters",
    "stray-whitespace": "characters:StrayWhitespace",
    "word-heap": "heaps:WordHeap",
    "name-heap": "heaps:NameHeap",
    "full-width-latin": "characters:FullWidthLatin",
    "disguised-word": "disguise:DisguisedWord",
}
"""Name → module and class."""


class _Implementations(Mapping[str, "Callable[[RuleMeta, RuleData], Rule | CrossRule]"]):
    """Loads a module when a rule of it is asked for."""

    def __getitem__(self, name: str) -> Callable[[RuleMeta, RuleData], Rule | CrossRule]:
        module, _, kind = _HOMES[name].partition(":")
        found: Callable[[RuleMeta, RuleData], Rule | CrossRule]
        found = getattr(import_module(f"listlint.rules.{module}"), kind)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(_HOMES)

    def __len__(self) -> int:
        return len(_HOMES)


IMPLEMENTATIONS = _Implementations()
