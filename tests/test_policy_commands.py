"""`listlint policy …` and `listlint explain`, `rules`: what people who write policies use."""

from __future__ import annotations

import json
from pathlib import Path

from conftest import RunCli

ROOT = Path(__file__).resolve().parent.parent


def test_a_new_pack_passes_its_own_examples(tmp_path: Path, run_cli: RunCli) -> None:
    path = tmp_path / "widgets.toml"
    assert run_cli("policy", "new", path).code == 0
    ran = run_cli("test", path)
    assert (ran.code, ran.stdout.strip()) == (0, "1 rules, 2 examples, 0 failed")
    assert run_cli("policy", "lint", path).code == 0


def test_a_new_pack_overwrites_nothing(tmp_path: Path, run_cli: RunCli) -> None:
    path = tmp_path / "widgets.toml"
    path.write_text("mine", "utf-8")
    ran = run_cli("policy", "new", path)
    assert ran.code == 2
    assert path.read_text("utf-8") == "mine"


def test_lint_tells_a_dead_exception(tmp_path: Path, run_cli: RunCli) -> None:
    path = tmp_path / "widgets.toml"
    run_cli("policy", "new", path)
    text = path.read_text("utf-8")
    path.write_text(
        text.replace(
            "[[rule.bad]]", '[[rule.unless]]\nafter = ["made of chocolate"]\n\n[[rule.bad]]'
        ),
        "utf-8",
    )
    ran = run_cli("policy", "lint", path)
    assert ran.code == 1
    assert "unless 2: no good example needs this exception" in ran.stdout


def test_lint_tells_a_term_that_stands_twice(tmp_path: Path, run_cli: RunCli) -> None:
    path = tmp_path / "widgets.toml"
    run_cli("policy", "new", path)
    text = path.read_text("utf-8")
    path.write_text(
        text.replace('"forbidden widget"', '"forbidden widget", "Forbidden-Widget"'), "utf-8"
    )
    assert "stands twice" in run_cli("policy", "lint", path).stdout


def test_schema_is_json_schema(run_cli: RunCli) -> None:
    schema = json.loads(run_cli("policy", "schema").stdout)
    assert {"pack", "rule"} <= schema["properties"].keys()


def test_the_coverage_page_is_what_the_command_makes(run_cli: RunCli) -> None:
    made = run_cli("policy", "coverage", "--isolated").stdout
    assert made == (ROOT / "docs" / "coverage.md").read_text("utf-8")


def test_explain_says_why_fix_and_source(run_cli: RunCli) -> None:
    ran = run_cli("explain", "counterfeit-grade", "--lang", "en")
    assert ran.code == 0
    for word in ("IP101", "Why:", "What to do:", "Source: https://"):
        assert word in ran.stdout
    assert "为什么" in run_cli("explain", "IP101", "--lang", "zh").stdout


def test_explain_suggests_a_name(run_cli: RunCli) -> None:
    ran = run_cli("explain", "counterfeit-grad")
    assert ran.code == 2
    assert "did you mean counterfeit-grade?" in ran.stderr


def test_rules_as_json(run_cli: RunCli) -> None:
    rules = json.loads(run_cli("rules", "--output-format", "json").stdout)
    areas = {r["area"] for r in rules}
    assert {"prohibited", "ip", "licence", "seller", "behaviour", "listing", "file"} <= areas


def test_new_packs_live_side_by_side_in_a_folder_that_is_made(
    tmp_path: Path, run_cli: RunCli
) -> None:
    folder = tmp_path / "our-rules"
    for name in ("widgets.toml", "gadgets.toml"):
        assert run_cli("policy", "new", folder / name).code == 0
    ran = run_cli("test", folder)
    assert (ran.code, ran.stdout.strip()) == (0, "2 rules, 4 examples, 0 failed")


def test_a_new_pack_takes_its_name_from_the_folder_it_is_run_in(
    tmp_path: Path, run_cli: RunCli
) -> None:
    (tmp_path / "Hausregeln").mkdir()
    assert run_cli("policy", "new", "widgets.toml", cwd=tmp_path / "Hausregeln").code == 0
    text = (tmp_path / "Hausregeln" / "widgets.toml").read_text("utf-8")
    assert 'id = "hausregeln/widgets"' in text


def test_new_refuses_what_no_run_would_read(tmp_path: Path, run_cli: RunCli) -> None:
    ran = run_cli("policy", "new", tmp_path / "widgets")
    assert ran.code == 2
    assert "widgets.toml" in ran.stderr
    ran = run_cli("policy", "new", tmp_path / "widgets.toml", "--code", "WID1")
    assert ran.code == 2
    assert "three digits" in ran.stderr
    assert list(tmp_path.iterdir()) == []
