"""Plugins: the worked example works, and one that can't be used stops the run and is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import RunCli

EXAMPLE = Path(__file__).parent.parent / "docs" / "examples" / "plugin" / "house_rules.py"


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    (tmp_path / "house_rules.py").write_text(EXAMPLE.read_text("utf-8"), "utf-8")
    (tmp_path / "listlint.toml").write_text('plugins = ["house_rules.py"]\n', "utf-8")
    path = tmp_path / "catalog.csv"
    path.write_text("sku,title\nA1,Bluefin desk lamp with dimmer\n", "utf-8")
    return path


def test_the_worked_example(catalog: Path, run_cli: RunCli) -> None:
    ran = run_cli(catalog, "--output-format", "json", "--fail-on", "warning")
    found = [f for f in ran.json["findings"] if f["rule"] == "LST901"]
    assert ran.code == 1
    assert [(f["cell"], f["match"], f["span"]) for f in found] == [("B2", "Bluefin", [0, 7])]


def test_its_rule_can_be_ignored(catalog: Path, run_cli: RunCli) -> None:
    ran = run_cli(catalog, "--ignore", "house-internal-name,listing", "--fail-on", "warning")
    assert ran.code == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("import nothing_of_that_name\n", "nothing_of_that_name"),
        (EXAMPLE.read_text("utf-8").replace("LST901", "IP101"), "IP101 is already a rule"),
        ("def (:\n", "SyntaxError"),
    ],
)
def test_one_that_cannot_be_used(catalog: Path, run_cli: RunCli, text: str, said: str) -> None:
    (catalog.parent / "house_rules.py").write_text(text, "utf-8")
    ran = run_cli(catalog)
    assert ran.code == 2
    assert "house_rules.py" in ran.stderr
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr


def test_one_that_is_not_there(catalog: Path, run_cli: RunCli) -> None:
    (catalog.parent / "listlint.toml").write_text('require-plugins = ["acme-rules"]\n', "utf-8")
    ran = run_cli(catalog)
    assert ran.code == 2
    assert "acme-rules" in ran.stderr
