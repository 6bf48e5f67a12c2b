"""The baseline: only what is new is reported, and what an entry's identity survives."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conftest import Ran, RunCli
from teamwork import BAD, ONLY, RULE, findings, sheet, skus

ROWS = (f"A-1,{BAD},Harrowfield", f"A-2,{BAD},Harrowfield", "A-3,Linen apron,Harrowfield")


class Catalog:
    """A folder with settings, a sheet and a baseline of it."""

    def __init__(self, run_cli: RunCli, folder: Path) -> None:
        self.run, self.folder = run_cli, folder
        self.sheet = sheet(folder / "a.csv", *ROWS)
        (folder / "listlint.toml").write_text('baseline = "known.json"\n', "utf-8")
        self.accept()

    def accept(self, *options: str, files: str = "a.csv") -> Ran:
        ran = self.run("baseline", files, "--select", RULE, *options, cwd=self.folder)
        assert ran.code == 0, ran.stderr
        return ran

    def check(self, *files: str, cwd: Path | None = None) -> Ran:
        return self.run(*(files or ("a.csv",)), *ONLY, cwd=cwd or self.folder)

    @property
    def known(self) -> list[dict[str, object]]:
        return json.loads((self.folder / "known.json").read_text("utf-8"))["findings"]


@pytest.fixture
def catalog(run_cli: RunCli, tmp_path: Path) -> Catalog:
    return Catalog(run_cli, tmp_path)


def test_known_findings_are_marked_and_do_not_count(catalog: Catalog) -> None:
    ran = catalog.check()
    assert ran.code == 0
    assert {f["suppressed"]["by"] for f in ran.json["findings"]} == {"baseline"}
    assert ran.json["summary"]["by_rule"] == {}


def test_the_file_holds_no_places_and_no_times(catalog: Catalog) -> None:
    text = (catalog.folder / "known.json").read_text("utf-8")
    assert [e["sku"] for e in catalog.known] == ["A-1", "A-2"]
    assert set(catalog.known[0]) == {
        "rule",
        "path",
        "sheet",
        "sku",
        "field",
        "match",
        "count",
        "id",
    }
    assert str(catalog.folder) not in text
    catalog.accept()
    assert (catalog.folder / "known.json").read_text("utf-8") == text


def test_survives_sorting_inserting_and_renaming_columns(catalog: Catalog) -> None:
    sheet(catalog.sheet, *reversed(ROWS))
    assert catalog.check().code == 0
    sheet(catalog.sheet, "A-0,Oak shelf,Harrowfield", ROWS[2], *ROWS[:2])
    assert catalog.check().code == 0
    rows = (f"Harrowfield,9.99,{BAD},A-{n}" for n in (2, 1))
    sheet(catalog.sheet, *rows, header="Brand Name,Price,Item Name,Seller SKU")
    assert catalog.check().code == 0


def test_called_from_elsewhere(catalog: Catalog) -> None:
    assert catalog.check(str(catalog.sheet)).code == 0
    assert catalog.check(".").code == 0
    assert catalog.check(f"{catalog.folder.name}/a.csv", cwd=catalog.folder.parent).code == 0


def test_without_sku_the_content_counts(catalog: Catalog) -> None:
    rows = (f"{BAD},Harrowfield,10.00", f"{BAD} in black,Harrowfield,10.00")
    sheet(catalog.sheet, *rows, header="title,brand,price")
    catalog.accept()
    # Another order of rows and columns, another price.
    rows = (f"12.50,Harrowfield,{BAD} in black", f"9.00,Harrowfield,{BAD}")
    sheet(catalog.sheet, *rows, header="price,brand,title")
    assert catalog.check().code == 0
    sheet(catalog.sheet, f"9.00,Harrowfield,{BAD} in red", header="price,brand,title")
    assert catalog.check().code == 1


def test_a_new_one_is_reported_and_a_swap_is_seen(catalog: Catalog) -> None:
    sheet(catalog.sheet, *ROWS[:2], f"A-3,{BAD},Harrowfield")
    assert skus(catalog.check()) == ["A-3"]
    # One mended, another one broken: as many as before.
    sheet(catalog.sheet, ROWS[0], "A-2,Linen apron,Harrowfield", f"A-3,{BAD},Harrowfield")
    assert skus(catalog.check()) == ["A-3"]
    # The same listing, other words.
    sheet(catalog.sheet, ROWS[0], "A-2,1:1 mirror handbag,Harrowfield")
    assert skus(catalog.check()) == ["A-2"]


def test_repeats_are_counted(catalog: Catalog) -> None:
    sheet(catalog.sheet, *ROWS[:2], ROWS[0])
    assert skus(catalog.check()) == ["A-1"]
    catalog.accept()
    assert [e["count"] for e in catalog.known] == [2, 1]
    assert catalog.check().code == 0


def test_two_files_are_two_findings(catalog: Catalog) -> None:
    sheet(catalog.folder / "b.csv", *ROWS)
    ran = catalog.check("a.csv", "b.csv")
    assert {f["path"] for f in findings(ran, RULE)} == {"b.csv"}
    # Accepting one file leaves what is known of the other.
    catalog.accept(files="b.csv")
    assert [e["path"] for e in catalog.known] == ["a.csv", "a.csv", "b.csv", "b.csv"]
    assert catalog.check("a.csv", "b.csv").code == 0


def test_stale_entries_are_said_and_pruned_by_command(catalog: Catalog) -> None:
    sheet(catalog.sheet, *ROWS[1:])
    ran = catalog.check()
    (said,) = findings(ran, "baseline-stale")
    assert (said["severity"], said["path"]) == ("info", "known.json")
    assert "A-1" in said["message"]
    # A run that does not look says nothing.
    other = catalog.run(
        "a.csv", "--select", "LST101", "--output-format", "json", cwd=catalog.folder
    )
    assert not findings(other, "baseline-stale")
    sheet(catalog.sheet, *ROWS[1:], f"A-9,{BAD},Harrowfield")
    catalog.accept("--prune")
    assert [e["sku"] for e in catalog.known] == ["A-2"]
    assert skus(catalog.check()) == ["A-9"]


def test_an_entry_of_a_deleted_file_is_pruned(catalog: Catalog) -> None:
    sheet(catalog.folder / "b.csv", *ROWS)
    catalog.accept(files="b.csv")
    catalog.sheet.unlink()
    catalog.accept("--prune", files="b.csv")
    assert {e["path"] for e in catalog.known} == {"b.csv"}


def test_merged_by_hand_it_still_reads(catalog: Catalog) -> None:
    path = catalog.folder / "known.json"
    data = json.loads(path.read_text("utf-8"))
    data["findings"] = [*reversed(data["findings"]), data["findings"][0]]
    path.write_text(json.dumps(data), "utf-8")
    assert catalog.check().code == 0


@pytest.mark.parametrize("text", ["", "[]", '{"schema": "x", "findings": []}', '{"findings": [1]}'])
def test_what_is_no_baseline_stops_the_run(catalog: Catalog, text: str) -> None:
    (catalog.folder / "known.json").write_text(text, "utf-8")
    ran = catalog.check()
    assert (ran.code, ran.stdout) == (2, "")
    assert "known.json" in ran.stderr


def test_option_names_a_file_from_where_one_stands(catalog: Catalog) -> None:
    (catalog.folder / "listlint.toml").unlink()
    assert catalog.check().code == 1
    ran = catalog.run("a.csv", *ONLY, "--baseline", "known.json", cwd=catalog.folder)
    assert ran.code == 0
    assert catalog.run("a.csv", "--baseline", "nowhere.json", cwd=catalog.folder).code == 2


def test_what_was_not_read_is_never_known(run_cli: RunCli, tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"PK\x03\x04 broken")
    assert run_cli("baseline", "a.xlsx", cwd=tmp_path).code == 3
    ran = run_cli("a.xlsx", "--baseline", "listlint-baseline.json", cwd=tmp_path)
    assert ran.code == 3
