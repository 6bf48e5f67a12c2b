"""Every text format: honest about the findings, harmless with hostile text."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from importlib.resources import files
from typing import Any
from xml.etree import ElementTree

import pytest
from jsonschema import Draft202012Validator

from listlint.model import Area, Confidence, Fix, Location, Severity, Source, Suppression, Text
from listlint.reporters import BUILTIN, get
from listlint.reporters.redact import mask
from listlint.reporters.sarif import MAX_RESULTS, file_uri
from listlint.reporters.show import snippet, visible
from listlint.summary import summarise
from reports import HOSTILE, SOURCE, entry, finding, hostile, ordinary, render, report

TEXTUAL = ("text", "concise", "full", "statistics", "json", "jsonl", "csv", "markdown", "sarif",
           "junit", "checkstyle", "github", "gitlab", "azure", "rdjson")  # fmt: skip
XML = ("junit", "checkstyle")
JSON = ("json", "sarif", "gitlab", "rdjson")
EXACT = {"json", "jsonl"}
"""Formats that carry cells as they are; all others show what can't be seen."""


def schema() -> Any:
    text = files("listlint").joinpath("schemas/report-1.json").read_text(encoding="utf-8")
    return json.loads(text)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", TEXTUAL)
def test_hostile_text_is_written_and_encodes(name: str, lang: str) -> None:
    written = render(name, hostile(), lang=lang)
    assert written.encode("utf-8")
    if name in EXACT:
        return
    seen = written.replace("\r\n", "\n") if name == "csv" else written
    assert not re.search(
        "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]", seen
    )


@pytest.mark.parametrize("name", TEXTUAL)
def test_no_cell_can_issue_a_workflow_command(name: str) -> None:
    written = render(name, hostile(), limit=None, width=60)
    for line in written.splitlines():
        if name == "github":
            assert re.match(
                r"::(error|warning|notice) file=[^:]*,line=\d+,title=\w+ [\w-]+::", line
            )
        else:
            assert not line.lstrip().startswith("::")
        body = line.split("]", 1)[1] if name == "azure" and line.startswith("##vso") else line
        assert not re.search(r"##(\[|vso\[)", body, re.IGNORECASE)


def test_azure_properties_cannot_be_broken_out_of() -> None:
    nasty = finding(path="a;b]##vso[x]%.csv", rule="IP101")
    (line,) = render("azure", report(nasty)).splitlines()
    properties, _, message = line.removeprefix("##vso[task.logissue ").partition("]")
    assert (
        properties
        == "type=error;sourcepath=a%3Bb%5D# #vso[x%5D%AZP25.csv;linenumber=12;code=IP101;"
    )
    assert message.startswith("Template!B12: ")


def test_github_escapes_properties_and_data() -> None:
    nasty = finding(path="a,b:c%.csv", sheet=None, message=Text("100% sure\nreally", ""))
    (line,) = render("github", report(nasty)).splitlines()
    assert line == (
        "::error file=a%2Cb%3Ac%25.csv,line=12,title=IP101 counterfeit-claim"
        "::B12 (Item Name): 100%25 sure really%0ADelete the words."
    )


def test_github_shows_the_worst_first() -> None:
    lines = render("github", ordinary()).splitlines()
    levels = [line[2:].split(" ")[0] for line in lines]
    assert levels == ["error", "error", "error", "warning", "notice"]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("make", [ordinary, hostile, report])
def test_json_holds_its_schema(make: Any, lang: str) -> None:
    made = make()
    sourced = tuple(replace(f, source=() if f.area is Area.FILE else SOURCE) for f in made.findings)
    written = json.loads(render("json", replace(made, findings=sourced), lang=lang))
    # Cells of hostile files are not A1-style there on purpose elsewhere; the schema must still hold.
    Draft202012Validator(schema()).validate(written)


def test_schema_is_valid_and_strict() -> None:
    Draft202012Validator.check_schema(schema())
    written = json.loads(render("json", ordinary()))
    written["findings"][0]["extra"] = 1
    assert not Draft202012Validator(schema()).is_valid(written)
    del written["findings"][0]["extra"]
    written["findings"][0]["source"] = []
    assert not Draft202012Validator(schema()).is_valid(written)


def test_json_has_the_keys_of_the_contract_in_order() -> None:
    written = json.loads(render("json", ordinary()))
    assert list(written) == [
        "schema",
        "version",
        "as_of",
        "policies",
        "files",
        "findings",
        "summary",
    ]
    assert list(written["findings"][0]) == [
        "rule", "name", "area", "severity", "confidence", "path", "sheet", "row", "column", "field",
        "cell", "sku", "match", "span", "term", "evasion", "marketplaces", "message", "why", "fix",
        "source", "suspension_reason", "fingerprint", "suppressed", "sharpened",
    ]  # fmt: skip
    assert list(written["files"][0]) == [
        "path", "sheet", "dialect", "marketplaces", "rows", "columns", "unmapped", "not_checked",
    ]  # fmt: skip
    first = written["findings"][0]
    assert first["span"] == [0, 9]
    assert first["fix"] == {
        "text": "Delete it.",
        "edit": {"span": [0, 9], "text": "", "safe": False},
    }
    assert written["findings"][5]["suppressed"] == {
        "by": "column",
        "reason": "agreed with legal",
        "until": "2027-01-01",
    }
    assert written["files"][1]["sheet"] is None
    assert written["files"][0]["not_checked"] == [{"field": "gtin", "because": "no such column"}]


def test_json_keeps_cells_exactly() -> None:
    made = hostile()
    written = json.loads(render("json", made))
    assert [f["match"] for f in written["findings"]] == [f.match for f in made.findings]


def test_json_speaks_the_chosen_language() -> None:
    written = json.loads(render("json", report(finding()), lang="zh"))
    assert written["findings"][0]["message"] == "“AAA  Copy”会被视为销售假货"
    assert written["findings"][0]["fix"]["text"] == "删除相关字样。"


def test_jsonl_is_the_run_then_a_finding_a_line() -> None:
    lines = [json.loads(line) for line in render("jsonl", ordinary()).splitlines()]
    whole = json.loads(render("json", ordinary()))
    assert lines[1:] == whole.pop("findings")
    assert lines[0] == {"run": whole}


def test_summary_leaves_out_what_does_not_count() -> None:
    summary = summarise(ordinary())
    assert list(summary) == ["listings", "flagged", "by_area", "by_severity", "by_rule", "risk"]
    assert summary["by_rule"] == {"FILE103": 1, "IP101": 1, "LIC201": 1, "LST101": 1, "SEL301": 1}
    assert summary["by_severity"] == {"error": 3, "warning": 1, "info": 1}
    assert sum(summary["by_area"].values()) == 5
    assert summary["risk"] == {"score": 12}


def test_csv_cells_cannot_be_formulas() -> None:
    rows = list(csv.reader(io.StringIO(render("csv", hostile()))))
    assert len(rows) == len(hostile().findings) + 1
    for row in rows[1:]:
        assert len(row) == len(rows[0])
        for cell in row:
            assert not re.match(r"\s*[=+\-@\t\r＝＋－＠]", cell)
            assert not re.search(r"[;；]\s*[=+\-@]", cell)
    sums = next(row for row in rows if "'@SUM(1)" in row)
    assert sums[rows[0].index("match")] == "'@SUM(1)"


@pytest.mark.parametrize("name", XML)
def test_xml_is_well_formed_and_complete(name: str) -> None:
    root = ElementTree.fromstring(render(name, hostile()))
    counted = len(hostile().counted)
    tag = "error" if name == "checkstyle" else "testcase"
    found = [e for e in root.iter(tag) if e.tag != "testcase" or e.find("skipped") is None]
    assert len(found) == counted


def test_junit_counts_what_it_shows() -> None:
    root = ElementTree.fromstring(render("junit", ordinary()))
    shown = {"tests": "testcase", "failures": "failure", "errors": "error", "skipped": "skipped"}
    for key, tag in shown.items():
        assert root.get(key) == str(len(list(root.iter(tag))))
        for suite in root:
            assert suite.get(key) == str(len(list(suite.iter(tag))))
    assert root.get("errors") == "1"
    assert root.get("failures") == "3"


def test_junit_clean_sheet_passes() -> None:
    root = ElementTree.fromstring(render("junit", report(files=(entry(not_checked=()),))))
    assert (root.get("tests"), root.get("failures")) == ("1", "0")


@pytest.mark.parametrize("name", JSON)
def test_json_formats_parse(name: str) -> None:
    assert json.loads(render(name, hostile()))


def test_gitlab_entries_are_unique_and_complete() -> None:
    entries = json.loads(render("gitlab", replace(ordinary(), files=())))
    assert [e["severity"] for e in entries] == ["critical", "critical", "major", "info", "critical"]
    assert len({e["fingerprint"] for e in entries}) == 5
    assert entries[0]["location"] == {"path": "inventory.xlsx", "lines": {"begin": 12}}
    bare = report(finding(2, fingerprint=""), finding(3, fingerprint=""))
    assert len({e["fingerprint"] for e in json.loads(render("gitlab", bare))}) == 2


def test_rdjson_is_a_diagnostic_result() -> None:
    (diagnostic,) = json.loads(render("rdjson", report(finding())))["diagnostics"]
    assert diagnostic["severity"] == "ERROR"
    assert diagnostic["location"] == {"path": "inventory.xlsx", "range": {"start": {"line": 12}}}
    assert diagnostic["code"] == {"value": "IP101", "url": "https://example.com/policy?id=1"}


def test_sarif_is_what_code_scanning_wants() -> None:
    log = json.loads(render("sarif", ordinary()))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["invocations"][0]["executionSuccessful"] is False
    rules = run["tool"]["driver"]["rules"]
    for rule in rules:
        for key in ("shortDescription", "fullDescription", "help"):
            assert rule[key]["text"]
        assert ("helpUri" in rule) == (not rule["id"].startswith("FILE"))
        assert "security-severity" not in rule["properties"]
    assert len(run["results"]) == 7
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")
        assert result["locations"][0]["physicalLocation"]["region"]["startLine"] >= 1
        assert result["partialFingerprints"]["listlint/v1"]
    first = run["results"][0]["locations"][0]
    assert first["logicalLocations"][0]["fullyQualifiedName"] == "Template!B12"
    assert [len(r.get("suppressions", ())) for r in run["results"]] == [0, 0, 0, 0, 1, 1, 0]


@pytest.mark.parametrize("make", [ordinary, hostile, report])
def test_sarif_holds_the_official_schema(make: Any) -> None:
    model = pytest.importorskip("pydantic_sarif.model", reason="pydantic-sarif is not installed")
    log = model.StaticAnalysisResultsFormatSarifVersion210JsonSchema
    log.model_validate_json(render("sarif", make()))


def test_sarif_keeps_the_worst_when_there_are_too_many() -> None:
    many = [finding(n + 2, severity=Severity.INFO) for n in range(MAX_RESULTS)]
    log = json.loads(render("sarif", report(*many, finding(1))))
    (run,) = log["runs"]
    assert len(run["results"]) == MAX_RESULTS
    assert run["results"][0]["level"] == "error"
    said = run["invocations"][0]["toolExecutionNotifications"]
    assert "1 findings left out" in said[-1]["message"]["text"]


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("a b/库.xlsx", "a%20b/%E5%BA%93.xlsx"),
        ("./x.csv", "x.csv"),
        ("/data/x.csv", "file:///data/x.csv"),
        ("C:/data/x y.csv", "file:///C:/data/x%20y.csv"),
        ("a:b#c?.csv", "a%3Ab%23c%3F.csv"),
        ("\udcff.csv", "%ED%B3%BF.csv"),
    ],
)
def test_file_uri(path: str, uri: str) -> None:
    assert file_uri(path) == uri


def test_markdown_cannot_format_link_or_mention() -> None:
    written = render("markdown", hostile(), redact=False)
    table = [line for line in written.splitlines() if line.startswith("| 🔴")]
    assert len(table) > 5
    ours = re.compile(
        r"\[&?[\w#;]*IP101\]\(<https://example\.com/policy\?id=1>\)|\[\w+\]\(<[^>]*>\)"
    )
    for line in table:
        assert len(re.findall(r"(?<!\\)\|", line)) == 7
        rest = ours.sub("", line)
        assert not set("<>`*_[]@\\") & set(rest)
        assert "://" not in rest
        assert "www." not in rest


def test_markdown_fits_into_a_comment_and_says_what_it_left_out() -> None:
    many = report(*(finding(n + 2) for n in range(2_000)))
    written = render("markdown", many)
    assert len(written) < 65_536
    shown = sum(line.startswith("| 🔴") for line in written.splitlines())
    assert f"… {2_000 - shown:,} more" in written


def test_markdown_ignores_a_source_that_is_no_web_page() -> None:
    written = render(
        "markdown", report(finding(source=(Source("javascript:alert(1)", "2026-11-18"),)))
    )
    assert "javascript" not in written


PUBLIC = ("github", "gitlab", "azure", "sarif", "junit", "checkstyle", "rdjson", "markdown")


@pytest.mark.parametrize("name", PUBLIC)
def test_public_formats_mask_seller_identifiers(name: str) -> None:
    written = render(name, ordinary())
    assert "123 456" not in written
    assert "DE123456789" not in written
    assert "Copy" in written
    assert "123 456" in render(name, ordinary(), redact=False)


@pytest.mark.parametrize("name", sorted(set(TEXTUAL) - set(PUBLIC) - {"statistics"}))
def test_other_formats_mask_when_asked(name: str) -> None:
    assert "123 456" in render(name, ordinary())
    masked = render(name, ordinary(), redact=True)
    assert "123 456" not in masked
    assert "DE123456789" not in masked


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("+49 151 2345 6789", "call +4915123456789 fails"),
        ("Max.Muster@example.com", "'Max.Muster@example.com' is disposable"),
        ("DE89370400440532013000", "IBAN DE89 is DE89370400440532013000"),
        ("O'Neil\t12345678", '"O\'Neil\\t12345678" is no number'),
    ],
)
def test_masking_finds_the_value_however_written(value: str, message: str) -> None:
    made = finding(area=Area.SELLER, match=value, excerpt=value, message=Text(message, message))
    written = render("github", report(made))
    assert value not in written
    assert "5678" not in written
    assert "Muster" not in written
    assert "370400" not in written


def test_mask_keeps_two_characters_at_each_end() -> None:
    assert mask(" DE123456789 ") == "DE***89"
    assert mask("123456") == "***"


def test_visible_marks_what_hides_and_leaves_the_rest() -> None:
    assert visible("a\x1b[0m\nb\x7f") == "a␛[0m␊b␡"
    assert visible("x\u202ey\u200bz\ud800") == "x⟨U+202E⟩y⟨U+200B⟩z⟨U+D800⟩"
    assert (
        visible("\u85cf\u5b9d 👨\u200d👩\u200d👧 ❤\ufe0f é ไทย")
        == "\u85cf\u5b9d 👨\u200d👩\u200d👧 ❤\ufe0f é ไทย"
    )
    assert visible("a\u200db") == "a⟨U+200D⟩b"
    assert visible("a\u00a0b") == "a\u00a0b"
    assert visible("a\u00a0b", spaces=True) == "a⟨U+00A0⟩b"


def test_snippet_shows_the_span_not_the_first_occurrence() -> None:
    made = finding(excerpt="cure or cure", match="cure", span=(8, 12))
    piece = snippet(made, 80)
    assert piece is not None
    assert (piece.before, piece.match, piece.after) == ("cure or ", "cure", "")


def test_snippet_of_a_long_cell_is_short() -> None:
    cell = "a" * 15_000 + " replica " + "b" * 15_000
    piece = snippet(finding(excerpt=cell, match="replica"), 80)
    assert piece is not None
    assert piece.match == "replica"
    assert len(piece.before) + len(piece.after) < 120
    whole = snippet(finding(excerpt="y" * 30_000, match="y" * 30_000), 80)
    assert whole is not None
    assert len(whole.match) < 100


def test_a_span_that_does_not_fit_is_not_trusted() -> None:
    piece = snippet(finding(excerpt="other text", match="replica", span=(90, 97)), 80)
    assert piece is not None
    assert piece.match == "replica"


def test_formats_are_lazy_and_unknown_ones_raise() -> None:
    with pytest.raises(KeyError):
        get("nonsense")
    assert {"text", "full", "concise", "json", "jsonl", "csv", *PUBLIC} <= set(BUILTIN)


def test_suppressed_findings_are_not_in_formats_that_cannot_mark_them() -> None:
    only = report(finding(suppressed=Suppression("config", "ok")))
    for name in (
        "github",
        "azure",
        "gitlab",
        "rdjson",
        "checkstyle",
        "junit",
        "markdown",
        "concise",
    ):
        assert "Copy" not in render(name, only)
    for name in ("json", "jsonl", "csv", "sarif"):
        assert "Copy" in render(name, only)


def test_findings_without_words_or_source_are_fine_everywhere() -> None:
    bare = finding(
        None,
        match=None,
        excerpt=None,
        source=(),
        confidence=Confidence.LOW,
        location=Location("x.csv"),
        message=Text("", ""),
        why=Text("", ""),
        fix=Fix(Text("", "")),
        fingerprint="",
    )
    for name in TEXTUAL:
        assert render(name, report(bare, files=(), policies=()))


def test_hostile_list_covers_what_must_not_run() -> None:
    whole = "".join(HOSTILE)
    for piece in ("\x1b", "::error::", "=cmd|", "<script>", "\u202e", "\ud800", "##vso["):
        assert piece in whole
    assert max(map(len, HOSTILE)) == 30_000
