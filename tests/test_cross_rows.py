"""Rows that meet: the same findings however the input is cut, and however few keys fit in memory."""

from __future__ import annotations

import csv
import random
from pathlib import Path
from typing import Any

import pytest

from conftest import RunCli
from listlint import batches, collect
from listlint.config import Settings
from listlint.keystore import KeyStore
from listlint.run import lint, prepare

HEADER = [
    "sku", "parent_sku", "title", "brand", "product_type", "price", "currency", "gtin", "status",
    "seller_id", "seller_name", "iban", "seller_phone", "seller_country",
]  # fmt: skip
GTINS = ("4006381333931", "4012345678901", "5901234123457", "4003994155486", "9780306406157")
ROWS = 240
BEYOND_A_SHEET = ("SEL302", "SEL303", "SEL310", "SEL311", "SEL320", "SEL323")
RULES = (*BEYOND_A_SHEET, "SEL301", "SEL321", "SEL322")


def catalogue() -> list[list[str]]:
    """Rows in which every cross-row rule has something to find, in no order."""
    draw = random.Random(7)
    names = ("Garden hose 20 m with brass nozzle", "Desk lamp oak", "Wool blanket 130 x 170 cm")
    rows = []
    for n in range(ROWS):
        seller = draw.choice(("A1", "A2", "A3"))
        rows.append(
            [
                f"S-{draw.randrange(ROWS - 10)}",
                draw.choice(("", "", "P-1", "P-2")),
                draw.choice(names),
                draw.choice(("Harrowfield", "Harrowfield", "HARROW FIELD", "Lumina")),
                draw.choice(("HOSE", "LAMP")),
                "0.20" if n % 97 == 0 else f"{draw.randrange(1800, 2600) / 100:.2f}",
                "EUR",
                draw.choice((*GTINS, "", "", "")),
                draw.choice(("active", "active", "blocked", "")),
                seller,
                {"A1": "Acme Ltd", "A2": "Acme Limited", "A3": "Sunrise GmbH"}[seller],
                draw.choice(("DE89370400440532013000", "")),
                draw.choice(("+49 30 25991234", "+49 40 30201234", "")),
                "DE",
            ]
        )
    return rows


def write(path: Path, rows: list[list[str]]) -> str:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *rows])
    return str(path)


def found(*inputs: str) -> list[tuple[Any, ...]]:
    """(rule, path, row, column, message) of all that rows say of each other."""
    report = lint(inputs, prepare(Settings(select=RULES, cache=False)))
    return [
        (f.rule, f.location.path, f.location.row, f.location.column, f.message.en)
        for f in report.findings
        if f.area == "seller"
    ]


@pytest.fixture
def whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What is found in one file with everything in memory."""
    monkeypatch.chdir(tmp_path)
    result = found(write(tmp_path / "all.csv", catalogue()))
    assert len({rule for rule, *_ in result}) >= 6
    return result


def test_tiny_batches_and_a_store_that_spills(
    whole: list[tuple[Any, ...]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for size in (1, 7):
        monkeypatch.setattr(batches, "BATCH_ROWS", size)
        assert found(str(tmp_path / "all.csv")) == whole
    monkeypatch.setattr(collect, "KeyStore", lambda: KeyStore(limit=10))
    assert found(str(tmp_path / "all.csv")) == whole


def test_two_files_meet_like_one_where_rules_look_beyond_the_sheet(
    whole: list[tuple[Any, ...]], tmp_path: Path
) -> None:
    """Rules that keep to one sheet (SKU, family, price) aside, the cut changes nothing but the place."""
    rows, half = catalogue(), ROWS // 2
    first, second = write(tmp_path / "a.csv", rows[:half]), write(tmp_path / "b.csv", rows[half:])

    def place(path: str, row: int) -> int:
        return row if not path.endswith("b.csv") else row + half

    cut = {(r, place(p, n), c) for r, p, n, c, _ in found(first, second) if r in BEYOND_A_SHEET}
    assert cut == {(r, n, c) for r, _, n, c, _ in whole if r in BEYOND_A_SHEET}


def test_a_block_on_one_market_says_nothing_of_another(tmp_path: Path) -> None:
    rows = (
        "A-1,4006381333931,blocked,amazon.de",
        "A-2,4006381333931,active,amazon.de",
        "A-3,4006381333931,active,amazon.fr",
        "B-1,4012345678901,banned in France,amazon.de",
        "B-2,4012345678901,active,amazon.de",
        "B-3,4012345678901,active,amazon.fr",
    )
    lines = [f"{row},Ant bait stations for the kitchen" for row in rows]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(["sku,ean,status,marketplace,title", *lines]) + "\n", "utf-8")
    report = lint((str(path),), prepare(Settings(select=("SEL323",), cache=False)))
    found = {f.location.sku: f.message.en for f in report.findings if f.rule == "SEL323"}
    assert set(found) == {"A-2", "B-3"}
    assert "row 5" in found["B-3"]


def test_what_rows_share_is_masked_where_outsiders_read(run_cli: RunCli, tmp_path: Path) -> None:
    path = write(tmp_path / "all.csv", catalogue())
    shown = run_cli(path, "--select", "SEL3", "--output-format", "text").stdout
    masked = run_cli(path, "--select", "SEL3", "--output-format", "github").stdout
    for secret in ("DE89370400440532013000", "+49 30 25991234"):
        assert secret in shown
        assert secret not in masked
    assert "DE***00: the same bank account" in masked
    # Anybody may read what stands in the shop, and a SKU tells where to look.
    assert "is usually written “Harrowfield”" in masked
    assert "SKU S-" in masked
