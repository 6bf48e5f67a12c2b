"""Records: JSON lines, arrays of objects in a JSON document; Arrow values as text.

A document with several arrays has a sheet for each, by its path of names. The header is row 1, the
n-th record row n + 1. Nested keys are joined by `/`; a list fills as many columns of one name as its
longest member has.
"""

from __future__ import annotations

import json
import os
from functools import partial
from typing import TYPE_CHECKING, Any

from listlint.later import expression
from listlint.model import Text
from listlint.readers import encoding, notes
from listlint.readers.flat import Record, flat_blocks, widths_of
from listlint.readers.interface import Grid, Limits, Note
from listlint.readers.values import text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PRODUCT_KEYS = frozenset({"id", "name", "sku", "title"})
"""An object with one of these is a record, not the envelope of a list of them."""
_DEPTH = 4
"""Envelopes within each other."""
_MAX_LINE = 64_000_000
_SURROGATE = expression("[\ud800-\udfff]")


def json_grids(
    source: str, path: str, limits: Limits, note: Callable[[Note], None]
) -> Iterator[Grid]:
    """The sheet of JSON lines, or those of a JSON document; see `Reader.grids`."""
    found = encoding.detect(source)
    sheets: list[tuple[str | None, Callable[[], Iterator[Record]]]]
    if _is_lines(source, found.name):
        sheets = [(None, lambda: _lines(source, found.name))]
    else:
        # A document is held whole, as objects some ten times its size.
        if os.stat(source).st_size * 12 > limits.max_memory:
            raise notes.unreadable(
                notes.TOO_LARGE,
                "a JSON document of this size; write it as JSON lines",
                "JSON 文件过大，请改用 JSON Lines 格式",
            )
        sheets = [
            (name, partial(map, _flat, objects)) for name, objects in _document(source, found.name)
        ]
    if not found.is_unicode:
        note(Note(notes.ENCODING, Text(found.name, found.name)))
    for name, records in sheets:
        yield _grid(path, name, records, widths_of(records(), limits))


def _grid(
    path: str, name: str | None, records: Callable[[], Iterator[Record]], widths: dict[str, int]
) -> Grid:
    return Grid(path, name, "json", lambda: flat_blocks(records(), widths))


def _is_lines(source: str, codec: str) -> bool:
    """Whether the first line with text in it is an object of its own, and another one follows."""
    with open(source, encoding=codec, errors="replace") as stream:
        lines = (line for line in iter(lambda: stream.readline(_MAX_LINE), "") if line.strip())
        first, second = next(lines, ""), next(lines, "")
    try:
        return isinstance(_loads(first), dict) and second.lstrip()[:1] == "{"
    except ValueError:
        return False


def _loads(text: str) -> Any:
    # Numbers stay as written: a GTIN keeps its digits, a price its decimals.
    try:
        return json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except RecursionError as error:
        raise notes.unreadable(notes.UNSAFE, "JSON nested too deep", "JSON 嵌套过深") from error


def _lines(source: str, codec: str) -> Iterator[Record]:
    with open(source, encoding=codec, errors="replace") as stream:
        for number, line in enumerate(iter(lambda: stream.readline(_MAX_LINE), ""), 1):
            if not line.strip():
                continue
            try:
                found = _loads(line.removeprefix("\ufeff"))
            except ValueError as error:
                raise notes.unreadable(
                    notes.BROKEN,
                    f"line {number} is not JSON: {error}",
                    f"第 {number} 行不是 JSON：{error}",
                ) from error
            yield _flat(found)


def _document(source: str, codec: str) -> list[tuple[str | None, list[Any]]]:
    """The objects of a document: the array itself, or those of each array of objects in it."""
    with open(source, encoding=codec, errors="replace") as stream:
        text = stream.read().removeprefix("\ufeff")
    try:
        found = _loads(text)
    except ValueError as error:
        raise notes.unreadable(notes.BROKEN, f"not JSON: {error}", f"不是 JSON：{error}") from error
    if isinstance(found, list):
        return [(None, _with_header(found))]
    arrays = list(_arrays(found))
    if arrays:
        return [(name if len(arrays) > 1 else None, objects) for name, objects in arrays]
    for _ in range(_DEPTH):
        if not isinstance(found, dict):
            break
        inner = next((v for v in found.values() if isinstance(v, dict)), None)
        if inner is None or _PRODUCT_KEYS & found.keys():
            return [(None, [found])]
        found = inner
    raise notes.unreadable(
        notes.UNSUPPORTED, "JSON without a list of objects", "JSON 中没有对象列表"
    )


def _arrays(found: Any, where: str = "", depth: int = _DEPTH) -> Iterator[tuple[str, list[Any]]]:
    """The arrays of objects in envelopes, not in records, each with its path of names."""
    if not isinstance(found, dict) or not depth or _PRODUCT_KEYS & found.keys():
        return
    for key, value in found.items():
        name = whole(f"{where}/{key}" if where else key)
        if isinstance(value, list) and any(isinstance(v, dict) and v for v in value):
            yield name, value
        else:
            yield from _arrays(value, name, depth - 1)


def _with_header(found: list[Any]) -> list[Any]:
    """An array of arrays is a table whose first row is the header."""
    if len(found) > 1 and all(isinstance(row, list) for row in found):
        header = [text if isinstance(text, str) else str(text) for text in found[0]]
        return [dict(zip(header, row, strict=False)) for row in found[1:]]
    return found


def _flat(value: Any, name: str = "") -> Record:
    """The leaves of a value with their paths."""
    flat: Record = []
    waiting: list[tuple[str, Any]] = [(name, value)]
    while waiting:
        where, item = waiting.pop()
        if isinstance(item, dict):
            waiting.extend(
                (f"{where}/{key}" if where else str(key), v) for key, v in reversed(item.items())
            )
        elif isinstance(item, list | tuple):
            waiting.extend((where, v) for v in reversed(item))
        elif item is not None:
            text = item if isinstance(item, str) else text_of(item)
            flat.append((whole(where) or "value", whole(text)))
    return flat


def whole(text: str) -> str:
    """The text without halves of surrogate pairs, which no output could write."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def texts(column: Any) -> list[str]:
    """An Arrow array as text, in Arrow where that gives what a person sees."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    kind = column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_integer(kind):
        plain: list[str] = pc.fill_null(column.cast(pa.large_string()), "").to_pylist()
        return plain
    return [_leaf(value) for value in column.to_pylist()]


def _leaf(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list | dict):
        return "; ".join(text for _, text in _flat(value))
    return whole(value) if isinstance(value, str) else text_of(value)
