"""One check in a process of its own: an order on standard input, progress and the end on standard output.

The process can be stopped at any time, and its working folder is the folder of the uploaded files,
so that reports name them as the user does.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from listlint.config import ConfigError, Resolver
from listlint.model import Lang, Report, Text
from listlint.plugins import PluginError
from listlint.policy.errors import PolicyError
from listlint.readers.interface import Limits
from listlint.reporters.interface import Style
from listlint.reporters.page.render import Action, render
from listlint.run import lint, prepare
from listlint.slotted import slotted

PAGE = "page.html"
"""The report as it is shown; the others are downloads."""


@slotted(frozen=True, slots=True)
class Output:
    """Something to download: how it is offered, and what makes it.

    `write(report, out, first, style)` makes a file in the folder `out` and returns its name and what
    to call it when it is downloaded, after the `first` uploaded file; None: there is nothing to offer.
    """

    label: Text
    write: Callable[[Report, Path, Path, Style], tuple[str, str] | None]


def _checked(report: Report, out: Path, first: Path, style: Style) -> tuple[str, str]:
    from listlint.reporters.xlsx import XlsxReporter

    file = "checked.xlsm" if first.suffix.lower() == ".xlsm" else "checked.xlsx"
    XlsxReporter().save(report, out / file, style)
    return file, f"{first.stem}-{file}"


def _fixed(report: Report, out: Path, first: Path, style: Style) -> tuple[str, str] | None:
    """The files with what can be mended safely; None when that is nothing."""
    from listlint.fix.apply import fix_report

    outcome = fix_report(report, Limits(), unsafe=False, in_place=False, write=True)
    made = [Path(target) for target in outcome.written.values()]
    if len(made) == 1:
        file = f"fixed{made[0].suffix.lower()}"
        shutil.move(made[0], out / file)
        return file, made[0].name
    if made:
        with zipfile.ZipFile(out / "fixed.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for path in made:
                archive.write(path, path.name)
                path.unlink()
        return "fixed.zip", f"{first.stem}-fixed.zip"
    return None


def _page(report: Report, out: Path, first: Path, style: Style) -> tuple[str, str]:
    (out / "report.html").write_text(render(report, style.lang), "utf-8", errors="backslashreplace")
    return "report.html", f"{first.stem}-report.html"


def _json(report: Report, out: Path, first: Path, style: Style) -> tuple[str, str]:
    from listlint.reporters.json import JsonReporter

    with (out / "report.json").open("w", encoding="utf-8", errors="backslashreplace") as file:
        JsonReporter().write(report, file, style)
    return "report.json", f"{first.stem}-report.json"


OUTPUTS = (
    Output(Text("Download the checked workbook", "下载检查后的工作簿"), _checked),
    Output(Text("Download the file with safe fixes", "下载已自动修正的文件"), _fixed),
    Output(Text("Download this report", "下载此报告"), _page),
    Output(Text("Download as JSON", "下载 JSON"), _json),
)
AGAIN = Text("Check another file", "检查其他文件")


def run(order: dict[str, Any], say: Callable[[dict[str, Any]], None]) -> None:
    """Do the check that `order` describes; `say` progress, and at the end what can be downloaded."""
    folder = Path(order["folder"])
    lang: Lang = "zh" if order["lang"] == "zh" else "en"
    config = None if order["config"] is None else Path(order["config"])
    os.chdir(folder / "in")
    names = sorted(os.listdir("."))
    given = {
        "lang": lang,
        "marketplace": tuple(order["marketplaces"]),
        "timeout": float(order["timeout"]),
    }
    try:
        settings = Resolver(config, config is None, given).of(".")
        prepared = prepare(settings)
        report = lint(names, prepared, lambda file, rows: say({"file": file, "rows": rows}))
    except (ConfigError, PluginError, PolicyError) as error:
        say({"failed": str(error)})
        return
    say({"done": write_all(report, folder / "out", Path(names[0]), order["id"], lang)})


def write_all(report: Report, out: Path, first: Path, job: str, lang: Lang) -> dict[str, str]:
    """Write every output and the page that offers them; returns file → name for download."""
    style = Style(lang, limit=None)
    names: dict[str, str] = {}
    actions = []
    for output in OUTPUTS:
        made = output.write(report, out, first, style)
        if made is not None:
            file, name = made
            names[file] = name
            actions.append(Action(output.label, f"/checks/{job}/{file}"))
    actions.append(Action(AGAIN, "/"))
    shown = render(report, lang, actions=actions, session=f"/checks/{job}")
    (out / PAGE).write_text(shown, "utf-8", errors="backslashreplace")
    return names


def main() -> None:
    """Read an order, work, speak lines of JSON."""
    order = json.load(sys.stdin)

    def say(message: dict[str, Any]) -> None:
        print(json.dumps(message), flush=True)

    run(order, say)


if __name__ == "__main__":
    main()
