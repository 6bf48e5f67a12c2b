"""Which marketplaces a file is for, where the file itself says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from listlint.columns.header import Header, settings
from listlint.later import expression

if TYPE_CHECKING:
    from listlint.columns.dialect import Dialect
    from listlint.columns.header import Head
    from listlint.columns.library import ColumnLibrary

_MARKETPLACE_ID = expression(r"\[marketplace_id=([A-Z0-9]{8,16})\]")
_ROWS = 30


def guess(
    head: Head, found: Header, dialect: Dialect | None, library: ColumnLibrary
) -> tuple[str, ...]:
    """Profile ids, in the order found; () where nothing is sure."""
    if dialect is None:
        return ()
    ids: dict[str, None] = {}
    if found.keys is not None or dialect.body.settings:
        for position in found.positions:
            for cell in head[position][1]:
                if "[marketplace_id=" in cell and (match := _MARKETPLACE_ID.search(cell)):
                    ids[match[1].lower()] = None
    names = [library.marketplaces[i] for i in ids if i in library.marketplaces]
    if not names and dialect.body.settings:
        names = _by_settings(head, library)
    if not names and dialect.body.markets:
        names = _by_cells(head, dialect)
    return tuple(dict.fromkeys(names)) or dialect.marketplaces


def _by_settings(head: Head, library: ColumnLibrary) -> list[str]:
    said = settings(head)
    market = said.get("primaryMarketplaceId", "").rpartition(".")[2].lower()
    if market in library.marketplaces:
        return [library.marketplaces[market]]
    territory = (
        (said.get("contentLanguageTag") or said.get("Locale", "")).rpartition("_")[2].lower()
    )
    alias = f"amazon {territory}"
    return [library.marketplaces[alias]] if territory and alias in library.marketplaces else []


def _by_cells(head: Head, dialect: Dialect) -> list[str]:
    """The one marketplace that cells of the head speak for; none where they speak for several."""
    found: set[str] = set()
    for _, row in head[:_ROWS]:
        for cell in row:
            if 0 < len(cell) <= 300:
                found.update(name for pattern, name in dialect.body.markets if pattern.search(cell))
    return sorted(found) if len(found) == 1 else []
