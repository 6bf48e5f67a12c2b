"""What `listlint.spark` runs in the Python workers of a cluster: Arrow batches in, Arrow batches out.

A worker process builds its engine once, from the policies that were broadcast to it, and keeps it
for all tasks that it is given.
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

import pyarrow as pa

from listlint.batches import SheetCount, batches
from listlint.collect import Collector, Context
from listlint.engine import KeyRow
from listlint.model import Finding, Lang, Location
from listlint.parallel import is_large
from listlint.pipeline import Rows, SheetDone, asked, check_source, checked, unread
from listlint.readers import Death, Source, run_bounded
from listlint.readers.interface import Block
from listlint.readers.records import texts
from listlint.reporters.parquet import rows_of, schema
from listlint.run import Prepared, session_for
from listlint.slotted import field, replace, slotted
from listlint.worker import warm

if TYPE_CHECKING:
    from listlint.batch import Batch, Sheet
    from listlint.columns import Layout
    from listlint.pipeline import Message, Session

ROW = "__listlint_row"
"""The column that numbers the rows."""

FINDINGS = pa.schema([*schema(), ("_column", pa.int32())])
"""A finding of the report, and its 0-based column, which findings are ordered by."""
KEYS = pa.schema(
    [("rule", pa.string()), ("key", pa.string()), ("sheet", pa.int64()), ("number", pa.int64()),
     ("column", pa.int32()), ("payload", pa.string()), ("sku", pa.string())]
)  # fmt: skip
FILES = pa.schema(
    [("finding", pa.struct(list(FINDINGS))), ("key", pa.struct(list(KEYS))), ("sheet", pa.binary())]
)
"""What checking a file says, one of the three in each row; `sheet` is a pickled `Sheet`."""
_CHUNK = 5_000
_PASSING = frozenset({"suppression-expired", "suppression-unused", "suppression-refused"})
"""What only the whole of a run can say."""


@slotted(frozen=True, slots=True)
class Packed:
    """Everything that a run is made of, as bytes with their digest."""

    digest: str
    data: bytes

    @classmethod
    def of(cls, prepared: Prepared) -> Packed:
        """Pack it: done once, on the driver."""
        data = pickle.dumps(prepared, pickle.HIGHEST_PROTOCOL)
        return cls(hashlib.sha256(data).hexdigest(), data)


@slotted(slots=True)
class _Tools:
    prepared: Prepared
    session: Session
    warmed: bool = False

    def context(self) -> Context:
        """What decides; a new one, since it remembers what it has seen."""
        p = self.prepared
        codes = frozenset(s.meta.code for s in p.chosen)
        return Context(p.settings, p.library, lambda: self.session.engine, codes)

    def expect(self, path: str) -> None:
        """Build for a long file what the child that checks it, and those after it, then inherit."""
        if not self.warmed and is_large(path, 2):
            warm(self.session)
            self.warmed = True


_TOOLS: dict[str, _Tools] = {}


def tools_of(packed: Packed) -> _Tools:
    """The tools of this process, built when they are first wanted."""
    found = _TOOLS.get(packed.digest)
    if found is None:
        prepared: Prepared = pickle.loads(packed.data)
        # One set a process: a worker that serves another run begins anew.
        _TOOLS.clear()
        found = _TOOLS[packed.digest] = _Tools(prepared, session_for(prepared))
    return found


@slotted(frozen=True, slots=True)
class Table:
    """A DataFrame as a sheet. `names` are its columns in order; `numbered` says that the user named
    the column that numbers its rows; otherwise row numbers are not shown."""

    layout: Layout
    sheet: Sheet
    names: tuple[str, ...]
    numbered: bool
    lang: Lang = "en"
    sheets: dict[int, Sheet] = field(default_factory=dict)


# --- a DataFrame ---------------------------------------------------------------------------------


def _listings(
    records: Iterable[pa.RecordBatch], table: Table, session: Session
) -> Iterator[list[Batch]]:
    """The batches of listings in each Arrow batch."""
    for record in records:
        numbers = record.column(ROW).to_pylist()
        columns = [texts(record.column(name)) for name in table.names]
        rows = list(map(list, zip(*columns, strict=True)))
        kept = [(n, row) for n, row in zip(numbers, rows, strict=True) if any(row)]
        block = Block([n for n, _ in kept], [row for _, row in kept])
        count = SheetCount()
        yield list(batches(table.layout, table.sheet, [block], asked(session), count))


def check_table(
    records: Iterable[pa.RecordBatch], table: Table, packed: Packed
) -> Iterator[pa.RecordBatch]:
    """The findings in each Arrow batch, decided; their fingerprints are not numbered yet."""
    tools = tools_of(packed)
    source = Source(table.sheet.path, table.sheet.path)
    for found in _listings(records, table, tools.session):
        messages: list[Message] = [checked(batch, tools.session) for batch in found]
        kept = [replace(m, keys=[]) if isinstance(m, Rows) else m for m in messages]
        yield from _decided(kept, source, tools, table)


def keys_of_table(
    records: Iterable[pa.RecordBatch], table: Table, packed: Packed
) -> Iterator[pa.RecordBatch]:
    """The keys of rules across rows in each Arrow batch."""
    tools = tools_of(packed)
    for found in _listings(records, table, tools.session):
        keys = [key for batch in found for key in tools.session.engine.keys(batch)]
        yield from _as_keys(keys)


def conclude(
    records: Iterable[pa.RecordBatch], table: Table, packed: Packed
) -> Iterator[pa.RecordBatch]:
    """The findings of keys that met; equal (rule, key) come one after the other."""
    tools = tools_of(packed)
    engine = tools.session.engine
    keys = (KeyRow(**row) for record in records for row in record.to_pylist())
    found: list[Finding] = []
    for (rule, key), rows in groupby(keys, key=lambda k: (k.rule, k.key)):
        group = list(rows)
        if len(group) > 1:
            found += engine.conclude(rule, key, group, table.sheets)
        if len(found) >= _CHUNK:
            yield from _decided([Rows(found, [], 0)], Source("", ""), tools, table)
            found = []
    yield from _decided([Rows(found, [], 0)], Source("", ""), tools, table)


def _decided(
    messages: Sequence[Message], source: Source, tools: _Tools, table: Table
) -> Iterator[pa.RecordBatch]:
    context = tools.context()
    collector = Collector([context], [context])
    for message in messages:
        collector.take(0, source, message)
    findings = collector.report(tools.prepared.settings.as_of).findings
    yield from _as_findings(findings, table.lang, numbered=table.numbered)


def _as_findings(
    findings: Iterable[Finding], lang: Lang, *, numbered: bool
) -> Iterator[pa.RecordBatch]:
    kept = [f for f in findings if f.name not in _PASSING]
    rows = rows_of(kept, lang)
    for row, finding in zip(rows, kept, strict=True):
        row["_column"] = _column(finding.location)
        row["fingerprint"] = row["fingerprint"].partition(":")[0]
        if not numbered:
            row["cell"] = None
    if rows:
        yield pa.RecordBatch.from_pylist(rows, schema=FINDINGS)


def _column(place: Location) -> int:
    return -1 if place.column_index is None else place.column_index


def _as_keys(keys: Iterable[KeyRow]) -> Iterator[pa.RecordBatch]:
    rows = [k._asdict() for k in keys]
    if rows:
        yield pa.RecordBatch.from_pylist(rows, schema=KEYS)


# --- files ---------------------------------------------------------------------------------------


def check_files(
    records: Iterable[pa.RecordBatch], first_of: int, lang: Lang, packed: Packed
) -> Iterator[pa.RecordBatch]:
    """Each file (columns `number`, `path`, `shown`) as it is checked locally, in a child process.

    `first_of` is how many numbers of sheets a file has. Whatever is wrong with a file ends as its
    `FILE` findings; the task goes on with the next.
    """
    tools = tools_of(packed)
    for record in records:
        for row in record.to_pylist():
            yield from _file(
                row["number"], Source(row["path"], row["shown"]), first_of, lang, tools
            )


def _file(
    number: int, source: Source, first_of: int, lang: Lang, tools: _Tools
) -> Iterator[pa.RecordBatch]:
    context = tools.context()
    context.read_sidecar(source)
    collector = Collector([context], [context])
    tools.expect(source.path)

    def work(n: int) -> Iterator[Message]:
        return check_source(source, n * first_of, tools.session)

    for _, message in run_bounded(work, [number], tools.session.limits):
        if isinstance(message, Death):
            collector.take(0, source, message.note())
            collector.take(0, source, unread(source.shown))
            continue
        if isinstance(message, Rows):
            for keys in _as_keys(message.keys):
                yield _one_of("key", keys)
            collector.take(0, source, replace(message, keys=[]))
            continue
        if isinstance(message, SheetDone):
            yield pa.RecordBatch.from_pylist([{"sheet": pickle.dumps(message.sheet)}], schema=FILES)
        collector.take(0, source, message)
    findings = collector.report(tools.prepared.settings.as_of).findings
    for found in _as_findings(findings, lang, numbered=True):
        yield _one_of("finding", found)


def _one_of(name: str, record: pa.RecordBatch) -> pa.RecordBatch:
    """The rows as the column `name`, the others null."""
    columns = [
        record.to_struct_array() if f.name == name else pa.nulls(len(record), f.type) for f in FILES
    ]
    return pa.RecordBatch.from_arrays(columns, schema=FILES)
