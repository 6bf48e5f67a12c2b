"""The reports for people: grouping, wrapping, colours, languages."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from listlint.model import Area, NotChecked, PackInfo, Severity, Text
from listlint.reporters import get
from listlint.reporters.grouping import row_ranges
from listlint.reporters.interface import Style
from listlint.reporters.screen import wrap
from reports import UNREAD, entry, finding, hostile, ordinary, render, report


def test_worst_listing_comes_first() -> None:
    made = report(
        finding(2, severity=Severity.INFO),
        finding(3, severity=Severity.WARNING),
        finding(4),
        finding(5),
        finding(5, cell="C5", match="replica", excerpt="a replica"),
    )
    heads = re.findall(r"^inventory\.xlsx!Template  row (\d+)", render("text", made), re.MULTILINE)
    assert heads == ["5", "4", "3", "2"]


def test_the_words_are_marked_in_their_context() -> None:
    written = render("text", report(finding(excerpt="New AAA  Copy leather bag")))
    assert "│ New ⟦AAA  Copy⟧ leather bag" in written
    coloured = render("text", report(finding(excerpt="New AAA  Copy leather bag")), colour=True)
    assert "\x1b[1;4mAAA  Copy\x1b[0m" in coloured


def test_same_finding_in_many_listings_is_said_once() -> None:
    many = [
        finding(n, match=None, excerpt=None, message=Text("No CPC", "无")) for n in range(2, 44)
    ]
    written = render("text", report(*many))
    assert written.count("No CPC") == 1
    assert "and 41 more listings: rows 3–43" in written
    assert render("full", report(*many)).count("No CPC") == 42
    assert "另有 41 个商品相同：第 3–43 行" in render("text", report(*many), lang="zh")


def test_advice_is_given_once_in_a_listing() -> None:
    twice = [finding(2), finding(2, cell="C2", match="replica", excerpt="a replica")]
    written = render("text", report(*twice))
    assert written.count("reads as an offer") == 2
    assert written.count("fix: Delete the words.") == 1
    assert render("full", report(*twice)).count("fix: Delete the words.") == 2


def test_three_listings_are_not_collapsed() -> None:
    few = [finding(n) for n in (2, 3, 4)]
    assert render("text", report(*few)).count("reads as an offer") == 3


def test_many_findings_of_a_rule_in_one_listing_are_counted() -> None:
    words = [f"word{n}" for n in range(10)]
    made = [finding(2, match=w, excerpt=" ".join(words)) for w in words]
    written = render("text", report(*made))
    assert written.count("reads as an offer") == 3
    assert "and 7 more of this rule in this listing" in written


@pytest.mark.parametrize("name", ["text", "full", "concise"])
def test_a_giant_cell_does_not_flood_the_screen(name: str) -> None:
    giant = "x " * 15_000
    made = report(finding(match=giant, excerpt=giant, sku=giant, column=giant))
    assert len(render(name, made)) < 5_000


def test_limit_and_what_lies_beyond() -> None:
    made = report(*(finding(n, message=Text(f"message {n}", "")) for n in range(2, 72)))
    written = render("text", made)
    assert written.count("counterfeit-claim") == 50
    assert "… 20 more listings with findings; use -o html=report.html" in written
    assert render("text", made, limit=None).count("counterfeit-claim") == 70
    assert render("full", made).count("counterfeit-claim") == 70


def test_summary_not_checked_files_and_notes() -> None:
    written = render("text", ordinary())
    assert "800 listings in 1 sheet, 4 flagged; 1 sheet or file not read" in written
    assert "3 errors, 1 warning, 1 info" in written
    assert re.search(r"^  licence +0 +1 +0$", written, re.MULTILINE)
    assert "2 findings not counted: 1 suppressed, 1 in the baseline" in written
    assert (
        "inventory.xlsx!Template: no such column for (rules that look at it): gtin (2)" in written
    )
    assert "broken.xlsx: not read" in written
    assert "✖ FILE103 the file is encrypted" in written
    assert "No marketplace was given." in written
    assert "oldest updated 10 days ago" in written


def test_fields_that_no_sheet_has_are_named_once() -> None:
    gtin, brand = (
        NotChecked("gtin", "no such column", ("A", "B")),
        NotChecked("brand", "no such column", ("C",)),
    )
    sheets = (
        entry("a.csv", None, not_checked=(brand, gtin)),
        entry("b.csv", None, not_checked=(gtin,)),
    )
    written = render("text", report(files=sheets), width=120)
    assert "all 2 sheets: no such column for (rules that look at it): gtin (2)" in written
    assert "a.csv: no such column for (rules that look at it): brand (1)" in written
    assert written.count("gtin") == 1


def test_file_findings_stay_out_of_the_listings() -> None:
    padded = [
        finding(
            n, area=Area.FILE, rule="FILE203", severity=Severity.INFO, message=Text("padded", "补")
        )
        for n in range(2, 500)
    ]
    written = render("text", report(*padded))
    assert "  row 2" not in written
    assert "FILE203 B2: padded (×498)" in written


def test_finding_about_a_path_without_an_entry_is_shown() -> None:
    lost = finding(None, area=Area.FILE, rule="FILE101", path="gone.xlsx", sheet=None, column=None,
                   match=None, excerpt=None, message=Text("no such file", "文件不存在"))  # fmt: skip
    written = render("text", report(lost, files=()))
    assert "gone.xlsx\n" in written
    assert "FILE101 no such file" in written


def test_clean_report_says_so() -> None:
    assert "No findings." in render("text", report())
    assert "没有发现问题。" in render("text", report(), lang="zh")


def test_full_shows_all_that_is_known() -> None:
    made = finding(
        term="aaa copy",
        evasion="spacing",
        suspension_reason="suspected-ip",
        marketplaces=("amazon.de",),
    )
    written = render("full", replace(ordinary(), findings=(made, *ordinary().findings[4:6])))
    for piece in ("term: aaa copy", "evasion: spacing", "suspected-ip", "amazon.de", "Accounts follow.",
                  "https://example.com/policy?id=1 (2026-11-18)", "agreed with legal (2027-01-01)"):  # fmt: skip
        assert piece in written
    assert "Accounts follow." not in render("text", report(made))


def test_concise_is_a_line_a_finding() -> None:
    lines = render("concise", ordinary()).splitlines()
    assert lines[0] == (
        "inventory.xlsx!Template:B12: error IP101 'AAA  Copy' reads as an offer of a counterfeit"
    )
    assert lines[2] == "inventory.xlsx!Template:13: warning LIC201 No CPC"
    assert lines[4] == "broken.xlsx: error FILE103 the file is encrypted"
    assert len(lines) == 6


def test_concise_csv_has_no_sheet() -> None:
    assert render("concise", report(finding(path="a.csv", sheet=None))).startswith(
        "a.csv:B12: error"
    )


def test_statistics_counts_by_rule() -> None:
    made = report(*(finding(n) for n in range(2, 14)), finding(2, rule="LST101", area=Area.LISTING))
    lines = render("statistics", made).splitlines()
    assert lines[:2] == [
        "12  error IP101  counterfeit-claim",
        " 1  error LST101  counterfeit-claim",
    ]


def test_chinese_has_chinese_words_and_punctuation() -> None:
    written = render("text", ordinary(), lang="zh")
    for piece in ("第 12 行", "✖ 错误 IP101", "原因：商品会被下架。", "处理：删除相关字样。", "依据：example.com",
                  "3 个错误、1 个警告、1 个提示", "未检查", "gtin（2）", "未读取"):  # fmt: skip
        assert piece in written
    for english in ("why", "listings", "error ", "warning", "not read"):
        assert english not in written


@pytest.mark.parametrize("width", [80, 100, 120])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_lines_keep_the_width(width: int, lang: str) -> None:
    for line in render("text", hostile(), width=width, lang=lang, limit=None).splitlines():
        assert cell_len(line) <= width + 2


@settings(max_examples=150, deadline=None)
@given(st.text(st.sampled_from("ab 中文，。（）“”\u3000!😀é")), st.integers(8, 40))
def test_wrapping_loses_nothing_but_space(text: str, width: int) -> None:
    ranges = wrap(text, width)
    assert "".join("".join(text[a:b].split()) for a, b in ranges) == "".join(text.split())
    assert all(cell_len(text[a:b]) <= width for a, b in ranges)


def test_no_line_begins_with_closing_punctuation() -> None:
    text = "平台会下架该商品，并常常停用账户。" * 20
    lines = [text[a:b] for a, b in wrap(text, 31)]
    assert len(lines) > 10
    assert not any(line[0] in "，。" for line in lines)


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "gbk"])
@pytest.mark.parametrize("colour", [False, True])
def test_narrow_terminals_are_served(encoding: str, colour: bool) -> None:
    for name in ("text", "full", "concise", "statistics"):
        raw = io.BytesIO()
        out = io.TextIOWrapper(raw, encoding=encoding, errors="strict", newline="")
        get(name).write(hostile(), out, Style(colour=colour))
        out.flush()
        assert b"IP101" in raw.getvalue()


def test_only_our_own_escapes_reach_a_coloured_screen() -> None:
    written = render("text", hostile(), colour=True, limit=None)
    assert "\x1b[" in written
    assert not re.sub(r"\x1b\[[\d;]*m", "", written).count("\x1b")
    assert "\x07" not in written


def test_without_colour_there_is_no_escape() -> None:
    assert "\x1b" not in render("text", hostile())


@pytest.mark.parametrize(
    ("rows", "said"),
    [((3,), "3"), ((3, 4, 5, 9), "3–5, 9"), (range(1, 40, 2), "1, 3, 5, 7, 9, 11, 13, 15, …")],
)
def test_row_ranges(rows: tuple[int, ...], said: str) -> None:
    assert row_ranges(rows) == said


def test_oldest_pack_tells_the_age() -> None:
    packs = (
        PackInfo("a", "1", "2026-11-22", "2027-01-01"),
        PackInfo("b", "1", "2026-11-01", "2027-01-01"),
    )
    written = render("text", report(policies=packs, files=(entry(), UNREAD)))
    assert "2 policy packs, latest of 2026-11-22, oldest updated 22 days ago" in written
