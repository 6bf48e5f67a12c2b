"""The state of a need: the words for it, and which of several counts."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Literal

from listlint.identifiers.table import tidy
from listlint.model import Severity, Text
from listlint.slotted import slotted

if TYPE_CHECKING:
    from listlint.registers.documents import DocumentKind

State = Literal[
    "held", "missing", "malformed", "wrong-kind", "expired", "expiring", "out-of-scope",
    "other-holder", "file-missing", "unjudged",
]  # fmt: skip

EXPIRING_DAYS = 60
"""A document that ends within so many days is said to be expiring."""

# Of several documents for one need the best counts.
ORDER: tuple[State, ...] = (
    "held", "expiring", "expired", "other-holder", "file-missing", "malformed", "wrong-kind",
    "out-of-scope", "missing",
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
_SEVERITY: dict[str, Severity] = {
    "unjudged": Severity.INFO,
    "expiring": Severity.INFO,
    "file-missing": Severity.WARNING,
}

_NONE_WORDS = frozenset(
    {
        "N/A", "NA", "NO", "NONE", "NULL", "NIL", "FALSE", "0", "-", "--", "/", "?", "TBD", "TBC",
        "PENDING", "APPLYING", "MISSING", "UNKNOWN", "NOT APPLICABLE", "NOT AVAILABLE",
        "NOTAVAILABLE", "TO BE DONE", "IN PROGRESS", "NOT YET", "COMING SOON", "NEIN", "KEINE",
        "KEIN", "IN BEARBEITUNG", "BEANTRAGT", "NON", "AUCUN", "EN COURS", "NINGUNO", "NO TIENE",
        "NESSUNO", "无", "没有", "暂无", "否", "申请中", "办理中", "待定", "なし", "無し", "未取得", "申請中",
    }
)  # fmt: skip


@slotted(frozen=True, slots=True)
class Need:
    """The state of a need, in words, and the severity it calls for (None: the rule's own)."""

    state: State
    detail: Text
    severity: Severity | None = None
    document: str = ""
    """Key of the kind of document that the state is about."""
    value: str = ""
    """The number or words that were judged."""


def need(state: State, en: str, zh: str, kind: DocumentKind, value: str = "") -> Need:
    """A need in `state`, about a document of `kind`."""
    return Need(state, Text(en, zh), _SEVERITY.get(state), kind.key, value)


def held(kind: DocumentKind, value: str) -> Need:
    """A need that is met."""
    return need("held", f"{kind.name.en}: {value}", f"{kind.name.zh}：{value}", kind, value)


def worst_last(found: list[Need]) -> Need | None:
    """The need that counts among `found`; None where there is none."""
    return min(found, key=lambda n: ORDER.index(n.state), default=None)


def none_word(value: str) -> bool:
    """Whether the cell says that there is no document (yet)."""
    return tidy(value) in _NONE_WORDS


def timed(
    kind: DocumentKind, first: date | None, until: date | None, day: date, value: str
) -> Need | None:
    """`expired` or `expiring` of a document that holds from `first` until `until`, else None."""
    if until is not None and until < day:
        return need(
            "expired",
            f"{kind.name.en} ended on {until}",
            f"{kind.name.zh}已于 {until} 到期",
            kind,
            value,
        )
    if first is not None and first > day:
        return need(
            "expired",
            f"{kind.name.en} holds only from {first}",
            f"{kind.name.zh}自 {first} 起才有效",
            kind,
            value,
        )
    if until is not None and (until - day).days <= EXPIRING_DAYS:
        return need(
            "expiring",
            f"{kind.name.en} ends on {until}, in {(until - day).days} days",
            f"{kind.name.zh}将于 {until} 到期，还有 {(until - day).days} 天",
            kind,
            value,
        )
    return None
