"""The library of a run, from packs as they are kept on disk.

The shipped packs are kept in one file and packs beside them in a second that goes on where the first
ends, so that a change of one's own rule costs its own pack only. A file is keyed by the content of its
policies, by the file below it and by the program: what is damaged, foreign or stale is made anew.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from itertools import chain
from pathlib import Path

from listlint.kept.blocks import Blocks, Layers
from listlint.kept.data import LaterMapping, RuleData
from listlint.kept.files import key_of, opened
from listlint.kept.meta import KeptMeta
from listlint.model import PackInfo
from listlint.policy.library import Library, Profile, RuleSpec
from listlint.policy.paths import builtin

_PROGRAM = ("identifiers", "kept", "kinds", "match", "policy", "registers", "rules", "text")
"""Packages whose code has a say in what is kept."""


def kept_library(
    shipped: Sequence[Path],
    own: Sequence[Path],
    profiles: Mapping[str, Profile],
    waits: Callable[[], None],
) -> Library:
    """The packs and contexts of both. `waits` is called before the shipped ones are compiled.

    Raises `PolicyError` for what can't be compiled.
    """
    texts = set(_beside(str(builtin() / "text")))
    key = key_of(_read_by(shipped, texts), _PROGRAM)

    def make(key: str) -> bytes:
        waits()
        return _made(key, shipped, None)

    blocks = opened("packs", key, make)
    if own:
        above = key_of(_read_by(own, texts), _PROGRAM, below=key)
        blocks = Layers(blocks, opened("packs", above, partial(_made, files=own, below=blocks)))
    return library_of(blocks, profiles)


def _read_by(files: Sequence[Path], texts: Iterable[str]) -> list[str]:
    """All files that have a say in what is kept of `files`."""
    folders = {os.path.dirname(f) for f in files}
    beside = (path for folder in folders for path in _beside(folder))
    return sorted({*map(str, files), *beside, *texts})


def _made(key: str, files: Sequence[Path], below: Blocks | None) -> bytes:
    from listlint.kept.write import file_of
    from listlint.policy.load import Below, compile_files

    if below is None:
        return file_of(key, compile_files(files))
    heads, packs = below.section("heads"), below.section("packs")
    paths = {pack["id"]: pack["path"] for pack in packs}
    taken = Below(
        {head["code"]: paths[head["pack"]] for head in heads},
        {head["name"]: paths[head["pack"]] for head in heads},
        paths,
        frozenset(below.section("contexts")),
    )
    return file_of(key, compile_files(files, taken), below)


def _beside(folder: str) -> Iterator[str]:
    """The lists and the lists of words that packs of the folder may bring in."""
    for place, suffix in ((folder, ".csv"), (os.path.join(folder, "words"), ".toml")):
        with suppress(FileNotFoundError), os.scandir(place or ".") as entries:
            yield from (entry.path for entry in entries if entry.name.endswith(suffix))


def library_of(blocks: Blocks, profiles: Mapping[str, Profile]) -> Library:
    """What files of blocks hold, most of it read when it is asked for."""
    brands = LaterMapping(blocks, "brands")
    heads = enumerate(chain.from_iterable(blocks.sections("heads")))
    rules = [
        RuleSpec(
            KeptMeta.of(head, blocks, number), RuleData(blocks, number, head.get("run"), brands)
        )
        for number, head in heads
    ]
    rules.sort(key=lambda spec: spec.meta.code)
    packs = tuple(
        PackInfo(p["id"], p["version"], p["updated"], p["review_by"])
        for found in blocks.sections("packs")
        for p in found
    )
    return Library(packs, tuple(rules), LaterMapping(blocks, "contexts"), profiles)
