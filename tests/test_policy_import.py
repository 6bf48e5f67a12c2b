"""`listlint policy import`: a downloaded list becomes a pack that is used like any other."""

from __future__ import annotations

import csv
import json
import os
import tomllib
from pathlib import Path
from typing import Any

import pytest

from conftest import RunCli

# The layouts of the CPSC's service and of OFAC's sdn.csv; the contents are made up.
RECALLS: list[dict[str, Any]] = [
    {
        "RecallID": 1,
        "RecallNumber": "26001",
        "Title": "Folding stools recalled",
        "Products": [
            {"Name": "Harbro Folding Step Stool", "Model": "HB-2210, HB-2211"},
            {"Name": "Stool", "Model": "all"},
        ],
        "ProductUPCs": [{"UPC": "036000291452"}, {"UPC": "036000291453"}],
    },
    {
        "RecallID": 2,
        "RecallNumber": "26002",
        "Products": [{"Name": "Kiddo Plush Night Light", "Model": ""}],
        "ProductUPCs": [],
    },
]
SDN = (
    '101,"DOE, Jane Quill",individual,"PROG1",-0- ,-0- \r\n'
    '102,"HARBOUR EXAMPLE TRADING, S.A.",-0- ,"PROG2",-0- ,-0- \r\n'
    '103,"BLUE STAR",vessel,"PROG2",-0- ,-0- \r\n\x1a'
)
MARKS = "Trade mark name;Applicant name;Status\nZORBLATT;Zorblatt GmbH;Registered\nOLDMARK;Old Ltd;Expired\n"
TERMS = "term,lang,note\nmiracle cure,en,health\n神奇疗效,zh,\ncures ... cancer | diabetes,en,\n"
DOMAINS = "# comment\nzapmail.example\n*.throwaway.example\n"
FROM = ("--source", "https://example.com/list")
HEADER = "sku,title,brand,gtin,model,supplier,manufacturer_email\n"

LISTS = {
    "recalls": ("recalls.json", json.dumps(RECALLS), ()),
    "sanctions": ("sdn.csv", SDN, ()),
    "trademarks": ("marks.csv", MARKS, FROM),
    "terms": ("terms.csv", TERMS, FROM),
    "email-domains": ("domains.txt", DOMAINS, FROM),
}


def put(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def found(run_cli: RunCli, folder: Path, pack: Path, row: str) -> set[tuple[str, str]]:
    """(rule, match) of a sheet with one row, by the imported rules alone."""
    sheet = put(folder, "inventory.csv", HEADER + row + "\n")
    codes = [r["code"] for p in pack.glob("*.toml") for r in tomllib.loads(p.read_text())["rule"]]
    ran = run_cli(
        sheet,
        "--config",
        f"policies={pack}",
        "--select",
        ",".join(codes),
        "--output-format",
        "json",
    )
    assert ran.code in (0, 1), ran.stderr
    return {(f["rule"], f["match"]) for f in ran.json["findings"]}


@pytest.mark.parametrize("kind", LISTS)
def test_the_pack_passes_test_and_lint(kind: str, tmp_path: Path, run_cli: RunCli) -> None:
    name, text, more = LISTS[kind]
    out = tmp_path / "pack"
    ran = run_cli("policy", "import", kind, put(tmp_path, name, text), "-o", out, *more)
    assert (ran.code, "Traceback" in ran.stderr) == (0, False), ran.stderr
    assert run_cli("test", out).stdout.endswith(" 0 failed\n")
    assert run_cli("policy", "lint", out).code == 0
    (pack,) = out.glob("*.toml")
    for rule in tomllib.loads(pack.read_text("utf-8"))["rule"]:
        assert rule["bad"]
        assert rule["good"]
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([name, "pack"])


def test_the_list_says_where_it_is_from(tmp_path: Path, run_cli: RunCli) -> None:
    file = put(tmp_path, "terms.csv", TERMS)
    more = ("--licence", "CC0", "--retrieved", "2026-10-01", "--jurisdiction", "US")
    out = tmp_path / "pack"
    assert run_cli("policy", "import", "terms", file, "-o", out, *FROM, *more).code == 0
    with (out / "terms-name.csv").open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    assert [r["term"] for r in rows] == ["miracle cure", "神奇疗效", "cures ... cancer | diabetes"]
    for row in rows:
        assert (row["source"], row["retrieved"], row["licence"]) == (FROM[1], "2026-10-01", "CC0")
    rule = tomllib.loads((out / "terms.toml").read_text("utf-8"))["rule"][0]
    assert rule["jurisdictions"] == ["US"]
    assert str(rule["source"][0]["retrieved"]) == "2026-10-01"


@pytest.mark.parametrize(
    ("kind", "row", "wanted"),
    [
        ("recalls", "A,Stool,Harbro,0036000291452,,,", {("PRO911", "0036000291452")}),
        ("recalls", "A,Stool,Harbro,,hb-2211,,", {("PRO912", "hb-2211")}),
        ("recalls", "A,Kiddo Plush Night-Light blue,,,,,", {("PRO913", "Kiddo Plush Night-Light")}),
        # Names and models that are said of many things, and a code that can't be one.
        ("recalls", "A,Bar stool for all,Oakley Mill,036000291453,all,,", set()),
        ("sanctions", "A,Pipe,,,,Jane Quill Doe,", {("SEL911", "Jane Quill Doe")}),
        ("sanctions", "A,Pipe,,,,Blue Star,", set()),
        ("trademarks", "A,Zorblatt mug,Harrowfield,,,,", {("IP911", "Zorblatt")}),
        ("trademarks", "A,Zorblatt mug,Zorblatt,,,,", set()),
        ("trademarks", "A,Lid compatible with Zorblatt,Harrowfield,,,,", set()),
        ("trademarks", "A,Oldmark mug,Harrowfield,,,,", set()),
        ("terms", "A,Tea that cures type 2 diabetes,,,,,", {("PRO921", "cures type 2 diabetes")}),
        ("terms", "A,Tea for the evening,,,,,", set()),
        ("email-domains", "A,Pipe,,,,,me@throwaway.example", {("SEL921", "throwaway.example")}),
        ("email-domains", "A,Pipe,,,,,me@harrowfield.example", set()),
    ],
)
def test_what_is_found(
    kind: str, row: str, wanted: set[tuple[str, str]], tmp_path: Path, run_cli: RunCli
) -> None:
    name, text, more = LISTS[kind]
    out = tmp_path / "pack"
    assert run_cli("policy", "import", kind, put(tmp_path, name, text), "-o", out, *more).code == 0
    assert found(run_cli, tmp_path, out, row) == wanted


@pytest.mark.parametrize(
    ("kind", "text", "row", "wanted"),
    [
        # Columns of the EU's Safety Gate reports.
        (
            "recalls",
            "caseNumber;product;name;brand;type_numberOfModel;barcode\n"
            "A12/00001/26;Hair dryer;AirFlow;Blowco;BX-200;4006381333931\n",
            "A,Hair dryer 2000 W,Blowco,4006381333931,BX-200,,",
            {("PRO911", "4006381333931"), ("PRO912", "BX-200")},
        ),
        # OFAC's list as others publish it, with a header.
        (
            "sanctions",
            "uid,name,type,programs,alternate_names\n"
            "1,HARBOUR EXAMPLE AIRLINES,entity,PROG1,\n2,MAR VERDE,vessel,PROG1,\n",
            "A,Pipe,,,,Harbour Example Airlines,",
            {("SEL911", "Harbour Example Airlines")},
        ),
        # The CPSC's CSV of recalls.
        (
            "recalls",
            "Recall Number,Date,Recall Heading,Name of product,Description,Hazard Description,"
            "Consumer Action,Original Product Safety Warning Announcement,Remedy Type,Units,"
            "Incidents,Remedy,Sold At Label,Sold At,Importers,Manufacturers,Distributors,"
            "Manufactured In,Custom Label,Custom Field\n"
            '26003,"November 5, 2026",Harbro Recalls Stools,Harbro Folding Step Stools,"Grey, two '
            'steps",Fall,Stop use,,Refund,About 900,None,Refund,Sold At,Online,Harbro Inc.,,,China,,\n',
            "A,Harbro folding step stools grey,Harbro,,,,",
            {("PRO913", "Harbro folding step stools")},
        ),
        # The Safety Gate's table.
        (
            "recalls",
            "Year;Week;Type of alert;Product user;Alert number;Alert submitted by;Category;Product;"
            "Brand;Name;Type / number of model;Batch number / Barcode;OECD Portal Category;"
            "Description;Country of origin\n"
            "2026;45;Consumers;Consumers;A12/00002/26;Germany;Toys;Plush toy for children;Fluffo;"
            "Fluffo Sleepy Moon Bear;FB-310;Batch: 2026/03, EAN: 4006381333931;;Bear;China\n",
            "A,Fluffo sleepy moon bear plush toy for children,Fluffo,4006381333931,FB-310,,",
            {
                ("PRO911", "4006381333931"),
                ("PRO912", "FB-310"),
                ("PRO913", "Fluffo sleepy moon bear"),
            },
        ),
        # The EU's consolidated list of persons and groups.
        (
            "sanctions",
            "fileGenerationDate;Entity_LogicalId;Entity_EU_ReferenceNumber;"
            "Entity_SubjectType_ClassificationCode;Entity_Regulation_Programme;NameAlias_LastName;"
            "NameAlias_FirstName;NameAlias_MiddleName;NameAlias_WholeName\n"
            "2026-11-20;1;EU.1.1;enterprise;TST;;;;Harbour Example Trading LLC\n"
            "2026-11-20;1;EU.1.1;enterprise;TST;;;;\n",
            "A,Pipe,,,,Harbour Example Trading LLC,",
            {("SEL911", "Harbour Example Trading LLC")},
        ),
        # The UK's list: the day above the header, names in parts, and weak aliases.
        (
            "sanctions",
            "Report Date: 20/11/2026\n"
            "Last Updated,Unique ID,OFSI Group ID,UN Reference Number,Name 6,Name 1,Name 2,Name 3,"
            'Name 4,Name 5,Name type,Alias strength,Title,Regime Name,"Individual, Entity, Ship"\n'
            "01/11/2026,TST0001,1,,QUILLDOE,Jane,Maria,,,,Primary Name,,,Test,Individual\n"
            "01/11/2026,TST0001,1,,MARIPOSA,,,,,,Alias,Weak,,Test,Individual\n"
            "01/11/2026,TST0002,2,,OCEAN EXAMPLE,,,,,,Primary Name,,,Test,Ship\n",
            "A,Mariposa pipe,,,,Jane Maria Quilldoe,",
            {("SEL911", "Jane Maria Quilldoe")},
        ),
        # The UN's consolidated list.
        (
            "sanctions",
            '<?xml version="1.0" encoding="UTF-8"?><CONSOLIDATED_LIST dateGenerated="2026-11-20">'
            "<INDIVIDUALS><INDIVIDUAL><DATAID>1</DATAID><FIRST_NAME>JANE</FIRST_NAME>"
            "<SECOND_NAME>QUILLDOE</SECOND_NAME><UN_LIST_TYPE>Test</UN_LIST_TYPE>"
            "<INDIVIDUAL_ALIAS><QUALITY>Low</QUALITY><ALIAS_NAME>Mariposa</ALIAS_NAME>"
            "</INDIVIDUAL_ALIAS></INDIVIDUAL></INDIVIDUALS><ENTITIES><ENTITY><DATAID>2</DATAID>"
            "<FIRST_NAME>HARBOUR EXAMPLE TRADING</FIRST_NAME><UN_LIST_TYPE>Test</UN_LIST_TYPE>"
            "<ENTITY_ALIAS><QUALITY>a.k.a.</QUALITY><ALIAS_NAME>Harbourex</ALIAS_NAME>"
            "</ENTITY_ALIAS></ENTITY></ENTITIES></CONSOLIDATED_LIST>",
            "A,Pipe,Harbourex,,,Jane Quilldoe,",
            {("SEL911", "Harbourex"), ("SEL911", "Jane Quilldoe")},
        ),
        # The fields of TMview's answers.
        (
            "trademarks",
            '[{"tmName": "ZORBLATT", "applicantName": ["Zorblatt GmbH"], "tradeMarkStatus":'
            ' "Registered"}, {"tmName": "OLDMARK", "tradeMarkStatus": "Ended"}]',
            "A,Zorblatt mug by Oldmark,Harrowfield,,,,",
            {("IP911", "Zorblatt")},
        ),
        # The USPTO's case files.
        (
            "trademarks",
            "serial_no,mark_id_char,own_name\n90000001,ZORBLATT,Zorblatt Inc\n",
            "A,Zorblatt mug,Harrowfield,,,,",
            {("IP911", "Zorblatt")},
        ),
    ],
)
def test_other_layouts_of_public_lists(
    kind: str, text: str, row: str, wanted: set[tuple[str, str]], tmp_path: Path, run_cli: RunCli
) -> None:
    file, out = put(tmp_path, "list.csv", text), tmp_path / "pack"
    assert run_cli("policy", "import", kind, file, "-o", out, *FROM).code == 0
    assert found(run_cli, tmp_path, out, row) == wanted


def test_what_is_left_out_is_said(tmp_path: Path, run_cli: RunCli) -> None:
    file = put(tmp_path, "recalls.json", json.dumps(RECALLS))
    ran = run_cli("policy", "import", "recalls", file, "-o", tmp_path / "pack")
    for words in ("wrong check digit (first: record 1: '036000291453')", "too general", "'all'"):
        assert words in ran.stderr


def test_headers_can_be_named(tmp_path: Path, run_cli: RunCli) -> None:
    file = put(tmp_path, "eu.csv", "Ref;Designated party\n1;Harbour Example Trading\n")
    out = tmp_path / "pack"
    ran = run_cli("policy", "import", "sanctions", file, "-o", out)
    assert ran.code == 2
    assert "row 1: no column for name" in ran.stderr
    assert "--column name=HEADER" in ran.stderr
    more = ("--column", "name=Designated party")
    assert run_cli("policy", "import", "sanctions", file, "-o", out, *more).code == 0
    assert found(run_cli, tmp_path, out, "A,Pipe,,,,Harbour Example Trading,")


def test_a_recall_csv_in_an_old_encoding(tmp_path: Path, run_cli: RunCli) -> None:
    text = "型号,条码,产品名称\nKX-900,036000291452,儿童毛绒小夜灯玩具\nKX-901,,儿童毛绒小夜灯\n"
    file = put(tmp_path, "召回.csv", text, "gb18030")
    out = tmp_path / "pack"
    assert run_cli("policy", "import", "recalls", file, "-o", out).code == 0
    assert ("PRO912", "KX-901") in found(run_cli, tmp_path, out, "A,小夜灯,,,KX-901,,")


def test_two_lists_of_a_kind_live_together(tmp_path: Path, run_cli: RunCli) -> None:
    file = put(tmp_path, "terms.txt", "miracle cure\n")
    more = put(tmp_path, "more.txt", "instant remedy\n")
    packs = tmp_path / "packs"
    packs.mkdir()
    assert run_cli("policy", "import", "terms", file, "-o", packs / "a", *FROM).code == 0
    named = ("--name", "shop-words", "--code", "931")
    assert run_cli("policy", "import", "terms", more, "-o", packs / "b", *FROM, *named).code == 0
    ran = run_cli("test", packs)
    assert (ran.code, ran.stdout[:8]) == (0, "2 rules,")


def test_nothing_is_overwritten_unless_told(tmp_path: Path, run_cli: RunCli) -> None:
    out = tmp_path / "pack"
    file = put(tmp_path, "terms.txt", "miracle cure\n")
    command = ("policy", "import", "terms", file, "-o", out, *FROM)
    assert run_cli(*command).code == 0
    before = (out / "terms-name.csv").read_bytes()
    put(tmp_path, "terms.txt", "instant remedy\n")
    ran = run_cli(*command)
    assert (ran.code, "--force" in ran.stderr) == (2, True)
    assert (out / "terms-name.csv").read_bytes() == before
    assert run_cli(*command, "--force").code == 0
    assert b"instant remedy" in (out / "terms-name.csv").read_bytes()
    # What no import wrote is never taken away.
    put(out, "mine.toml", "")
    ran = run_cli(*command, "--force")
    assert (ran.code, "mine.toml" in ran.stderr) == (2, True)
    assert (out / "mine.toml").exists()


def test_a_failed_refresh_keeps_the_old_pack(tmp_path: Path, run_cli: RunCli) -> None:
    out = tmp_path / "pack"
    file = put(tmp_path, "terms.csv", TERMS)
    command = ("policy", "import", "terms", file, "-o", out, *FROM)
    assert run_cli(*command).code == 0
    before = {p.name: p.read_bytes() for p in out.iterdir()}
    put(tmp_path, "terms.csv", TERMS + "a*b,en,\n")
    assert run_cli(*command, "--force").code == 2
    assert {p.name: p.read_bytes() for p in out.iterdir()} == before


@pytest.mark.parametrize(
    ("kind", "data", "said"),
    [
        ("terms", b"", "nothing is in it"),
        ("terms", b"term,lang\nfine,en\na*b,en\n", "row 3: 'a*b'"),
        ("terms", b"term,note\nfine,x\nbad,y,z\n", "row 3: 3 cells"),
        ("terms", b'term,note\nfine,x\n"bad"x,y\n', "row 3: not valid CSV"),
        ("terms", b"PK\x03\x04" + b"\x00" * 60, "save it as CSV"),
        ("terms", b"term\nfine\nb\x00d\n", "NUL"),
        ("terms", b"term,lang\n,en\n", "nothing to look for"),
        ("recalls", b'[{"ProductUPCs": [}]', "row 1: not valid JSON"),
        ("recalls", b'{"Products": "x"}', "no column for code or model or name"),
        ("recalls", b"[1, 2]", "record 1: not an object"),
        ("recalls", b"[" * 100_000, "JSON"),
        ("sanctions", b"<a><b>1</b>\n<c>", "row 2: not valid XML"),
        ("sanctions", b"<a><b>x</b></a>", "no column for name among 'a.b'"),
        ("sanctions", b'<!DOCTYPE a [<!ENTITY e "ee">]><a><name>&e;</name></a>', "entities"),
        ("sanctions", b"<a>" * 100_000, "XML nested too deep"),
        ("trademarks", b"Owner;Class\nZorblatt GmbH;9\n", "no column for name among 'Owner'"),
        ("recalls", b"upc\nn/a\n", "not a barcode"),
        ("sanctions", b'101,"DOE, Jane",individual,X\n102\n', "row 2: 1 cells"),
        ("email-domains", b"not a domain\n", "not a domain"),
    ],
)
def test_bad_input_is_one_line(
    kind: str, data: bytes, said: str, tmp_path: Path, run_cli: RunCli
) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(data)
    ran = run_cli("policy", "import", kind, file, "-o", tmp_path / "pack", *FROM)
    assert ran.code == 2
    assert said in ran.stderr
    assert str(file) in ran.stderr
    assert len(ran.stderr.splitlines()) == 1
    assert os.listdir(tmp_path) == ["list.csv"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "--source"),
        (("--source", "a friend"), "not a web address"),
        ((*FROM, "--name", "../up"), "--name"),
        ((*FROM, "--column", "name"), "NAME=HEADER"),
        ((*FROM, "--column", "price=x"), "this kind has the columns"),
        ((*FROM, "--column", "name=x"), "no column is called 'x'"),
    ],
)
def test_wrong_options(
    arguments: tuple[str, ...], said: str, tmp_path: Path, run_cli: RunCli
) -> None:
    file = put(tmp_path, "terms.csv", TERMS)
    ran = run_cli("policy", "import", "terms", file, "-o", tmp_path / "pack", *arguments)
    assert (ran.code, said in ran.stderr) == (2, True), ran.stderr
    assert os.listdir(tmp_path) == ["terms.csv"]


def test_a_missing_file_and_an_unknown_kind(tmp_path: Path, run_cli: RunCli) -> None:
    ran = run_cli("policy", "import", "terms", tmp_path / "no.csv", "-o", tmp_path / "p", *FROM)
    assert (ran.code, "can't be read" in ran.stderr) == (2, True)
    ran = run_cli("policy", "import", "brands", tmp_path / "no.csv", "-o", tmp_path / "p")
    assert (ran.code, "email-domains" in ran.stderr) == (2, True)


def test_a_list_that_names_everything(tmp_path: Path, run_cli: RunCli) -> None:
    file = put(tmp_path, "terms.txt", "linen\nsteel\n亚麻\n")
    ran = run_cli("policy", "import", "terms", file, "-o", tmp_path / "pack", *FROM)
    assert (ran.code, "most general words" in ran.stderr) == (2, True)
