"""Makes policies/ip/ordinary_words.csv: words that are one letter from a mark and mean something.

    pip install wordfreq && python benchmarks/ordinary_words.py

Takes the 60,000 most frequent words of each of seventeen languages from wordfreq (Robyn Speer,
Apache-2.0; its data under CC BY-SA 4.0) and keeps those that the rules IP249 and IP256 would take for a misspelling
of a brand of the list. Run it again whenever brands.csv or the rule's classes change.
"""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path

from wordfreq import top_n_list

from listlint.match.near import NearNames
from listlint.text.fold import fold

LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt", "pl", "sv", "cs", "tr", "id", "fi", "da", "ro", "hu", "ca")  # fmt: skip
WORDS = 60_000
FOLDER = Path(__file__).resolve().parent.parent / "policies" / "ip"


def main() -> None:
    pack = tomllib.loads((FOLDER / "misspelt.toml").read_text("utf-8"))
    classes = {
        c
        for rule in pack["rule"]
        if not rule["options"].get("torn")
        for c in rule["options"]["classes"]
    }
    with (FOLDER / "brands.csv").open(encoding="utf-8", newline="") as file:
        names = {fold(r["brand"]).strip() for r in csv.DictReader(file) if r["class"] in classes}
    near = NearNames(names, ())
    words = {fold(w).strip() for lang in LANGUAGES for w in top_n_list(lang, WORDS)}
    found = {
        word: name
        for word in words
        if word.isascii() and word.isalpha()
        for _, count, name in near.find([word])
        if count == 1
    }
    with (FOLDER / "ordinary_words.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["word", "near"])
        writer.writerows(sorted(found.items()))
    print(f"{len(found)} words")


if __name__ == "__main__":
    main()
