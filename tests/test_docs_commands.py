"""Every command and every setting in the pages about living with listlint, as they stand there."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from conftest import ROOT, RunCli
from listlint.config_file import read
from teamwork import BAD, sheet

PAGES = ("configuration", "suppression", "baseline", "fixing", "ci", "history", "registers")


def blocks(page: str, language: str) -> list[str]:
    """The fenced blocks of one language."""
    text = (ROOT / "docs" / f"{page}.md").read_text("utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.M | re.S)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A folder as the pages speak of it."""
    sheet(tmp_path / "inventory.csv", f"PROP-1,{BAD},Harrowfield")
    sheet(tmp_path / "catalog" / "a.csv", f"A-1,{BAD},Harrowfield", "A-2,Linen apron,Harrowfield")
    sheet(
        tmp_path / "messy.csv",
        "A-1 ,Linen  apron,Harrowfield,36000291452",
        "A-2,Velcro ties - black,Harrowfield,",
        header="sku,title,brand,ean",
    )
    (tmp_path / "listlint.toml").write_text('lang = "en"\n', "utf-8")
    shutil.copytree(ROOT / "sample_inventory", tmp_path / "sample_inventory")
    return tmp_path


@pytest.mark.parametrize("page", PAGES)
def test_commands(page: str, shop: Path, run_cli: RunCli) -> None:
    ran = 0
    for line in "".join(blocks(page, "sh")).splitlines():
        command, _, wanted = line.partition("# exit ")
        words = shlex.split(command)
        if words[:1] != ["listlint"]:
            continue
        done = run_cli(*words[1:], cwd=shop)
        assert done.code != 2, (line, done.stderr)
        if wanted:
            assert done.code == int(wanted), (line, done.stdout, done.stderr)
        ran += 1
    assert ran


def test_the_vault_of_the_sample_is_what_the_page_shows(run_cli: RunCli) -> None:
    shown = "".join(blocks("registers", "text")).splitlines()
    page = (ROOT / "docs" / "registers.md").read_text("utf-8")
    (command,) = re.findall(r"^listlint (licences sample_inventory/.*?)\s*# exit", page, re.M)
    said = run_cli(*shlex.split(command)).stdout.splitlines()
    places = [said.index(line) for line in shown]
    assert places == sorted(places)


@pytest.mark.parametrize("page", PAGES)
def test_settings(page: str, tmp_path: Path) -> None:
    for block in blocks(page, "toml"):
        if block.startswith("# listlint.toml"):
            path = tmp_path / "listlint.toml"
            path.write_text(block, "utf-8")
            values, _ = read(path)
            assert values


def test_every_key_is_on_the_page() -> None:
    from listlint.config_schema import DESCRIPTIONS

    page = (ROOT / "docs" / "configuration.md").read_text("utf-8")
    missing = [key for key in DESCRIPTIONS if f"`{key}`" not in page and key != "own-brand"]
    assert missing == []


def test_every_page_is_in_the_table_of_contents() -> None:
    contents = (ROOT / "docs" / "README.md").read_text("utf-8")
    pages = {p.name for p in (ROOT / "docs").glob("*.md")} - {"README.md"}
    assert {p for p in pages if f"]({p})" not in contents} == set()


@pytest.mark.parametrize("page", sorted(p.name for p in (ROOT / "docs").glob("*.md")))
def test_links_lead_somewhere(page: str) -> None:
    text = (ROOT / "docs" / page).read_text("utf-8")
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", text)
    own = [t for t in targets if "://" not in t and not t.startswith(("mailto:", "<"))]
    assert [t for t in own if not (ROOT / "docs" / t).exists()] == []
