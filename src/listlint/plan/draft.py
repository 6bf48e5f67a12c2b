"""From findings to the blocks of a plan of action: what was found, why, what is done, what proves it.

Only what the check saw is said as a fact. Causes, corrections and measures are boxes to tick, with
brackets to fill: listlint knows neither the marketplace's notice nor what the seller did.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from listlint.model import Lang, Text
from listlint.plan.items import Item
from listlint.plan.reasons import Reason, Reasons
from listlint.plan.show import Block
from listlint.reporters.show import shortened
from listlint.slotted import slotted

ROWS_SHOWN = 50
"""Findings told one by one under each heading; marketplaces read short letters."""

_SEVERITIES = ("error", "warning")


@slotted(frozen=True, slots=True)
class Facts:
    """What stands in the head of a plan. Days are ISO."""

    as_of: str
    listings: int | None
    """Listings checked; None: not known (an older report)."""
    marketplaces: tuple[str, ...]
    unread: tuple[str, ...] = ()
    corrected: tuple[Item, ...] = ()
    """Findings of an earlier report that this check no longer has."""
    before: str = ""
    """The day of the earlier report; empty: none was given."""


def draft(
    items: Sequence[Item],
    facts: Facts,
    reasons: Reasons,
    papers: Callable[[str], Sequence[Text]],
    lang: Lang,
) -> list[Block]:
    """The document. `papers` gives the documents that a rule (by code) asks for."""
    groups: dict[str, list[Item]] = {}
    for item in items:
        groups.setdefault(reasons.of(item.reason, item.area).id, []).append(item)
    ordered = sorted(
        groups.items(),
        key=lambda g: (min(_SEVERITIES.index(i.severity) for i in g[1]), -len(g[1]), g[0]),
    )
    say = _Words(lang)
    blocks = _head(items, facts, say)
    for n, (key, found) in enumerate(ordered, 1):
        blocks += _part(n, reasons.by_id[key], found, papers, say)
    if facts.before:
        blocks += _corrected(facts, say)
    return [*blocks, *_end(say)]


@slotted(frozen=True, slots=True)
class _Words:
    """Chooses the language."""

    lang: Lang

    def __call__(self, en: str, zh: str) -> str:
        return zh if self.lang == "zh" else en


def _head(items: Sequence[Item], facts: Facts, say: _Words) -> list[Block]:
    skus = {i.sku for i in items if i.sku}
    checked = (
        say(f" of {facts.listings} checked", f"（共检查 {facts.listings} 个）")
        if facts.listings is not None
        else ""
    )
    places = ", ".join(facts.marketplaces) or say("[marketplace]", "[平台]")
    note = [
        say(
            "Draft. Nothing below is true until you have made it true: tick a box only when it is done, "
            "fill each bracket, delete what does not apply.",
            "草稿。以下内容在您落实之前均不成立：做到了才打勾，方括号须填写，不适用的请删除。",
        ),
        say(
            "listlint has not seen the marketplace's notice. Answer what the notice asks, in your own words, "
            "and delete this note.",
            "listlint 未见过平台通知。请用自己的话回答通知的要求，并删除本说明。",
        ),
    ]
    head = [
        Block("heading", (say("Plan of action", "行动计划书（POA）"),), 1),
        Block("note", tuple(note)),
        Block(
            "text",
            (
                say(f"To: {places}, seller performance", f"致：{places} 卖家绩效团队"),
                say("From: [legal name], [merchant token]", "卖家：[公司全称]，[卖家编号]"),
                say(
                    "Your notice: [date], case [number], reason as stated: [quote it]",
                    "通知：[日期]，案例编号 [编号]，所述原因：[引用原文]",
                ),
                say(
                    f"On {facts.as_of} we checked our listings: {len(items)} problems in "
                    f"{len(skus)} SKUs{checked}.",
                    f"我们于 {facts.as_of} 检查了商品信息：{len(skus)} 个 SKU{checked}中发现 {len(items)} 处问题。",
                ),
            ),
        ),
    ]
    if facts.unread:
        files = ", ".join(facts.unread)
        head.append(
            Block(
                "text",
                (
                    say(
                        f"Not covered, because it could not be read: {files}",
                        f"因无法读取而未涵盖：{files}",
                    ),
                ),
            )
        )
    return head


def _part(
    n: int, reason: Reason, found: list[Item], papers: Callable[[str], Sequence[Text]], say: _Words
) -> list[Block]:
    lang = say.lang
    named = {p.get(lang): None for i in found for p in papers(i.rule)}
    return [
        Block("heading", (f"{n}. {reason.title.get(lang)}",)),
        Block("heading", (say("What was found", "发现的问题"),), 3),
        _table(found, say),
        *_rest(found, say),
        Block("heading", (say("Root cause: keep the true one", "根本原因：保留属实的一项"),), 3),
        Block("boxes", reason.causes.get(lang)),
        Block("heading", (say("What we have corrected", "已采取的整改"),), 3),
        Block("boxes", (*_corrections(found, say), *reason.corrective.get(lang))),
        Block(
            "heading",
            (say("How we keep it from happening again", "如何防止再次发生"),),
            3,
        ),
        Block("boxes", reason.preventive.get(lang)),
        Block("heading", (say("Documents to attach", "随附文件"),), 3),
        Block("boxes", (*named, *reason.documents.get(lang))),
    ]


def _table(found: Sequence[Item], say: _Words) -> Block:
    several = len({i.path for i in found}) > 1
    head = (
        "SKU",
        say("Where", "位置"),
        say("Words", "原文"),
        say("What is wrong", "问题"),
        say("Rule", "规则"),
    )
    rows = [
        (
            i.sku or "–",
            f"{i.path} {i.place}".strip() if several else i.place or i.path,
            shortened(i.match, 60) or "–",
            shortened(i.message, 160),
            i.rule,
        )
        for i in found[:ROWS_SHOWN]
    ]
    return Block("table", rows=(head, *rows))


def _rest(found: Sequence[Item], say: _Words) -> list[Block]:
    left = len(found) - ROWS_SHOWN
    if left <= 0:
        return []
    text = say(
        f"And {left} more; attach the checked workbook (listlint FILE -o xlsx=checked.xlsx).",
        f"另有 {left} 处；请附上检查后的工作簿（listlint FILE -o xlsx=checked.xlsx）。",
    )
    return [Block("text", (text,))]


def _corrections(found: Sequence[Item], say: _Words) -> list[str]:
    """What each rule's finding asks to be done, once a rule, with the SKUs."""
    by_fix: dict[tuple[str, str], dict[str, None]] = {}
    for i in found:
        by_fix.setdefault((i.rule, i.fix), {})[i.sku or i.place] = None
    lines = []
    for (rule, fix), skus in by_fix.items():
        shown = ", ".join(list(skus)[:8]) + (" …" if len(skus) > 8 else "")
        lines.append(
            say(
                f"{shown} ({rule}): {fix} – done on [date] by [name]",
                f"{shown}（{rule}）：{fix}——于 [日期] 由 [姓名] 完成",
            )
        )
    return lines


def _corrected(facts: Facts, say: _Words) -> list[Block]:
    gone = facts.corrected
    told = say(
        f"Of the problems in the check of {facts.before}, {len(gone)} were no longer found in the "
        f"files checked on {facts.as_of}. Whether the marketplace shows the new text is for you to see: "
        "[date of upload].",
        f"{facts.before} 检查发现的问题中，有 {len(gone)} 处在 {facts.as_of} 检查的文件中已不再出现。"
        "平台是否已显示新内容请自行确认：[上传日期]。",
    )
    blocks = [
        Block("heading", (say("No longer found", "已不再出现的问题"),)),
        Block("text", (told,)),
    ]
    if gone:
        blocks += [_table(gone, say), *_rest(gone, say)]
    return blocks


def _end(say: _Words) -> list[Block]:
    return [
        Block("heading", (say("Before you send it", "发送之前"),)),
        Block(
            "boxes",
            (
                say(
                    "Every statement is true and can be shown; no bracket and no unticked box is left.",
                    "每句话属实且可证明；没有剩余的方括号和未勾选的方框。",
                ),
                say(
                    "It answers the reason that the notice names, and nothing that was not asked.",
                    "只回答通知所述原因，不答未问之事。",
                ),
                say(
                    "Listings that may not be sold are deleted, not only out of stock.",
                    "禁售商品已删除，而非仅设为缺货。",
                ),
                say(
                    "Documents are originals, complete and unaltered, and name the same company and address.",
                    "文件为完整、未经修改的原件，公司名称与地址一致。",
                ),
                say(
                    "The corrected files were checked again and are clean.",
                    "整改后的文件已重新检查且无问题。",
                ),
            ),
        ),
        Block("text", (say("[name, role, date]", "[姓名、职务、日期]"),)),
    ]
