"""A delimited text cut into ranges of bytes that are read apart, with the row numbers of the whole.

Where a range may begin is a guess by the parity of quotes; that it was right is proved afterwards:
a strict reader that began at a record's beginning and came to the end of its range without an
error, after as many records as were counted, shows that the next range begins with a record too.
"""

from __future__ import annotations

import csv
import io
from itertools import islice
from typing import TYPE_CHECKING

from listlint.readers import encoding
from listlint.readers.delimited import (
    BLOCK_ROWS,
    MAX_CELL,
    MAX_LINE,
    Lines,
    Tally,
    block_of,
    mended_blocks,
)
from listlint.slotted import slotted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from listlint.readers.dialect import TextForm
    from listlint.readers.interface import Block, Note

_APART = ("utf-8", "ascii", "cp125", "cp932", "cp949", "gb18030", "big5hkscs", "euc_jp", "latin")
"""Codecs without a state, in which the bytes of a line end and a quote are never half a character."""
_REST = bytes(set(range(256)) - set(b'\n"'))
_TRIES = 2_000
"""Line ends that are tried, from the end of a range backwards, for one outside quotes."""


@slotted(frozen=True, slots=True)
class TextRange:
    """Bytes `start:end` of a text; the first record is row `number`, and there are `records`.

    Without `end` and `records` it is the rest of the text, which is read with wrong quotes mended.
    """

    source: str
    form: TextForm
    start: int
    number: int
    end: int | None = None
    records: int | None = None


class NotARangeError(Exception):
    """The range does not begin or end with a record, or its quotes are wrong."""


def divisible(form: TextForm) -> bool:
    """Whether a text of this form can be cut at line ends."""
    return form.encoding.startswith(_APART) and form.layout.escape is None and form.layout.skip == 0


def survey(source: str, form: TextForm, size: int) -> Iterator[TextRange]:
    """Ranges of about `size` bytes that cover the whole text, in order.

    Reads ahead of the caller by one range; holds at most a few times `size` bytes. Where no
    record ends over a long way, the rest of the text is one range.
    """
    number, start, held = 1, 0, b""
    with open(source, "rb") as file:
        while chunk := file.read(size):
            held += chunk
            cut = _last_record_end(held)
            if cut is None:
                if len(held) > 4 * size:
                    break
                continue
            records = _count(held[:cut])
            yield TextRange(source, form, start, number, start + cut, records)
            start, number, held = start + cut, number + records, held[cut:]
    if held:
        yield TextRange(source, form, start, number)


def _last_record_end(data: bytes) -> int | None:
    """Just behind the last line end outside quotes, if the data begin outside."""
    quotes = data.count(b'"')
    end = len(data)
    for _ in range(_TRIES):
        at = data.rfind(b"\n", 0, end)
        if at < 0:
            return None
        quotes -= data.count(b'"', at, end)
        if quotes % 2 == 0:
            return at + 1
        end = at
    return None


def _count(data: bytes) -> int:
    """Line ends outside quotes."""
    marks = data.translate(None, _REST)
    return b"".join(marks.split(b'"')[::2]).count(b"\n")


def read(part: TextRange, tally: Tally, note: Callable[[Note], None]) -> Iterator[Block]:
    """The records of a range. Raises `NotARangeError` when the blocks so far mean nothing."""
    if part.end is None:
        with open(part.source, "rb") as file:
            file.seek(part.start)
            stream = io.TextIOWrapper(file, _codec(part), errors=encoding.LOSS_HANDLER, newline="")
            yield from mended_blocks(Lines(stream), part.form.layout, part.number, tally, note)
        return
    with open(part.source, "rb") as file:
        file.seek(part.start)
        data = file.read(part.end - part.start)
    if len(data) > MAX_LINE and max(map(len, data.split(b"\n"))) >= MAX_LINE:
        raise NotARangeError
    text = io.TextIOWrapper(
        io.BytesIO(data), _codec(part), errors=encoding.LOSS_HANDLER, newline=""
    )
    del data
    csv.field_size_limit(MAX_CELL)
    reader = csv.reader(text, delimiter=part.form.layout.delimiter, strict=True)
    number = part.number
    try:
        with tally.losses():
            while rows := list(islice(reader, BLOCK_ROWS)):
                block = block_of(rows, number, tally)
                number += len(rows)
                if block.rows:
                    yield block
    except csv.Error:
        raise NotARangeError from None
    if tally.records != part.records:
        raise NotARangeError


def _codec(part: TextRange) -> str:
    """A mark is one at the beginning of the text only."""
    name = part.form.encoding
    return "utf-8" if name == "utf-8-sig" and part.start else name
