"""`listlint init`: settings, register templates, a pre-commit hook and a workflow to begin with."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from listlint.config import ConfigError
from listlint.files import write_whole
from listlint.model import Text
from listlint.slotted import field, slotted

if TYPE_CHECKING:
    from listlint.model import Lang

REGISTERS = "listlint-registers.xlsx"
Ci = Literal["github", "gitlab", "none"]

_KINDS = ("licences", "authorisations", "seller")
"""The settings that may name the workbook."""
_TEMPLATES = Path(__file__).with_name("templates")


@slotted(slots=True)
class Answers:
    """What `init` asks: where the goods are sold, where the sheets are, which CI runs."""

    marketplaces: tuple[str, ...] = ()
    files: str = "."
    ci: Ci = "github"
    hook: bool = True
    registers: bool = True
    own_brands: tuple[str, ...] = ()


@slotted(slots=True)
class Made:
    """What was written, and what was there already and was left alone."""

    written: list[Path] = field(default_factory=list)
    kept: list[Path] = field(default_factory=list)


def scaffold(folder: Path, answers: Answers, lang: Lang) -> Made:
    """Write what the answers ask for into `folder`; nothing is overwritten. Raises `ConfigError`."""
    made = Made()
    try:
        _put(folder / "listlint.toml", settings_text(answers, lang), made)
        if answers.registers:
            _registers(folder / REGISTERS, lang, made)
        if answers.hook:
            _put(folder / ".pre-commit-config.yaml", _template("pre-commit.yml"), made)
        if answers.ci == "github":
            for name in ("pull-request", "nightly"):
                text = _template(f"github-{name}.yml").replace("catalog/", answers.files)
                _put(folder / ".github" / "workflows" / f"listlint-{name}.yml", text, made)
        elif answers.ci == "gitlab":
            text = _template("gitlab.yml").replace("catalog/", answers.files)
            _put(folder / ".gitlab-ci.yml", text, made)
    except OSError as error:
        raise ConfigError(
            f"{error.filename or folder}: can't be written: {error.strerror}"
        ) from None
    return made


def settings_text(answers: Answers, lang: Lang) -> str:
    """A `listlint.toml` with what was answered, and what else there is as comments."""
    said = Text("Settings of listlint; all of them: docs/configuration.md", "listlint 设置")
    lines = [f"# {said.get(lang)}"]
    lines.append(f"marketplace = {_list(answers.marketplaces)}")
    lines.append(f'lang = "{lang}"')
    if answers.own_brands:
        lines.append(f"own-brands = {_list(answers.own_brands)}")
    lines.append('fail-on = "error"')
    if answers.registers:
        once = Text(
            f"Once {REGISTERS} is filled in, what is not in it counts as missing:",
            f"填好 {REGISTERS} 后启用；表中没有的将视为缺失：",
        )
        lines += ["", f"# {once.get(lang)}", *(f'# {kind} = "{REGISTERS}"' for kind in _KINDS)]
    text = "\n".join(lines) + "\n"
    tomllib.loads(text)
    return text


def _list(words: Sequence[str]) -> str:
    return "[" + ", ".join('"' + w.replace("\\", "").replace('"', "") + '"' for w in words) + "]"


def _put(path: Path, text: str, made: Made) -> None:
    if path.exists():
        made.kept.append(path)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, text)
    made.written.append(path)


def _template(name: str) -> str:
    return (_TEMPLATES / name).read_text("utf-8")


def _registers(path: Path, lang: Lang, made: Made) -> None:
    """A workbook with an empty sheet for each register; hints stand on the headers as notes."""
    if path.exists():
        made.kept.append(path)
        return
    from openpyxl import Workbook
    from openpyxl.comments import Comment
    from openpyxl.styles import Font

    book = Workbook()
    book.remove(book.active)
    for table in tomllib.loads(_template("registers.toml"))["sheet"]:
        sheet = book.create_sheet(table["name"][lang])
        sheet.append([column[lang] for column in table["columns"]])
        sheet.freeze_panes = "A2"
        for cell, column in zip(sheet[1], table["columns"], strict=True):
            cell.font = Font(bold=True)
            hint = column["hint"][lang]
            if hint:
                cell.comment = Comment(hint, "listlint", height=60, width=260)
            # Numbers such as 0123 are kept as they are typed.
            sheet.column_dimensions[cell.column_letter].number_format = "@"
            sheet.column_dimensions[cell.column_letter].width = max(14, 2 * len(column[lang]))
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    made.written.append(path)
