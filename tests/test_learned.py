"""What reads like listings that were found wrong, though no rule names it: rules of kind `learned`."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from listlint import api
from listlint.match.scale import Scale

LEARNED = ("PRO990", "IP990", "BEH990")
SHORT = {"title": "Felt slippers, grey", "description": "Wipe with a damp cloth. Sent in a box."}


def shown(kind: str) -> list[tuple[str, dict[str, object]]]:
    """(code, listing) of the examples of the learned rules."""
    import tomllib

    from listlint.policy.paths import builtin

    pack = tomllib.loads((builtin() / "learned" / "reads-like.toml").read_text("utf-8"))
    return [(rule["code"], e["listing"]) for rule in pack["rule"] for e in rule[kind]]


def test_it_keeps_quiet_where_another_rule_of_the_area_spoke() -> None:
    code, listing = next((c, e) for c, e in shown("bad") if c == "BEH990")
    linter = api.Linter()
    assert code in {f.rule for f in linter.check_listing(listing)}
    named = {**listing, "title": "Lamp. Leave a 5 star review and get a $10 gift card"}
    found = {f.rule for f in linter.check_listing(named)}
    assert code not in found
    assert any(rule.startswith("BEH") for rule in found)


def test_it_says_the_same_of_few_listings_and_of_many() -> None:
    """Weights are looked up one by one, read whole, or added up in numpy: by how much text there is."""
    listings = [listing for _, listing in (*shown("bad"), *shown("good"))]
    chosen = api.Settings(select=LEARNED)
    alone = [
        [(f.rule, f.match, f.span, f.location.field) for f in api.Linter(chosen).check_listing(one)]
        for one in listings
    ]
    many = api.Linter(chosen).check_listings([*listings, *[SHORT] * 9_000])
    rows: dict[int, list[tuple[object, ...]]] = {}
    for f in many:
        rows.setdefault((f.location.row or 2) - 2, []).append(
            (f.rule, f.match, f.span, f.location.field)
        )
    assert [rows.get(n, []) for n in range(len(listings))] == alone
    assert max(rows) < len(listings)


def test_what_numpy_lets_pass_is_what_weighing_one_by_one_finds() -> None:
    """Texts of learned traits at random, far more of them heavy than in any catalog."""
    spec = api.Linter().library.rule("PRO990")
    assert spec is not None
    weights = spec.data["weights"]
    traits = [t for t, _ in weights["traits"].items() if " " not in t and "*" not in t]
    chance = random.Random(5)
    texts = [
        f" {' '.join(chance.choices(traits, k=chance.randrange(1, 60)))} " for _ in range(4_000)
    ]
    assert sum(map(len, texts)) > 400_000
    many = Scale(weights).readings(texts)
    one = Scale(weights)
    singly = {text: one.reading(text.split()) for text in texts}
    assert many == {text: reading for text, reading in singly.items() if reading is not None}
    assert len(many) > 100


OWN = """schema = 1
[pack]
id = "house/heard"
version = "1"
updated = 2026-11-24
review_by = 2027-11-24
[[rule]]
code = "PRO997"
name = "heard-before"
kind = "learned"
severity = "warning"
message.en = "{match!r} was heard before"
message.zh = "“{match}”"
why.en = "Seen in listings that were taken down."
why.zh = "下架商品中出现过。"
fix.en = "Say it plainly."
fix.zh = "请直说。"
source = [{ url = "https://example.com/house", retrieved = 2026-11-01 }]
weights_file = "heard.csv"
options = { least = 2.0 }
[[rule.bad]]
listing = { title = "Moon dust, for the quiet nights" }
match = "Moon dust"
[[rule.good]]
listing = { title = "Dust cover for a telescope" }
"""
HEARD = "trait,prohibited\n,-3\nmoon,14\nmoon dust,20\ndust,2\ncover,-9\n"


def test_weights_of_ones_own_are_read_and_the_words_named(tmp_path: Path) -> None:
    (tmp_path / "heard.toml").write_text(OWN, "utf-8")
    (tmp_path / "heard.csv").write_text(HEARD, "utf-8")
    linter = api.Linter(api.Settings(policies=(str(tmp_path),)))
    (found,) = [
        f for f in linter.check_listing({"title": "A jar of Moon-Dust!"}) if f.rule == "PRO997"
    ]
    assert (found.match, found.location.field) == ("Moon-Dust", "title")
    assert not [f for f in linter.check_listing({"title": "Dust cover"}) if f.rule == "PRO997"]
    # The shipped weights are another list and say what they said.
    code, listing = shown("bad")[0]
    assert code in {f.rule for f in linter.check_listing(listing)}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("trait,prohibited\nmoon,14\n", "the first row, without a trait"),
        ("trait,weapons\n,-3\nmoon,14\n", "each column is an area"),
        ("trait,prohibited\n,-3\nmoon,heavy\n", "not a weight"),
        ("trait\n\n", "each column is an area"),
    ],
)
def test_a_wrong_list_of_weights_is_named(tmp_path: Path, rows: str, said: str) -> None:
    (tmp_path / "heard.toml").write_text(OWN, "utf-8")
    (tmp_path / "heard.csv").write_text(rows, "utf-8")
    with pytest.raises(api.PolicyError, match=said) as error:
        api.Linter(api.Settings(policies=(str(tmp_path),)))
    assert "heard.csv" in str(error.value)
    assert "PRO997" in str(error.value)


@pytest.mark.parametrize("options", ["least = 0.5", "least = 'much'", "most = 3.0"])
def test_a_rule_says_from_which_odds_on_it_speaks(tmp_path: Path, options: str) -> None:
    (tmp_path / "heard.toml").write_text(OWN.replace("least = 2.0", options), "utf-8")
    (tmp_path / "heard.csv").write_text(HEARD, "utf-8")
    with pytest.raises(api.PolicyError, match=r"options\.least"):
        api.Linter(api.Settings(policies=(str(tmp_path),)))
