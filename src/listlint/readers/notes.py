"""The names of what readers say about files, and the exceptions that carry them.

Every name is a rule of policies/file/readers.toml or oddities.toml; `tests/test_readers.py` holds them together.
"""

from __future__ import annotations

from typing import Final

from listlint.model import Text
from listlint.readers.interface import Note, UnreadableError

# What was not read (severity error in the pack).
MISSING: Final = "missing"
NOT_A_FILE: Final = "not-a-file"
NO_ACCESS: Final = "no-access"
EMPTY: Final = "empty-file"
ENCRYPTED: Final = "encrypted"
BROKEN: Final = "broken-file"
TRUNCATED: Final = "truncated"
TOO_LARGE: Final = "too-large"
OUT_OF_MEMORY: Final = "out-of-memory"
TIMED_OUT: Final = "timed-out"
CRASHED: Final = "reader-crashed"
NOT_A_SPREADSHEET: Final = "not-a-spreadsheet"
UNSUPPORTED: Final = "unsupported-format"
MISSING_EXTRA: Final = "missing-extra"
UNSAFE: Final = "unsafe-content"
DECODED_WITH_LOSS: Final = "decoded-with-loss"
NO_VALUE: Final = "formula-without-value"
UNBALANCED_QUOTES: Final = "unbalanced-quotes"
NO_HEADER: Final = "no-header"
UNRECOGNISED: Final = "unrecognised-sheet"

NOT_READ: Final = frozenset(
    value for name, value in list(globals().items()) if name.isupper() and isinstance(value, str)
)
"""Notes that mean that something was not read."""

# What was read, but a reviewer would ask (warning).
ERROR_CELL: Final = "error-cell"
DIGITS_LOST: Final = "digits-lost"
MOJIBAKE: Final = "mojibake"

# Oddities that were read rightly (info).
WRONG_EXTENSION: Final = "wrong-extension"
ENCODING: Final = "legacy-encoding"
RAGGED: Final = "ragged-rows"
HIDDEN_SHEET: Final = "hidden-sheet"
HIDDEN_ROWS: Final = "hidden-rows"
CACHED: Final = "formula-by-cached-value"
NULS: Final = "nul-characters"
STRAY_BOM: Final = "stray-byte-order-mark"
SKIPPED_ROWS: Final = "skipped-rows"
PASSED_OVER: Final = "passed-over"

NAMES: Final = tuple(
    value for name, value in list(globals().items()) if name.isupper() and isinstance(value, str)
)


def unreadable(name: str, en: str, zh: str) -> UnreadableError:
    """The exception for a file of which nothing can be read."""
    return UnreadableError(Note(name, Text(en, zh)))


def too_many_cells(limit: int) -> UnreadableError:
    """The exception for a sheet that has more cells than are to be read."""
    return unreadable(
        TOO_LARGE,
        f"more than {limit:,} cells (--max-cells); the rest was not read",
        f"超过 {limit:,} 个单元格（--max-cells），其余未读",
    )
