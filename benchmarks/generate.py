"""Writes catalogs for measuring: `python benchmarks/generate.py --rows 100000 FOLDER`.

A listing has 17 columns and about 1.1 kB of text (title, five bullets, description), composed from
the word stocks of words.toml in six languages; 38 % of the listings are not ASCII. A known share
carries one planted problem, told in `catalog-ROWS.planted.csv` (sku, problem). The same seed gives
the same catalog in every format.
"""

from __future__ import annotations

import argparse
import csv
import random
import tomllib
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from string import Formatter
from typing import Any

HERE = Path(__file__).resolve().parent
COLUMNS = (
    "sku", "title", "brand", "manufacturer", "category", "bullet1", "bullet2", "bullet3", "bullet4",
    "bullet5", "description", "search terms", "gtin", "price", "quantity", "material",
    "country of origin",
)  # fmt: skip
FORMATS = ("csv", "xlsx", "parquet")
_SYLLABLES = ("bra", "dol", "fen", "gar", "hal", "kes", "lor", "mir", "nor", "pel", "quin", "ros",
              "sel", "tam", "ul", "ver", "wick", "yor", "zan", "mont")  # fmt: skip
DESCRIPTION_CHARS = 580
"""Descriptions grow to about this length; Chinese and Japanese ones say as much in a third of it."""
PARQUET_CHUNK = 10_000


class Stock:
    """The words of one language, with templates taken apart once."""

    def __init__(self, data: dict[str, Any]) -> None:
        self._words: dict[str, list[str]] = {
            k: v for k, v in data.items() if k not in ("share", "title", "sentence")
        }
        self._titles = [self._split(t) for t in data["title"]]
        self._sentences = [self._split(t) for t in data["sentence"]]
        dense = any(ord(c) > 0x2E80 for c in data["noun"][0])
        self._length = DESCRIPTION_CHARS // 3 if dense else DESCRIPTION_CHARS
        self._space = "" if dense else " "

    @staticmethod
    def _split(template: str) -> list[tuple[str, str | None]]:
        return [(text, name) for text, name, _, _ in Formatter().parse(template)]

    def _fill(self, parts: list[tuple[str, str | None]], rng: random.Random, brand: str) -> str:
        out = []
        for text, name in parts:
            out.append(text)
            if name == "n":
                out.append(str(rng.randrange(2, 48)))
            elif name == "brand":
                out.append(brand)
            elif name is not None:
                out.append(rng.choice(self._words[name]))
        return "".join(out)

    def listing(self, rng: random.Random, brand: str) -> dict[str, str]:
        """One honest listing, without its identifiers."""
        order = rng.sample(self._sentences, min(5, len(self._sentences)))
        row = {f"bullet{i}": self._fill(s, rng, brand) for i, s in enumerate(order, start=1)}
        text: list[str] = []
        size = 0
        while size < self._length:
            text.append(self._fill(rng.choice(self._sentences), rng, brand))
            size += len(text[-1])
        row["title"] = self._fill(rng.choice(self._titles), rng, brand)
        row["description"] = self._space.join(text)
        row["category"] = rng.choice(self._words["category"])
        row["material"] = rng.choice(self._words["material"])
        row["search terms"] = " ".join(rng.sample(self._words["noun"], 3)).lower()
        return row


def listings(
    rows: int, seed: int = 1, problems: float = 0.01
) -> Iterator[tuple[dict[str, str], str]]:
    """`rows` listings, each with the name of its planted problem ('' for an honest one)."""
    with (HERE / "words.toml").open("rb") as file:
        words = tomllib.load(file)
    rng = random.Random(seed)
    stocks = [Stock(data) for data in words["lang"].values()]
    shares = [data["share"] for data in words["lang"].values()]
    brands = sorted(
        {"".join(rng.sample(_SYLLABLES, rng.choice((2, 3)))).title() for _ in range(400)}
    )
    for n in range(rows):
        brand = rng.choice(brands)
        row = rng.choices(stocks, shares)[0].listing(rng, brand)
        row |= {
            "sku": f"SKU-{n:08d}",
            "brand": brand,
            "manufacturer": brand,
            "gtin": gtin(n),
            "price": f"{rng.randrange(500, 12_000) / 100:.2f}",
            "quantity": str(rng.randrange(0, 400)),
            "country of origin": "CN",
        }
        name = ""
        if rng.random() < problems:
            problem = rng.choice(words["problem"])
            name = problem["name"]
            _plant(row, problem)
        yield row, name


def gtin(number: int) -> str:
    """The `number`-th thirteen-digit code under a prefix of GS1 China, with its check digit."""
    body = f"69{7_000_000_000 + number}"
    total = sum(int(d) * (1, 3)[i % 2] for i, d in enumerate(body))
    return body + str(-total % 10)


def _plant(row: dict[str, str], problem: dict[str, str]) -> None:
    field = problem["field"]
    if field == "gtin":
        row[field] = row[field][:-1] + str((int(row[field][-1]) + 5) % 10)
    elif field == "title":
        row[field] = f"{problem['text']} {row[field]}"
    else:
        row[field] = f"{row[field]} {problem['text']}"


def write(path: Path, kind: str, rows: int, seed: int, problems: float) -> None:
    """One catalog as `kind`, at `path`."""
    made = (row for row, _ in listings(rows, seed, problems))
    tuples = ([row[c] for c in COLUMNS] for row in made)
    if kind == "csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file)
            out.writerow(COLUMNS)
            out.writerows(tuples)
    elif kind == "xlsx":
        _write_xlsx(path, tuples)
    else:
        _write_parquet(path, tuples)


def _write_xlsx(path: Path, rows: Iterator[list[str]]) -> None:
    import xlsxwriter

    # Constant memory writes strings in the cells; Excel itself shares them in a table.
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Products")
        for r, row in enumerate(chain([COLUMNS], rows)):
            for c, value in enumerate(row):
                sheet.write_string(r, c, value)


def _write_parquet(path: Path, rows: Iterator[list[str]]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([(name, pa.string()) for name in COLUMNS])
    with pq.ParquetWriter(path, schema) as out:
        while chunk := list(islice(rows, PARQUET_CHUNK)):
            columns = [pa.array(values) for values in zip(*chunk, strict=True)]
            out.write_batch(pa.RecordBatch.from_arrays(columns, schema=schema))


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--formats", default=",".join(FORMATS))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--problems", type=float, default=0.01, help="share of listings with one")
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    stem = args.folder / f"catalog-{args.rows}"
    for kind in args.formats.split(","):
        if kind not in FORMATS:
            parser.error(f"no format is called {kind!r}; known are {', '.join(FORMATS)}")
        path = Path(f"{stem}.{kind}")
        write(path, kind, args.rows, args.seed, args.problems)
        print(f"{path}  {path.stat().st_size / 1e6:.1f} MB")
    with Path(f"{stem}.planted.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(("sku", "problem"))
        planted = listings(args.rows, args.seed, args.problems)
        out.writerows((row["sku"], name) for row, name in planted if name)


if __name__ == "__main__":
    main()
