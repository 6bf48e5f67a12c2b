"""Is what a listing needs held? One need (any of some documents) against one listing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from listlint import identifiers
from listlint.identifiers.table import tidy
from listlint.model import Severity, Text
from listlint.registers.dates import parse_date
from listlint.registers.documents import DocumentKind, document_kinds, keys_of
from listlint.registers.names import same_firm

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from listlint.batch import Batch
    from listlint.registers.model import Document
    from listlint.rules.interface import Run

State = Literal[
    "held", "missing", "malformed", "wrong-kind", "expired", "expiring", "out-of-scope",
    "other-holder", "file-missing", "unjudged",
]  # fmt: skip

EXPIRING_DAYS = 60
"""A document that ends within so many days is said to be expiring."""

# Of several documents for one need the best counts.
_ORDER: tuple[State, ...] = (
    "held", "expiring", "expired", "other-holder", "file-missing", "malformed", "wrong-kind", "out-of-scope",
    "missing",
)  # fmt: skip

STATE_NAMES: dict[str, Text] = {
    "held": Text("held", "已具备"),
    "missing": Text("missing", "缺少"),
    "malformed": Text("malformed number", "编号格式错误"),
    "wrong-kind": Text("wrong kind of document", "证件种类不对"),
    "expired": Text("expired", "已过期"),
    "expiring": Text("expiring soon", "即将到期"),
    "out-of-scope": Text("does not cover this listing", "不适用于该商品"),
    "other-holder": Text("held by somebody else", "持有人不是卖家"),
    "file-missing": Text("its file is not there", "证件文件不存在"),
    "unjudged": Text("not judged", "无法判断"),
}

_NO = frozenset(
    [
        "N/A",
        "NA",
        "NO",
        "NONE",
        "NULL",
        "NIL",
        "FALSE",
        "0",
        "-",
        "--",
        "/",
        "?",
        "TBD",
        "TBC",
        "PENDING",
        "APPLYING",
        "MISSING",
        "UNKNOWN",
        "NEIN",
        "KEINE",
        "KEIN",
        "NON",
        "NINGUNO",
        "AUCUN",
        "NESSUNO",
        "无",
        "没有",
        "暂无",
        "否",
        "申请中",
        "办理中",
        "待定",
        "なし",
        "無し",
        "未取得",
        "申請中",
        "NOT",
        "APPLICABLE",
        "NOTAVAILABLE",
    ]
) | {
    "NOT APPLICABLE",
    "NOT AVAILABLE",
    "TO BE DONE",
    "IN PROGRESS",
    "NOT YET",
    "COMING SOON",
    "IN BEARBEITUNG",
    "BEANTRAGT",
    "EN COURS",
    "NO TIENE",
}
_TEXT_FIELDS = (
    "title",
    "bullet_points",
    "description",
    "attributes",
    "warning_text",
    "certificate",
    "certificate_number",
)
_SEVERITY: dict[str, Severity] = {
    "unjudged": Severity.INFO,
    "expiring": Severity.INFO,
    "file-missing": Severity.WARNING,
}


@dataclass(frozen=True, slots=True)
class Need:
    """The state of a need, in words, and the severity it calls for (None: the rule's own)."""

    state: State
    detail: Text
    severity: Severity | None = None
    document: str = ""
    """Key of the kind of document that the state is about."""
    value: str = ""
    """The number or words that were judged."""


def _need(state: State, en: str, zh: str, kind: DocumentKind, value: str = "") -> Need:
    return Need(state, Text(en, zh), _SEVERITY.get(state), kind.key, value)


def judge(documents: Sequence[str], batch: Batch, i: int, run: Run) -> Need:
    """Whether listing `i` has one of `documents` (keys of documents.toml).

    The listing's own columns and text come first, then the register. With neither a register nor a
    column that could hold the evidence, nothing can be said: `unjudged`.
    """
    kinds = [document_kinds()[key] for key in documents]
    own = [need for kind in kinds if (need := _in_listing(kind, batch, i, run))]
    from_register = _in_register(kinds, batch, i, run)
    best = min(own, key=lambda n: _ORDER.index(n.state), default=None)
    if best and best.state == "held" and from_register and _same_paper(best, from_register):
        return from_register
    if best and (best.state == "held" or from_register is None or from_register.state != "held"):
        return best
    if from_register is not None:
        return best if best and best.state in ("malformed", "wrong-kind") else from_register
    kind = kinds[0]
    if run.registers.has_licences or any(batch.has(f) for k in kinds for f in k.fields):
        return _need(
            "missing",
            "not in the listing and not in the register",
            "商品资料和证照表中都没有",
            kind,
        )
    return _need(
        "unjudged",
        "no licence register was given and the sheet has no column for it",
        "没有提供证照表，表格中也没有相应的列",
        kind,
    )


def _same_paper(own: Need, registered: Need) -> bool:
    """Whether the register speaks of the very document that the listing names, and not well of it."""
    if registered.state in ("held", "out-of-scope", "malformed", "wrong-kind"):
        return False
    a, b = (re.sub(r"\W", "", tidy(v)) for v in (own.value, registered.value))
    return not b or a == b or not any(c.isdigit() for c in a)


# --- evidence in the listing ---------------------------------------------------------------------


def _in_listing(kind: DocumentKind, batch: Batch, i: int, run: Run) -> Need | None:
    if kind.complete:
        return _complete(kind, batch, i)
    for name in kind.fields:
        for value in batch.all(name, i):
            if tidy(value) in _NO:
                continue
            found = _value(kind, value.strip(), run)
            # A column that several kinds share ("fda_registration") may hold another kind's number.
            if found.state == "held":
                return _dated(kind, found, batch, i, run)
            return found
    for name in batch.all("certificate", i):
        if kind.key in keys_of(name):
            number = batch.get("certificate_number", i)
            found = _value(kind, number, run) if number else _held(kind, name)
            return _dated(kind, found, batch, i, run) if found.state == "held" else found
    return _in_text(kind, batch, i, run)


def _held(kind: DocumentKind, value: str) -> Need:
    return _need("held", f"{kind.name.en}: {value}", f"{kind.name.zh}：{value}", kind, value)


def _complete(kind: DocumentKind, batch: Batch, i: int) -> Need | None:
    """Kinds whose every field must be filled, such as a responsible person's."""
    absent = [f for f in kind.fields if not (v := batch.get(f, i)) or tidy(v) in _NO]
    if not absent:
        return _held(kind, batch.get(kind.fields[0], i))
    if len(absent) == len(kind.fields):
        return None
    return _need(
        "missing",
        f"{kind.name.en}: {', '.join(f.replace('_', ' ') for f in absent)} not given",
        f"{kind.name.zh}：未填写 {'、'.join(absent)}",
        kind,
    )


_LINK = re.compile(r"^(?:HTTPS?://|\S+\.(?:PDF|JPE?G|PNG|DOCX?|XLSX?|ZIP)$)", re.IGNORECASE)


def _value(kind: DocumentKind, value: str, run: Run) -> Need:
    """The state of a value that stands where the document's number belongs."""
    text = tidy(value)
    hints = {"year": str(run.as_of.year)}
    if not kind.identifiers or _LINK.match(text) or any(p.match(text) for p in kind.plain):
        return _held(kind, value)
    problems = [identifiers.check(key, value, hints) for key in kind.identifiers]
    if any(p is None for p in problems):
        return _held(kind, value)
    other = identifiers.identify(value, kind.wrong)
    if other:
        name = identifiers.name_of(other)
        return _need(
            "wrong-kind",
            f"{value} is a {name.en}, not what is needed ({kind.name.en})",
            f"{value} 是{name.zh}，并非所需的{kind.name.zh}",
            kind,
            value,
        )
    problem = next(p for p in problems if p)
    return _need(
        "malformed",
        f"{value} is no valid number for {kind.name.en}: {problem.detail.en}",
        f"{value} 不是有效的{kind.name.zh}编号：{problem.detail.zh}",
        kind,
        value,
    )


def _in_text(kind: DocumentKind, batch: Batch, i: int, run: Run) -> Need | None:
    if not kind.evidence:
        return None
    for field in _TEXT_FIELDS:
        for value in batch.all(field, i):
            for pattern in kind.evidence:
                match = pattern.search(value)
                if match:
                    number = match[1] if match.re.groups else ""
                    return _value(kind, number, run) if number else _held(kind, match[0])
    return None


def _dated(kind: DocumentKind, need: Need, batch: Batch, i: int, run: Run) -> Need:
    """`need`, unless the listing itself says that its certificate has ended."""
    until = parse_date(batch.get("certificate_expiry", i))
    return _timed(kind, None, until, run.as_of, need.value) or need


def _timed(
    kind: DocumentKind, first: date | None, until: date | None, day: date, value: str
) -> Need | None:
    if until is not None and until < day:
        return _need(
            "expired",
            f"{kind.name.en} ended on {until}",
            f"{kind.name.zh}已于 {until} 到期",
            kind,
            value,
        )
    if first is not None and first > day:
        return _need(
            "expired",
            f"{kind.name.en} holds only from {first}",
            f"{kind.name.zh}自 {first} 起才有效",
            kind,
            value,
        )
    if until is not None and (until - day).days <= EXPIRING_DAYS:
        return _need(
            "expiring",
            f"{kind.name.en} ends on {until}, in {(until - day).days} days",
            f"{kind.name.zh}将于 {until} 到期，还有 {(until - day).days} 天",
            kind,
            value,
        )
    return None


# --- evidence in the register --------------------------------------------------------------------


def _in_register(kinds: Sequence[DocumentKind], batch: Batch, i: int, run: Run) -> Need | None:
    listing = _listing(batch, i)
    marketplaces = run.marketplaces(batch, i)
    found: list[Need] = []
    jurisdictions = frozenset(
        j for m in marketplaces for j in run.jurisdictions.get(m, frozenset())
    )

    def outside(document: Document) -> str | None:
        return document.scope.outside(listing, marketplaces, jurisdictions)

    for kind in kinds:
        found += [
            _registered(kind, d, outside, batch, i, run) for d in run.registers.held(kind.key)
        ]
        keys = {k for k in kind.instead if k not in {x.key for x in kinds}}
        for document in run.registers.documents:
            if document.keys & keys and kind.key not in document.keys and not outside(document):
                found.append(
                    _need(
                        "wrong-kind",
                        f"the register holds “{document.name}” for it, which is not {kind.name.en}",
                        f"证照表中对应的是“{document.name}”，并不是{kind.name.zh}",
                        kind,
                        document.number,
                    )
                )
    return min(found, key=lambda n: _ORDER.index(n.state), default=None)


def _listing(batch: Batch, i: int) -> dict[str, str]:
    plain = {f: batch.get(f, i) for f in ("sku", "parent_sku", "brand", "model", "mpn", "title")}
    category = [v for f in ("category", "product_type") for v in batch.all(f, i)]
    return {**plain, "category": " ".join(category)}


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
    batch: Batch,
    i: int,
    run: Run,
) -> Need:
    """The state of one document of the register for listing `i`."""
    label = f"{document.name} {document.number}".strip()
    part = outside(document)
    if part:
        what = _SCOPE_NAMES[part]
        return _need(
            "out-of-scope",
            f"{label} is held, but for {what.en} ({', '.join(getattr(document.scope, part)[:3])})",
            f"{label} 适用于{what.zh}（{'、'.join(getattr(document.scope, part)[:3])}）",
            kind,
            document.number,
        )
    if document.number and tidy(document.number) not in _NO and kind.identifiers:
        judged = _value(kind, document.number, run)
        if judged.state != "held":
            return judged
    timed = _timed(kind, document.valid_from, document.valid_until, run.as_of, document.number)
    if timed and timed.state == "expired":
        return timed
    if document.holder and _other_holder(kind, document.holder, batch, i, run):
        return _need(
            "other-holder",
            f"{label} was issued to {document.holder}, who is neither the seller nor the maker",
            f"{label} 的持有人是 {document.holder}，既不是卖家也不是制造商",
            kind,
            document.number,
        )
    if document.file and not _there(document.file, run.base):
        return _need(
            "file-missing",
            f"{label}: {document.file} is not there",
            f"{label}：找不到文件 {document.file}",
            kind,
            document.number,
        )
    return timed or _held(kind, label)


def _other_holder(kind: DocumentKind, holder: str, batch: Batch, i: int, run: Run) -> bool:
    """Whether `holder` is certainly nobody who may hold the document for this listing."""
    sellers = [
        *run.registers.seller_names(),
        batch.get("seller_name", i),
        batch.get("trade_name", i),
    ]
    if not any(sellers):
        return False
    fields = {"seller": (), "seller-or-brand": ("brand", "manufacturer")}.get(
        kind.holder, ("brand", "manufacturer", "supplier", "responsible_person_name")
    )
    names = [n for n in (*sellers, *(batch.get(f, i) for f in fields)) if n]
    verdicts = [same_firm(holder, name) for name in names]
    return (
        True not in verdicts
        and any(
            verdict is False
            for verdict, name in zip(verdicts, names, strict=True)
            if name in sellers
        )
        and None not in verdicts[: len([s for s in sellers if s])]
    )


def _there(path: str, base: str) -> bool:
    """Whether a document's file exists; an address on the web can't be looked at and counts as there."""
    if re.match(r"^[a-zA-Z][a-zA-Z0-9+.-]+://", path):
        return True
    try:
        return Path(base, path).exists()
    except (OSError, ValueError):
        return False
