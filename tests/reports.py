"""Hand-made reports for the tests of reporters: an ordinary one and one full of hostile text."""

from __future__ import annotations

import io
from datetime import date
from hashlib import sha256
from typing import Any

from listlint.model import (
    Area,
    Confidence,
    Edit,
    Finding,
    Fix,
    Location,
    NotChecked,
    PackInfo,
    Report,
    Severity,
    SheetEntry,
    Source,
    Suppression,
    Text,
)
from listlint.reporters import get
from listlint.reporters.interface import Style

SOURCE = (Source("https://example.com/policy?id=1", "2026-11-18"),)


def finding(row: int | None = 12, **changes: Any) -> Finding:
    """A counterfeit claim in `B<row>`; `match` is looked up in `excerpt` unless a span is given."""
    cell = changes.pop("cell", None if row is None else f"B{row}")
    path, sheet = changes.pop("path", "inventory.xlsx"), changes.pop("sheet", "Template")
    column = changes.pop("column", "Item Name")
    field = changes.pop("field", "title")
    sku = changes.pop("sku", None if row is None else f"SKU-{row}")
    excerpt = changes.get("excerpt", "AAA  Copy leather handbag")
    match = changes.get("match", "AAA  Copy")
    at = excerpt.find(match) if excerpt and match else -1
    base: dict[str, Any] = {
        "rule": "IP101",
        "name": "counterfeit-claim",
        "area": Area.IP,
        "severity": Severity.ERROR,
        "confidence": Confidence.HIGH,
        "location": Location(path, sheet, row, column, field, cell, sku, 1),
        "message": Text(
            f"{match!r} reads as an offer of a counterfeit", f"“{match}”会被视为销售假货"
        ),
        "why": Text("Listings are removed. Accounts follow.", "商品会被下架。账户随后停用。"),
        "fix": Fix(Text("Delete the words.", "删除相关字样。")),
        "match": match,
        "span": (at, at + len(match)) if at >= 0 else None,
        "source": SOURCE,
        "excerpt": excerpt,
        "fingerprint": sha256(repr((changes, path, sheet, cell)).encode()).hexdigest()[:24],
    }
    return Finding(**{**base, **changes})


def entry(
    path: str = "inventory.xlsx", sheet: str | None = "Template", **changes: Any
) -> SheetEntry:
    """A sheet of listings without a GTIN column."""
    base: dict[str, Any] = {
        "dialect": "amazon-flat-file",
        "marketplaces": ("amazon.com",),
        "rows": 812,
        "columns": {"Item Name": "title"},
        "unmapped": ("Notes",),
        "not_checked": (NotChecked("gtin", "no such column", ("SEL101", "SEL102")),),
        "listings": 800,
    }
    return SheetEntry(path, sheet, **{**base, **changes})


UNREAD = entry("broken.xlsx", None, dialect=None, marketplaces=(), rows=0, columns={}, unmapped=(),
               not_checked=(), listings=0, kind="unread")  # fmt: skip


def report(*findings: Finding, **changes: Any) -> Report:
    """A report of those findings."""
    base: dict[str, Any] = {
        "version": "0.1.0",
        "as_of": date(2026, 11, 23),
        "policies": (PackInfo("ip/counterfeit", "2026.11", "2026-11-13", "2027-02-13"),),
        "files": (entry(),),
        "listings": 800,
        "flagged": len({f.location.row for f in findings if f.counts}),
    }
    return Report(findings=findings, **{**base, **changes})


def ordinary() -> Report:
    """Something of each kind: areas, severities, a fix, a suppression, an unread file, a note."""
    return report(
        finding(12, fix=Fix(Text("Delete it.", "删除。"), Edit((0, 9), "", safe=False))),
        finding(12, rule="SEL301", area=Area.SELLER, column="VAT", field="vat_number", cell="F12",
                match="DE 123 456 789", excerpt="DE 123 456 789",
                message=Text("'DE 123 456 789' (DE123456789) fails its check digit", "“DE 123 456 789”校验位错误")),
        finding(13, rule="LIC201", area=Area.LICENCE, severity=Severity.WARNING, match=None, excerpt=None,
                column=None, cell=None, field="cpc", message=Text("No CPC", "缺少 CPC")),
        finding(14, severity=Severity.INFO, rule="LST101", area=Area.LISTING),
        finding(15, suppressed=Suppression("baseline", "known")),
        finding(16, suppressed=Suppression("column", "agreed with legal", "2027-01-01")),
        finding(None, rule="FILE103", area=Area.FILE, path="broken.xlsx", sheet=None, column=None, field=None,
                match=None, excerpt=None, source=(), message=Text("the file is encrypted", "文件已加密")),
        files=(entry(), UNREAD),
        notes=(Text("No marketplace was given.", "未指定平台。"),),
        risk={"score": 12},
    )  # fmt: skip


HOSTILE = (
    "\x1b]0;owned\x07\x1b[2J",
    "::error::owned",
    "::add-mask::x\n::error file=a::owned",
    "##vso[task.setvariable variable=x]owned",
    "a ##[error]owned ##VSO[build.addbuildtag]x",
    "x\r\n::warning::owned",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(1)",
    "\t=1+1",
    "；=1+1 ;=2+2",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "]]> & <![CDATA[ &amp;",
    "| a | b |\n|---|---|",
    "[x](javascript:alert(1)) `code` *b* @team #12 https://evil.example www.evil.example",
    "\u202egnp.exe\u202c \u200b\u2066x\u2069",
    "\ud800 \udfff lone",
    "nul \x00 \x85 \u2028 \ufffe \U000e0041",
    "عرض خاص ٥٠٪",
    "百分百正品" * 40,
    "x" * 30_000,
    "字" * 30_000,
    "%0A%AZP25 % ; ] , :",
    "",
    " ",
)


def hostile() -> Report:
    """Every nasty text wherever text of the user's file can come to stand."""
    found = [
        finding(
            n + 2,
            path=f"{text[:60]}.csv",
            sheet=text,
            column=text,
            sku=text,
            match=text,
            excerpt=f"before {text} after",
            message=Text(f"found {text}", f"发现{text}"),
            why=Text(f"{text} is bad", f"{text}不行"),
            fix=Fix(Text(f"drop {text}", f"删去{text}")),
            term=text,
            area=area,
            suppressed=Suppression("note", text) if n % 7 == 6 else None,
        )
        for n, text in enumerate(HOSTILE)
        for area in (Area.IP, Area.SELLER, Area.FILE)
    ]
    return report(
        *found,
        files=tuple(entry(f"{text[:60]}.csv", text, columns={text: "title"}, unmapped=(text,))
                    for text in HOSTILE),
        notes=tuple(Text(text, text) for text in HOSTILE),
    )  # fmt: skip


def render(format_name: str, made: Report, **style: Any) -> str:
    """What a reporter writes."""
    out = io.StringIO()
    get(format_name).write(made, out, Style(**style))
    return out.getvalue()
