"""Real programs that show what listlint writes: a headless Chromium, and LibreOffice."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
)


@contextmanager
def chromium(folder: Path, *flags: str, height: int = 900) -> Iterator[Any]:
    """A browser with an empty profile in `folder`, downloads into `folder/downloads`.

    The test is skipped where selenium, Chromium or its driver are missing.
    """
    selenium = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
    binary = next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
    )
    driver = shutil.which("chromedriver")
    if not binary or not driver:
        pytest.skip("chromium and chromedriver are not installed")
    downloads = folder / "downloads"
    downloads.mkdir(exist_ok=True)
    options = selenium.ChromeOptions()
    options.binary_location = binary
    for flag in (
        *_FLAGS,
        *flags,
        f"--user-data-dir={folder / 'profile'}",
        f"--window-size=1280,{height}",
    ):
        options.add_argument(flag)
    options.add_experimental_option("prefs", {"download.default_directory": str(downloads)})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    browser = selenium.Chrome(options=options, service=selenium.ChromeService(driver))
    try:
        yield browser
    finally:
        browser.quit()


def serious_faults(browser: Any) -> list[str]:
    """What axe-core finds at fault that is serious or critical.

    axe.min.js comes with axe-playwright-python, of which nothing else is used; the test is skipped
    where that is not installed.
    """
    package = find_spec("axe_playwright_python")
    if package is None or package.origin is None:
        pytest.skip("axe-playwright-python is not installed")
    browser.execute_script(Path(package.origin).with_name("axe.min.js").read_text("utf-8"))
    found = browser.execute_async_script("axe.run().then(arguments[0])")
    return [
        f"{fault['id']}: {fault['help']}: {[node['html'][:200] for node in fault['nodes'][:3]]}"
        for fault in found["violations"]
        if fault["impact"] in ("serious", "critical")
    ]


def converted(workbook: Path, folder: Path, kind: str = "pdf") -> Path:
    """The workbook as LibreOffice opens and writes it; skipped where LibreOffice is missing."""
    soffice = shutil.which("soffice")
    if not soffice:
        pytest.skip("LibreOffice (soffice) is not installed")
    done = subprocess.run(
        [
            soffice,
            f"-env:UserInstallation={(folder / 'office').as_uri()}",
            "--headless",
            "--convert-to",
            kind,
            "--outdir",
            str(folder),
            str(workbook),
        ],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
        env={**os.environ, "HOME": str(folder)},
    )
    made = folder / f"{workbook.stem}.{kind.split(':')[0]}"
    assert made.is_file(), done.stdout + done.stderr
    return made
