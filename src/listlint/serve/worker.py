"""One check in a process of its own: an order on standard input, progress and the end on standard output.

The process can be stopped at any time, and its working folder is the folder of the uploaded files,
so that reports name them as the user does.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from listlint.config import ConfigError, Resolver
from listlint.model import Lang, Report, Text
from listlint.plugins import PluginError
from listlint.policy.errors import PolicyError
from listlint.reporters.interface import Style
from listlint.reporters.page.render import Action, render
from listlint.risk import rank
from listlint.run import lint, prepare

PAGE = "page.html"
"""The report as it is shown; the others are downloads."""


@dataclass(frozen=True, slots=True)
class Output:
    """Something to download: how it is offered, what its name ends in, what writes it.

    `write` gets the report, where to write, and the style; `ending` is told by the first file's.
    """

    key: str
    label: Text
    ending: Callable[[str], str]
    write: Callable[[Report, Path, Style], None]


def _checked(report: Report, path: Path, style: Style) -> None:
    from listlint.reporters.xlsx import XlsxReporter

    XlsxReporter().save(report, path, style)


def _page(report: Report, path: Path, style: Style) -> None:
    path.write_text(render(report, style.lang), "utf-8", errors="backslashreplace")


def _json(report: Report, path: Path, style: Style) -> None:
    from listlint.reporters.json import JsonReporter

    with path.open("w", encoding="utf-8", errors="backslashreplace") as out:
        JsonReporter().write(report, out, style)


OUTPUTS = (
    Output(
        "checked",
        Text("Download the checked workbook", "下载检查后的工作簿"),
        lambda suffix: "-checked.xlsm" if suffix == ".xlsm" else "-checked.xlsx",
        _checked,
    ),
    Output("report", Text("Download this report", "下载此报告"), lambda _: "-report.html", _page),
    Output("json", Text("Download as JSON", "下载 JSON"), lambda _: "-report.json", _json),
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
    if not report.risk:
        report = replace(report, risk=rank(report))
    say({"done": write_all(report, folder / "out", Path(names[0]), order["id"], lang)})


def write_all(report: Report, out: Path, first: Path, job: str, lang: Lang) -> dict[str, str]:
    """Write every output and the page that offers them; returns file → name for download."""
    style = Style(lang, limit=None)
    names: dict[str, str] = {}
    actions = []
    for output in OUTPUTS:
        ending = output.ending(first.suffix.lower())
        file = f"{output.key}{Path(ending).suffix}"
        output.write(report, out / file, style)
        names[file] = f"{first.stem}{ending}"
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
