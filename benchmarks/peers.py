"""What people would use instead, each a whole process: `python benchmarks/peers.py NAME FILE [TERMS]`.

Every one prints one number (rows or hits), so that no work can be skipped. TERMS is a file with a
term a line. speed.py runs them.
"""

from __future__ import annotations

import csv
import importlib.util
import re
import sys
from collections.abc import Callable
from itertools import chain
from pathlib import Path


def read_terms(path: str) -> list[str]:
    """The terms of a file, one a line, longest first so that an alternation finds the longest."""
    return sorted(set(Path(path).read_text("utf-8").split("\n")) - {""}, key=len, reverse=True)


def alternation(terms: list[str]) -> re.Pattern[str]:
    """One regular expression of all terms as whole words, whatever the case."""
    return re.compile(r"\b(?:" + "|".join(map(re.escape, terms)) + r")\b", re.IGNORECASE)


def csv_lists(path: str) -> int:
    """The csv module reading every row into a list."""
    with open(path, encoding="utf-8", newline="") as file:
        return len(list(csv.reader(file)))


def calamine(path: str) -> int:
    """python-calamine going through the rows."""
    from python_calamine import CalamineWorkbook

    sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0)
    return sum(1 for _ in sheet.iter_rows())


def parquet_lists(path: str) -> int:
    """pyarrow reading every row group into lists of Python's strings."""
    import pyarrow.parquet as pq

    batches = pq.ParquetFile(path).iter_batches()
    return sum(
        len(list(zip(*map(list, batch.to_pydict().values()), strict=True))) for batch in batches
    )


def openpyxl_read_only(path: str) -> int:
    """openpyxl's read-only mode going through the rows."""
    from openpyxl import load_workbook

    sheet = load_workbook(path, read_only=True).worksheets[0]
    return sum(1 for _ in sheet.iter_rows(values_only=True))


def openpyxl_full(path: str) -> int:
    """openpyxl loading the whole workbook."""
    from openpyxl import load_workbook

    return int(load_workbook(path).worksheets[0].max_row)


def openpyxl_re(path: str, terms: str) -> int:
    """The loop most people write: openpyxl and one regular expression over every cell."""
    from openpyxl import load_workbook

    search = alternation(read_terms(terms)).findall
    sheet = load_workbook(path, read_only=True).worksheets[0]
    cells = chain.from_iterable(sheet.iter_rows(values_only=True))
    return sum(len(search(cell)) for cell in cells if isinstance(cell, str))


def pandas_contains(path: str, terms: str) -> int:
    """pandas with `str.contains` on every text column."""
    import pandas

    # As plain objects: the expression is too long for those that pandas has on Arrow.
    frame = pandas.read_csv(path, dtype=object, keep_default_na=False)
    pattern = alternation(read_terms(terms))
    return int(sum(frame[name].str.contains(pattern).sum() for name in frame.columns))


def frictionless(path: str) -> int:
    """frictionless validating the shape, with no rule on words."""
    from frictionless import validate

    return len(validate(path).flatten(["rowNumber"]))


def fold(path: str, folded: str) -> int:
    """Not a peer: writes the text of FILE as listlint folds it, for programs that match words."""
    from listlint.text.fold import fold as folded_text

    with (
        open(path, encoding="utf-8", newline="") as file,
        open(folded, "w", encoding="utf-8") as out,
    ):
        rows = [folded_text(" \n ".join(row)) + "\n" for row in csv.reader(file)]
        out.writelines(rows)
    return len(rows)


def shipped_terms(_: str, out: str) -> int:
    """Not a peer: writes the terms of listlint's own packs, a plain one a line."""
    from listlint.api import Linter

    found: set[str] = set()
    for spec in Linter().library.rules:
        pairs = [*spec.data.get("terms", ()), *spec.data.get("triggers", ())]
        found.update(text.strip("*") for text, _ in pairs if "..." not in text)
    Path(out).write_text("\n".join(sorted(found)), "utf-8")
    return len(found)


PEERS: dict[str, Callable[..., int]] = {
    "csv-lists": csv_lists,
    "calamine": calamine,
    "parquet-lists": parquet_lists,
    "openpyxl-read-only": openpyxl_read_only,
    "openpyxl-full": openpyxl_full,
    "openpyxl-re": openpyxl_re,
    "pandas-contains": pandas_contains,
    "frictionless": frictionless,
    "fold": fold,
    "shipped-terms": shipped_terms,
}
NEEDS = {
    "calamine": "python_calamine",
    "parquet-lists": "pyarrow",
    "openpyxl-read-only": "openpyxl",
    "openpyxl-full": "openpyxl",
    "openpyxl-re": "openpyxl",
    "pandas-contains": "pandas",
    "frictionless": "frictionless",
}


def installed(name: str) -> bool:
    """Whether the library of a peer is there."""
    return name not in NEEDS or importlib.util.find_spec(NEEDS[name]) is not None


if __name__ == "__main__":
    print(PEERS[sys.argv[1]](*sys.argv[2:]))
