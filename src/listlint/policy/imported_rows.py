"""The rows of a list that somebody downloaded: CSV, JSON, XML or a word a line, as canonical columns.

Which headers mean what is data: `policies/imports/kinds.toml`.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from listlint.policy.errors import PolicyError
from listlint.slotted import slotted

MAX_BYTES = 256 << 20
"""No public list comes near; what is larger is some other file."""
MAX_CELL = 1 << 20
"""Code points of one cell of a CSV."""
_SEPARATORS = ",;\t|"
_ABOVE = 3
"""So many rows may stand above the header: the day of the list, a title."""
_NOTHING = frozenset(("", "0", "na", "n/a", "-"))
"""What parts of a name say that are not there."""
_END_OF_FILE = "\x1a"
"""What DOS ended files with; OFAC's still do."""


@slotted(frozen=True, slots=True)
class Row:
    """One entry: where it stands ("row 5", or "record 5" of JSON) and its values."""

    place: str
    values: Mapping[str, tuple[str, ...]]
    """Canonical column → its values, without empty ones."""

    def first(self, column: str) -> str:
        """The first value of a column, or ""."""
        found = self.values.get(column, ())
        return found[0] if found else ""


def read_rows(path: Path, kind: Mapping[str, Any], given: Mapping[str, str]) -> list[Row]:
    """The entries of the file; `given` is canonical column → header, where the user says so.

    Raises `PolicyError`: one line with file, row and what to do.
    """
    unknown = [name for name in given if name not in kind["columns"]]
    if unknown:
        raise PolicyError(
            f"--column {unknown[0]}: this kind has the columns {', '.join(kind['columns'])}"
        )
    text = _text(path)
    if text.lstrip()[:1] in ("[", "{"):
        return list(_json_rows(path, text, kind, given))
    if text.lstrip()[:1] == "<":
        from listlint.policy.imported_xml import records

        found = records(path, text, lambda leaves: _is_entry(leaves, kind, given))
        return list(_records(path, found, kind, given))
    if "headerless" in kind and path.suffix.lower() not in (".csv", ".tsv") and not given:
        return list(_lines(text, kind))
    return list(_csv_rows(path, text, kind, given))


def _text(path: Path) -> str:
    """The file as text; an old encoding is recognised as the readers of sheets do."""
    from listlint.readers import encoding
    from listlint.readers.sniff import kind_of

    try:
        if path.is_dir():
            raise PolicyError(f"{path}: a folder; name the file that was downloaded")
        if path.stat().st_size > MAX_BYTES:
            raise PolicyError(f"{path}: larger than {MAX_BYTES >> 20} MB; is it the right file?")
        data = path.read_bytes()
        found = encoding.detect(str(path))
    except OSError as error:
        raise PolicyError(f"{path}: can't be read: {error.strerror}") from None
    what = kind_of(data[:4096])
    if what not in ("text", "json", "xml", "empty"):
        raise PolicyError(f"{path}: {what}, not CSV, JSON, XML or text; save it as CSV (UTF-8)")
    try:
        text = data.decode(found.name)
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        raise PolicyError(
            f"{path}: row {row}: not readable as {found.name}; save it as CSV (UTF-8)"
        ) from None
    text = text.removeprefix("\ufeff").rstrip(_END_OF_FILE + "\r\n")
    if "\0" in text:
        row = text.count("\n", 0, text.index("\0")) + 1
        raise PolicyError(f"{path}: row {row}: a NUL character; download the file again")
    if not text.strip():
        raise PolicyError(f"{path}: nothing is in it; download the file again")
    return text


def _clean(value: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in value).split())


def _key(header: str) -> str:
    return re.sub(r"[\W_]+", "", header.casefold())


def _wanted(kind: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, list[str]]:
    """Canonical column → keys of its headers, the one that the user gave alone where one was given."""
    return {
        name: [_key(given[name])] if name in given else [_key(h) for h in headers]
        for name, headers in kind["columns"].items()
    }


def _lines(text: str, kind: Mapping[str, Any]) -> Iterator[Row]:
    (column,) = kind["headerless"]["columns"]
    heads = {_key(h) for h in kind["columns"][column]}
    for number, line in enumerate(text.splitlines(), 1):
        value = _clean(line)
        if not value or value.startswith(("#", "//")) or (number == 1 and _key(value) in heads):
            continue
        yield Row(f"row {number}", {column: (value,)})


def _csv_rows(
    path: Path, text: str, kind: Mapping[str, Any], given: Mapping[str, str]
) -> Iterator[Row]:
    cells = _cells(path, text)
    wanted = _wanted(kind, given)
    above = [row for _, row in zip(range(_ABOVE + 1), cells, strict=False)]
    at = next((n for n, (_, h) in enumerate(above) if _is_head(h, kind, wanted)), 0)
    number, head = above[at]
    cells = _chain(above[at + 1 :], cells)
    keys = [_key(h) for h in head]
    places = {
        name: next(keys.index(w) for w in names if w in keys)
        for name, names in wanted.items()
        if any(w in keys for w in names)
    }
    parts = _parts_of(kind, keys, places, given)
    empty, bare = "", False
    layout = kind.get("headerless")
    missing = [name for name in given if name not in places]
    if layout and not given and not parts and not any(n in places for n in kind["needs"]):
        bare = layout["first"] == "any" or head[0].strip().isdigit()
        if bare:
            places, empty = dict(layout["columns"]), layout["empty"]
    if missing or not (parts or any(n in places for n in kind["needs"])):
        _no_column(path, number, missing or kind["needs"], given, head)
    rows = cells if not bare else _chain([(number, head)], cells)
    for number, row in rows:
        if len(row) > len(head) and any(map(str.strip, row[len(head) :])):
            raise PolicyError(
                f"{path}: row {number}: {len(row)} cells where the first row has {len(head)}; "
                "put a value with a separator in it between quotes"
            )
        if bare and max(places.values()) >= len(row) and any(map(str.strip, row)):
            raise PolicyError(
                f"{path}: row {number}: {len(row)} cells, too few for this layout; "
                "download the file again, or give it a header row"
            )
        values = {
            name: (value,)
            for name, at in places.items()
            if at < len(row) and (value := _cell(row[at], empty))
        }
        if parts:
            whole = _joined(*([row[n] for n in names if n < len(row)] for names in parts))
            if whole:
                values["name"] = (whole,)
        if values:
            yield Row(f"row {number}", values)


def _chain(
    first: Sequence[tuple[int, list[str]]], rest: Iterator[tuple[int, list[str]]]
) -> Iterator[tuple[int, list[str]]]:
    yield from first
    yield from rest


def _is_head(row: Sequence[str], kind: Mapping[str, Any], wanted: Mapping[str, list[str]]) -> bool:
    """Whether one of the columns that must be there is named in the row."""
    keys = {_key(h) for h in row}
    names = [w for need in kind["needs"] for w in wanted[need]]
    names += map(_key, kind.get("parts", {}).get("last", ()))
    names += map(_key, kind.get("parts", {}).get("first", ())[:1])
    return any(w in keys for w in names)


def _parts_of(
    kind: Mapping[str, Any], keys: Sequence[str], known: Container[str], given: Mapping[str, str]
) -> tuple[list[Any], list[Any]] | None:
    """Where the parts of a name stand, first and last, when no column has the name whole."""
    parts = kind.get("parts")
    if not parts or "name" in known or "name" in given:
        return None
    first, last = (
        [keys.index(k) for k in map(_key, parts[end]) if k in keys] for end in ("first", "last")
    )
    return (first, last) if first or last else None


def _joined(first: Iterable[str], last: Iterable[str]) -> str:
    """A name of its parts, as "LAST, First Second" where it has both."""
    said = [
        " ".join(part for part in map(_clean, names) if part.lower() not in _NOTHING)
        for names in (last, first)
    ]
    return ", ".join(filter(None, said))


def _cell(value: str, empty: str) -> str:
    # Line ends part the values of a cell that holds several.
    lines = [c for c in map(_clean, value.splitlines()) if c]
    text = "\n".join(lines)
    return "" if text == empty else text


def _no_column(
    path: Path, number: int, names: Sequence[str], given: Mapping[str, str], head: Sequence[str]
) -> None:
    shown = ", ".join(repr(_clean(h)) for h in head[:12])
    if given and names[0] in given:
        raise PolicyError(
            f"{path}: row {number}: no column is called {given[names[0]]!r}; there are {shown}"
        )
    raise PolicyError(
        f"{path}: row {number}: no column for {' or '.join(names)} among {shown}; "
        f"say which it is with --column {names[0]}=HEADER"
    )


def _cells(path: Path, text: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with the line each begins on. Rows that are all blank are passed over."""
    top = "\n".join([line for line in text.splitlines() if line.strip()][: _ABOVE + 1])
    separator = max(_SEPARATORS, key=top.count)
    before = csv.field_size_limit(MAX_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 1
    try:
        for row in reader:
            if any(map(str.strip, row)):
                yield number, row
            number = reader.line_num + 1
    except csv.Error as error:
        raise PolicyError(
            f"{path}: row {number}: not valid CSV ({error}); save it as CSV (UTF-8) again"
        ) from None
    finally:
        csv.field_size_limit(before)


def _json_rows(
    path: Path, text: str, kind: Mapping[str, Any], given: Mapping[str, str]
) -> Iterator[Row]:
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise PolicyError(
            f"{path}: row {error.lineno}: not valid JSON ({error.msg}); download the file again"
        ) from None
    except RecursionError:
        raise PolicyError(f"{path}: JSON nested too deep; is it the right file?") from None
    if isinstance(data, dict):
        lists = [v for v in data.values() if isinstance(v, list)]
        data = lists[0] if len(lists) == 1 and not _columns_of(data, kind, given) else [data]
    yield from _records(path, data, kind, given)


def _records(
    path: Path, data: Sequence[Any], kind: Mapping[str, Any], given: Mapping[str, str]
) -> Iterator[Row]:
    known = False
    heads: dict[str, None] = {}
    wanted = _wanted(kind, given)
    for number, record in enumerate(data, 1):
        if not isinstance(record, dict):
            raise PolicyError(
                f"{path}: record {number}: not an object; a list of records is wanted"
            )
        leaves: dict[str, list[str]] = {}
        _leaves(record, "", leaves)
        heads.update(dict.fromkeys(leaves))
        by_key = {_key(name): found for name, found in leaves.items()}
        values = {
            name: tuple(v for w in names for v in by_key.get(w, ()))
            for name, names in wanted.items()
        }
        keys = list(by_key)
        if parts := _parts_of(kind, keys, (), given):
            whole = _joined(*([v for n in names for v in by_key[keys[n]]] for names in parts))
            values["name"] = (*filter(None, (whole,)), *values["name"])
        known = known or _is_entry(leaves, kind, given)
        if any(values.values()):
            yield Row(f"record {number}", {name: found for name, found in values.items() if found})
    if not known:
        _no_column(path, 1, list(given) or kind["needs"], given, list(heads))


def _columns_of(
    record: Mapping[str, Any], kind: Mapping[str, Any], given: Mapping[str, str]
) -> bool:
    """Whether an object is a record itself, not what records are wrapped in."""
    leaves: dict[str, list[str]] = {}
    _leaves(record, "", leaves)
    return _is_entry(leaves, kind, given)


def _is_entry(leaves: Iterable[str], kind: Mapping[str, Any], given: Mapping[str, str]) -> bool:
    """Whether these paths of a record hold one of the columns that must be there."""
    return _is_head(list(leaves), kind, _wanted(kind, given))


def _leaves(value: Any, path: str, into: dict[str, list[str]]) -> None:
    """Every text and number of a record under its dotted path; lists do not count as a step."""
    if isinstance(value, dict):
        for name, inner in value.items():
            _leaves(inner, f"{path}.{name}" if path else str(name), into)
    elif isinstance(value, list):
        for inner in value:
            _leaves(inner, path, into)
    else:
        cell = "" if value is None or isinstance(value, bool) else _cell(str(value), "")
        found = into.setdefault(path, [])
        if cell:
            found.append(cell)
