"""False alarms on real titles: how often listlint speaks up on listings that nearly all are honest.

    LISTLINT_SHARED=../shared python benchmarks/accuracy/titles.py [--sample 200 --seed 1] [--rule PRO101]

Reads `corpus/titles.parquet` (source, id, title, brand, category, description, lang) from the folder
that `LISTLINT_SHARED` names; needs pyarrow. Prints, by severity and by rule, the share of listings
with a finding of the areas prohibited, ip and behaviour, and a random sample to judge by reading.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections import Counter
from pathlib import Path

from listlint import api

AREAS = ("prohibited", "ip", "behaviour")
MARKETPLACE = {
    "en": "amazon.com", "de": "amazon.de", "fr": "amazon.fr", "es": "amazon.es", "it": "amazon.it",
    "ja": "amazon.co.jp", "zh": "taobao", "nl": "amazon.nl", "pl": "amazon.pl", "sv": "amazon.se",
}  # fmt: skip
BATCH = 2_000
SEED = 20261123


def corpus() -> list[dict[str, str]]:
    """All rows of the real titles."""
    import pyarrow.parquet as parquet

    path = Path(os.environ.get("LISTLINT_SHARED", "../shared")) / "corpus" / "titles.parquet"
    if not path.is_file():
        sys.exit(f"{path} is not there; set LISTLINT_SHARED")
    rows: list[dict[str, str]] = parquet.read_table(path).to_pylist()
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sample", type=int, default=0, help="print so many findings at random")
    parser.add_argument(
        "--rule", action="append", default=[], help="print every finding of this rule"
    )
    parser.add_argument("--seed", type=int, default=SEED, help="another seed draws another sample")
    parser.add_argument("--all-areas", action="store_true")
    options = parser.parse_args()
    rows = corpus()
    linter = api.Linter()
    by_lang: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        by_lang.setdefault(row["lang"] or "en", []).append(row)
    worst: Counter[str] = Counter()
    by_rule: Counter[tuple[str, str]] = Counter()
    by_lang_count: Counter[tuple[str, str]] = Counter()
    found: list[tuple[str, str, str, str, str, str]] = []
    start = time.perf_counter()
    for lang, items in by_lang.items():
        for at in range(0, len(items), BATCH):
            part = items[at : at + BATCH]
            listings = [
                {k: row[k] or "" for k in ("title", "brand", "category", "description")}
                for row in part
            ]
            severities: dict[int, str] = {}
            for f in linter.check_listings(listings, MARKETPLACE.get(lang, "shopify")):
                if f.area.value not in AREAS and not options.all_areas:
                    continue
                n = (f.location.row or 2) - 2
                by_rule[f.rule, f.severity.value] += 1
                severities[n] = min(severities.get(n, "zz"), f.severity.value, key=_rank)
                found.append(
                    (
                        f.rule,
                        f.severity.value,
                        lang,
                        f.match or "",
                        part[n]["title"],
                        part[n]["brand"] or "",
                    )
                )
            for severity in severities.values():
                worst[severity] += 1
                by_lang_count[lang, severity] += 1
    seconds = time.perf_counter() - start
    total = len(rows)
    for severity in ("error", "warning", "info"):
        print(
            f"{severity:<8} {worst[severity]:>6} of {total} listings  {100 * worst[severity] / total:.3f} %"
        )
    print(f"\n{total / seconds:,.0f} listings/s\n")
    for lang, items in sorted(by_lang.items()):
        shares = [
            f"{s} {100 * by_lang_count[lang, s] / len(items):.2f} %"
            for s in ("error", "warning", "info")
        ]
        print(f"{lang}: {len(items)} listings, " + ", ".join(shares))
    print()
    for (rule, severity), count in by_rule.most_common(60):
        print(f"{rule} {severity:<8} {count:>6}  {100 * count / total:.3f} %")
    loud = [x for x in found if x[1] != "info"]
    for item in (x for x in found if x[0] in options.rule):
        print("\t".join(item))
    if options.sample:
        random.seed(options.seed)
        for item in random.sample(loud, min(options.sample, len(loud))):
            print("\t".join(item))


def _rank(severity: str) -> int:
    return {"error": 0, "warning": 1, "info": 2}.get(severity, 9)


if __name__ == "__main__":
    main()
