"""Where keys of all rows wait until equal ones meet: packed, on disk, found again by their marks.

Most keys meet nothing. So whoever makes a key packs it and marks it with a short hash of rule and
key; the run only gathers packed keys and marks, looks for marks that occur twice, and unpacks
those. Equal marks are no proof: unpacked keys are compared themselves.
"""

from __future__ import annotations

import marshal
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from itertools import accumulate, groupby
from typing import IO, Any
from zlib import crc32

from listlint.engine import KeyRow

_MARK = "I"
_MARK_SIZE = array(_MARK).itemsize
_IN_MEMORY = 20_000
"""Keys that are worth no file."""
_FEW = 20_000
"""Keys up to which loading numpy does not pay."""
_CHUNK = 1 << 20
"""Marks that are read at once."""
_SLICE = 50_000
"""About so many keys are unpacked at once."""


class Keys:
    """The keys of a batch, packed; iterating unpacks them. Cheap to pickle and to store."""

    __slots__ = ("_data", "_marks", "_sizes")

    def __init__(self, marks: bytes, sizes: bytes, data: bytes) -> None:
        self._marks, self._sizes, self._data = marks, sizes, data

    @classmethod
    def of(cls, rows: Iterable[KeyRow]) -> Keys:
        """Pack them."""
        marks: list[int] = []
        packed: list[bytes] = []
        for row in rows:
            marks.append(crc32(f"{row[0]}\x1f{row[1]}".encode("utf-8", "surrogatepass")))
            packed.append(_packed(row))
        sizes = array(_MARK, map(len, packed))
        return cls(array(_MARK, marks).tobytes(), sizes.tobytes(), b"".join(packed))

    def __len__(self) -> int:
        return len(self._marks) // _MARK_SIZE

    def __iter__(self) -> Iterator[KeyRow]:
        at = 0
        for size in array(_MARK, self._sizes):
            yield _unpacked(self._data[at : at + size])
            at += size

    def __reduce__(self) -> tuple[Any, ...]:
        return Keys, (self._marks, self._sizes, self._data)

    def write(self, marks: IO[bytes], sizes: IO[bytes], data: IO[bytes]) -> None:
        """Append the three parts to files."""
        marks.write(self._marks)
        sizes.write(self._sizes)
        data.write(self._data)


def _packed(row: KeyRow) -> bytes:
    try:
        return marshal.dumps(tuple(row), 2)
    except ValueError:
        # A plugin's strings may be of a kind of their own; the format knows plain ones only.
        plain = (str(v) if isinstance(v, str) else int(v) for v in row)
        return marshal.dumps(tuple(plain), 2)


def _unpacked(data: bytes) -> KeyRow:
    return KeyRow(*marshal.loads(data))


class KeyStore:
    """Takes keys in any order, gives groups of equal (rule, key), each in sheet and row order.

    Memory stays flat however long the input is: keys and marks are on disk, `limit` marks are
    compared at once, and a group is the most that is unpacked beyond a slice.
    """

    def __init__(self, limit: int = _CHUNK) -> None:
        self._limit = limit
        self._count = 0
        self._files: tuple[IO[bytes], ...] = ()

    def add(self, rows: Iterable[KeyRow]) -> None:
        """Remember the keys."""
        keys = rows if isinstance(rows, Keys) else Keys.of(rows)
        if not len(keys):
            return
        if not self._files:
            self._files = BytesIO(), BytesIO(), BytesIO()
        keys.write(*self._files)
        self._count += len(keys)
        if self._count > _IN_MEMORY and isinstance(self._files[0], BytesIO):
            self._files = tuple(map(_on_disk, self._files))

    def groups(self) -> Iterator[tuple[str, str, list[KeyRow]]]:
        """(rule, key, rows) wherever two or more rows share a key; the store is empty afterwards.

        The groups come in an order that depends on the keys alone.
        """
        passes = -(-self._count // self._limit)
        for n in range(passes):
            few = self._count <= min(_FEW, self._limit)
            for places in self._few_suspects() if few else self._suspects(n, passes):
                rows = sorted(map(self._row, *places), key=_order)
                for (rule, key), same in groupby(rows, key=lambda r: (r.rule, r.key)):
                    group = list(same)
                    if len(group) > 1:
                        yield rule, key, group
        for file in self._files:
            file.close()
        self._files, self._count = (), 0

    def _row(self, start: int, size: int) -> KeyRow:
        data = self._files[2]
        data.seek(start)
        return _unpacked(data.read(size))

    def _few_suspects(self) -> Iterator[tuple[Sequence[int], Sequence[int]]]:
        """`_suspects` of all keys at once."""
        marks, sizes = (array(_MARK) for _ in range(2))
        for file, values in zip(self._files, (marks, sizes), strict=False):
            file.seek(0)
            values.frombytes(file.read())
        often = Counter(marks)
        starts = accumulate(sizes, initial=0)
        found = [
            (at, size)
            for mark, at, size in zip(marks, starts, sizes, strict=False)
            if often[mark] > 1
        ]
        if found:
            yield [at for at, _ in found], [size for _, size in found]

    def _suspects(self, n: int, passes: int) -> Iterator[tuple[Sequence[int], Sequence[int]]]:
        """(starts, sizes) of packed keys whose marks occur twice, of the marks whose turn it is.

        Equal marks come in one slice.
        """
        import numpy as np

        found = [self._of_pass(chunk, n, passes) for chunk in self._chunks()]
        marks, starts, sizes = (np.concatenate(parts) for parts in zip(*found, strict=True))
        order = np.argsort(marks, kind="stable")
        marks, starts, sizes = marks[order], starts[order], sizes[order]
        differs = np.flatnonzero(np.diff(marks)) + 1
        begins = np.concatenate(([0], differs))
        counts = np.diff(np.concatenate((begins, [len(marks)])))
        several = np.repeat(counts > 1, counts)
        marks, starts, sizes = marks[several], starts[several], sizes[several]
        at = 0
        while at < len(marks):
            last = marks[min(at + _SLICE, len(marks)) - 1]
            end = int(np.searchsorted(marks, last, side="right"))
            # In the order in which they stand in the file.
            near = np.argsort(starts[at:end], kind="stable") + at
            yield starts[near].tolist(), sizes[near].tolist()
            at = end

    @staticmethod
    def _of_pass(chunk: Any, n: int, passes: int) -> Any:
        return tuple(part[chunk[0] % passes == n] for part in chunk)

    def _chunks(self) -> Iterator[tuple[Any, Any, Any]]:
        """(marks, starts, sizes) of all keys, so many at once."""
        import numpy as np

        marks, lengths, _ = self._files
        marks.seek(0)
        lengths.seek(0)
        at = 0
        while found := marks.read(_CHUNK * _MARK_SIZE):
            sizes = np.frombuffer(lengths.read(len(found)), _MARK)
            ends = at + np.cumsum(sizes, dtype=np.int64)
            yield np.frombuffer(found, _MARK), ends - sizes, sizes
            at = int(ends[-1])


def _on_disk(buffer: IO[bytes]) -> IO[bytes]:
    """A file of the same content, deleted by the system when closed, even if the run is killed."""
    import tempfile

    file = tempfile.TemporaryFile()  # noqa: SIM115
    buffer.seek(0)
    file.write(buffer.read())
    return file


def _order(row: KeyRow) -> tuple[str, str, int, int, int]:
    return (row.rule, row.key, row.sheet, row.number, row.column)
