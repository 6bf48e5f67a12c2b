"""Every dialect file is right about itself: its examples run, its fields exist."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

import pytest

from listlint.columns import ColumnLibrary, Layout, load_library, recognise
from listlint.policy.paths import builtin

if TYPE_CHECKING:
    from pathlib import Path

FILES = sorted((builtin() / "dialects").glob("*.toml"))
EXAMPLES = [
    pytest.param(path, example, id=f"{path.stem}: {example['name']}")
    for path in FILES
    for example in tomllib.loads(path.read_text(encoding="utf-8"))["example"]
]


@pytest.fixture(scope="module")
def library() -> ColumnLibrary:
    return load_library(builtin())


@pytest.mark.parametrize(("path", "example"), EXAMPLES)
def test_example(path: Path, example: dict[str, Any], library: ColumnLibrary) -> None:
    head = [(n, row) for n, row in enumerate(example["rows"], 1) if row]
    layout = recognise(
        head,
        path=example.get("path", "inventory.csv"),
        sheet=example.get("sheet"),
        hidden=False,
        library=library,
    )
    dialect = next(d for d in library.dialects if d.id == path.stem)
    assert (layout.dialect, layout.kind) == (path.stem, dialect.kind or "listings")
    if layout.kind != "listings":
        return
    mapped: dict[str, set[str]] = {}
    for column in layout.columns:
        mapped.setdefault(column.header, set()).add(column.field or "")
    assert {h: mapped.get(h) for h in example["expect"]} == {
        h: {f} for h, f in example["expect"].items()
    }
    assert listings(layout, head) == (example["listings"], example.get("inherits", []))
    if "marketplaces" in example:
        assert list(layout.marketplaces) == example["marketplaces"]


def listings(layout: Layout, head: list[tuple[int, list[str]]]) -> tuple[list[int], list[int]]:
    """Row numbers of listings, and of rows that only continue one."""
    rows = [(n, r) for n, r in head if n >= layout.data_row and layout.skip(n, r) is None]
    inherits = layout.inherits([r for _, r in rows])
    return (
        [n for (n, _), more in zip(rows, inherits, strict=True) if not more],
        [n for (n, _), more in zip(rows, inherits, strict=True) if more],
    )


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_fields_and_marketplaces_exist(path: Path, library: ColumnLibrary) -> None:
    dialect = next(d for d in library.dialects if d.id == path.stem)
    body = dialect.body
    named = [*body.headers.values(), *(f for _, f in body.globs), *(f for _, f in dialect.prefixes)]
    fields = {part for field in named for part in field.split("|") if part}
    fields |= set(body.inherit[1]) | {f for s in dialect.signatures for f in s.fields}
    assert fields <= library.groups.keys()
    profiles = set(library.marketplaces.values())
    assert {*dialect.marketplaces, *(name for _, name in body.markets)} <= profiles


def test_a_faulty_dialect_names_its_file(tmp_path: Path) -> None:
    from listlint.columns.dialect import dialect_of, dialect_tables

    folder = tmp_path / "dialects"
    folder.mkdir()
    (folder / "odd.toml").write_text('id = "odd"\nsignature = [{ header = ["x"] }]\n')
    with pytest.raises(ValueError, match=r"odd\.toml: unknown keys in a signature: header"):
        dialect_tables(folder)
    (folder / "odd.toml").write_text(
        'id = "odd"\nsignature = [{ headers = ["x"] }]\n[[skip]]\nreason = "because"\n'
    )
    (table,) = dialect_tables(folder)
    with pytest.raises(ValueError, match=r"odd\.toml: no such reason to skip a row: because"):
        _ = dialect_of(table, tmp_path).body
