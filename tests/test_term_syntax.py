"""The syntax of terms (docs/policy-format.md), seen from a sheet: which words a rule finds, which not."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from conftest import RunCli
from house import pack_text, rule

RULES = {
    "word": ('terms.en = ["zorkmid"]', "zorkmid"),
    "open": ('terms.de = ["zorkmid*", "*zorkmid"]', "zorkmid"),
    "gap": ('terms.en = ["melts ... zorkmid"]', "melts zorkmid"),
    "choice": ('terms.en = ["melts | boils off ... zorkmid | gold coin"]', "melts zorkmid"),
    "cjk": ('terms.zh = ["熔化 ... 金币 | 银币"]', "熔化金币"),
    "within": (
        'terms.en = ["zorkmid"]\nunless = [{ inside = ["replica | toy ... zorkmid holder"] }]',
        "zorkmid",
    ),
    "between": (
        'terms.en = ["melts ... zorkmid"]\nunless = [{ after = ["chocolate"] }]',
        "melts zorkmid",
    ),
    "near": ('terms.en = ["zorkmid"]\nwhen = [{ near = ["gold"], within = 3 }]', "gold zorkmid"),
    "beside": (
        'terms.en = ["zorkmid"]\nunless = [{ before = ["made ... gold", "made of lead"] }]',
        "zorkmid",
    ),
    "denied": ('terms.en = ["zorkmid"]\nunless = [{ before = ["not"], within = 3 }]', "zorkmid"),
    "back": ('terms.en = ["zorkmid"]', "zorkmid"),
    "short": ('terms.en = ["zork"]', "zork"),
}
"""What is shown → the rule's data, and a title that it flags."""
CASES = [
    ("word", "Antique Zorkmid, boxed", "Zorkmid"),
    ("word", "Antique zorkmids, boxed", "zorkmids"),
    ("word", "Antique ZÓRKMID, boxed", "ZÓRKMID"),
    ("word", "Antique zorkmidian vase", None),
    ("open", "Alte Zorkmidmünze", "Zorkmidmünze"),
    ("open", "Ein Goldzorkmid im Etui", "Goldzorkmid"),
    ("open", "Die Altzorkmidmünze", None),  # a star at one end only
    ("gap", "Furnace melts any old zorkmid", "melts any old zorkmid"),
    (
        "gap",
        "Furnace melts one two three four five zorkmid",
        "melts one two three four five zorkmid",
    ),
    ("gap", "Furnace melts one two three four five six zorkmid", None),
    ("gap", "Any zorkmid melts", None),  # in this order only
    ("gap", "Snow melts. Antique zorkmid, boxed", None),  # two sentences
    ("gap", "Snow melts! Antique zorkmid, boxed", None),
    ("gap", "Furnace melts gold, silver, zorkmid", "melts gold, silver, zorkmid"),
    ("gap", "Furnace melts 2.5 kg of zorkmid", "melts 2.5 kg of zorkmid"),  # no end of a sentence
    ("choice", "Furnace boils off a gold coin", "boils off a gold coin"),
    ("choice", "Furnace melts every gold coin", "melts every gold coin"),
    ("choice", "Furnace boils a gold coin", None),  # the whole phrase is needed
    ("choice", "A gold coin of chocolate", None),
    ("cjk", "电炉可熔化旧银币", "熔化旧银币"),
    ("cjk", "熔化炉 加厚石墨坩埚 小型家用款 高温实验 收藏级纪念用金币", None),  # too far
    ("within", "A toy gold zorkmid holder", None),
    ("within", "A replica zorkmid holder", None),
    ("within", "A steel zorkmid holder", "zorkmid"),
    ("within", "A toy for cats. Gold zorkmid holder", "zorkmid"),  # no phrase goes past a sentence
    ("within", "A toy no. 5 zorkmid holder", None),  # no sentence ends here
    ("between", "Furnace melts chocolate zorkmid", None),  # what stands in the gap comes after
    ("between", "Furnace melts zorkmid chocolate", None),
    ("between", "Chocolate furnace melts zorkmid", "melts zorkmid"),
    ("near", "Antique zorkmid of pure gold", "zorkmid"),
    ("near", "Antique zorkmid in a box of pure gold", None),
    ("near", "Antique zorkmid. Gold box", None),  # another sentence
    ("beside", "Made of pure gold: zorkmid", None),
    ("beside", "Made of tin. Pure gold zorkmid", "zorkmid"),
    ("beside", "Made of lead! Zorkmid", "Zorkmid"),
    ("denied", "Bottle, not a zorkmid", None),
    ("denied", "Bottle with notes of zorkmid", "zorkmid"),  # a function word has no plural
    ("back", "Antique dimkroz, boxed", "dimkroz"),
    ("back", "Antique dimkrozz, boxed", None),
    ("short", "Antique kroz, boxed", None),  # four letters turn into other words too easily
]


def code(name: str) -> str:
    return f"PRO9{list(RULES).index(name):02}"


def of_title(code: str, data: str, bad: str) -> str:
    """A rule that looks at titles only."""
    return rule(code, f'fields = ["title"]\n{data}', bad=bad)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory, run_cli: RunCli) -> Any:
    """A run over a sheet with each case's title under its number."""
    folder = tmp_path_factory.mktemp("syntax")
    rules = [of_title(code(name), data, bad) for name, (data, bad) in RULES.items()]
    (folder / "rules").mkdir()
    (folder / "rules" / "syntax.toml").write_text(pack_text("syntax", *rules), "utf-8")
    with (folder / "goods.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["sku", "title", "brand"])
        out.writerows([f"S-{n}", title, "Harrowfield"] for n, (_, title, _) in enumerate(CASES))
    known = ("--isolated", "--config", "policies=rules", "--output-format", "json")
    ran = run_cli("goods.csv", *known, "--select", ",".join(map(code, RULES)), cwd=folder)
    assert ran.code == 1, ran.stderr
    return ran.json


@pytest.mark.parametrize(("n", "case"), list(enumerate(CASES)))
def test_what_a_term_finds(report: Any, n: int, case: tuple[str, str, str | None]) -> None:
    name, _, wanted = case
    found = [
        f["match"] for f in report["findings"] if f["sku"] == f"S-{n}" and f["rule"] == code(name)
    ]
    assert found == ([wanted] if wanted else [])


def test_a_word_read_backwards_is_told_as_such(report: Any) -> None:
    n = next(n for n, case in enumerate(CASES) if case[1] == "Antique dimkroz, boxed")
    found = [f for f in report["findings"] if f["sku"] == f"S-{n}" and f["rule"] == code("back")]
    assert [(f["evasion"], f["term"]) for f in found] == [("reversed", "zorkmid")]


@pytest.mark.parametrize(
    ("term", "said"),
    [
        ("melts ... | zorkmid", "nothing to look for"),
        ("... zorkmid", "nothing to look for"),
        ("zork*mid", "a * stands only at the beginning or end"),
        ("zo*", "a word with * needs three letters"),
    ],
)
def test_a_term_that_means_nothing(tmp_path: Path, run_cli: RunCli, term: str, said: str) -> None:
    path = tmp_path / "rules.toml"
    wrong = of_title("PRO900", f'terms.en = ["{term}"]', "zorkmid")
    path.write_text(pack_text("syntax", wrong), "utf-8")
    ran = run_cli("test", path)
    assert ran.code == 2
    assert "PRO900" in ran.stderr
    assert said in ran.stderr
