"""Every example of every shipped rule, and what is said of policies that are wrong."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

import house
from conftest import RunCli
from listlint.policy.errors import PolicyError
from listlint.policy.library import load_profiles
from listlint.policy.load import compile_files, pack_files
from listlint.policy.paths import builtin
from listlint.policy.tables import read_folder, read_toml
from listlint.policy.testing import run_tests

TERMS = 'terms = ["zorkmid", "zork... blade", "zork*"]'


def pack(more: str = "") -> str:
    """A pack of one rule, with `more` lines in it."""
    return house.pack_text("y", house.rule("PRO999", f"{more}\n{TERMS}"))


def write(folder: Path, text: str) -> Path:
    path = folder / "pack.toml"
    path.write_text(text, "utf-8")
    return path


def test_every_example_of_every_rule() -> None:
    shipped = builtin()
    files = pack_files([shipped])
    outcome = run_tests(files, files, load_profiles([shipped]))
    assert [str(f) for f in outcome.failures] == []
    assert outcome.rules >= 80


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            pack("terns = ['a']"),
            "rule PRO999: unknown key 'terns'; did you mean 'terms'?",
        ),
        (pack("severity = 'error'"), "not valid TOML"),
        (pack().replace('"PRO999"', '"XYZ1"'), "a code is one of"),
        (
            pack().replace(
                '[[rule.good]]\nlisting = { title = "Garden chair, oak, foldable" }', ""
            ),
            "good",
        ),
        (
            pack("[[rule.unless]]\ncontext = 'nominativ'").replace(
                "terms = ", "[rule.x]\nterms = "
            ),
            "rule PRO999",
        ),
        (
            pack("unless = [{ context = 'nominativ' }]"),
            "no context is called 'nominativ'",
        ),
        (pack().replace('"zork*"', '"z*rk"'), "a * stands only"),
        (pack("source = []").replace("source = [{", "xsource = [{"), "PRO999"),
    ],
)
def test_a_wrong_policy_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(PolicyError) as error:
        compile_files([write(tmp_path, text)])
    assert said in str(error.value)
    assert "pack.toml" in str(error.value)


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("Gold zorkmid", False),  # the condition is about this term, and does not hold
        ("Gold zorkmid, real coin", True),
        ("Gold sprocket", True),  # it is not about this one
    ],
)
def test_a_condition_about_some_terms(
    tmp_path: Path, run_cli: RunCli, title: str, found: bool
) -> None:
    more = 'terms = ["zorkmid", "sprocket"]\nwhen = [{ terms = ["zorkmid"], listing = ["coin"] }]'
    policy = write(tmp_path, house.pack_text("y", house.rule("PRO999", more, bad="Gold sprocket")))
    sheet = tmp_path / "goods.csv"
    sheet.write_text(f'sku,title\nA1,"{title}"\n', "utf-8")
    run = run_cli(sheet, "--config", f"policies={policy}", "--select", "PRO999", "--isolated")
    assert ("PRO999" in run.stdout) is found


def test_a_term_over_several_lines(tmp_path: Path, run_cli: RunCli) -> None:
    more = 'terms = ["""gold | silver\n    ... zorkmid\n  | sprocket"""]'
    policy = write(tmp_path, house.pack_text("y", house.rule("PRO999", more)))
    sheet = tmp_path / "goods.csv"
    sheet.write_text("sku,title\nA1,Silver sprocket\nA2,Copper sprocket\n", "utf-8")
    run = run_cli(
        sheet, "--config", f"policies={policy}", "--isolated", "--output-format", "json",
        "--select", "PRO999",
    )  # fmt: skip
    found = [(f["row"], f["match"]) for f in run.json["findings"]]
    assert found == [(2, "Silver sprocket")]


def test_no_policy_file_is_long() -> None:
    lengths = {p: p.read_text("utf-8").count("\n") for p in builtin().rglob("*.toml")}
    assert {p.name: n for p, n in lengths.items() if n > LINES} == {}


def test_each_licence_rule_is_shown_by_listings_of_its_own() -> None:
    twice = []
    for path in (builtin() / "licence").glob("*.toml"):
        owners: dict[str, set[str]] = defaultdict(set)
        for rule in read_toml(path)["rule"]:
            for example in [*rule["bad"], *rule["good"]]:
                owners[example.get("listing", {}).get("title", rule["code"])].add(rule["code"])
        twice += [f"{path.name}: {title}" for title, codes in owners.items() if len(codes) > 1]
    assert twice == []


def test_an_entry_in_two_files_of_a_folder(tmp_path: Path) -> None:
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text("[document.cpc]\nnames = ['CPC']\n", "utf-8")
    with pytest.raises(PolicyError, match=r"b\.toml.*'cpc' is in another file"):
        read_folder(tmp_path, "document")


def test_two_rules_with_one_code(tmp_path: Path) -> None:
    first = write(tmp_path, pack())
    second = tmp_path / "other.toml"
    second.write_text(pack().replace('"house/y"', '"house/z"'), "utf-8")
    with pytest.raises(PolicyError, match="PRO999 is already a rule"):
        compile_files([first, second])


def test_an_example_that_fails_is_told(tmp_path: Path) -> None:
    path = write(tmp_path, pack().replace('"Gold zorkmid" }', '"Gold zorkmid" }\nmatch = "coin"'))
    outcome = run_tests([path], [], load_profiles([builtin()]))
    assert len(outcome.failures) == 1
    assert "instead of 'coin'" in str(outcome.failures[0])


ORDER = (
    "code", "name", "kind", "severity", "confidence", "jurisdictions", "marketplaces", "effective",
    "expires", "suspension_reason", "basis", "message", "why", "fix", "source", "fields",
)  # fmt: skip
"""The order in which the keys of every shipped rule stand."""
LINES = 720
"""A file longer than this is two themes, or its stories belong in a list beside it."""
WIDE = 140
"""A line of terms that is longer takes a screen to the side; see `docs/policy-format.md`."""


def test_shipped_packs_read_alike() -> None:
    found = []
    for path in pack_files([builtin()]):
        lines = path.read_text("utf-8").splitlines()
        terms = (line for line in lines if line.lstrip()[:1] in ('"', "|"))
        found += [f"{path.name}: {line[:40]}… is too wide" for line in terms if len(line) > WIDE]
        for rule in read_toml(path).get("rule", ()):
            keys = [key for key in rule if key in ORDER]
            if keys != sorted(keys, key=ORDER.index):
                found.append(f"{path.name}: {rule['code']}: {', '.join(keys)}")
            shown = [key for key in rule if key in ("unless", "bad", "good")]
            if shown != sorted(shown, key=("unless", "bad", "good").index):
                found.append(f"{path.name}: {rule['code']}: {', '.join(shown)}")
    assert found == []
