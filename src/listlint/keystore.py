"""Where keys of all rows wait until equal ones meet: in memory, and on disk when they are many."""

from __future__ import annotations

import heapq
import tempfile
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import IO

from listlint.engine import KeyRow

_UNIT = "\x1f"


class KeyStore:
    """Takes keys in any order, gives groups of equal (rule, key) in sheet and row order.

    Holds at most `limit` keys in memory; more are written out as sorted runs and merged, so memory
    stays flat however long the input is.
    """

    def __init__(self, limit: int = 400_000) -> None:
        self._limit = limit
        self._rows: list[KeyRow] = []
        self._runs: list[IO[str]] = []

    def add(self, rows: Iterable[KeyRow]) -> None:
        """Remember the keys."""
        self._rows.extend(rows)
        if len(self._rows) >= self._limit:
            self._spill()

    def groups(self) -> Iterator[tuple[str, str, list[KeyRow]]]:
        """(rule, key, rows) wherever two or more rows share a key; the store is empty afterwards."""
        self._rows.sort(key=_order)
        runs: list[Iterable[KeyRow]] = [self._rows, *(map(_read, run) for run in self._runs)]
        merged = heapq.merge(*runs, key=_order) if self._runs else iter(self._rows)
        for (rule, key), rows in groupby(merged, key=lambda r: (r.rule, r.key)):
            group = list(rows)
            if len(group) > 1:
                yield rule, key, group
        for run in self._runs:
            run.close()
        self._runs, self._rows = [], []

    def _spill(self) -> None:
        self._rows.sort(key=_order)
        # Deleted by the system when closed, even if the run is killed.
        run = tempfile.TemporaryFile("w+", encoding="utf-8", errors="surrogatepass", newline="\n")  # noqa: SIM115
        run.writelines(_write(row) for row in self._rows)
        run.seek(0)
        self._runs.append(run)
        self._rows = []


def _order(row: KeyRow) -> tuple[str, str, int, int, int]:
    return (row.rule, row.key, row.sheet, row.number, row.column)


def _write(row: KeyRow) -> str:
    parts = (str(p).replace(_UNIT, " ").replace("\n", " ").replace("\r", " ") for p in row)
    return _UNIT.join(parts) + "\n"


def _read(line: str) -> KeyRow:
    rule, key, sheet, number, column, payload, sku = line.rstrip("\n").split(_UNIT)
    return KeyRow(rule, key, int(sheet), int(number), int(column), payload, sku)
