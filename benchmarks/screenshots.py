"""Pictures of what listlint writes, for docs/images: `python benchmarks/screenshots.py`.

Needs Chromium with its driver, selenium, Pillow, LibreOffice and pdftoppm (poppler-utils), and fonts
that have Chinese. Checks the sample inventory, so the pictures change with the policies.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "sample_inventory" / "amazon-us.xlsx"
CHINESE = ROOT / "sample_inventory" / "库存.xlsx"
AS_OF = date(2026, 11, 23)
WIDTH = 1200


@contextmanager
def browser(profile: Path) -> Iterator[Any]:
    """A headless Chromium with an empty profile."""
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for flag in (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--hide-scrollbars",
        f"--user-data-dir={profile}",
    ):
        options.add_argument(flag)
    service = webdriver.ChromeService(shutil.which("chromedriver"))
    driver = webdriver.Chrome(options=options, service=service)
    try:
        yield driver
    finally:
        driver.quit()


def report_of(path: Path) -> Any:
    """The report of a sample."""
    from listlint import api

    # The file's own name is shown, not where it is.
    return api.lint([path.name], as_of=AS_OF)


def page_pictures(driver: Any, folder: Path, out: Path) -> None:
    """The page: light, its findings, dark, Chinese."""
    from listlint.reporters.page.render import render

    page = folder / "report.html"
    page.write_text(render(report_of(SAMPLE), "en"), "utf-8")
    driver.set_window_size(WIDTH, 1300)
    driver.get(page.as_uri())
    driver.save_screenshot(str(out / "page.png"))
    driver.execute_script("document.getElementById('findings').scrollIntoView()")
    driver.save_screenshot(str(out / "page-findings.png"))
    choose(driver, "theme", "dark")
    driver.execute_script("scrollTo(0, 0)")
    driver.save_screenshot(str(out / "page-dark.png"))
    page.write_text(render(report_of(CHINESE), "zh"), "utf-8")
    driver.get(page.as_uri())
    choose(driver, "theme", "light")
    driver.save_screenshot(str(out / "page-zh.png"))


def choose(driver: Any, control: str, value: str) -> None:
    """Choose an option of a select."""
    driver.execute_script(
        "const box = document.getElementById(arguments[0]); box.value = arguments[1];"
        "box.dispatchEvent(new Event('change', {bubbles: true}))",
        control,
        value,
    )


def serve_picture(driver: Any, folder: Path, out: Path) -> None:
    """The upload page of `listlint serve`."""
    code = "from listlint.cli import main; main()"
    server = subprocess.Popen(
        [sys.executable, "-c", code, "serve", "--no-browser", "--isolated"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(folder), "PYTHONUNBUFFERED": "1"},
    )
    try:
        assert server.stdout is not None
        address = server.stdout.readline().split()[-1]
        time.sleep(2)
        driver.set_window_size(WIDTH, 1000)
        driver.get(address)
        driver.save_screenshot(str(out / "serve.png"))
    finally:
        server.terminate()
        server.wait(20)


def workbook_pictures(folder: Path, out: Path) -> None:
    """The checked workbook as LibreOffice prints it: the summary, and the marked sheet with a note."""
    from listlint.reporters.interface import Style
    from listlint.reporters.xlsx import XlsxReporter

    checked = folder / "checked.xlsx"
    checked.touch()
    XlsxReporter().save(report_of(SAMPLE), checked, Style())
    for title, name in (("listlint", "workbook-summary"), ("Template", "workbook-cells")):
        _print(checked, title, folder)
        subprocess.run(
            [
                "pdftoppm",
                "-png",
                "-r",
                "120",
                "-f",
                "1",
                "-singlefile",
                folder / "one.pdf",
                out / name,
            ],
            check=True,
        )
        _trim(out / f"{name}.png")


def _print(checked: Path, title: str, folder: Path) -> None:
    """`one.pdf`: one sheet of the workbook, fitted to the width of a page."""
    import openpyxl
    from openpyxl.worksheet.properties import PageSetupProperties

    one = openpyxl.load_workbook(checked)
    for sheet in one.worksheets:
        sheet.sheet_state = "visible" if sheet.title == title else "hidden"
    sheet = one[title]
    one.active = one.sheetnames.index(title)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    if title == "listlint":
        sheet.print_area = "A1:H44"
    else:
        sheet.print_area = "B1:H36"
        for letter, width in zip("BCDEFGH", (12, 13, 10, 70, 18, 8, 44), strict=True):
            sheet.column_dimensions[letter].width = width
        sheet.page_setup.cellComments = "asDisplayed"
        _keep_note(sheet, "E23")
    one.save(folder / "one.xlsx")
    _show_note(folder / "one.xlsx")
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation={(folder / 'office').as_uri()}",
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            str(folder),
            str(folder / "one.xlsx"),
        ],
        check=True,
        capture_output=True,
    )


def _keep_note(sheet: Any, place: str) -> None:
    """Only this cell's note, as large as the reporter made it (openpyxl reads no sizes)."""
    from listlint.reporters.workbook.plan import NOTE_WIDTH, note_height

    for row in sheet.iter_rows():
        for cell in row:
            note = cell.comment
            if note is not None and cell.coordinate == place:
                note.width, note.height = NOTE_WIDTH, note_height(note.text)
            else:
                cell.comment = None


def _show_note(book: Path) -> None:
    """Open the note that is left, beside the cells: a mouse would."""
    with zipfile.ZipFile(book) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for name, data in parts.items():
        if name.endswith(".vml"):
            data = data.replace(b"visibility:hidden", b"visibility:visible")
            parts[name] = data.replace(
                b"margin-left:59.25pt;margin-top:1.5pt", b"margin-left:770pt;margin-top:110pt"
            )
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


def _trim(picture: Path) -> None:
    """Take the white margins off, and colours that nobody can tell apart."""
    from PIL import Image, ImageChops

    page = Image.open(picture).convert("RGB")
    white = Image.new("RGB", page.size, "white")
    left, top, right, bottom = ImageChops.difference(page, white).getbbox()
    edge = 16
    box = (
        max(left - edge, 0),
        max(top - edge, 0),
        min(right + edge, page.width),
        min(bottom + edge, page.height),
    )
    page.crop(box).quantize(128).save(picture, optimize=True)


def main() -> None:
    """Make all pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "images")
    out = parser.parse_args().out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    os.chdir(SAMPLE.parent)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        workbook_pictures(folder, out)
        with browser(folder / "profile") as driver:
            page_pictures(driver, folder, out)
            serve_picture(driver, folder, out)


if __name__ == "__main__":
    main()
