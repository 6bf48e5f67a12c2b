"""Reports into files and onto stdout: nothing half-written, nothing overwritten by mistake."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from listlint.model import Lang, Report, Text
from listlint.reporters import BUILTIN, get
from listlint.reporters.interface import TERMINAL_LIMIT, Reporter, Style
from listlint.slotted import replace

STDOUT = "-"

_FOR_PEOPLE = frozenset({"text", "full", "concise", "statistics"})

Output = tuple[str, str | Path]
"""A format and where it goes; `-` is stdout."""
Extra = Mapping[str, type[Reporter]]


class OutputError(Exception):
    """An output can't be written; `text` says which and what to do, in both languages."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def choose_format(env: Mapping[str, str]) -> str:
    """The format for stdout that suits where listlint runs, by the variables CI services set."""
    if env.get("GITHUB_ACTIONS", "").lower() == "true":
        return "github"
    if env.get("GITLAB_CI", "").lower() == "true":
        return "gitlab"
    if env.get("TF_BUILD", "").lower() == "true":
        return "azure"
    return "text"


def style_for(stream: IO[str], env: Mapping[str, str], lang: Lang = "en") -> Style:
    """How to present on a stream: a terminal has a width, colours (https://no-color.org) and a limit."""
    terminal = stream.isatty()
    colour = terminal and env.get("TERM") != "dumb"
    if env.get("FORCE_COLOR"):
        colour = True
    if env.get("NO_COLOR"):
        colour = False
    width = 100
    if terminal:
        import shutil

        width = min(shutil.get_terminal_size((100, 24)).columns, 120)
    return Style(lang, colour, width, limit=TERMINAL_LIMIT if terminal else None)


def check_outputs(
    outputs: Sequence[Output],
    extra_reporters: Extra | None = None,
    inputs: Sequence[str | Path] = (),
) -> None:
    """Raises `OutputError` for what can be known before a run: formats, folders, clashes.

    `inputs` are files that are read and so must not be written.
    """
    taken: dict[str, str] = {}
    for name, path in outputs:
        if name not in BUILTIN and name not in (extra_reporters or {}):
            known = ", ".join(sorted({*BUILTIN, *(extra_reporters or {})}))
            raise OutputError(
                Text(
                    f"no format is called {name!r}; known are {known}",
                    f"没有名为“{name}”的格式；可用：{known}",
                )
            )
        key = STDOUT if str(path) == STDOUT else os.path.realpath(path)
        if key in taken:
            raise OutputError(
                Text(f"{path}: two outputs have this path", f"{path}：两个输出使用了同一路径")
            )
        taken[key] = name
        if key != STDOUT:
            _check_path(path, inputs)


def _check_path(path: str | Path, inputs: Sequence[str | Path]) -> None:
    target = Path(os.path.realpath(path))
    if not str(path) or target.is_dir():
        raise OutputError(
            Text(f"{path}: is a folder; give a file name", f"{path}：是文件夹，请给出文件名")
        )
    if not target.parent.is_dir():
        raise OutputError(
            Text(
                f"{path}: the folder {target.parent} does not exist; create it first",
                f"{path}：文件夹 {target.parent} 不存在，请先创建",
            )
        )
    for source in inputs:
        with suppress(OSError):
            if target.samefile(source):
                raise OutputError(
                    Text(
                        f"{path}: is one of the files to check; choose another name for the report",
                        f"{path}：是待检查的文件，请为报告另选文件名",
                    )
                )


def write_outputs(
    report: Report,
    outputs: Sequence[Output],
    style: Style,
    extra_reporters: Extra | None = None,
    stdout: IO[str] | None = None,
) -> None:
    """Write each output. Files get neither colours nor a limit; stdout gets the style as it is.

    A file appears under its name only when it is complete. Raises `OutputError`.
    """
    inputs = {part for entry in report.files for part in _input_files(entry.path)}
    check_outputs(outputs, extra_reporters, sorted(inputs))
    for name, path in outputs:
        reporter = get(name, extra_reporters)
        if str(path) == STDOUT:
            _to_stdout(reporter, report, style, stdout or sys.stdout)
            continue
        try:
            _to_file(reporter, report, Path(os.path.realpath(path)), style)
        except OSError as error:
            raise OutputError(_cannot(path, error)) from error


def _input_files(path: str) -> list[str]:
    """The file, and for a member of a zip (`outer.zip/inner.csv`) the zip."""
    return [path, *(str(p) for p in Path(path).parents if p.suffix)]


def _cannot(path: str | Path, error: OSError) -> Text:
    reason = error.strerror or type(error).__name__
    return Text(f"{path}: can't be written: {reason}", f"{path}：无法写入：{reason}")


def _to_file(reporter: Reporter, report: Report, target: Path, style: Style) -> None:
    style = replace(style, colour=False, limit=None)
    if target.exists() and not target.is_file():
        # A device or a pipe can't be replaced, only written to.
        _fill(reporter, report, target, style)
        return
    import secrets

    part = target.with_name(f".listlint-{secrets.token_hex(8)}{target.suffix[:16]}")
    try:
        # Created by us alone, readable as the user's umask says.
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
        if target.exists():
            part.chmod(stat.S_IMODE(target.stat().st_mode))
        _fill(reporter, report, part, style)
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _fill(reporter: Reporter, report: Report, path: Path, style: Style) -> None:
    if reporter.binary:
        reporter.save(report, path, style)
        return
    encoding = getattr(reporter, "encoding", "utf-8")
    # What a reporter of a plugin forgot to escape must not end the run.
    with path.open("w", encoding=encoding, errors="backslashreplace", newline="") as out:
        reporter.write(report, out, style)


def _to_stdout(reporter: Reporter, report: Report, style: Style, stdout: IO[str]) -> None:
    if reporter.binary:
        _binary_to_stdout(reporter, report, style, stdout)
        return
    reconfigure = getattr(stdout, "reconfigure", None)
    if reconfigure is not None:
        if stdout.isatty():
            reconfigure(errors="replace")
        elif reporter.name in _FOR_PEOPLE:
            reconfigure(errors="backslashreplace")
        else:
            # For programs: the bytes are the same wherever listlint runs.
            reconfigure(encoding="utf-8", errors="backslashreplace", newline="")
    reporter.write(report, stdout, style)
    stdout.flush()


def _binary_to_stdout(reporter: Reporter, report: Report, style: Style, stdout: IO[str]) -> None:
    buffer: IO[bytes] | None = getattr(stdout, "buffer", None)
    if buffer is None or stdout.isatty():
        raise OutputError(
            Text(
                f"{reporter.name} is not for a terminal; use -o {reporter.name}=PATH",
                f"{reporter.name} 不能输出到终端；请用 -o {reporter.name}=路径",
            )
        )
    import shutil
    import tempfile

    with tempfile.TemporaryDirectory(prefix="listlint-") as folder:
        path = Path(folder) / f"report.{reporter.name}"
        path.touch()
        reporter.save(report, path, replace(style, colour=False, limit=None))
        stdout.flush()
        with path.open("rb") as made:
            shutil.copyfileobj(made, buffer)
    buffer.flush()
