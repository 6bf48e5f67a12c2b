"""Needs of documents: which listings lack what they need, and why.

Which listings need a document is found by kind `licence` from its triggers; here each such listing
is judged against its own columns, its text and the registers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from listlint.model import Severity
from listlint.registers import STATE_NAMES, document_kinds, judge
from listlint.rules.interface import Hit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from listlint.batch import Batch
    from listlint.rules.interface import RuleMeta, Run


def from_triggers(
    meta: RuleMeta, documents: Sequence[str], triggered: Iterable[Hit], batch: Batch, run: Run
) -> Iterator[Hit]:
    """One hit for each triggered listing whose need is not held.

    `documents` are keys of policies/licence/documents/, any of which is enough. The hit stands at the word that
    called for the document; its params are `document` (name), `state` and `detail` (sentences) and
    `state_key` (the state as a word). A need that can't be judged is said at info.
    """
    seen: set[int] = set()
    for hit in triggered:
        if hit.row in seen:
            continue
        seen.add(hit.row)
        if hit.match is None and not batch.get("title", hit.row):
            continue  # a seller's row, or one that only continues a listing
        need = judge(documents, batch, hit.row, run)
        # A need of every listing that nothing in the sheet could meet is for the sheet's list of
        # what was not checked, not for each row.
        if need.state == "held" or (need.state == "unjudged" and hit.match is None):
            continue
        severity = need.severity
        if need.state == "missing" and "missing" in meta.options:
            severity = Severity(meta.options["missing"])
        if severity is not None and severity.rank < meta.severity.rank:
            severity = Severity(meta.severity)
        yield Hit(
            row=hit.row,
            column=hit.column,
            field=hit.field,
            match=hit.match,
            span=hit.span,
            term=hit.term,
            severity=severity,
            params={
                "document": document_kinds()[need.document].name,
                "state": STATE_NAMES[need.state],
                "state_key": need.state,
                "detail": need.detail,
                "value": need.value,
            },
        )
