"""A file of JSON values, each with a checksum of its own, of which a run reads the few that it needs.

Named sections, and one table of many small values by key. Every part is checked when it is read,
with a checksum that depends on the file's key: what is damaged, or was written for other policies,
is made anew and never used. Nothing in the file is ever executed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from mmap import mmap
from typing import Any
from zlib import crc32

MAGIC = b"listlint kept 2\n"
_DIGEST = 8
_BITS = 23
"""Of the filter that tells most keys that are not there, as a power of two."""

Buffer = bytes | mmap


class DamagedError(Exception):
    """The file is not what was written under its key."""


def _digest(data: Buffer, key: bytes) -> bytes:
    return blake2b(data, digest_size=_DIGEST, key=key).digest()


def _dump(value: Any) -> bytes:
    from pydantic_core import PydanticSerializationError, to_json

    try:
        return to_json(value)  # half of the time that `json` takes
    except PydanticSerializationError:  # half a character
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return text.encode("utf-8", "surrogatepass")


def _hash(key: str) -> int:
    return crc32(key.encode("utf-8", "surrogatepass"))


def _marked(number: int) -> tuple[int, int]:
    """The two bits of the filter that stand for a key of that number."""
    return number >> (32 - _BITS), (number * 2_654_435_769 & 0xFFFFFFFF) >> (32 - _BITS)


def pack(key: str, sections: Mapping[str, Any], table: Mapping[str, Any]) -> bytes:
    """The file's bytes: `sections` by name, `table` by key (all JSON), under the file's `key`."""
    secret = key.encode()
    buckets: list[dict[str, Any]] = [{} for _ in range(_buckets(len(table)))]
    mask = len(buckets) - 1
    bits = bytearray(1 << (_BITS - 3))
    for name, value in sorted(table.items()):
        number = _hash(name)
        buckets[number & mask][name] = value
        for bit in _marked(number):
            bits[bit >> 3] |= 1 << (bit & 7)
    body = bytearray()
    found: dict[str, list[Any]] = {}

    def add(name: str, data: Buffer) -> None:
        found[name] = [len(body), len(data), _digest(data, secret).hex()]
        body.extend(data)

    for name, value in sections.items():
        add(f"section {name}", _dump(value))
    offsets = [0]
    marks = bytearray()
    rows = bytearray()
    for bucket in buckets:
        data = _dump(bucket) if bucket else b""
        rows += data
        offsets.append(len(rows))
        marks += _digest(data, secret)
    add("bits", bytes(bits))
    add("offsets", b"".join(n.to_bytes(4, "little") for n in offsets))
    add("marks", bytes(marks))
    start = len(body)
    body += rows
    head = _dump({"key": key, "rows": start, "parts": found})
    return b"".join((MAGIC, len(head).to_bytes(4, "little"), _digest(head, secret), head, body))


def _buckets(count: int) -> int:
    """How many, so that each holds a few; a power of two."""
    return 1 << max(4, (count // 6).bit_length())


class Blocks:
    """Reads a file of blocks. `load(False)` gives its bytes, `load(True)` makes them anew."""

    def __init__(self, key: str, load: Callable[[bool], Buffer]) -> None:
        self._key = key
        self._secret = key.encode()
        self._load = load
        self._rows: dict[int, dict[str, Any]] = {}
        try:
            self._open(load(False))
        except DamagedError:
            self._open(load(True))

    def __reduce__(self) -> tuple[Callable[..., Blocks], tuple[str, bytes]]:
        return _from_bytes, (self._key, bytes(self._data))

    def _open(self, data: Buffer) -> None:
        self._data = data
        start = len(MAGIC) + 4 + _DIGEST
        size = int.from_bytes(data[start - _DIGEST - 4 : start - _DIGEST], "little")
        head = bytes(data[start : start + size])
        mark = bytes(data[start - _DIGEST : start])
        if bytes(data[: len(MAGIC)]) != MAGIC or _digest(head, self._secret) != mark:
            raise DamagedError
        found = json.loads(head)
        if found["key"] != self._key:
            raise DamagedError
        self._base = start + size
        self._parts: dict[str, list[Any]] = found["parts"]
        self._start = self._base + int(found["rows"])
        self._bits = self._part("bits")
        self._offsets = memoryview(self._part("offsets"))
        self._marks = self._part("marks")
        self._mask = len(self._marks) // _DIGEST - 1

    def _part(self, name: str) -> bytes:
        at, size, mark = self._parts[name]
        data = bytes(self._data[self._base + at : self._base + at + size])
        if _digest(data, self._secret).hex() != mark:
            raise DamagedError
        return data

    def _again(self) -> None:
        self._open(self._load(True))

    def holds(self, name: str) -> bool:
        """Whether there is a section of that name."""
        return f"section {name}" in self._parts

    def sections(self, name: str) -> Sequence[Any]:
        """The sections of that name: one, or one a layer (see `Layers`)."""
        return (self.section(name),)

    def every(self, key: str) -> Sequence[Any]:
        """What the table has under `key`: nothing, one value, or one a layer."""
        found = self.get(key)
        return () if found is None else (found,)

    def section(self, name: str) -> Any:
        """The section of that name."""
        try:
            data = self._part(f"section {name}")
        except DamagedError:
            self._again()
            data = self._part(f"section {name}")
        return json.loads(data)

    def get(self, key: str) -> Any:
        """What the table has under `key`; None where it has nothing."""
        number = crc32(key.encode("utf-8", "surrogatepass"))
        first, second = _marked(number)
        bits = self._bits
        if not bits[first >> 3] >> (first & 7) & 1 or not bits[second >> 3] >> (second & 7) & 1:
            return None
        number &= self._mask
        row = self._rows.get(number)
        if row is None:
            try:
                row = self._row(number)
            except DamagedError:
                self._again()
                row = self._row(number)
            self._rows[number] = row
        return row.get(key)

    def _row(self, number: int) -> dict[str, Any]:
        at = 4 * number
        first = int.from_bytes(self._offsets[at : at + 4], "little")
        last = int.from_bytes(self._offsets[at + 4 : at + 8], "little")
        data = bytes(self._data[self._start + first : self._start + last])
        at = _DIGEST * number
        if _digest(data, self._secret) != self._marks[at : at + _DIGEST]:
            raise DamagedError
        row: dict[str, Any] = json.loads(data) if data else {}
        return row


class Layers(Blocks):
    """Files of blocks as one. What only one of them has is found as in that; of what several have,
    `section` and `get` give the first's, and `sections` and `every` all."""

    def __init__(self, *layers: Blocks) -> None:
        self._layers = layers

    def __reduce__(self) -> tuple[Callable[..., Blocks], tuple[Any, ...]]:
        return Layers, self._layers

    def holds(self, name: str) -> bool:
        """See `Blocks`."""
        return any(layer.holds(name) for layer in self._layers)

    def sections(self, name: str) -> Sequence[Any]:
        """See `Blocks`."""
        return [layer.section(name) for layer in self._layers if layer.holds(name)]

    def every(self, key: str) -> Sequence[Any]:
        """See `Blocks`."""
        found = (layer.get(key) for layer in self._layers)
        return [value for value in found if value is not None]

    def section(self, name: str) -> Any:
        """See `Blocks`."""
        return next(layer.section(name) for layer in self._layers if layer.holds(name))

    def get(self, key: str) -> Any:
        """See `Blocks`."""
        return next(iter(self.every(key)), None)


def _from_bytes(key: str, data: bytes) -> Blocks:
    return Blocks(key, lambda again: data)
