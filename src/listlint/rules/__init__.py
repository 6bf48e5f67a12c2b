"""Rules that need Python. `IMPLEMENTATIONS` is where policies find them by name.

Kind `identifier` is found as "identifier"; rules of kind `python` by their `implementation`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from listlint.rules.accounts import BrandSpelling, OneSeller, RelatedAccounts
from listlint.rules.addresses import AddressWords, PostalMismatch, UnknownCountry
from listlint.rules.catalogue import BlockedElsewhere, MixedFamily, PriceOutlier
from listlint.rules.characters import FullWidthLatin, InvisibleCharacters, StrayWhitespace
from listlint.rules.disguise import DisguisedWord
from listlint.rules.duplicates import DuplicateSku, SameProduct, SharedGtin
from listlint.rules.identifier import IdentifierRule
from listlint.rules.incomplete import MissingPart, ResponsiblePerson
from listlint.rules.mismatch import BankMismatch, CountryMismatch
from listlint.rules.seller import (
    DisposableEmail,
    LegalSuffix,
    OriginPrefix,
    Placeholder,
    TradeName,
)

if TYPE_CHECKING:
    from listlint.rules.interface import CrossRule, Rule, RuleMeta

RuleData = Mapping[str, Any]
"""A rule as compiled: plain values under the keys of `listlint.policy.schema.Rule`."""

IMPLEMENTATIONS: dict[str, Callable[[RuleMeta, RuleData], Rule | CrossRule]] = {
    "identifier": IdentifierRule,
    "placeholder": Placeholder,
    "disposable-email": DisposableEmail,
    "postal-mismatch": PostalMismatch,
    "address-words": AddressWords,
    "missing-part": MissingPart,
    "unknown-country": UnknownCountry,
    "responsible-person": ResponsiblePerson,
    "legal-suffix": LegalSuffix,
    "country-mismatch": CountryMismatch,
    "bank-mismatch": BankMismatch,
    "trade-name": TradeName,
    "origin-prefix": OriginPrefix,
    "duplicate-sku": DuplicateSku,
    "shared-gtin": SharedGtin,
    "same-product": SameProduct,
    "one-seller": OneSeller,
    "related-accounts": RelatedAccounts,
    "brand-spelling": BrandSpelling,
    "mixed-family": MixedFamily,
    "price-outlier": PriceOutlier,
    "blocked-elsewhere": BlockedElsewhere,
    "invisible-characters": InvisibleCharacters,
    "stray-whitespace": StrayWhitespace,
    "full-width-latin": FullWidthLatin,
    "disguised-word": DisguisedWord,
}
