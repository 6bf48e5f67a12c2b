"""Where lists of facts are from, how old they are, and on what terms they may be used.

A folder's `lists.toml` says it of each CSV beside it; a CSV may say it row by row instead, in the
columns `source`, `retrieved` and `licence` (as `listlint policy import` writes them).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from listlint.policy.errors import PolicyError
from listlint.policy.tables import read_toml

if TYPE_CHECKING:
    from listlint.policy.schema import ListFacts

NAME = "lists.toml"
_COLUMNS = ("source", "retrieved", "licence")


@dataclass(frozen=True, slots=True)
class FactList:
    """A CSV, and what its folder's `lists.toml` says of it; None where that says nothing."""

    file: Path
    facts: ListFacts | None


def lists_of(folder: Path) -> dict[str, ListFacts]:
    """What `lists.toml` of the folder says, by the name of the CSV; empty where there is none.

    Raises `PolicyError` for a file that is not well formed or not there.
    """
    path = folder / NAME
    if not path.is_file():
        return {}
    from pydantic import ValidationError

    from listlint.policy.schema import ListsModel

    try:
        found = ListsModel.model_validate(read_toml(path)).list
    except ValidationError as error:
        first = error.errors()[0]
        raise PolicyError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    for name in found:
        if not (folder / name).is_file():
            raise PolicyError(f"{path}: {name}: there is no such list")
    return found


def fact_lists(packs: Iterable[Path]) -> list[FactList]:
    """The lists that `lists.toml` beside the packs names, and those that their rules read."""
    wanted: dict[Path, None] = {}
    for path in packs:
        wanted |= dict.fromkeys(path.parent / name for name in lists_of(path.parent))
        for rule in read_toml(path).get("rule", ()):
            named = {**rule, **rule.get("options", {})}
            files = [v for k, v in named.items() if k.endswith("_file") and isinstance(v, str)]
            wanted |= dict.fromkeys(path.parent / name for name in files)
    return [FactList(file, lists_of(file.parent).get(file.name)) for file in wanted]


def list_faults(packs: Iterable[Path], today: date) -> Iterator[tuple[str, str]]:
    """Where and what, for lists that don't say where they are from or are due to be read again."""
    for found in fact_lists(packs):
        where = found.file.as_posix()
        if found.facts is None:
            if missing := _missing(found.file):
                yield where, f"does not say its {missing} ({NAME} beside it, or columns)"
        elif found.facts.review_by < today:
            yield where, f"to be read again by {found.facts.review_by}: {found.facts.refresh}"


def _missing(file: Path) -> str:
    """The columns that the list lacks or leaves empty, as words; empty if it has them all."""
    try:
        with file.open(encoding="utf-8", newline="") as text:
            rows = list(csv.DictReader(text))
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError(f"{file}: can't be read: {error}") from None
    return ", ".join(c for c in _COLUMNS if not rows or any(not row.get(c) for row in rows))
