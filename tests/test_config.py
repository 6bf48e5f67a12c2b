"""Settings: where they are found, what they extend, who wins, and what is refused."""

from __future__ import annotations

import json
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from conftest import ROOT, RunCli
from listlint.config import ConfigError, FailOn, Resolver, Settings
from listlint.config_file import read, shipped_profiles
from listlint.config_schema import DESCRIPTIONS, text
from listlint.model import Severity
from teamwork import BAD, ONLY, RULE, findings, sheet, skus


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def settings(path: Path) -> Settings:
    return Resolver().of(str(path))


def test_the_nearest_file_holds_for_each_input(run_cli: RunCli, tmp_path: Path) -> None:
    write(tmp_path / "listlint.toml", 'marketplace = "amazon.com"\n')
    write(tmp_path / "eu" / "pyproject.toml", '[tool.listlint]\nmarketplace = ["amazon.de"]\n')
    write(tmp_path / "eu" / "deep" / "pyproject.toml", '[project]\nname = "x"\n')
    row = f"A-1,{BAD},Harrowfield"
    for folder in (".", "eu/deep"):
        sheet(tmp_path / folder / "a.csv", row)
    ran = run_cli(tmp_path, *ONLY)
    found = {f["path"].removeprefix(tmp_path.as_posix()): f for f in ran.json["files"]}
    assert found["/a.csv"]["marketplaces"] == ["amazon.com"]
    assert found["/eu/deep/a.csv"]["marketplaces"] == ["amazon.de"]


def test_the_command_line_wins_and_isolated_reads_nothing(run_cli: RunCli, tmp_path: Path) -> None:
    write(tmp_path / "listlint.toml", f'ignore = ["{RULE}"]\nfail-on = "info"\n')
    path = sheet(tmp_path / "a.csv", f"A-1,{BAD},Harrowfield")
    assert skus(run_cli(path, *ONLY)) == []
    assert skus(run_cli(path, *ONLY, "--isolated")) == ["A-1"]
    assert skus(run_cli(path, *ONLY, "--config", "ignore=LST101")) == ["A-1"]


def test_extends(tmp_path: Path) -> None:
    write(tmp_path / "base" / "common.toml", 'licences = "held.csv"\nselect = ["ip"]\n'
          '[severity]\nIP101 = "info"\nLST101 = "error"\n'
          '[[suppress]]\nrule = "IP101"\nsku = "A"\nreason = "common"\n')  # fmt: skip
    write(tmp_path / "listlint.toml", 'extends = ["listlint:strict", "base/common.toml"]\n'
          'select = ["licence"]\n[severity]\nIP101 = "warning"\n'
          '[[suppress]]\nrule = "IP102"\nsku = "B"\nreason = "own"\n')  # fmt: skip
    found = settings(tmp_path)
    assert found.select == ("licence",)
    assert found.severity == {"IP101": Severity.WARNING, "LST101": Severity.ERROR}
    assert [e.reason for e in found.suppress] == ["common", "own"]
    assert found.licences == str(tmp_path / "base" / "held.csv")
    assert str(found.fail_on) == "error,warning:high"
    assert found.origins["fail_on"] == "listlint:strict"
    assert found.origins["licences"].endswith("base/common.toml")


def test_extends_a_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "site" / "our_rules" / "__init__.py", "raise RuntimeError('not imported')")
    write(tmp_path / "site" / "our_rules" / "listlint.toml", 'own-brands = "Harrowfield"\n')
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    write(tmp_path / "listlint.toml", 'extends = "package:our_rules"\n')
    assert settings(tmp_path).own_brands == ("Harrowfield",)


@pytest.mark.parametrize(
    "text",
    [
        'extends = "nowhere.toml"',
        'extends = "listlint:nowhere"',
        'extends = "package:no_such_package"',
        'extends = "listlint.toml"',
        'marketplaec = "amazon.de"',
        "base = '.'",
        'fail-on = "eror"',
        'fail-on = "error:sure"',
        'lang = "de"',
        "select = [1]",
        '[severity]\nIP101 = "loud"',
        "[[overrides]]\nfile = 'x'",
        "marketplace = ",
    ],
)
def test_refused(tmp_path: Path, text: str) -> None:
    write(tmp_path / "listlint.toml", text)
    with pytest.raises(ConfigError, match=r"listlint\.toml"):
        settings(tmp_path)


def test_unknown_keys_suggest_the_right_one(tmp_path: Path) -> None:
    write(tmp_path / "listlint.toml", 'marketplaec = "amazon.de"')
    with pytest.raises(ConfigError, match="did you mean 'marketplace'"):
        settings(tmp_path)
    write(tmp_path / "listlint.toml", "[[overrides]]\nfile = 'x'")
    with pytest.raises(ConfigError, match="did you mean 'files'"):
        settings(tmp_path)


def test_every_shipped_profile_is_in_order() -> None:
    assert shipped_profiles()
    for path in shipped_profiles().values():
        values, _ = read(path)
        assert values


def test_unknown_marketplace_in_an_override_is_2(run_cli: RunCli, tmp_path: Path) -> None:
    path = sheet(tmp_path / "a.csv", "A-1,Linen apron,Harrowfield")
    write(
        tmp_path / "listlint.toml", '[[overrides]]\nmarketplaces = "amazon.moon"\nignore = "ip"\n'
    )
    ran = run_cli(path)
    assert (ran.code, "amazon.moon" in ran.stderr) == (2, True)


OVERRIDES = f"""
[per-file-ignores]
"drafts/*" = ["ip"]
[[overrides]]
sheets = "Old*"
ignore = "{RULE}"
[[overrides]]
sellers = "Harrow*"
severity = {{ {RULE} = "warning" }}
[[overrides]]
marketplaces = ["amazon.de", "ebay.*"]
ignore = ["counterfeit-grade"]
"""


def test_overrides_by_file_and_marketplace(run_cli: RunCli, tmp_path: Path) -> None:
    write(tmp_path / "listlint.toml", OVERRIDES)
    header = "sku,title,brand,marketplace"
    rows = [
        f"A-{n},{BAD},H,{m}"
        for n, m in enumerate(("amazon.com", "amazon.de", "amazon.com;ebay.de"))
    ]
    sheet(tmp_path / "live.csv", *rows, header=header)
    sheet(tmp_path / "drafts" / "a.csv", *rows, header=header)
    found = findings(run_cli(tmp_path, *ONLY), RULE)
    assert [(f["path"][-8:], f["sku"], f["marketplaces"]) for f in found] == [
        ("live.csv", "A-0", ["amazon.com"]),
        ("live.csv", "A-2", ["amazon.com"]),
    ]


def test_overrides_by_sheet_and_seller(run_cli: RunCli, tmp_path: Path) -> None:
    from openpyxl import Workbook

    write(tmp_path / "listlint.toml", OVERRIDES)
    book = Workbook()
    book.remove(book.active)
    for name in ("Old stock", "New stock"):
        page = book.create_sheet(name)
        page.append(["sku", "title", "brand", "seller_name"])
        page.append(["A-1", BAD, "H", "Harrowfield Ltd"])
        page.append(["A-2", BAD, "H", "Somebody Ltd"])
    book.save(tmp_path / "a.xlsx")
    found = findings(run_cli(tmp_path / "a.xlsx", *ONLY), RULE)
    assert [(f["sheet"], f["sku"], f["severity"]) for f in found] == [
        ("New stock", "A-1", "warning"),
        ("New stock", "A-2", "error"),
    ]


def test_an_override_can_switch_on(run_cli: RunCli, tmp_path: Path) -> None:
    write(
        tmp_path / "listlint.toml",
        f'select = ["LST101"]\n[[overrides]]\nfiles = "new.csv"\nextend-select = "{RULE}"\n',
    )
    for name in ("new.csv", "old.csv"):
        sheet(tmp_path / name, f"A-1,{BAD},Harrowfield")
    ran = run_cli(tmp_path, "--output-format", "json")
    assert [f["path"][-7:] for f in findings(ran, RULE)] == ["new.csv"]


def test_select_by_prefix_name_area_pack(run_cli: RunCli, tmp_path: Path) -> None:
    def chosen(*options: str) -> set[str]:
        ran = run_cli("rules", "--output-format", "json", *options, cwd=tmp_path)
        return {r["code"] for r in json.loads(ran.stdout)}

    assert chosen("--select", "IP10") == {c for c in chosen() if c.startswith("IP10")}
    assert chosen("--select", "counterfeit-grade") == {RULE}
    assert RULE in chosen("--select", "ip/counterfeit") <= chosen("--select", "ip")
    assert chosen("--select", "IP101", "--extend-select", "LST101") == {"IP101", "LST101"}
    assert RULE not in chosen("--ignore", RULE)


def test_fail_on_with_confidence(run_cli: RunCli, tmp_path: Path) -> None:
    path = sheet(tmp_path / "a.csv", "A-1,Velcro cable ties black,Cordtidy")
    (found,) = findings(run_cli(path, "--select", "IP251", "--output-format", "json"))
    assert (found["severity"], found["confidence"]) == ("warning", "medium")
    expected = {"error": 0, "warning": 1, "warning:medium": 1, "warning:high": 0, "info:high": 0}
    for bar, code in expected.items():
        assert run_cli(path, "--select", "IP251", "--fail-on", bar, "-q").code == code, bar
    assert run_cli(path, "--fail-on", "loud").code == 2
    assert str(FailOn.parse(["error", "warning:high"])) == "error,warning:high"


def test_show_settings_says_where_each_value_comes_from(run_cli: RunCli, tmp_path: Path) -> None:
    write(tmp_path / "listlint.toml", 'extends = "listlint:amazon-eu"\nown-brands = "Nordvale"\n')
    path = sheet(tmp_path / "a.csv", "A-1,Linen apron,Harrowfield")
    ran = run_cli("--show-settings", path, "--select", "ip", "--config", "severity.IP101=info")
    lines = {
        line.split(" = ")[0].strip(): line for line in ran.stdout.splitlines() if " = " in line
    }
    assert lines["marketplace"].endswith("# listlint:amazon-eu")
    assert lines["own-brands"].endswith("listlint.toml")
    assert lines["select"].endswith("# command line")
    assert 'IP101 = "info"' in lines["severity"]
    assert lines["timeout"].endswith("# default")
    for line in lines.values():
        tomllib.loads(line.strip())


def test_schema_is_published_and_complete(run_cli: RunCli) -> None:
    published = (ROOT / "src" / "listlint" / "schemas" / "config-1.json").read_text("utf-8")
    assert published == text() == run_cli("config", "schema").stdout
    keys = {f.name.replace("_", "-") for f in fields(Settings)} - {"base", "origins"}
    assert keys <= set(DESCRIPTIONS)


def test_schema_takes_the_shipped_profiles_and_refuses_slips() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    check = jsonschema.Draft202012Validator(json.loads(text()))
    for path in shipped_profiles().values():
        check.validate(tomllib.loads(path.read_text("utf-8")))
    for wrong in ({"marketplaec": "x"}, {"suppress": [{"rule": "IP101"}]}, {"fail-on": "eror"}):
        assert not check.is_valid(wrong)


def test_why_not(run_cli: RunCli, tmp_path: Path) -> None:
    write(tmp_path / "listlint.toml", 'ignore = ["LST101"]\n')
    path = sheet(
        tmp_path / "a.csv",
        "A-1,Movie prop replica control box 1998,Harrowfield,",
        f"A-2,{BAD},Harrowfield,{RULE}: a prop until 2099-01-01",
        header="sku,title,brand,listlint_ignore",
    )

    def why(code: str, *options: str) -> str:
        ran = run_cli("why-not", code, path, *options)
        assert ran.code == 0
        return ran.stdout

    assert "ignore = LST101" in why("promotion-in-title")
    assert "no column for vat_number" in why("SEL120")
    assert "B2 “replica”" in why("IP102")
    assert "B2" not in why("IP102", "--row", "3")
    assert "suppressed by column until 2099-01-01: a prop" in why(RULE)
    assert "no marketplace is known" in why("weee-de")
    assert "nothing that it looks for" in why("IP251")
    assert run_cli("why-not", "NO999", path).code == 2


def test_why_not_of_a_document(run_cli: RunCli, tmp_path: Path) -> None:
    path = sheet(
        tmp_path / "a.csv",
        "T-1,Wooden toy train,amazon.com,CPC-1,US",
        "T-2,Toy box with lid,amazon.com,,US",
        "T-3,Wooden toy train,amazon.de,,US",
        "T-4,Wooden toy boat,amazon.com,,US",
        header="sku,title,marketplace,cpc,seller_country",
    )
    papers = sheet(
        tmp_path / "papers.csv", "CPC,C-7,T-1,2099-01-01",
        header="document,document_number,scope_sku,valid_until",
    )  # fmt: skip

    def why(*options: str) -> str:
        ran = run_cli("why-not", "LIC101", path, "--config", f"licences={papers}", *options)
        assert ran.code == 0
        return ran.stdout

    said = why()
    assert "row 2 “toy”: held: Children's Product Certificate" in said
    assert "row 3 “Toy”: excused by inside = toy box" in said
    assert "does not cover this listing" in said
    assert "this is for amazon.de" in why("--row", "4")
    assert "被排除：inside = toy box" in why("--row", "3", "--lang", "zh")


def test_init_asks_nothing_twice_and_overwrites_nothing(run_cli: RunCli, tmp_path: Path) -> None:
    ran = run_cli("init", tmp_path, "--marketplace", "amazon.de,ebay.de", "--files", "goods/", "-y")
    assert ran.code == 0
    made = {str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_file()}
    assert made == {
        "listlint.toml", "listlint-registers.xlsx", ".pre-commit-config.yaml",
        ".github/workflows/listlint-pull-request.yml", ".github/workflows/listlint-nightly.yml",
    }  # fmt: skip
    assert settings(tmp_path).marketplace == ("amazon.de", "ebay.de")
    assert "listlint goods/" in (tmp_path / ".github/workflows/listlint-nightly.yml").read_text(
        "utf-8"
    )
    (tmp_path / "listlint.toml").write_text('lang = "zh"\n', "utf-8")
    assert run_cli("init", tmp_path, "-y", "--ci", "none").code == 0
    assert settings(tmp_path).lang == "zh"
    assert run_cli("init", tmp_path / "new", "--marketplace", "amazon.moon", "-y").code == 2


def test_registers_of_init_are_recognised(run_cli: RunCli, tmp_path: Path) -> None:
    for lang in ("en", "zh"):
        folder = tmp_path / lang
        run_cli("init", folder, "--lang", lang, "--ci", "none", "--no-hook", "-y")
        ran = run_cli(folder / "listlint-registers.xlsx", "--output-format", "json")
        kinds = run_cli("columns", folder / "listlint-registers.xlsx").stdout
        assert ran.code == 0
        for kind in ("licences", "authorisations", "seller"):
            assert f": {kind}," in kinds, (lang, kinds)
        assert "(not used)" not in kinds


def test_registers_of_init_are_filled_and_count(run_cli: RunCli, tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    run_cli("init", tmp_path, "--marketplace", "amazon.com", "--ci", "none", "--no-hook", "-y")
    path = tmp_path / "listlint-registers.xlsx"
    book = openpyxl.load_workbook(path)
    page = book["Licences"]
    cells = {
        "Document": "CPC",
        "Document number": "0077",
        "SKU": "T-*",
        "Valid until": "2099-01-01",
    }
    page.append([cells.get(header.value) for header in page[1]])
    book.save(path)
    goods = sheet(tmp_path / "goods.csv", "T-1,Wooden toy train,Nord", "X-1,Wooden toy boat,Nord")
    options = ("--config", f"licences={path}")
    ran = run_cli(goods, *options, "--select", "LIC101", "--output-format", "json")
    assert [f["sku"] for f in ran.json["findings"]] == ["X-1"]
    vault = run_cli("licences", goods, *options, "--output-format", "json").json
    assert [(h["number"], h["listings"]) for h in vault["held"]] == [("0077", 1)]
