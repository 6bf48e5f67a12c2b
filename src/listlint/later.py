"""Regular expressions that are compiled when they are first used: most runs never use most of them."""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast


class _Later:
    def __init__(self, source: Any, flags: int) -> None:
        self._made = (source, flags)

    def __reduce__(self) -> tuple[Any, tuple[Any, int]]:
        return _Later, self._made

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        # What was asked for once is found at once from then on.
        found = getattr(re.compile(*self._made), name)
        setattr(self, name, found)
        return found


def expression(source: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """`re.compile(source, flags)`, later. What is wrong with it shows when it is used."""
    return cast("re.Pattern[AnyStr]", _Later(source, flags))
