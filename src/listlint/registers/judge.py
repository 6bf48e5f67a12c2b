"""Is what a listing needs held? One need (any of some documents) against one listing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from listlint.identifiers.table import tidy
from listlint.registers.documents import document_kinds
from listlint.registers.listing import in_listing
from listlint.registers.need import Need, need, worst_last
from listlint.registers.record import in_register

if TYPE_CHECKING:
    from collections.abc import Sequence

    from listlint.batch import Batch
    from listlint.rules.interface import Run


def judge(documents: Sequence[str], batch: Batch, i: int, run: Run) -> Need:
    """Whether listing `i` has one of `documents` (keys of policies/licence/documents/).

    The listing's own columns and text come first, then the register. With neither a register nor a
    column that could hold the evidence, nothing can be said: `unjudged`.
    """
    kinds = [document_kinds()[key] for key in documents]
    own = worst_last([found for kind in kinds if (found := in_listing(kind, batch, i, run))])
    registered = in_register(kinds, batch, i, run)
    if own and own.state == "held" and registered and _same_paper(own, registered):
        return registered
    if own and (own.state == "held" or registered is None or registered.state != "held"):
        return own
    if own and own.state in ("malformed", "wrong-kind"):
        return own  # the register has a good one, but the listing shows another
    if registered is not None:
        return registered
    if run.registers.has_licences or any(batch.has(*k.telling) for k in kinds):
        return need(
            "missing",
            "not in the listing and not in the register",
            "商品资料和证照表中都没有",
            kinds[0],
        )
    return need(
        "unjudged",
        "no licence register was given and the sheet has no column for it",
        "没有提供证照表，表格中也没有相应的列",
        kinds[0],
    )


def _same_paper(own: Need, registered: Need) -> bool:
    """Whether the register speaks of the very document that the listing names, and not well of it."""
    if registered.state in ("held", "out-of-scope", "malformed", "wrong-kind"):
        return False
    a, b = (re.sub(r"\W", "", tidy(v)) for v in (own.value, registered.value))
    return not b or a == b or not any(c.isdigit() for c in a)
