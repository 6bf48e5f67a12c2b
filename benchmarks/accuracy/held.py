"""How right listlint is about sellers and documents: labelled seller records and listing needs.

    python benchmarks/accuracy/held.py [--misses]

A fault of a seller record is found when a seller finding at warning or above stands at the labelled
field; a need when a licence finding says the labelled state of one of the documents that meet it.
A false alarm is an honest case with any such finding.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

from listlint import api
from listlint.registers import STATE_NAMES

HERE = Path(__file__).parent

# What a label calls a need → the kinds of document (policies/licence/documents/) that meet it.
DOCUMENTS: dict[str, set[str]] = {
    "childrens-product-certificate": {"cpc"},
    "toy-safety-eu": {"en71", "ce_doc", "type_examination"},
    "epa-registration": {"epa_registration", "epa_25b", "epa_establishment"},
    "fda-510k-or-listing": {"fda_510k", "fda_device_listing"},
    "fcc-id": {"fcc", "fcc_sdoc"},
    "battery-un38.3": {"un38_3"},
    "supplement-testing": {"supplement_testing"},
    "cosmetics-cpnp-responsible-person": {"cpnp", "scpn"},
    "gpsr-responsible-person": {"gpsr_rp", "gpsr_maker"},
    "laser-accession": {"fda_accession"},
    "button-cell": {"ul_4200a", "cpc", "gcc", "button_au"},
    "helmet-certificate": {"dot_218", "cpsc_1203", "type_examination"},
    "ppe-certificate": {"niosh", "type_examination", "ce_doc", "ukca_doc", "ansi_z87"},
    "food-facility-registration": {"fda_food_registration"},
    "lucid-packaging": {"lucid"},
    "weee": {"weee_de", "weee_uk", "weee_it", "raee_es", "weee_fr"},
    "ukca": {"ukca_doc"},
    "ce-declaration": {"ce_doc", "mdr_ce"},
    "energy-label": {"energy_label"},
    "alcohol-licence": {"alcohol_permit", "ttb_cola", "cn_alcohol_licence"},
    "japan-pse": {"pse"},
    "japan-giteki": {"giteki"},
    "china-ccc": {"ccc"},
    "china-food-licence": {"cn_food", "cn_health_food"},
    "rohs": {"rohs"},
}


def load(name: str) -> list[dict[str, Any]]:
    """The cases of a set, one a line."""
    lines = (HERE / f"{name}.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


# Words of the labels that are not canonical fields.
FIELDS = {"manufacturer_name": "manufacturer"}


def loud(findings: list[api.Finding], area: str) -> list[api.Finding]:
    """The findings of an area that are more than advice."""
    return [f for f in findings if f.area.value == area and f.severity.value != "info"]


def sellers(misses: bool) -> None:
    """Seller records: recall by concept, false alarms."""
    linter = api.Linter()
    rows: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    honest = alarms = 0
    for case in load("sellers"):
        record = {FIELDS.get(k, k): v for k, v in case["seller"].items()}
        found = loud(linter.check_listings([record]), "seller")
        fields = {f.location.field for f in found}
        for label in case["expect"]:
            label["field"] = FIELDS.get(label["field"], label["field"])
            row = rows[label["concept"]]
            row[0] += 1
            row[1] += label["field"] in fields
            if misses and label["field"] not in fields:
                print(
                    "MISS",
                    case["id"],
                    label,
                    case["seller"],
                    [(f.rule, f.location.field) for f in found],
                )
        if not case["expect"]:
            honest += 1
            alarms += bool(found)
            if misses and found:
                print("CRY", case["id"], [(f.rule, f.location.field, f.message.en) for f in found])
    show("sellers", rows, honest, alarms)


def state_of(finding: api.Finding) -> str:
    """The state that a licence finding says: the messages hold its name after a dash."""
    for key, name in STATE_NAMES.items():
        if f"– {name.en}: " in finding.message.en:
            return key
    return ""


def needs(misses: bool) -> None:
    """Listing needs: recall by state, false alarms."""
    rows: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    honest = alarms = 0
    linters: dict[str, api.Linter] = {}
    for case in load("needs"):
        day = case["as_of"]
        if day not in linters:
            linters[day] = api.Linter(api.Settings(as_of=date.fromisoformat(day)))
        found = linters[day].check_listings(
            [case["listing"]],
            case["marketplace"],
            register=case["register"],
            seller=case.get("seller"),
        )
        said = {
            (key, state_of(f))
            for f in found
            if f.area.value == "licence"
            for key in wanted_by(linters[day], f.rule)
        }
        for label in case["expect"]:
            state = label["state"]
            hit = any((key, state) in said for key in DOCUMENTS[label["need"]])
            row = rows[state]
            row[0] += 1
            row[1] += hit
            if misses and not hit:
                tell("MISS", case, found, f"{label['need']} {state}")
        if not case["expect"]:
            honest += 1
            wrong = loud(found, "licence")
            alarms += bool(wrong)
            if misses and wrong:
                tell("CRY", case, wrong, "")
    show("needs", rows, honest, alarms)


def wanted_by(linter: api.Linter, code: str) -> list[str]:
    """The kinds of document that a rule asks for."""
    spec = linter.library.rule(code)
    wanted = spec.data["document"] if spec else []
    return [wanted] if isinstance(wanted, str) else wanted


def tell(what: str, case: dict[str, Any], found: list[api.Finding], label: str) -> None:
    """One fault, for whoever mends it."""
    print(what, case["id"], label, case["marketplace"], case["listing"])
    for f in found:
        if f.area.value == "licence":
            print("    said", f.rule, f.severity.value, f.message.en)
    print("    seller", case.get("seller"))
    for row in case["register"]:
        print("    held", {k: v for k, v in row.items() if v})


def show(name: str, rows: dict[str, list[int]], honest: int, alarms: int) -> None:
    """The table of a set."""
    print(f"\n| {name} | labels | found |\n|---|---|---|")
    for key, (total, hit) in sorted(rows.items()):
        print(f"| {key} | {total} | {100 * hit / total:.1f} % |")
    total, hit = (sum(r[k] for r in rows.values()) for k in (0, 1))
    print(f"| all | {total} | {100 * hit / total:.1f} % |")
    print(f"| honest: false alarms | {honest} | {100 * alarms / honest:.1f} % |")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--misses", action="store_true")
    options = parser.parse_args()
    sellers(options.misses)
    needs(options.misses)


if __name__ == "__main__":
    main()
