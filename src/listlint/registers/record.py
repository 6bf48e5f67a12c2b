"""Evidence of a document in the licence register."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from listlint import identifiers
from listlint.identifiers.table import tidy
from listlint.later import expression
from listlint.model import Text
from listlint.registers.documents import document_kinds
from listlint.registers.listing import jurisdictions, value_state
from listlint.registers.names import same_firm
from listlint.registers.need import Need, held, need, none_word, timed, worst_last

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from listlint.batch import Batch
    from listlint.registers.documents import DocumentKind
    from listlint.registers.model import Document
    from listlint.rules.interface import Run


def in_register(kinds: Sequence[DocumentKind], batch: Batch, i: int, run: Run) -> Need | None:
    """What the register holds of `kinds` for listing `i`; None where it holds nothing like it."""
    if not run.registers.documents:
        return None
    listing = listing_of(batch, i)
    marketplaces = run.marketplaces(batch, i)
    places = jurisdictions(batch, i, run)

    def outside(document: Document) -> str | None:
        return document.scope.outside(listing, marketplaces, places)

    found: list[Need] = []
    wanted = {kind.key for kind in kinds}
    for kind in kinds:
        for document in run.registers.held(kind.key):
            if not _another_country(kind, document):
                found.append(_registered(kind, document, outside, places, batch, i, run))
        for document in run.registers.in_place_of(kind.key, kind.instead):
            if not document.keys & wanted and not outside(document):
                found.append(_in_its_place(kind, document))
    return worst_last(found)


def listing_of(batch: Batch, i: int) -> dict[str, str]:
    """What a document's scope is compared with."""
    plain = {f: batch.get(f, i) for f in ("sku", "parent_sku", "brand", "model", "mpn", "title")}
    category = [v for f in ("category", "product_type") for v in batch.all(f, i)]
    return {**plain, "category": " ".join(category)}


def _in_its_place(kind: DocumentKind, document: Document) -> Need:
    return need(
        "wrong-kind",
        f"the register holds “{document.name}” for it, which is not {kind.name.en}",
        f"证照表中对应的是“{document.name}”，并不是{kind.name.zh}",
        kind,
        document.number,
    )


_COUNTRY_PREFIX = expression(r"^([A-Z]{2})\s?\d{4}")


def _another_country(kind: DocumentKind, document: Document) -> bool:
    """Whether a document of an ambiguous name ("WEEE") shows by its number that it is another's."""
    number = tidy(document.number)
    if not kind.country or not kind.identifiers or not number:
        return False
    prefix = _COUNTRY_PREFIX.match(number)
    if prefix and prefix[1] != kind.country and prefix[1] not in ("UK", "EU"):
        return True
    others = tuple(
        key
        for other in sorted(document.keys - {kind.key})
        if document_kinds()[other].country
        for key in document_kinds()[other].identifiers
    )
    return (
        bool(others)
        and identifiers.identify(number, kind.identifiers) is None
        and identifiers.identify(number, others) is not None
    )


_SCOPE_NAMES = {
    "sku": Text("other SKUs", "其他 SKU"),
    "brand": Text("another brand", "其他品牌"),
    "model": Text("another model", "其他型号"),
    "category": Text("another category", "其他类目"),
    "marketplace": Text("another marketplace", "其他站点"),
}


def _registered(
    kind: DocumentKind,
    document: Document,
    outside: Callable[[Document], str | None],
    places: frozenset[str],
    batch: Batch,
    i: int,
    run: Run,
) -> Need:
    """The state of one document of the register for listing `i`."""
    label = f"{document.name} {document.number}".strip()
    part = outside(document)
    if part:
        what = _SCOPE_NAMES[part]
        covered = getattr(document.scope, part)[:3]
        return need(
            "out-of-scope",
            f"{label} is held, but for {what.en} ({', '.join(covered)})",
            f"{label} 适用于{what.zh}（{'、'.join(covered)}）",
            kind,
            document.number,
        )
    if document.number and not none_word(document.number):
        judged = value_state(kind, document.number, run, places)
        if judged.state != "held":
            return judged
    late = timed(kind, document.valid_from, document.valid_until, run.as_of, document.number)
    if late and late.state == "expired":
        return late
    if document.holder and _other_holder(kind, document.holder, batch, i, run):
        return need(
            "other-holder",
            f"{label} was issued to {document.holder}, who is neither the seller nor the maker",
            f"{label} 的持有人是 {document.holder}，既不是卖家也不是制造商",
            kind,
            document.number,
        )
    if document.file and not is_there(document.file, (run.base, document.folder)):
        return need(
            "file-missing",
            f"{label}: {document.file} is not there",
            f"{label}：找不到文件 {document.file}",
            kind,
            document.number,
        )
    return late or held(kind, label)


_MAKERS = {
    "seller": (),
    "seller-or-brand": ("brand", "manufacturer"),
    "any": ("brand", "manufacturer", "supplier", "responsible_person_name"),
}


def _other_holder(kind: DocumentKind, holder: str, batch: Batch, i: int, run: Run) -> bool:
    """Whether `holder` is certainly nobody who may hold the document for this listing."""
    own = (batch.get("seller_name", i), batch.get("trade_name", i))
    sellers = [n for n in (*run.registers.seller_names(), *own) if n]
    if not sellers:
        return False
    verdicts = [same_firm(holder, name) for name in sellers]
    if True in verdicts or None in verdicts:
        return False
    makers = [n for f in _MAKERS[kind.holder] if (n := batch.get(f, i))]
    return not any(same_firm(holder, name) is True for name in makers)


def is_there(path: str, folders: Iterable[str]) -> bool:
    """Whether a document's file exists below one of the folders; an address on the web can't be
    looked at and counts as there."""
    if re.match(r"^[a-zA-Z][a-zA-Z0-9+.-]+://", path):
        return True
    try:
        return any(Path(folder, path).exists() for folder in folders)
    except (OSError, ValueError):
        return False
