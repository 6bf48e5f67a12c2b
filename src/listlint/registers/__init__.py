"""What the seller holds (licences, brand authorisations, identities) against what listings need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from listlint.lazily import handed_on

if TYPE_CHECKING:
    from listlint.registers.dates import parse_date
    from listlint.registers.documents import DocumentKind, document_kinds, keys_of, meaning
    from listlint.registers.judge import judge
    from listlint.registers.model import Authorisation, Document, Registers, Seller
    from listlint.registers.names import core, same_firm
    from listlint.registers.need import EXPIRING_DAYS, STATE_NAMES, Need, State
    from listlint.registers.scope import Scope

__all__ = [
    "EXPIRING_DAYS",
    "STATE_NAMES",
    "Authorisation",
    "Document",
    "DocumentKind",
    "Need",
    "Registers",
    "Scope",
    "Seller",
    "State",
    "core",
    "document_kinds",
    "judge",
    "keys_of",
    "meaning",
    "parse_date",
    "same_firm",
]

_HOMES = {
    "DocumentKind": "documents", "document_kinds": "documents", "keys_of": "documents",
    "meaning": "documents", "parse_date": "dates", "judge": "judge", "core": "names",
    "same_firm": "names", "EXPIRING_DAYS": "need", "STATE_NAMES": "need", "Need": "need",
    "State": "need", "Scope": "scope",
}  # fmt: skip

__getattr__ = handed_on(__name__, __all__, _HOMES, "model")
