"""The words reporters say of their own accord, in both languages; findings bring theirs along."""

from __future__ import annotations

from typing import Any

from listlint.model import (
    SEVERITY_TEXT,
    Area,
    Finding,
    Lang,
    Report,
    Severity,
    SheetEntry,
    Suppression,
    Text,
)

SEVERITY = SEVERITY_TEXT
AREA: dict[Area, Text] = {
    Area.PROHIBITED: Text("prohibited", "禁限售"),
    Area.IP: Text("ip", "知识产权"),
    Area.LICENCE: Text("licence", "证照"),
    Area.SELLER: Text("seller", "卖家资料"),
    Area.BEHAVIOUR: Text("behaviour", "卖家行为"),
    Area.LISTING: Text("listing", "商品信息"),
    Area.FILE: Text("file", "文件"),
}
KIND: dict[str, Text] = {
    "listings": Text("listings", "商品表"),
    "seller": Text("seller sheet", "卖家资料表"),
    "licences": Text("licences", "证照登记表"),
    "authorisations": Text("authorisations", "品牌授权表"),
    "instructions": Text("instructions, nothing to check", "说明页，无需检查"),
    "unread": Text("not read", "未读取"),
}

COLON = Text(": ", "：")
SEMICOLON = Text("; ", "；")
COMMA = Text(", ", "、")
PAUSE = Text(", ", "，")
WHY = Text("why", "原因")
FIX = Text("fix", "处理")
SOURCE = Text("source", "依据")
SUMMARY = Text("Summary", "汇总")
AREA_HEAD = Text("area", "领域")
FIRST = Text("Mend these first", "请先处理")
ESTIMATE = Text(
    "An estimate by listlint that puts listings in order; it is no marketplace's score.",
    "此顺序为 listlint 的估计，不是任何平台的评分。",
)
NOT_CHECKED = Text("Not checked", "未检查")
SHEETS = Text("Files", "文件")
NOTES = Text("Notes", "说明")
NOTHING = Text("No findings.", "没有发现问题。")
WHOLE_SHEET = Text("whole sheet", "整表")
ROW = Text("row", "行")
TERM = Text("term", "词条")
EVASION = Text("evasion", "规避手法")
CONFIDENCE = Text("confidence", "置信度")
MARKETPLACES = Text("marketplaces", "平台")
SHARPENED = Text("{severity} on {where} because {reason}", "在 {where} 为{severity}：{reason}")
SUSPENSION = Text("suspension reason", "可能的停用原因")
FINGERPRINT = Text("fingerprint", "指纹")
PLACE = Text("where", "位置")
MATCH = Text("words", "原文")
MESSAGE = Text("what", "问题")
RULE = Text("rule", "规则")
SEVERITY_HEAD = Text("severity", "级别")

_BECAUSE = {"no such column": Text("no such column", "没有这一列")}


def sharpened(finding: Finding, lang: Lang) -> str:
    """What single marketplaces say of the finding's severity, and why."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for here in finding.sharpened:
        key = (SEVERITY[here.severity].get(lang), here.reason.get(lang))
        reasons.setdefault(key, []).append(here.marketplace)
    said = [
        SHARPENED.get(lang).format(severity=severity, where=", ".join(places), reason=reason)
        for (severity, reason), places in reasons.items()
    ]
    return SEMICOLON.get(lang).join(said)


def because(reason: str) -> Text:
    """Why a field was not checked; reasons of plugins are shown as they are."""
    return _BECAUSE.get(reason, Text(reason, reason))


def noun(count: int, one: str, many: str | None = None) -> str:
    """`1 listing`, `1,234 listings`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def verdict(report: Report) -> Text:
    """The one sentence that a hurried reader takes along."""
    by_action: Any = report.risk.get("by_action", {})
    down = by_action.get("take-down", 0)
    if report.flagged:
        en, zh = "{n} of {all} listings need attention", "{all} 个商品中有 {n} 个需要处理"
        if down:
            en, zh = f"{en}; {{down}} should come down first", f"{zh}，其中 {{down}} 个应先下架"
    elif any(e.kind == "unread" for e in report.files):
        en = "Nothing was found in what could be read; something could not be read"
        zh = "能读取的内容中未发现问题；有内容未能读取"
    else:
        en, zh = "No errors or warnings in {all} listings", "{all} 个商品中没有错误或警告"
    counts = {"n": f"{report.flagged:,}", "all": f"{report.listings:,}", "down": f"{down:,}"}
    return Text(f"{en}.".format(**counts), f"{zh}。".format(**counts))


def severity_counts(counts: dict[str, int], lang: Lang) -> str:
    """`2 errors, 1 warning, 0 info`."""
    error, warning, info = (counts[s.value] for s in Severity)
    return Text(
        f"{noun(error, 'error')}, {noun(warning, 'warning')}, {info:,} info",
        f"{error} 个错误、{warning} 个警告、{info} 个提示",
    ).get(lang)


def totals(report: Report, lang: Lang) -> str:
    """How much was checked, how much of it is flagged, how much could not be read."""
    sheets = sum(entry.kind == "listings" for entry in report.files)
    unread = sum(entry.kind == "unread" for entry in report.files)
    listings, flagged = report.listings, report.flagged
    return Text(
        f"{noun(listings, 'listing')} in {noun(sheets, 'sheet')}, {flagged:,} flagged"
        + (f"; {noun(unread, 'sheet or file', 'sheets or files')} not read" if unread else ""),
        f"{sheets} 个商品表，共 {listings} 个商品，其中 {flagged} 个有问题"
        + (f"；{unread} 个表或文件未能读取" if unread else ""),
    ).get(lang)


def suppressed_counts(suppressed: list[Suppression], lang: Lang) -> str:
    """How many findings do not count, and how many of those by the baseline."""
    baseline = sum(s.by == "baseline" for s in suppressed)
    return Text(
        f"{noun(len(suppressed), 'finding')} not counted: "
        f"{len(suppressed) - baseline:,} suppressed, {baseline:,} in the baseline",
        f"{len(suppressed)} 个发现未计入：豁免 {len(suppressed) - baseline} 个，基线 {baseline} 个",
    ).get(lang)


def more_listings(count: int, rows: str, lang: Lang) -> str:
    """The same finding elsewhere."""
    return Text(
        f"and {noun(count, 'more listing')}: rows {rows}"
        if count > 1
        else f"and 1 more listing: row {rows}",
        f"另有 {count} 个商品相同：第 {rows.replace(', ', COMMA.zh)} 行",
    ).get(lang)


def more_here(count: int, lang: Lang) -> str:
    """More findings of the same rule in the same listing."""
    return Text(
        f"and {count:,} more of this rule in this listing", f"本商品另有 {count} 处相同规则的问题"
    ).get(lang)


def beyond_limit(count: int, lang: Lang) -> str:
    """Listings that a terminal leaves out, and how to see them."""
    return Text(
        f"… {noun(count, 'more listing')} with findings; use -o html=report.html "
        "or --output-format json for all",
        f"……另有 {count} 个商品有问题；用 -o html=report.html 或 --output-format json 查看全部",
    ).get(lang)


def all_sheets(count: int, lang: Lang) -> str:
    """What is said of every sheet at once."""
    return Text(f"all {count:,} sheets", f"全部 {count} 个表").get(lang)


def fields_missing(fields: list[tuple[str, int]], reason: str, lang: Lang) -> str:
    """Fields that rules wanted in vain, each with how many rules, and why."""
    names = COMMA.get(lang).join(
        f"{name} ({n})" if lang == "en" else f"{name}（{n}）" for name, n in fields
    )
    return Text(
        f"{because(reason).en} for (rules that look at it): {names}",
        f"{because(reason).zh}（括号内为涉及的规则数）：{names}",
    ).get(lang)


def rules_missing(field: str, count: int, reason: str, lang: Lang) -> str:
    """One field that rules wanted in vain."""
    return Text(
        f"{field} ({noun(count, 'rule')}: {because(reason).en})"
        if count
        else f"{field} ({because(reason).en})",
        f"{field}（{f'{count} 条规则，' if count else ''}{because(reason).zh}）",
    ).get(lang)


def sheet_facts(entry: SheetEntry, lang: Lang) -> str:
    """What a sheet was taken for."""
    kind = KIND.get(entry.kind, Text(entry.kind, entry.kind)).get(lang)
    if entry.kind in ("unread", "instructions"):
        return kind
    parts = [kind, *([entry.dialect] if entry.dialect else []), *entry.marketplaces]
    parts.append(Text(noun(entry.rows, "row"), f"{entry.rows} 行").get(lang))
    if entry.kind == "listings":
        mapped, left = len(entry.columns), len(entry.unmapped)
        parts.append(
            Text(
                f"{noun(mapped, 'column')} used, {left:,} not", f"使用 {mapped} 列，未用 {left} 列"
            ).get(lang)
        )
    return PAUSE.get(lang).join(parts)


def packs_age(count: int, newest: str, days: int, lang: Lang) -> str:
    """How old the policies are: `days` since the oldest pack was updated."""
    return Text(
        f"{noun(count, 'policy pack')}, latest of {newest}, oldest updated {noun(days, 'day')} ago",
        f"{count} 个规则包，最新更新于 {newest}，最旧的更新于 {days} 天前",
    ).get(lang)
