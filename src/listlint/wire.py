"""How findings travel between processes: pickled field by field, several times as fast.

The standard way pickles a frozen dataclass with slots by Python code that looks its fields up anew
each time. Import for effect, on both sides.
"""

from __future__ import annotations

import copyreg
from collections.abc import Callable
from dataclasses import fields
from operator import attrgetter
from typing import Any

from listlint.model import Edit, Finding, Fix, Location, Source


def _register(kind: type[Any]) -> None:
    values: Callable[[Any], Any] = attrgetter(*(f.name for f in fields(kind)))
    copyreg.pickle(kind, lambda item: (kind, values(item)))


for _kind in (Finding, Location, Fix, Edit, Source):
    _register(_kind)
