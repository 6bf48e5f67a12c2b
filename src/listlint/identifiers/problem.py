"""What is wrong with an identifier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from listlint.slotted import slotted

if TYPE_CHECKING:
    from listlint.model import Text


@slotted(frozen=True, slots=True)
class Problem:
    """`part` names what is wrong: format, length, checksum, prefix, country, placeholder …

    `detail` completes a sentence about the number. `meant` is what it was likely to be, and `safe`
    says whether it is sure enough to be written without asking.
    """

    part: str
    detail: Text
    meant: str | None = None
    safe: bool = False
