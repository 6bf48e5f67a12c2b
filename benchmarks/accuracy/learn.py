"""Learns what listings read like that break a policy: writes policies/learned/weights.csv.

    LISTLINT_SHARED=../shared python benchmarks/accuracy/learn.py
    LISTLINT_SHARED=../shared python benchmarks/accuracy/learn.py --without work7   # how well, unseen

Learns from the labelled sets to work with (never from the held-out one), from the examples of the
rules and the twins of their contexts, and from real titles and descriptions that no rule speaks of,
taken as honest (two in three of `corpus/titles.parquet` below `LISTLINT_SHARED` are left out, so that
they can still say something).
Needs `pip install 'listlint[learn]'`. `--without SET` writes nothing: it learns from all but that
set and prints, for some least log odds, how much of it is found by these weights alone.
"""

from __future__ import annotations

import argparse
import csv
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
from score import AREAS, HERE, load
from titles import corpus

from listlint import api
from listlint.match.scale import EXPONENT, FEWEST, TENTHS, Scale, stretches
from listlint.text.fold import fold, fold_cells
from listlint.text.traits import traits

FIELDS = ("title", "product_type", "bullet_points", "description", "search_terms")
HONEST = ""
STRENGTH = 60.0
"""The inverse of how much large weights are punished."""
SEEN_BY = 2
"""Texts that a trait must be in."""
LEAST = 1.0
"""A trait that weighs less than this in each area is left out."""
EVERY = 3
"""One real title of so many is learned from."""
PARTS = 8
"""Stretches of a real description that are learned from."""
POLICIES = HERE.parent.parent / "policies"
TARGET = POLICIES / "learned" / "weights.csv"


class Text(NamedTuple):
    """A stretch of text, folded, and the area that it breaks the policies of (or `HONEST`)."""

    folded: str
    area: str


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--without", metavar="SET", help="learn from all but this set and try it")
    options = parser.parse_args()
    sets = {name: load(name) for name in names()}
    left_out = sets.pop(options.without) if options.without else []
    texts = [text for cases in sets.values() for text in of_cases(cases)]
    texts += of_examples()
    texts += of_twins()
    texts += of_titles(learned=True)
    weights = learn(list(dict.fromkeys(texts)))
    if options.without:
        try_out(Scale(weights), left_out)
    else:
        write(weights)


def names() -> list[str]:
    """The labelled sets that may be learned from."""
    found = {re.sub(r"^(work\d*)-\d+$", r"\1", p.stem) for p in HERE.glob("work*.jsonl")}
    found |= {f"pool/{p.stem}" for p in (HERE / "pool").glob("*.jsonl")}
    return sorted(found)


def cells(listing: Mapping[str, Any]) -> list[str]:
    """The texts of a listing that are looked at."""
    values = (listing.get(field, ()) for field in FIELDS)
    return [str(t) for v in values for t in (v if isinstance(v, list | tuple) else (v,)) if t]


def pieces(text: str) -> Iterator[str]:
    """The stretches of a text that are weighed, folded."""
    words = fold_cells([text])[0].split()
    for first, last in stretches(len(words)):
        yield " ".join(words[first:last])


def areas_of(listings: Sequence[Mapping[str, Any]]) -> dict[int, str]:
    """Number of a listing → the first area of which rules speak there; what was learned is not asked."""
    linter = api.Linter()
    learned = {spec.meta.code for spec in linter.library.rules if spec.meta.kind == "learned"}
    areas: dict[int, str] = {}
    for f in linter.check_listings(listings):
        if f.area.value in AREAS and f.severity.value != "info" and f.rule not in learned:
            areas.setdefault((f.location.row or 2) - 2, f.area.value)
    return areas


def of_cases(cases: Iterable[Mapping[str, Any]]) -> Iterator[Text]:
    """Of listings that break a policy the texts that do; of honest ones all."""
    for case in cases:
        for text in cells(case["listing"]):
            area = HONEST
            for label in case["expect"]:
                if label["words"] in text:
                    area = label["area"]
                    words = fold(label["words"]).strip()
            if area == HONEST and case["expect"]:
                continue
            for piece in pieces(text):
                if area == HONEST or words in piece or piece in words:
                    yield Text(piece, area)


def of_examples() -> Iterator[Text]:
    """The examples of the rules that are about words; honest ones only if no rule speaks of them."""
    good: list[dict[str, Any]] = []
    for spec, examples in rules_with_examples():
        for kind, example in examples:
            for listing in example.get("rows") or [example.get("listing", {})]:
                if kind == "good":
                    good.append(listing)
                elif spec.meta.area.value in AREAS:
                    texts = cells(listing)
                    match = example.get("match")
                    for text in texts:
                        if len(texts) == 1 or (match and match in text):
                            yield from (Text(p, spec.meta.area.value) for p in pieces(text))
    spoken = areas_of(good)
    for n, listing in enumerate(good):
        if n not in spoken:
            yield from (Text(p, HONEST) for text in cells(listing) for p in pieces(text))


def of_twins() -> Iterator[Text]:
    """What the tests of contexts hold against each other: honest listings, and offences beside them."""
    told: dict[str, str] = {}
    for name, column in (("contexts", "quiet"), ("lookalikes", "title"), ("contexts", "twin")):
        with (POLICIES.parent / "tests" / f"{name}.csv").open("r", encoding="utf-8") as file:
            told |= {row[column]: column for row in csv.DictReader(file)}
    listings = [_listing(text) for text in told]
    areas = areas_of(listings)
    for n, (listing, column) in enumerate(zip(listings, told.values(), strict=True)):
        if (column == "twin") is (n in areas):
            texts = cells(listing)[1:] if n in areas else cells(listing)
            for text in texts or cells(listing):
                yield from (Text(p, areas.get(n, HONEST)) for p in pieces(text))


def _listing(told: str) -> dict[str, str]:
    """A listing of those tables: its title, and further fields behind ` || field: `."""
    title, *more = told.split(" || ")
    parts = (part.partition(":") for part in more)
    return {"title": title, **{name: value.strip() for name, _, value in parts}}


def rules_with_examples() -> Iterator[tuple[api.RuleSpec, list[tuple[str, dict[str, Any]]]]]:
    """The shipped rules, each with its examples as (bad or good, example)."""
    specs = {spec.meta.code: spec for spec in api.Linter().library.rules}
    for path in sorted(POLICIES.glob("*/*.toml")):
        if path.parent == TARGET.parent:
            continue  # what was learned is not learned from
        for rule in tomllib.loads(path.read_text("utf-8")).get("rule", ()):
            if rule.get("code") in specs:
                shown = [(kind, e) for kind in ("bad", "good") for e in rule.get(kind, ())]
                yield specs[rule["code"]], shown


def of_titles(learned: bool) -> Iterator[Text]:
    """Real titles, and stretches of descriptions, that no rule speaks of."""
    rows = [
        {key: row[key] or "" for key in ("title", "brand", "category", "description")}
        for row in corpus()
        if (crc32((row["title"] or "").encode()) % EVERY == 0) is learned
    ]
    spoken = areas_of(rows)
    for n, row in enumerate(rows):
        if n not in spoken:
            yield from (Text(p, HONEST) for p in pieces(row["title"]))
            parts = list(pieces(row["description"]))
            yield from (Text(p, HONEST) for p in parts[:: max(1, len(parts) // PARTS)])


def learn(texts: Sequence[Text]) -> dict[str, Any]:
    """The weights (see `listlint.match.scale.Scale`) that tell the texts apart best."""
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    counted = [Counter(traits(text.folded)) for text in texts]
    seen = Counter(trait for found in counted for trait in found)
    columns = {t: n for n, t in enumerate(sorted(t for t, n in seen.items() if n >= SEEN_BY))}
    ends, places, values = [0], [], []
    for found in counted:
        size = max(found.total(), FEWEST) ** EXPONENT
        for trait, times in found.items():
            if trait in columns:
                places.append(columns[trait])
                values.append(times / size)
        ends.append(len(places))
    matrix = csr_matrix((values, places, ends), shape=(len(texts), len(columns)))
    model = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=400)
    model.fit(matrix, [text.area for text in texts])
    rows = dict(zip(model.classes_, zip(model.coef_, model.intercept_, strict=True), strict=True))
    none, base = rows[HONEST]
    table = np.round([(rows[a][0] - none) * TENTHS for a in AREAS]).astype(int).T
    start = [round((rows[a][1] - base) * TENTHS) for a in AREAS]
    print(
        f"{len(texts)} texts: {Counter(t.area or 'honest' for t in texts)}; {len(columns)} traits"
    )
    heavy = {
        trait: table[n].tolist()
        for trait, n in columns.items()
        if np.abs(table[n]).max() >= LEAST * TENTHS
    }
    return {"areas": AREAS, "start": start, "traits": heavy}


def write(weights: Mapping[str, Any]) -> None:
    """Write the weights as a list that packs read."""
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(["trait", *weights["areas"]])
        for trait, found in [("", weights["start"]), *weights["traits"].items()]:
            lines.writerow([trait, *(f"{w / TENTHS:g}" if w else "" for w in found)])
    print(f"{TARGET}: {len(weights['traits'])} traits")


def try_out(scale: Scale, cases: Sequence[Mapping[str, Any]]) -> None:
    """What of the cases these weights find by themselves, and how many honest ones they cry about."""
    odds = [
        {area: max((r.odds for r in found if r.area == area), default=0.0) for area in AREAS}
        for found in (scale.readings(fold_cells(cells(case["listing"]))).values() for case in cases)
    ]
    titles = [text.folded for text in of_titles(learned=False)]
    real = Counter(
        (r.area, least)
        for r in scale.readings(titles).values()
        for least in LEASTS
        if r.odds >= least
    )
    print(
        "| area | least | found | honest listings cried about | real titles |\n|---|---|---|---|---|"
    )
    for area in AREAS:
        wrong = [
            o
            for o, c in zip(odds, cases, strict=True)
            if any(e["area"] == area for e in c["expect"])
        ]
        honest = [o for o, c in zip(odds, cases, strict=True) if not c["expect"]]
        for least in LEASTS:
            found, cried = (sum(o[area] >= least for o in part) for part in (wrong, honest))
            print(
                f"| {area} | {least} | {found} of {len(wrong)} | {cried} of {len(honest)} "
                f"| {100 * real[area, least] / len(titles):.3f} % |"
            )


LEASTS = (1.5, 2.0, 2.5, 3.0, 3.5, 4.0)


if __name__ == "__main__":
    main()
