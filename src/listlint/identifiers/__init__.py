"""Identifiers: what a number must look like, which part of it is wrong, and what was meant.

`check(key, value, hints)` is the door: `key` is one of policies/seller/identifiers/, `gtin` (any
barcode), `vat` or `company` (of the country in the hints). It returns None for a good value. Nothing here opens the network.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from listlint.lazily import handed_on

if TYPE_CHECKING:
    from listlint.identifiers.problem import Problem
    from listlint.identifiers.value import check, identify, name_of, valid

__all__ = ["Problem", "check", "identify", "name_of", "valid"]

__getattr__ = handed_on(__name__, __all__, {"Problem": "problem"}, "value")
