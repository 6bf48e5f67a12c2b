"""What files came to, kept by their content: an unchanged file is not checked again.

An entry is plain JSON under a key made of the file's content, the program, every policy file, the
chosen rules and the settings that bear on a finding. A damaged or foreign entry is passed over.
Entries appear under their name only when complete, so two runs may share the folder. Suppressions,
baselines and severities are decided after it and are not in it.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import listlint
from listlint import batch, model
from listlint.engine import KeyRow
from listlint.files import write_whole
from listlint.model import Text
from listlint.pipeline import Rows, SheetDone
from listlint.policy.cache import cache_folder
from listlint.policy.paths import builtin
from listlint.readers.interface import Note
from listlint.slotted import replace
from listlint.suppress import Ignore

if TYPE_CHECKING:
    from listlint.pipeline import Message
    from listlint.readers import Source
    from listlint.run import Prepared

_MAX_BYTES = 64 << 20
"""Larger files are not kept: a second look at them is rare."""
_MAX_ITEMS = 50_000
"""Findings and keys of one file; more are not kept, so that memory stays flat."""
_MAX_AGE = 14 * 86_400
_KINDS: dict[str, Any] = {
    kind.__name__: kind
    for kind in (
        Rows, SheetDone, Note, KeyRow, Ignore, Text, model.Finding, model.Location, model.Fix,
        model.Edit, model.Here, model.Source, model.SheetEntry, model.NotChecked, model.Severity,
        model.Confidence, model.Area, batch.Sheet, batch.Column,
    )
}  # fmt: skip
_REGISTER_KINDS = frozenset({"licences", "authorisations", "seller"})


class ResultCache:
    """The kept results of runs with one configuration."""

    def __init__(self, prepared: Prepared) -> None:
        self._prepared = prepared
        settings = prepared.settings
        # Plugins and registers may look at what no key can hold.
        self._on = settings.cache and not (
            settings.licences or settings.authorisations or settings.seller or settings.plugins
            or prepared.plugins.rules or prepared.plugins.readers
        )  # fmt: skip
        self._folder = cache_folder() / "results"

    def path_of(self, source: Source) -> Path | None:
        """Where the result of a file is or would be kept; None where it isn't."""
        if not self._on or source.temporary:
            return None
        try:
            if os.stat(source.path).st_size > _MAX_BYTES:
                return None
            with open(source.path, "rb") as file:
                content = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError:
            return None
        text = "\0".join((self._stamp, source.shown, content))
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        return self._folder / f"{digest[:40]}.json"

    @cached_property
    def _stamp(self) -> str:
        """Everything but the file that a result depends on."""
        settings = self._prepared.settings
        facts = [
            listlint.__version__, settings.as_of.isoformat(), *settings.marketplace, "",
            *settings.own_brands, "", repr(sorted(settings.columns.items())), *(s.meta.code for s in self._prepared.chosen), "",
            str(settings.max_memory), str(settings.max_cells), str(settings.timeout),
            str(any(o.sellers for o in settings.overrides)), os.path.abspath(settings.base),
        ]  # fmt: skip
        digest = hashlib.sha256("\0".join(facts).encode("utf-8", "surrogatepass"))
        roots = [Path(listlint.__file__).parent, builtin(), *self._prepared.plugins.policies]
        roots += [Path(settings.base) / p for p in settings.policies]
        for root in roots:
            for line in _files(root):
                digest.update(line.encode("utf-8", "surrogatepass"))
        return digest.hexdigest()

    def get(self, path: Path, first_number: int) -> list[Message] | None:
        """The messages kept there, their sheets numbered from `first_number`."""
        try:
            found = json.loads(path.read_text("utf-8"))
            if not isinstance(found, dict) or found.get("key") != path.stem:
                return None
            messages = [_numbered(_decoded(m), first_number) for m in found["messages"]]
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None
        with suppress(OSError):
            os.utime(path)
        return messages

    def put(self, path: Path, messages: Sequence[Message], first_number: int) -> None:
        """Keep the messages. Best effort: without a writable folder runs are only slower."""
        kept = [_encoded(_numbered(m, -first_number)) for m in messages]
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, json.dumps({"key": path.stem, "messages": kept}))
            self._tidy()

    def _tidy(self) -> None:
        """Delete what nobody asked for in a long while; now and then."""
        mark = self._folder / ".tidied"
        now = time.time()
        if mark.exists() and mark.stat().st_mtime > now - 86_400:
            return
        mark.touch()
        for old in self._folder.glob("*.json"):
            with suppress(OSError):
                if old.stat().st_mtime < now - _MAX_AGE:
                    old.unlink()


def _files(root: Path) -> Iterator[str]:
    """Name, size and time of every file that rules or code stand in."""
    if root.is_file():
        paths: Iterable[Path] = [root, *sorted(root.parent.glob("*.csv"))]
    else:
        paths = sorted(p for p in root.rglob("*") if p.suffix in (".py", ".toml", ".csv"))
    for path in paths:
        status = path.stat()
        yield f"{path}\0{status.st_size}\0{status.st_mtime_ns}\n"


def through(
    sources: Sequence[Source],
    caches: Sequence[ResultCache],
    sheets_per_file: int,
    check: Callable[[Sequence[int]], Iterator[tuple[int, Message]]],
) -> Iterator[tuple[int, Message]]:
    """The messages of all files in order: kept ones as they are, the others by `check(numbers)`."""
    paths = [cache.path_of(source) for source, cache in zip(sources, caches, strict=True)]
    found: dict[int, list[Message]] = {}
    for n, path in enumerate(paths):
        kept = caches[n].get(path, n * sheets_per_file) if path is not None else None
        if kept is not None:
            found[n] = kept
    fresh = check([n for n in range(len(sources)) if n not in found])
    waiting = next(fresh, None)
    for n, path in enumerate(paths):
        if n in found:
            yield from ((n, message) for message in found.pop(n))
            continue
        gathered: list[Message] | None = [] if path is not None else None
        items = 0
        while waiting is not None and waiting[0] == n:
            message = waiting[1]
            yield n, message
            items += len(message.findings) + len(message.keys) if isinstance(message, Rows) else 1
            if gathered is not None:
                gathered = [*gathered, message] if items <= _MAX_ITEMS and _keeps(message) else None
            waiting = next(fresh, None)
        if gathered and path is not None:
            caches[n].put(path, gathered, n * sheets_per_file)


def _keeps(message: Message) -> bool:
    """Whether the file may be kept: not where it died or timed out, or holds a register."""
    if isinstance(message, Note):
        return message.name not in ("timed-out", "out-of-memory", "reader-crashed")
    return isinstance(message, Rows) or message.entry.kind not in _REGISTER_KINDS


def _numbered(message: Message, by: int) -> Message:
    """The message with its sheets' numbers moved by `by`."""
    if isinstance(message, Rows):
        keys = [k._replace(sheet=k.sheet + by) for k in message.keys]
        return replace(message, keys=keys)
    if isinstance(message, SheetDone):
        sheet = replace(message.sheet, number=message.sheet.number + by)
        return replace(message, sheet=sheet)
    return message


def _encoded(value: Any) -> Any:
    """Plain JSON; kinds of our own are tagged with their names."""
    if isinstance(value, Enum):
        return {"is": type(value).__name__, "value": value.value}
    if hasattr(type(value), "__match_args__") and not isinstance(value, tuple):
        items = [_encoded(getattr(value, name)) for name in type(value).__match_args__]
        return {"is": type(value).__name__, "of": items}
    if isinstance(value, Text | KeyRow):
        return {"is": type(value).__name__, "of": list(value)}
    if isinstance(value, dict):
        return {"is": "dict", "of": [[_encoded(k), _encoded(v)] for k, v in value.items()]}
    if isinstance(value, list | tuple):
        return [_encoded(v) for v in value]
    return value


def _decoded(value: Any) -> Any:
    """What `_encoded` was given; sequences come back as tuples."""
    if isinstance(value, list):
        return tuple(_decoded(v) for v in value)
    if not isinstance(value, dict):
        return value
    name = value["is"]
    if name == "dict":
        return {_decoded(k): _decoded(v) for k, v in value["of"]}
    kind = _KINDS[name]
    return kind(value["value"]) if "value" in value else kind(*(_decoded(v) for v in value["of"]))
