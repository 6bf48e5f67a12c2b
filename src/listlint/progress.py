"""The progress bar of a terminal: what is being read, and how many rows were checked."""

from __future__ import annotations

from types import TracebackType

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.text import Text


class Bar:
    """`with Bar() as advance: advance(name, rows)`; leaves nothing behind on the screen."""

    def __init__(self) -> None:
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            TextColumn("{task.completed:,.0f}"),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._progress.add_task("", total=None)

    def __enter__(self) -> Bar:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def __call__(self, name: str, rows: int) -> None:
        """`rows` more rows of the file `name` were checked."""
        # A file name is somebody else's text: no markup, no control characters.
        safe = "".join(c if c.isprintable() else "?" for c in name)
        self._progress.update(
            self._task, advance=rows, description=Text(safe).plain.replace("[", "\\[")
        )
