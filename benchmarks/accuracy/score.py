"""How right listlint is: recall and false alarms on labelled listings, beside a plain word list.

    python benchmarks/accuracy/score.py work            # the first set to work with
    python benchmarks/accuracy/score.py work2           # held out once, worked with since (so work3 to work7)
    python benchmarks/accuracy/score.py pool/ip-1       # a batch of text written to widen the rules
    python benchmarks/accuracy/score.py heldout7        # scored once, at the end
    python benchmarks/accuracy/score.py work --misses   # what was missed and what was cried about

A violation is found when listlint reports, at warning or above, a finding of the expected area in
that listing; `words` counts those whose finding overlaps the words that the label underlines. A
false alarm is an honest listing with any finding of the three areas at warning or above. Promotion
in a title (pack listing/promotion) counts as behaviour, for recall and for false alarms: the sets
label it so, while listlint files it under listing quality.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from listlint import api

HERE = Path(__file__).parent
AREAS = ("prohibited", "ip", "behaviour")
PROMOTION = "LST10"
"""Begins the codes of the rules of pack listing/promotion."""
HELD_OUT = "heldout7"
"""The set that nobody who writes rules may look at."""
Found = list[tuple[str, str, str | None, str | None, str]]
"""(area, severity, field, match, rule) of each finding."""


def load(name: str) -> list[dict[str, Any]]:
    """The cases of a set, one a line; a set may lie in parts (`name-1.jsonl`, `name-2.jsonl`)."""
    files = sorted([*HERE.glob(f"{name}.jsonl"), *HERE.glob(f"{name}-*.jsonl")])
    lines = [line for file in files for line in file.read_text("utf-8").splitlines()]
    return [json.loads(line) for line in lines if line.strip()]


def by_listlint(cases: Iterable[dict[str, Any]]) -> list[Found]:
    """What listlint says of each case, each linted as a sheet of its own."""
    linter = api.Linter()
    out: list[Found] = []
    for case in cases:
        findings = linter.check_listing(case["listing"], marketplace=case["marketplace"])
        out.append(
            [
                (_area(f.rule, f.area.value), f.severity.value, f.location.field, f.match, f.rule)
                for f in findings
            ]
        )
    return out


def _area(code: str, area: str) -> str:
    return "behaviour" if code.startswith(PROMOTION) else area


def by_word_list(cases: Iterable[dict[str, Any]]) -> list[Found]:
    """What a plain list of the same terms says: any term anywhere, whole words, case ignored."""
    linter = api.Linter()
    words: dict[str, list[str]] = defaultdict(list)
    for spec in linter.library.rules:
        area = _area(spec.meta.code, spec.meta.area.value)
        if area in AREAS:
            words[area] += [
                t.replace("*", "") for t, _ in spec.data.get("terms", ()) if "..." not in t
            ]
            words[area] += [row["brand"] for row in spec.data.get("brands", ())]
    patterns = {
        area: re.compile(
            "|".join(
                rf"\b{re.escape(t)}\b" if t.isascii() else re.escape(t)
                for t in sorted(set(terms), key=len, reverse=True)
            ),
            re.I,
        )
        for area, terms in words.items()
    }
    out: list[Found] = []
    for case in cases:
        found: Found = []
        for field, value in case["listing"].items():
            for text in value if isinstance(value, list) else [value]:
                for area, pattern in patterns.items():
                    hit = pattern.search(str(text))
                    if hit and field != "brand":
                        found.append((area, "error", field, hit[0], "word"))
        out.append(found)
    return out


def overlaps(words: str, match: str | None) -> bool:
    """Whether a finding's match and the label's words share text."""
    if not match:
        return False
    a, b = words.casefold(), match.casefold()
    return a in b or b in a or bool(set(a.split()) & set(b.split()))


def serious(found: Found) -> Found:
    """The findings that count: the three areas, warning or above."""
    return [f for f in found if f[0] in AREAS and f[1] != "info"]


def tally(
    cases: list[dict[str, Any]],
    results: list[Found],
    key: Callable[[dict[str, Any], dict[str, Any]], str],
) -> dict[str, tuple[int, int, int]]:
    """key → (labels, found in the area, found with the words)."""
    out: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for case, found in zip(cases, results, strict=True):
        for label in case["expect"]:
            row = out[key(case, label)]
            row[0] += 1
            same = [f for f in serious(found) if f[0] == label["area"]]
            row[1] += bool(same)
            row[2] += any(overlaps(label["words"], f[3]) for f in same)
    return {k: (v[0], v[1], v[2]) for k, v in out.items()}


def alarms(
    cases: list[dict[str, Any]], results: list[Found], key: Callable[[dict[str, Any]], str]
) -> dict[str, tuple[int, int]]:
    """key → (honest listings, those with a false alarm)."""
    out: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for case, found in zip(cases, results, strict=True):
        if not case["expect"]:
            row = out[key(case)]
            row[0] += 1
            row[1] += bool(serious(found))
    return {k: (v[0], v[1]) for k, v in out.items()}


def percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:5.1f} %" if whole else "    –  "


def table(title: str, cases: list[dict[str, Any]], sets: dict[str, list[Found]], key: Any) -> None:
    """Recall by `key`, a column pair a tool."""
    print(f"\n| {title} | labels | " + " | ".join(f"{n}: found | words" for n in sets) + " |")
    print("|---|---|" + "---|---|" * len(sets))
    rows = {n: tally(cases, r, key) for n, r in sets.items()}
    for name in sorted(next(iter(rows.values()))):
        cells = []
        total = 0
        for found in rows.values():
            total, hit, words = found[name]
            cells.append(f"{percent(hit, total)} | {percent(words, total)}")
        print(f"| {name} | {total} | " + " | ".join(cells) + " |")


def alarm_table(
    title: str, cases: list[dict[str, Any]], sets: dict[str, list[Found]], key: Any
) -> None:
    """False alarms on honest listings by `key`."""
    print(f"\n| {title} | honest | " + " | ".join(f"{n}: false alarms" for n in sets) + " |")
    print("|---|---|" + "---|" * len(sets))
    rows = {n: alarms(cases, r, key) for n, r in sets.items()}
    for name in sorted(next(iter(rows.values()))):
        total = next(iter(rows.values()))[name][0]
        cells = [percent(found[name][1], total) for found in rows.values()]
        print(f"| {name} | {total} | " + " | ".join(cells) + " |")


def precision(cases: list[dict[str, Any]], results: list[Found], area: str) -> tuple[int, int]:
    """(listings rightly flagged, listings flagged) in an area."""
    right = flagged = 0
    for case, found in zip(cases, results, strict=True):
        if any(f[0] == area for f in serious(found)):
            flagged += 1
            right += any(label["area"] == area for label in case["expect"])
    return right, flagged


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("set", help="the name of a file beside this one, or of its parts")
    parser.add_argument("--misses", action="store_true", help="list misses and false alarms")
    options = parser.parse_args()
    cases = load(options.set)
    if not cases:
        parser.error(f"there is no set called {options.set!r} in {HERE}")
    sets = {"listlint": by_listlint(cases), "word list": by_word_list(cases)}
    table("area", cases, sets, lambda c, e: e["area"])
    table("language", cases, sets, lambda c, e: c["lang"])
    table("disguise", cases, sets, lambda c, e: c["disguise"] or "none")
    alarm_table("context", cases, sets, lambda c: c["context"] or "plain")
    alarm_table("all", cases, sets, lambda c: "honest listings")
    print("\n| precision | " + " | ".join(sets) + " |\n|---|" + "---|" * len(sets))
    for area in AREAS:
        cells = [percent(*precision(cases, r, area)) for r in sets.values()]
        print(f"| {area} | " + " | ".join(cells) + " |")
    if options.misses:
        if options.set == HELD_OUT:
            parser.error("the held-out set is not for looking at")
        _misses(cases, sets["listlint"])


def _misses(cases: list[dict[str, Any]], results: list[Found]) -> None:
    blamed: Counter[str] = Counter()
    for case, found in zip(cases, results, strict=True):
        for label in case["expect"]:
            if not any(f[0] == label["area"] for f in serious(found)):
                print(
                    f"MISS {case['id']} {case['lang']} {case['marketplace']} {case['disguise']} "
                    f"{label['area']}/{label['concept']}: {label['words']!r} in {case['listing']['title']!r} "
                    f"brand={case['listing'].get('brand')!r} said={[(f[4], f[1], f[3]) for f in found]}"
                )
        if not case["expect"] and serious(found):
            said = [(f[4], f[1], f[3]) for f in serious(found)]
            blamed.update({f[4] for f in serious(found)})
            print(
                f"CRY  {case['id']} {case['lang']} {case['context']}: {said} in {case['listing']['title']!r} brand={case['listing'].get('brand')!r}"
            )
    print(blamed.most_common())


if __name__ == "__main__":
    main()
