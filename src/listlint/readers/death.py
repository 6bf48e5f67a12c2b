"""How a job ends that does not end well, and what is said of its file."""

from __future__ import annotations

from typing import Literal

from listlint.model import Text
from listlint.readers import notes
from listlint.readers.interface import Note
from listlint.slotted import slotted


@slotted(frozen=True, slots=True)
class Death:
    """How a job ended that did not end well; `detail` is the child's last words, if any."""

    reason: Literal["timeout", "memory", "crashed"]
    detail: str = ""

    def note(self, path: str | None = None) -> Note:
        """What to say about the file whose job it was."""
        name, text = {
            "timeout": (
                notes.TIMED_OUT,
                Text("reading took longer than --timeout allows", "读取时间超过 --timeout 的限制"),
            ),
            "memory": (
                notes.OUT_OF_MEMORY,
                Text(
                    "reading needed more than --max-memory allows",
                    "读取所需内存超过 --max-memory 的限制",
                ),
            ),
            "crashed": (
                notes.CRASHED,
                Text(f"the parser crashed: {self.detail}", f"解析器崩溃：{self.detail}"),
            ),
        }[self.reason]
        return Note(name, text, path=path)


def death_by(error: BaseException) -> Death:
    """What an exception that a job raised means."""
    if isinstance(error, MemoryError):
        return Death("memory")
    said = " ".join(f"{type(error).__name__}: {error}".split())[:200]
    return Death("crashed", said)
