"""What a run did and what its parts cost: counted always, since it costs next to nothing.

`WORK` is of this process; a worker hands its own over with the end of each task, and the parent
adds it up. Counts depend on the input alone and not on the machine, so tests can bound them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from time import process_time
from typing import TypeVar

from listlint.slotted import field, slotted

T = TypeVar("T")


@slotted(slots=True)
class Work:
    """Counts since the beginning, and seconds of CPU by stage and by rule."""

    rows: int = 0
    """Rows that became listings or seller records."""
    cells: int = 0
    """Cells of them with a known field."""
    folded: int = 0
    """Characters that were folded many at once."""
    scanned: int = 0
    """Bytes that an automaton went over."""
    tries: int = 0
    """Regular expressions tried on a cell."""
    places: int = 0
    """Matches that conditions were asked about."""
    unmasked: int = 0
    """Cells looked at for disguises."""
    findings: int = 0
    keys: int = 0
    stages: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    rules: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    """Rule code → seconds, without those of the stages that rules share."""
    shared: float = 0.0

    def take(self) -> Work:
        """All of it, and begin anew."""
        taken = Work(**{name: getattr(self, name) for name in self.__match_args__})
        fresh = Work()
        for name in self.__match_args__:
            setattr(self, name, getattr(fresh, name))
        return taken

    def add(self, other: Work) -> None:
        """What another process did."""
        for name in self.__match_args__:
            mine, theirs = getattr(self, name), getattr(other, name)
            if isinstance(mine, dict):
                for key, value in theirs.items():
                    mine[key] += value
            else:
                setattr(self, name, mine + theirs)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time what is done meanwhile; where a rule does it for all, it is not the rule's time."""
        began, inner = process_time(), self.shared
        try:
            yield
        finally:
            spent = process_time() - began
            self.stages[name] += spent - (self.shared - inner)
            self.shared = inner + spent

    def timed(self, items: Iterable[T], name: str) -> Iterator[T]:
        """The items, with the time that making them takes as a stage."""
        iterator = iter(items)
        while True:
            with self.stage(name):
                try:
                    item = next(iterator)
                except StopIteration:
                    return
            yield item


WORK = Work()
"""Of this process."""
