"""Measures the reports people look at: `python benchmarks/reports.py`.

The checked workbook of a large catalog beside openpyxl reading that catalog once, and whether
LibreOffice opens it as it is; the page with many findings in a headless Chromium. Prints a table;
exit code 1 where a goal is missed. LibreOffice, or Chromium with its driver and selenium, are
passed over where they are missing, and named.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from generate import write
from screenshots import browser

READINGS = 3.0
"""Times that openpyxl could read the catalog while its checked workbook is written."""
SEARCH = 500.0
"""Milliseconds from a changed filter to the list that shows it."""
PROBLEMS = 0.02
"""Share of the listings with a planted problem."""

_READ = """
import sys, time
import openpyxl
began = time.perf_counter()
openpyxl.load_workbook(sys.argv[1])
print(time.perf_counter() - began)
"""
_FILTER = """
const [apply, done] = arguments, status = document.getElementById("status");
const began = performance.now();
new MutationObserver(() => requestAnimationFrame(() => done(performance.now() - began)))
  .observe(status, {childList: true, characterData: true, subtree: true});
new Function(apply)();
"""
_SEARCH = 'const q = document.getElementById("q"); q.value = {!r}; q.dispatchEvent(new Event("input", {{bubbles: true}}))'
_CHOOSE = 'const s = document.getElementById({!r}); s.value = {!r}; s.dispatchEvent(new Event("change", {{bubbles: true}}))'


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table; `met` is None where there is no goal."""

    what: str
    value: str
    goal: str = ""
    met: bool | None = None


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds that `work` takes, and what it gives."""
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


def workbook(rows: int, folder: Path, runs: int) -> tuple[list[Line], Any]:
    """Lines about the checked workbook of a catalog, and the catalog's report."""
    from listlint import api
    from listlint.reporters.interface import Style
    from listlint.reporters.xlsx import XlsxReporter

    catalog = folder / "catalog.xlsx"
    write(catalog, "xlsx", rows, seed=1, problems=PROBLEMS)
    checking, report = timed(lambda: api.lint([str(catalog)]))
    checked = folder / "checked.xlsx"
    command = [sys.executable, "-c", _READ, str(catalog)]
    readings, writings = [], []
    for _ in range(runs):
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        readings.append(float(done.stdout))
        checked.unlink(missing_ok=True)
        checked.touch()
        writings.append(timed(lambda: XlsxReporter().save(report, checked, Style()))[0])
    reading, writing = min(readings), min(writings)
    ratio = writing / reading
    lines = [
        Line("listings, findings", f"{report.listings:,}, {len(report.counted):,}"),
        Line("checking them", f"{checking:.1f} s"),
        Line("openpyxl reads the catalog", f"{reading:.1f} s"),
        Line("writing the checked workbook", f"{writing:.1f} s"),
        Line("… in readings", f"{ratio:.2f}", f"≤ {READINGS:g}", ratio <= READINGS),
        *office(checked, len(report.findings), folder),
    ]
    return lines, report


def office(checked: Path, findings: int, folder: Path) -> list[Line]:
    """Whether LibreOffice reads the sheet of all findings to its last row."""
    soffice = shutil.which("soffice")
    if not soffice:
        return [Line("LibreOffice", "not installed, not measured")]
    # Every sheet as a CSV of its own (the last -1); a workbook that needs repair is not converted.
    seconds, done = timed(
        lambda: subprocess.run(
            [
                soffice,
                f"-env:UserInstallation={(folder / 'office').as_uri()}",
                "--headless",
                "--convert-to",
                "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1",
                "--outdir",
                str(folder),
                str(checked),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
    )
    listed = folder / f"{checked.stem}-listlint findings.csv"
    if not listed.is_file():
        return [Line("LibreOffice opens it", (done.stdout + done.stderr)[-200:], "yes", False)]
    import csv

    with listed.open(encoding="utf-8", newline="") as file:
        found = sum(1 for _ in csv.reader(file)) - 1
    return [
        Line("LibreOffice opens it and writes it out", f"{seconds:.1f} s"),
        Line("findings it sees", f"{found:,}", f"{findings:,}", found == findings),
    ]


def page(report: Any, findings: int, folder: Path) -> list[Line]:
    """Lines about the page with so many findings: the report's own, again and again."""
    from listlint.reporters.page.render import render

    # The same findings under other row numbers, until there are enough.
    many: list[Any] = []
    while len(many) < findings and report.findings:
        offset = (len(many) // len(report.findings)) * (report.listings + 1)
        for f in report.findings[: findings - len(many)]:
            place = f.location
            row = None if place.row is None else place.row + offset
            many.append(replace(f, location=replace(place, row=row)))
    large = replace(report, findings=tuple(many))
    target = folder / "report.html"
    seconds, text = timed(lambda: render(large, "en"))
    target.write_text(text, "utf-8", errors="backslashreplace")
    lines = [
        Line("findings on the page", f"{len(many):,}"),
        Line("writing the page", f"{seconds:.1f} s"),
        Line("its size", f"{target.stat().st_size / 1e6:.1f} MB"),
    ]
    if not shutil.which("chromium") or not shutil.which("chromedriver"):
        return [*lines, Line("Chromium", "not installed, not measured")]
    with browser(folder / "profile") as driver:
        opening, _ = timed(lambda: driver.get(target.as_uri()))
        lines.append(Line("Chromium opens it", f"{opening:.1f} s"))
        for what, apply in (
            ("first search", _SEARCH.format("leather")),
            ("search again", _SEARCH.format("copy")),
            ("no match", _SEARCH.format("no such words anywhere")),
            ("everything again", _SEARCH.format("")),
            ("one area", _CHOOSE.format("area", "ip")),
            ("as in the file", _CHOOSE.format("sort", "file")),
        ):
            took = driver.execute_async_script(_FILTER, apply)
            lines.append(Line(what, f"{took:.0f} ms", f"≤ {SEARCH:g} ms", took <= SEARCH))
    return lines


def main() -> None:
    """Measure, print, and say by the exit code whether the goals are met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--findings", type=int, default=20_000, help="on the page")
    parser.add_argument("--runs", type=int, default=1, help="the best of so many counts")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines, report = workbook(options.rows, folder, options.runs)
        lines += page(report, options.findings, folder)
    print("| | | goal | |\n|---|---|---|---|")
    for line in lines:
        met = "" if line.met is None else ("met" if line.met else "missed")
        print(f"| {line.what} | {line.value} | {line.goal} | {met} |")
    sys.exit(any(line.met is False for line in lines))


if __name__ == "__main__":
    main()
