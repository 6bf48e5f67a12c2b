"""What a wrong number was meant to be, where that is sure or likely."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_LOOKALIKES = str.maketrans(
    {"O": "0", "Q": "0", "D": "0", "I": "1", "L": "1", "S": "5", "B": "8", "Z": "2"}
)


def digits_for_letters(value: str, valid: Callable[[str], bool]) -> str | None:
    """`value` with O, I, l, S, B read as digits, if that makes it valid."""
    guess = value.translate(_LOOKALIKES)
    return guess if guess != value and valid(guess) else None


def swapped(value: str, valid: Callable[[str], bool]) -> str | None:
    """`value` with two neighbours changed over, if exactly one such change makes it valid."""
    found: set[str] = set()
    for k in range(len(value) - 1):
        a, b = value[k], value[k + 1]
        if a != b and a.isdigit() and b.isdigit():
            guess = value[:k] + b + a + value[k + 2 :]
            if valid(guess):
                found.add(guess)
        if len(found) > 1:
            return None
    return found.pop() if found else None
