"""What a run does, counted: a slip shows in numbers that depend on the input alone, on any machine.

The bounds are 1.3 times what the numbers were when they were set, over a catalog that is generated
anew and always the same. A change that costs more on purpose raises them in the same commit.
"""

from __future__ import annotations

import gc
import tracemalloc

import pytest

from conftest import generate
from listlint import api
from listlint.batch import Batch, Column, Sheet
from listlint.config import Resolver
from listlint.counters import WORK, Work
from listlint.run import prepare, session_for

ROWS = 2_000
FIELDS = (
    "sku", "title", "brand", "manufacturer", "category", *["bullet_points"] * 5, "description",
    "search_terms", "gtin", "price", "quantity", "material", "country_of_origin",
)  # fmt: skip

BOUNDS = {
    "rows": 1,
    "cells": 17,
    "folded": 1_220,
    "scanned": 4_200,
    "tries": 9.8,
    "places": 3.5,
    "unmasked": 0.27,
    "findings": 0.078,
    "keys": 5.8,
}
"""Most of each count, for a listing. Every row and every cell is read once."""

PEAK, BLOCKS = 14_500, 80
"""Most bytes held at once while a batch is checked, and memory blocks held afterwards, for a listing."""


def made(rows: int, seed: int = 1) -> Batch:
    """A batch of generated listings."""
    listings = [row for row, _ in generate().listings(rows, seed, problems=0.02)]
    sheet = Sheet("a.csv", None, "generic", tuple(Column(n, f, f) for n, f in enumerate(FIELDS)))
    values = [[row[name] for row in listings] for name in generate().COLUMNS]
    return Batch(sheet, range(2, rows + 2), values, [False] * rows)


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Work:
    """The work of a run over a CSV."""
    path = tmp_path_factory.mktemp("work") / "catalog.csv"
    generate().write(path, "csv", ROWS, 1, 0.02)
    WORK.take()
    report = api.lint([str(path)], cache=False)
    assert report.listings == ROWS
    return WORK.take()


@pytest.mark.parametrize("name", BOUNDS)
def test_the_work_of_a_run_is_bounded(name: str, work: Work) -> None:
    done = getattr(work, name) / ROWS
    assert 0 < done <= BOUNDS[name]


def test_what_a_run_allocates_is_bounded() -> None:
    """Of batches after the first ones, which build what is built once and learn what repeats."""
    engine = session_for(prepare(Resolver(None, True, {}).main(()))).engine
    engine.scanner.expect_much()
    for seed in (1, 3):
        first = made(3_000, seed)
        engine.check(first)
        list(engine.keys(first))
    batch = made(1_000, 2)
    gc.collect()
    tracemalloc.start()
    try:
        kept = engine.check(batch), list(engine.keys(batch))
        _, peak = tracemalloc.get_traced_memory()
        blocks = sum(s.count for s in tracemalloc.take_snapshot().statistics("filename"))
    finally:
        tracemalloc.stop()
    assert all(kept)
    assert 0 < peak / len(batch) <= PEAK
    assert 0 < blocks / len(batch) <= BLOCKS
