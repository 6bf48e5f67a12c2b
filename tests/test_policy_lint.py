"""`listlint policy lint`: what it says of shared lists, shared contexts and doubled terms."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import RunCli
from house import pack_text, rule
from listlint.policy.lists import lists_of
from listlint.policy.paths import builtin

LIST = """schema = 1
[triggers]
en = ["zorkmid lamp"]
[[unless]]
after = ["shade", "stand"]
[[bad]]
listing = { title = "Zorkmid lamp, brass, 40 cm" }
lang = "en"
[[good]]
listing = { title = "Garden chair, oak, foldable" }
"""
SHOWN = '[[good]]\nlisting = { title = "Zorkmid lamp shade, linen" }\n'

Pack = Callable[..., Path]


def licence(code: str) -> str:
    """A rule that asks for a document for what the list `lamps` names."""
    more = 'document = "un38_3"\nfields = ["title"]\ntriggers_from = "lamps"'
    return rule(code, more, kind="licence", bad="Zorkmid lamp, brass, 40 cm")


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    """Writes a pack of these rules below the test's folder."""

    def write(name: str, *rules: str, review: str = "2099-01-01") -> Path:
        path = tmp_path / "house" / f"{name}.toml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(pack_text(name, *rules, review=review), "utf-8")
        return path

    return write


def word_list(pack: Path, text: str) -> Path:
    """The list `lamps` beside a pack."""
    path = pack.parent / "words" / "lamps.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def test_an_exception_of_a_shared_list_that_nothing_shows(pack: Pack, run_cli: RunCli) -> None:
    path = pack("lamps", licence("LIC900"), licence("LIC901"))
    words = word_list(path, LIST)
    ran = run_cli("policy", "lint", path)
    # It is said once, of the list and not of the rules that use it.
    assert ran.code == 1
    assert ran.stdout.count("no good example needs this exception") == 1
    assert f"{words.as_posix()}: unless 1:" in ran.stdout
    word_list(path, LIST + SHOWN)
    ran = run_cli("policy", "lint", path)
    assert (ran.code, ran.stdout.strip()) == (0, "0 to mend")


def test_one_pack_does_not_answer_for_lists_that_others_use(run_cli: RunCli) -> None:
    """Some exceptions of the list of lithium batteries are shown by rules of other packs only."""
    shipped = builtin()
    ran = run_cli(
        "policy",
        "lint",
        shipped / "licence" / "batteries.toml",
        shipped / "contexts" / "goods.toml",
    )
    assert (ran.code, ran.stdout.strip()) == (0, "0 to mend")


def test_a_missing_list_is_named(pack: Pack, run_cli: RunCli) -> None:
    ran = run_cli("policy", "lint", pack("lamps", licence("LIC900")))
    assert ran.code == 2
    assert "LIC900: triggers_from: there is no list words/lamps.toml" in ran.stderr


@pytest.mark.parametrize(
    ("second", "doubled"),
    [
        ('terms = ["Zorkmid"]', True),
        ('terms = ["zorkmid*"]', False),  # another term, for longer words
        ('jurisdictions = ["DE"]\nterms = ["zorkmid"]', False),  # it sharpens the first in DE
        ('fields = ["brand"]\nterms = ["zorkmid"]', False),
        ('terms = ["zorkmid"]\nwhen = [{ near = ["gold"] }]', False),
        ('terms = { de = ["zorkmid"] }', False),
    ],
)
def test_a_term_of_two_rules(pack: Pack, run_cli: RunCli, second: str, doubled: bool) -> None:
    path = pack("coins", rule("PRO900"), rule("PRO901", second))
    said = run_cli("policy", "lint", path).stdout
    assert ("is a term of PRO900 and of PRO901" in said) is doubled


def test_a_term_of_two_packs(pack: Pack, run_cli: RunCli) -> None:
    folder = pack("coins", rule("PRO900")).parent
    pack("tokens", rule("PRO901"))
    assert "is a term of PRO900 and of PRO901" in run_cli("policy", "lint", folder).stdout


def test_a_code_or_name_that_a_shipped_rule_has(pack: Pack, run_cli: RunCli) -> None:
    ran = run_cli("policy", "lint", str(pack("mine", rule("PRO101"))))
    assert ran.code == 1
    assert "mine.toml: rule PRO101: PRO101 is already a rule of prohibited/firearms" in ran.stdout


@pytest.mark.parametrize(
    ("braces", "said"),
    [("{word}", "{word} means nothing"), ("{match", "in braces may stand match")],
)
def test_braces_that_mean_nothing(pack: Pack, run_cli: RunCli, braces: str, said: str) -> None:
    path = pack("mine", rule("PRO901").replace("{match!r}", braces))
    for command in (("test",), ("policy", "lint")):
        ran = run_cli(*command, str(path))
        assert ran.code == 2
        assert f"mine.toml: rule PRO901: message.en: {said}" in ran.stderr


@pytest.mark.parametrize(
    "terms", ['["zorkmid", "Zórkmid"]', '{ en = ["zork-mid", "zork mid"] }', '["金币", "金币"]']
)
def test_a_term_that_stands_twice(pack: Pack, run_cli: RunCli, terms: str) -> None:
    path = pack("coins", rule("PRO900", f"terms = {terms}", bad="Zork-mid zorkmid 金币"))
    assert "stands twice" in run_cli("policy", "lint", path).stdout


def test_a_condition_that_nothing_shows(pack: Pack, run_cli: RunCli) -> None:
    more = 'terms = ["zorkmid"]\nwhen = [{ near = ["gold"] }]'
    path = pack("coins", rule("PRO900", more))
    assert "when 1: no good example needs this condition" in run_cli("policy", "lint", path).stdout
    text = path.read_text("utf-8")
    path.write_text(text.replace("Garden chair", "Zorkmid on the garden chair"), "utf-8")
    assert run_cli("policy", "lint", path).code == 0


def test_a_context_of_ones_own_that_no_rule_uses(pack: Pack, run_cli: RunCli) -> None:
    folder = pack("coins", rule("PRO900")).parent
    (folder / "contexts.toml").write_text(
        'schema = 1\n[[context]]\nname = "of-chocolate"\nwhat = { en = "sweets", zh = "糖果" }\n'
        'any = [{ after = ["chocolate"] }]\n',
        "utf-8",
    )
    ran = run_cli("policy", "lint", folder)
    assert ran.code == 1
    assert "context of-chocolate: no rule uses it" in ran.stdout


def test_a_context_that_only_a_later_context_names(pack: Pack, run_cli: RunCli) -> None:
    more = 'terms = ["zorkmid"]\nunless = [{ context = "sweets" }]'
    folder = pack("coins", rule("PRO900", more)).parent
    path = folder / "coins.toml"
    shown = path.read_text("utf-8").replace("Garden chair", "Zorkmid chocolate coins")
    path.write_text(shown, "utf-8")
    (folder / "contexts.toml").write_text(
        'schema = 1\n[[context]]\nname = "of-chocolate"\nwhat = { en = "chocolate", zh = "巧克力" }\n'
        'any = [{ after = ["chocolate"] }]\n[[context]]\nname = "sweets"\n'
        'what = { en = "sweets", zh = "糖果" }\nany = [{ context = "of-chocolate" }]\n',
        "utf-8",
    )
    ran = run_cli("policy", "lint", folder)
    assert (ran.code, ran.stdout.strip()) == (0, "0 to mend")


@pytest.mark.parametrize(
    ("more", "review", "said"),
    [
        ('marketplaces = ["emporium.*"]\nterms = ["zorkmid"]', "2099-01-01", "holds on no market"),
        ('terms = ["zorkmid"]', "2020-01-01", "to be reviewed by 2020-01-01"),
        (
            'effective = 2027-01-01\nexpires = 2026-01-01\nterms = ["zorkmid"]',
            "2099-01-01",
            "expires before it takes effect",
        ),
    ],
)
def test_a_rule_out_of_place_or_time(
    pack: Pack, run_cli: RunCli, more: str, review: str, said: str
) -> None:
    ran = run_cli("policy", "lint", pack("coins", rule("PRO900", more), review=review))
    assert ran.code == 1
    assert said in ran.stdout


ENTRY = """schema = 1
[list."coins.csv"]
what = "Coins of Yendor"
source = "https://example.com/coins"
retrieved = 2026-11-01
licence = "CC0 1.0"
review_by = {review}
refresh = "by hand"
"""


@pytest.fixture
def listed(pack: Pack) -> Path:
    """A pack whose rule reads its words from a CSV that says nothing of itself."""
    path = pack("coins", rule("PRO900", 'terms_file = "coins.csv"'))
    (path.parent / "coins.csv").write_text("term,lang,note\nzorkmid,en,a coin\n", "utf-8")
    # Not a list of the rules, and none of lint's business.
    (path.parent / "inventory.csv").write_text("sku,title\nA-1,Garden chair\n", "utf-8")
    return path


def test_a_list_says_where_it_is_from(listed: Path, run_cli: RunCli) -> None:
    ran = run_cli("policy", "lint", listed)
    assert ran.code == 1
    assert ran.stdout.count("does not say its") == 1
    assert "coins.csv: does not say its source, retrieved, licence" in ran.stdout
    (listed.parent / "lists.toml").write_text(ENTRY.format(review="2099-01-01"), "utf-8")
    assert run_cli("policy", "lint", listed).code == 0
    (listed.parent / "lists.toml").write_text(ENTRY.format(review="2020-01-01"), "utf-8")
    ran = run_cli("policy", "lint", listed)
    assert ran.code == 1
    assert "coins.csv: to be read again by 2020-01-01: by hand" in ran.stdout


def test_a_list_may_say_it_row_by_row(listed: Path, run_cli: RunCli) -> None:
    rows = "term,lang,note,source,retrieved,licence\n"
    whole = "zorkmid,en,a coin,https://example.com,2026-11-01,CC0\n"
    (listed.parent / "coins.csv").write_text(rows + whole, "utf-8")
    assert run_cli("policy", "lint", listed).code == 0
    (listed.parent / "coins.csv").write_text(rows + whole + "zm,en,,,2026-11-01,CC0\n", "utf-8")
    assert "does not say its source (" in run_cli("policy", "lint", listed).stdout


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (ENTRY.format(review="2099-01-01").replace("coins.csv", "gems.csv"), "no such list"),
        (ENTRY.format(review="2099-01-01").replace("licence", "license"), "coins.csv.licence"),
        (ENTRY.format(review="soon"), "not valid TOML"),
    ],
)
def test_a_wrong_lists_toml_is_named(listed: Path, run_cli: RunCli, entry: str, said: str) -> None:
    (listed.parent / "lists.toml").write_text(entry, "utf-8")
    ran = run_cli("policy", "lint", listed)
    assert ran.code == 2
    assert "lists.toml" in ran.stderr
    assert said in ran.stderr


def test_every_shipped_list_of_facts_says_where_it_is_from() -> None:
    own = {"columns", "coverage", "dialects"}  # headings and headers: part of the program
    silent = [
        path.name
        for path in builtin().rglob("*.csv")
        if not own & set(path.relative_to(builtin()).parts)
        and path.name not in lists_of(path.parent)
    ]
    assert silent == []
