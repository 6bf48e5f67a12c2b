"""The page: what is in it, that nothing in it can run, and how a real browser shows it."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conftest import RunCli
from listlint.model import (
    Area,
    Confidence,
    FixedFinding,
    Lang,
    Past,
    PastRun,
    Report,
    Severity,
    Text,
)
from listlint.reporters.page.render import as_json
from listlint.reporters.page.render import render as page
from listlint.risk import rank
from reports import HOSTILE, UNREAD, entry, finding, hostile, ordinary, render, report
from viewing import chromium, serious_faults


def embedded(html: str) -> Any:
    """The data block of a page."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', html, re.DOTALL)
    assert found
    return json.loads(found.group(1))


def test_everything_is_in_the_one_file() -> None:
    html = render("html", ordinary())
    assert not re.search(r'(src|href)="(?!#|data:|https?://example\.com)', html)
    assert "@import" not in html
    assert "url(" not in html
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    assert policy
    assert policy.group(1).startswith("default-src &#39;none&#39;")
    assert "unsafe" not in policy.group(1)
    assert not re.search(
        r"\son[a-z]+=|\sstyle=", re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL)
    )


def test_findings_are_there_once_with_both_languages() -> None:
    made = ordinary()
    data = embedded(render("html", made))
    assert len(data["findings"]) == len(made.findings)
    assert ["Listings are removed. Accounts follow.", "商品会被下架。账户随后停用。"] in data[
        "texts"
    ]
    assert len(data["texts"]) == len({tuple(t) for t in data["texts"]})
    first = next(f for f in data["findings"] if f[1] == "IP101")
    assert first[10] == ["", "AAA  Copy", " leather handbag"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_given_language_comes_first(lang: Lang) -> None:
    html = page(ordinary(), lang)
    assert f'<html lang="{"zh-Hans" if lang == "zh" else "en"}"' in html
    assert '<title data-en="inventory.xlsx and 1 more file · listlint report"' in html


def test_no_text_of_a_file_becomes_markup() -> None:
    html = render("html", hostile())
    assert set(re.findall("<img[^>]{12}", html)) == {'<img src="data:i'}
    assert html.count("<script") == 2
    data = html.split('id="data">')[1].split("</script>")[0]
    assert not set("<>&") & set(data)
    assert "<script>alert(1)</script>" in json.dumps(embedded(html))


def test_data_survives_what_ends_a_script() -> None:
    assert "</" not in as_json(["</script><!--", "\u2028", "\ud800"])
    assert json.loads(as_json("</script>")) == "</script>"


def test_seller_identifiers_are_masked_on_demand() -> None:
    assert "DE 123 456 789" in render("html", ordinary())
    assert "123 456 789" not in render("html", ordinary(), redact=True)


def test_trend_has_its_charts() -> None:
    runs = tuple(PastRun(f"2026-11-{n:02}", n, 2, 1, new=1, fixed=2) for n in range(1, 8))
    html = page(replace(ordinary(), past=Past(runs, "2026-11-06")), "en")
    assert 'id="chart-trend"' in html
    assert 'id="chart-changes"' in html
    assert 'id="chart-trend"' not in page(ordinary(), "en")


def test_a_kept_history_is_on_the_page(tmp_path: Path, run_cli: RunCli) -> None:
    sheet = tmp_path / "inventory.csv"
    options = ["inventory.csv", "--history", "runs.db", "-ohtml=report.html", "-q", "--as-of"]

    def checked(day: str, title: str) -> str:
        sheet.write_text(f"sku,title\nA-1,{title}\nA-2,AAA copy wallet\n", "utf-8")
        assert run_cli(*options, day, cwd=tmp_path).code == 1
        return (tmp_path / "report.html").read_text("utf-8")

    first = checked("2026-11-20", "AAA copy handbag")
    assert 'id="chart-trend"' not in first
    assert sum(f[15] for f in embedded(first)["findings"]) == 0
    second = checked("2026-11-21", "Replica watch")
    assert 'id="chart-trend"' in second
    assert re.search(r"Since the run of</span> <time[^>]*>2026-11-20", second)
    data = embedded(second)
    fresh = [f for f in data["findings"] if f[15]]
    assert fresh
    assert {data["groups"][f[0]][2] for f in fresh} == {"A-1"}
    assert "AAA copy" in second.split('id="h-fixed"')[1].split("</section>")[0]


def test_a_report_without_findings_is_a_page() -> None:
    html = page(report(), "en")
    assert embedded(html)["findings"] == []
    assert "<figure" not in html
    assert "No errors or warnings in 800 listings." in html


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (ordinary(), "4 of 800 listings need attention"),
        (report(files=(UNREAD,)), "something could not be read"),
        (
            report(finding(2, suspension_reason="restricted"), finding(3), files=(entry(),)),
            "2 of 800 listings need attention; 1 should come down first.",
        ),
    ],
)
def test_the_first_sentence_is_the_verdict(made: Report, said: str) -> None:
    html = page(replace(made, risk=rank(made)), "en")
    assert re.search(rf'class="verdict"><span[^>]*>[^<]*{re.escape(said)}', html)


def with_past(made: Report) -> Report:
    """The report as the second of two runs: one finding new, one fixed."""
    gone = FixedFinding(
        "PRO201", "<b>banned</b>", "inventory.xlsx", "Template", "SKU-99", "gone words"
    )
    runs = (PastRun("2026-11-22", 3, 1, 1), PastRun("2026-11-23", 3, 1, 1, new=1, fixed=1))
    return replace(
        made,
        past=Past(runs, "2026-11-22", frozenset({made.findings[2].fingerprint}), (gone,)),
    )


def test_what_is_fixed_since_the_last_run_is_listed() -> None:
    html = page(with_past(ordinary()), "en")
    fixed = html.split('id="h-fixed"')[1].split("</section>")[0]
    assert "gone words" in fixed
    assert "SKU-99" in fixed
    assert "&lt;b&gt;banned" in fixed
    assert sum(f[15] for f in embedded(html)["findings"]) == 1
    assert 'id="h-fixed"' not in page(ordinary(), "en")


# ---- in a browser


def large(count: int = 20_000) -> Report:
    """Many findings in a fifth as many listings."""
    found = [
        finding(
            2 + n // 5,
            rule=("IP101", "PRO201", "LST101")[n % 3],
            area=(Area.IP, Area.PROHIBITED, Area.LISTING)[n % 3],
            severity=tuple(Severity)[n % 3],
            confidence=tuple(Confidence)[n % 2],
            message=Text(
                f"'AAA  Copy' number {n} reads as a counterfeit",
                f"第 {n} 个“AAA  Copy”会被视为假货",
            ),
        )
        for n in range(count)
    ]
    return report(*found)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """One browser for the module."""
    with chromium(tmp_path_factory.mktemp("chromium")) as driver:
        yield driver


def opened(browser: Any, path: Path, made: Report, lang: Lang = "en") -> Any:
    """The page of a report, opened from disk, its script done."""
    path = path / "report.html"
    made = replace(made, risk=rank(made))
    path.write_text(page(made, lang), "utf-8", errors="backslashreplace")
    browser.get_log("browser")
    browser.get("about:blank")
    browser.get(path.as_uri())
    assert browser.execute_script("return 'ready' in document.documentElement.dataset")
    return browser


def one(browser: Any, selector: str) -> Any:
    """The first element that matches."""
    return browser.find_element("css selector", selector)


def texts(browser: Any, selector: str) -> list[str]:
    """The texts of all elements that match."""
    return browser.execute_script(
        "return [...document.querySelectorAll(arguments[0])].map((e) => e.textContent)", selector
    )


def choose(browser: Any, selector: str, value: str) -> None:
    """Choose an option as a person would."""
    from selenium.webdriver.support.ui import Select

    Select(one(browser, selector)).select_by_value(value)


def test_browser_shows_findings_with_their_words_marked(browser: Any, tmp_path: Path) -> None:
    opened(browser, tmp_path, ordinary())
    assert one(browser, "#status").text == "5 findings in 4 listings or sheets"
    assert texts(browser, "article mark")[0] == "AAA  Copy"
    assert "Delete it." in one(browser, "article").text
    assert one(browser, "article a").get_attribute("href").startswith("https://example.com/")
    assert browser.get_log("browser") == []


def test_browser_fetches_nothing(browser: Any, tmp_path: Path) -> None:
    opened(browser, tmp_path, ordinary())
    sent = [
        message["params"]
        for line in browser.get_log("performance")
        if (message := json.loads(line["message"])["message"])["method"]
        == "Network.requestWillBeSent"
    ]
    # The browser's own first tab may still be loading; what it asks for names its own document.
    asked = [r["request"]["url"] for r in sent if r["documentURL"].startswith("file:")]
    assert asked, "the log of requests lacks the page itself"
    assert [u for u in asked if not u.startswith(("file:", "about:", "data:"))] == []


def test_browser_filters_and_searches(browser: Any, tmp_path: Path) -> None:
    opened(browser, tmp_path, ordinary())
    choose(browser, "#area", "licence")
    assert texts(browser, "article h3") == ["SKU-13"]
    one(browser, "#reset").click()
    one(browser, "[name=severity][value=error]").click()
    assert one(browser, "#status").text == "2 findings in 2 listings or sheets"
    one(browser, "#reset").click()
    one(browser, "#q").send_keys("check digit")
    assert shown(browser, ["SKU-12"])
    one(browser, "#reset").click()
    one(browser, "#suppressed").click()
    assert "agreed with legal" in one(browser, "#list").text


def shown(browser: Any, skus: list[str]) -> bool:
    """Whether these listings are shown; the page follows a link a moment after the click."""
    deadline = time.monotonic() + 5
    while texts(browser, "article h3") != skus and time.monotonic() < deadline:
        time.sleep(0.02)
    return texts(browser, "article h3") == skus


def test_browser_follows_a_rule_and_a_listing(browser: Any, tmp_path: Path) -> None:
    opened(browser, tmp_path, ordinary())
    one(browser, "[aria-labelledby=h-rules] a[href='#rule=LIC201']").click()
    assert shown(browser, ["SKU-13"])
    link = one(browser, "[aria-labelledby=h-risk] a[href^='#listing=']")
    sku = link.text
    link.click()
    assert shown(browser, [sku])
    assert browser.switch_to.active_element.text == sku
    one(browser, "#chart-areas [data-query='area=licence'] rect").click()
    assert shown(browser, ["SKU-13"])


def test_browser_says_a_rule_once_a_listing_and_marks_all_words_of_a_cell(
    browser: Any, tmp_path: Path
) -> None:
    text = "AAA  Copy handbag, AAA  Copy wallet"
    made = report(
        finding(2, excerpt=text),
        finding(2, excerpt=text, span=(19, 28)),
        finding(2, excerpt="AAA  Copy", cell="C2", column="Bullet"),
        finding(2, excerpt="AAA  Copy", cell="D2", column="Tags", severity=Severity.WARNING),
    )
    opened(browser, tmp_path, made)
    assert texts(browser, "article .head b") == ["IP101 counterfeit-claim"] * 2
    assert texts(browser, "article li:first-child .spots .place b") == ["B2", "C2"]
    assert texts(browser, "article blockquote")[0] == text
    assert texts(browser, "article li:first-child .spots li:first-child mark") == ["AAA  Copy"] * 2


def test_browser_shows_what_is_new(browser: Any, tmp_path: Path) -> None:
    opened(browser, tmp_path, with_past(ordinary()))
    one(browser, ".tiles .new a").click()
    assert texts(browser, "article h3") == ["SKU-13"]
    assert one(browser, "article .badge.new").text == "new"
    assert one(browser, "#new").is_selected()
    one(browser, "#reset").click()
    assert len(texts(browser, "article h3")) == 4


def test_browser_orders_by_risk(browser: Any, tmp_path: Path) -> None:
    made = report(
        *(finding(n, suspension_reason="restricted" if n == 30 else None) for n in range(20, 31))
    )
    opened(browser, tmp_path, made)
    assert texts(browser, "article h3")[0] == "SKU-20"
    one(browser, "[aria-labelledby=h-risk] a[href='#sort=risk']").click()
    assert texts(browser, "article h3")[0] == "SKU-30"
    assert one(browser, "#sort").get_attribute("value") == "risk"


def test_browser_switches_language_and_appearance(browser: Any, tmp_path: Path) -> None:
    opened(browser, tmp_path, ordinary())
    choose(browser, "#lang", "zh")
    assert one(browser, "h2#findings").text == "问题列表"
    assert "会被视为销售假货" in one(browser, "#list").text
    assert one(browser, "html").get_attribute("lang") == "zh-Hans"
    assert one(browser, "#q").get_attribute("placeholder").startswith("SKU、")
    assert browser.title == "inventory.xlsx 等 2 个文件 · listlint 报告"
    ground = "return getComputedStyle(document.body).backgroundColor"
    choose(browser, "#theme", "dark")
    dark = browser.execute_script(ground)
    choose(browser, "#theme", "light")
    assert browser.execute_script(ground) != dark
    choose(browser, "#lang", "en")
    assert one(browser, "h2#findings").text == "Findings"


def test_browser_stays_quick_with_many_findings(browser: Any, tmp_path: Path) -> None:
    opened(browser, tmp_path, large())
    assert one(browser, "#status").text == "20,000 findings in 4,000 listings or sheets"
    assert browser.execute_script("return document.querySelectorAll('article').length") == 40
    took = browser.execute_async_script("""
        const done = arguments[0], box = document.getElementById("q");
        const status = document.getElementById("status"), began = performance.now();
        new MutationObserver(() => done(performance.now() - began))
          .observe(status, {childList: true, characterData: true, subtree: true});
        box.value = "number 19999"; box.dispatchEvent(new Event("input", {bubbles: true}));
    """)
    assert texts(browser, "article h3") == ["SKU-4001"]
    assert took < 1_500
    one(browser, "#reset").click()
    one(browser, "#more").click()
    assert browser.execute_script("return document.querySelectorAll('article').length") == 80
    assert browser.execute_script("return document.activeElement.closest('article') !== null")


def test_browser_runs_nothing_that_a_listing_holds(browser: Any, tmp_path: Path) -> None:
    made = report(*(finding(n, excerpt=t, match=t[:40], sku=t[:40], column=t[:40],
                            message=Text(t[:200], t[:200])) for n, t in enumerate(HOSTILE, 2)))  # fmt: skip
    opened(browser, tmp_path, made)
    assert "<script>alert(1)</script>" in one(browser, "#list").text
    assert (
        browser.execute_script("return document.querySelectorAll('#list img, #list script').length")
        == 0
    )
    assert browser.get_log("browser") == []


def test_browser_can_be_used_by_keyboard_alone(browser: Any, tmp_path: Path) -> None:
    from selenium.webdriver.common.keys import Keys

    opened(browser, tmp_path, ordinary())
    seen = []
    for _ in range(60):
        browser.switch_to.active_element.send_keys(Keys.TAB)
        focus = browser.switch_to.active_element
        seen.append(focus.get_attribute("id") or focus.get_attribute("class") or focus.tag_name)
        if "reset" in seen:
            break
    wanted = ["skip", "lang", "theme", "q", "area", "rule", "confidence", "sheet", "sort", "reset"]
    assert [s for s in seen if s in wanted] == wanted


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_browser_finds_no_serious_accessibility_fault(
    browser: Any, tmp_path: Path, theme: str, lang: Lang
) -> None:
    opened(
        browser, tmp_path, with_past(replace(ordinary(), files=(entry(), entry("b.xlsx")))), lang
    )
    choose(browser, "#theme", theme)
    browser.execute_script("for (const d of document.querySelectorAll('details')) d.open = true")
    assert serious_faults(browser) == []


def test_browser_prints_what_the_filter_shows(browser: Any, tmp_path: Path) -> None:
    opened(browser, tmp_path, large(3_000))
    browser.execute_script("window.dispatchEvent(new Event('beforeprint'))")
    assert browser.execute_script("return document.querySelectorAll('article').length") == 400
    assert one(browser, "#printed").get_attribute("hidden") is None
