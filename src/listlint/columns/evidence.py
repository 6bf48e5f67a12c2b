"""What values look like: shapes by name, and samples of columns to try them on."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from listlint.later import expression

SAMPLE = 40
"""Values of a column that are looked at."""

_NUMBER = expression(r"^[+-]?[\d.,\s'%]*\d[\d.,\s'%]*$")
_URL = expression(r"^(?:https?:|www\.|//|ftp:)\S+$", re.IGNORECASE)
_IMAGE_URL = expression(
    r"^(?:https?:)?//\S+\.(?:jpe?g|png|gif|webp|bmp|tiff?|avif|svg)\b", re.IGNORECASE
)
_EMAIL = expression(r"^[^\s@]+@[^\s@]+\.\w{2,}$")
_DATE = expression(r"^\d{1,4}[-/.年]\d{1,2}[-/.月]\d{1,4}日?(?:[T\s]\d{1,2}:\d{2}\S*(?:\s\w+)?)?$")
_ASIN = expression(r"^B0[0-9A-Z]{8}$")
_DIGITS = expression(r"^[\d\s-]{8,17}$")
_MONEY = expression(
    r"^(?:(?:[$€£¥￥₹元]|US\$|USD|EUR|GBP|AED|CNY|RMB|JPY|INR|PLN|RUB)\s?\d[\d.,\s]*"
    r"|\d[\d.,\s]*\s?(?:[$€£¥￥₹元円]|USD|EUR|GBP|AED|CNY|RMB|JPY|INR|PLN|RUB|руб\.?|zł)"
    r"|\d{1,6}[.,]\d{2})$"
)
_BOOLEAN = frozenset(
    ("yes", "no", "true", "false", "y", "n", "ja", "nein", "oui", "non", "si", "sí", "是", "否", "有", "无",
     "はい", "いいえ", "wahr", "falsch", "vrai", "faux", "vero", "falso", "verdadero", "да", "нет", "tak", "nie")
)  # fmt: skip
_CODE_TYPES = frozenset(
    ("upc", "ean", "gtin", "asin", "isbn", "jan", "gcid", "minsan", "ean-13", "ean13", "upc-a", "gtin-14", "pzn",
     "gtin-freistellung", "gtin exempt", "gtin exemption", "upc, ean, gtin", "barcode", "itf", "isbn-13")
)  # fmt: skip
_EPA_REG = expression(
    r"^(?:EPA\s+Reg\S*\s+(?:No\S*\s+)?)?\d{1,6}-\d{1,5}(?:-\d{1,6})?$", re.IGNORECASE
)
_EPA_EST = expression(
    r"^(?:EPA\s+Est\S*\s+(?:No\S*\s+)?)?\d{1,6}-[A-Z]{2,3}-\d{1,4}$", re.IGNORECASE
)
_UN = expression(r"^UN\s?\d{4}$", re.IGNORECASE)
_FCC_ID = expression(r"^[A-Z0-9]{3,5}-?[A-Z0-9-]{2,14}$")
_K_NUMBER = expression(r"^K\d{6}$", re.IGNORECASE)
_ISBN = expression(r"^(?:97[89][\d-]{10,14}|[\d-]{9,12}[\dXx])$")
_AROUND = "'=\""
"""What keeps a spreadsheet from making a number of a code: `'0123`, `="0123"`."""
_LETTERS = expression(r"[^\W\d_]{2}")


def _gtin_digits(value: str) -> bool:
    return _DIGITS.match(value.strip(_AROUND)) is not None


@lru_cache(maxsize=4096)
def _gtin(value: str) -> bool:
    """A barcode number of 12 to 14 digits whose GS1 check digit is right, zeros alone excluded."""
    text = value.strip(_AROUND).replace(" ", "").replace("-", "")
    if not (text.isascii() and text.isdigit() and 12 <= len(text) <= 14) or not text.strip("0"):
        return False
    total = sum(int(d) * (3 if k % 2 else 1) for k, d in enumerate(reversed(text)))
    return total % 10 == 0


SHAPES: dict[str, Callable[[str], bool]] = {
    "number": lambda v: _NUMBER.match(v) is not None,
    "url": lambda v: _URL.match(v) is not None,
    "image_url": lambda v: _IMAGE_URL.match(v) is not None,
    "email": lambda v: _EMAIL.match(v) is not None,
    "date": lambda v: _DATE.match(v) is not None,
    "boolean": lambda v: v.casefold() in _BOOLEAN,
    "code_type": lambda v: v.casefold() in _CODE_TYPES,
    "prose": lambda v: len(v) > 90 and v.count(" ") >= 8,
    "asin": lambda v: _ASIN.match(v) is not None,
    "gtin": _gtin,
    "gtin_digits": _gtin_digits,
    "price": lambda v: _MONEY.match(v) is not None,
    "money": lambda v: _MONEY.match(v) is not None,
    "epa_reg": lambda v: _EPA_REG.match(v) is not None,
    "epa_est": lambda v: _EPA_EST.match(v) is not None,
    "un_number": lambda v: _UN.match(v) is not None,
    "fcc_id": lambda v: _FCC_ID.match(v) is not None,
    "k_number": lambda v: _K_NUMBER.match(v) is not None,
    "isbn": lambda v: _ISBN.match(v) is not None,
}
"""Name of a shape → whether one value (stripped, not empty) has it."""


def is_numeric(value: str) -> bool:
    """Whether the value is a number, price or date rather than words."""
    return any(SHAPES[name](value) for name in ("number", "money", "date"))


class Samples:
    """The first values of each column, taken when first asked for. `rows` are data rows only."""

    def __init__(self, rows: Sequence[Sequence[str]]) -> None:
        self._rows = rows
        self._values: dict[int, list[str]] = {}

    @property
    def rows(self) -> int:
        """Data rows at hand."""
        return len(self._rows)

    def values(self, index: int) -> list[str]:
        """Up to `SAMPLE` non-empty values of the column, stripped."""
        found = self._values.get(index)
        if found is None:
            found = []
            for row in self._rows:
                if index < len(row) and (value := row[index].strip()):
                    found.append(value)
                    if len(found) == SAMPLE:
                        break
            self._values[index] = found
        return found

    def share(self, index: int, shape: str) -> float:
        """The share of the column's values that have the shape; 0.0 when there are none."""
        values = self.values(index)
        test = SHAPES[shape]
        return sum(map(test, values)) / len(values) if values else 0.0

    def mostly(self, index: int, shape: str, share: float) -> bool:
        """Whether at least `share` of the column's values, of which there are any, have the shape."""
        values = self.values(index)
        misses = int((1 - share) * len(values) + 1e-9)
        test = SHAPES[shape]
        for value in values:
            if not test(value):
                misses -= 1
                if misses < 0:
                    return False
        return bool(values)

    def any_of(self, index: int, shapes: Sequence[str], share: float) -> bool:
        """Whether at least `share` of the column's values, of which there are any, have one of the
        shapes."""
        values = self.values(index)
        tests = [SHAPES[shape] for shape in shapes]
        fits = sum(1 for value in values if any(test(value) for test in tests))
        return bool(values) and fits >= share * len(values)

    def title_likeness(self, index: int) -> float:
        """How much the column reads like titles: 0 for not at all, else up to about 150."""
        values = self.values(index)
        if len(values) < 2 or len(values) < 0.6 * min(self.rows, SAMPLE):
            return 0.0
        wordy = [
            v for v in values if _LETTERS.search(v) and not _URL.match(v) and not _EMAIL.match(v)
        ]
        if len(wordy) < 0.8 * len(values):
            return 0.0
        length = sum(map(len, wordy)) / len(wordy)
        distinct = len(set(wordy)) / len(wordy)
        wide = sum(1 for v in wordy if not v.isascii()) / len(wordy)
        # A Chinese or Japanese title says in eight characters what takes twenty in Latin script.
        least = 6 if wide > 0.5 else 14
        if not least <= length <= 250 or distinct < 0.6:
            return 0.0
        return min(length, 150) * distinct
