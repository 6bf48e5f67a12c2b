"""The library of a run, from packs as they are kept on disk.

The file is keyed by the content of every policy file and by the program: what is damaged, foreign or
stale is made anew.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from listlint.kept.blocks import Blocks
from listlint.kept.data import LaterMapping, RuleData
from listlint.kept.files import key_of, opened
from listlint.kept.meta import KeptMeta
from listlint.model import PackInfo
from listlint.policy.library import Library, Profile, RuleSpec
from listlint.policy.paths import builtin

_PROGRAM = ("identifiers", "kept", "kinds", "match", "policy", "registers", "rules", "text")
"""Packages whose code has a say in what is kept."""


def kept_library(files: Sequence[Path], profiles: Mapping[str, Profile]) -> Library:
    """The packs and contexts among `files`. Raises `PolicyError` where they must be compiled first."""
    folders = {os.path.dirname(f) for f in files}
    beside = {path for folder in folders for path in _beside(folder)}
    beside.update(_beside(str(builtin() / "text")))

    def make(key: str) -> bytes:
        from listlint.kept.write import file_of
        from listlint.policy.load import compile_files

        return file_of(key, compile_files(files))

    key = key_of(sorted({*map(str, files), *beside}), _PROGRAM)
    return library_of(opened("packs", key, make), profiles)


def _beside(folder: str) -> Iterator[str]:
    """The lists and the lists of words that packs of the folder may bring in."""
    for place, suffix in ((folder, ".csv"), (os.path.join(folder, "words"), ".toml")):
        with suppress(FileNotFoundError), os.scandir(place or ".") as entries:
            yield from (entry.path for entry in entries if entry.name.endswith(suffix))


def library_of(blocks: Blocks, profiles: Mapping[str, Profile]) -> Library:
    """What a file of blocks holds, most of it read when it is asked for."""
    brands = LaterMapping(blocks, "brands")
    rules = tuple(
        RuleSpec(
            KeptMeta.of(head, blocks, number), RuleData(blocks, number, head.get("run"), brands)
        )
        for number, head in enumerate(blocks.section("heads"))
    )
    packs = tuple(
        PackInfo(p["id"], p["version"], p["updated"], p["review_by"])
        for p in blocks.section("packs")
    )
    return Library(packs, rules, LaterMapping(blocks, "contexts"), profiles)
