"""The way from files to a report: read → map columns → batch → check, sheet by sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING, Literal, TypeVar, cast

from listlint.batch import Batch, Column, Sheet, column_letters
from listlint.batches import SheetCount, batches
from listlint.columns import REASONS, Layout, recognise
from listlint.counters import WORK
from listlint.engine import Engine, KeyRow
from listlint.exposure import exposure
from listlint.keystore import Keys
from listlint.later import expression
from listlint.model import Edit, Exposure, Finding, Location, SheetEntry, Text
from listlint.readers import notes, open_source
from listlint.readers.interface import Block, Grid, Limits, Note, UnreadableError
from listlint.registers import Registers
from listlint.slotted import field, replace, slotted
from listlint.suppress import Ignore

if TYPE_CHECKING:
    from pathlib import Path

    from listlint.columns import ColumnLibrary
    from listlint.policy.library import Library
    from listlint.readers import Source

M = TypeVar("M")
RegisterKind = Literal["licences", "authorisations", "seller"]

SHEETS_PER_FILE = 10_000
"""Sheets are numbered by file and sheet; no workbook holds more."""
HEAD_ROWS = 200
"""Rows a sheet is recognised by."""


@slotted(frozen=True, slots=True)
class SheetDone:
    """A sheet came to its end: its entry in the report, and what places in it need later."""

    entry: SheetEntry
    sheet: Sheet


@slotted(frozen=True, slots=True)
class Rows:
    """What one batch came to."""

    findings: list[Finding]
    keys: list[KeyRow] | Keys
    rows: int
    ignores: tuple[Ignore, ...] = ()
    sellers: Mapping[tuple[str, str | None, int], tuple[str, ...]] = field(default_factory=dict)
    """(file, sheet, row) → what the seller of that row is called; only where the settings ask."""
    exposure: Exposure = field(default_factory=dict)
    """Price and stock of the rows with findings, where the sheet has both."""


Message = SheetDone | Rows | Note
"""What checking a file says, in order; all picklable."""


@slotted(slots=True)
class Session:
    """What checking needs, built once and shared by all files (and inherited by workers)."""

    engine: Engine
    columns: ColumnLibrary
    limits: Limits
    marketplaces: tuple[str, ...] = ()
    """Given by the user: wins over what the file says."""
    by_seller: bool = False
    """Whether the settings tell sellers apart."""
    registers: Registers = field(default_factory=Registers)
    rebuild: Callable[[], Session] | None = None
    """Makes the same session in another process, where it can't be inherited."""

    def __reduce__(self) -> tuple[Callable[..., Session], tuple[object]]:
        return _rebuilt, (self.rebuild,)


def _rebuilt(rebuild: Callable[[], Session]) -> Session:
    return rebuild()


@slotted(slots=True)
class OpenSheet:
    """A sheet that was recognised and not yet checked."""

    grid: Grid
    layout: Layout
    head: list[tuple[int, list[str]]]
    rest: Iterator[Block]
    number: int


def check_source(source: Source, first_number: int, session: Session) -> Iterator[Message]:
    """All that one file has to say. `first_number` numbers its sheets."""
    return read_source(source, first_number, session, checked)


def read_source(
    source: Source, first_number: int, session: Session, check: Callable[[Batch, Session], M]
) -> Iterator[Message | M]:
    """`check_source` with what `check` makes of each batch in the place of its `Rows`."""
    said: list[Note] = []
    sheets: list[OpenSheet] = []
    registers = session.registers
    try:
        for grid in open_source(source.path, source.shown, session.limits, said.append):
            opened = recognise_grid(grid, first_number + len(sheets), session.columns)
            yield from _drain(said)
            sheets.append(opened)
            if opened.layout.kind in ("licences", "authorisations", "seller"):
                registers = registers.merge(_register(opened))
    except UnreadableError as error:
        said.append(error.note)
    yield from _drain(said)
    if not sheets:
        yield unread(source.shown)
    session.engine.run = replace(session.engine.run, registers=registers)
    yield from _noted(source, sheets)
    for opened in sheets:
        try:
            yield from _check_sheet(opened, session, check)
        except UnreadableError as error:
            yield replace(error.note, sheet=opened.grid.name)
            yield unread(source.shown, opened.grid.name)
        yield from _drain(said)


def _drain(said: list[Note]) -> Iterator[Note]:
    yield from said
    said.clear()


def unread(path: str, sheet: str | None = None) -> SheetDone:
    """The entry of a file or sheet of which nothing could be read."""
    entry = SheetEntry(path, sheet, None, (), 0, {}, (), (), kind="unread")
    return SheetDone(entry, Sheet(path, sheet, "unread", ()))


_SHEET_NAMES: dict[RegisterKind, str] = {
    "licences": "Licences",
    "authorisations": "Authorisations",
    "seller": "Seller",
}


def registers_of(
    path: Path, kind: RegisterKind, columns: ColumnLibrary, limits: Limits
) -> Registers:
    """The register and seller sheets of a file; a table without sheets (CSV) is taken for a `kind`.

    Raises `UnreadableError`.
    """
    found = Registers()
    for grid in open_source(str(path), path.as_posix(), limits, lambda note: None):
        opened = recognise_grid(grid, 0, columns, grid.name or _SHEET_NAMES[kind])
        if opened.layout.kind in ("licences", "authorisations", "seller"):
            found = found.merge(_register(opened))
    return found


def recognise_grid(
    grid: Grid, number: int, columns: ColumnLibrary, called: str | None = None
) -> OpenSheet:
    """What the sheet is, by its first rows and its name (or what it is `called` instead); `number`
    is its number in the run."""
    blocks = grid.blocks()
    head: list[tuple[int, list[str]]] = []
    held: list[Block] = []
    for block in blocks:
        held.append(block)
        head.extend(zip(block.numbers, block.rows, strict=True))
        if len(head) >= HEAD_ROWS:
            break
    layout = recognise(
        head[:HEAD_ROWS],
        path=grid.path,
        sheet=called or grid.name,
        hidden=grid.hidden,
        library=columns,
        merged=grid.merged,
    )
    return OpenSheet(grid, layout, head, chain(held, blocks), number)


def sheet_of(opened: OpenSheet, session: Session) -> Sheet:
    """What batches of the sheet say of it."""
    layout = opened.layout
    profiles = session.engine.library.profiles
    guessed = tuple(m for m in layout.marketplaces if m in profiles)
    held = layout.form or layout.columns
    return Sheet(
        opened.grid.path,
        opened.grid.name,
        layout.dialect,
        tuple(Column(c.index, c.header, c.field) for c in held if c.field),
        session.marketplaces or guessed,
        opened.number,
    )


def _form_batch(layout: Layout, sheet: Sheet) -> Batch:
    """A form of labels and values as one row."""
    values = [[c.value] for c in layout.form if c.field]
    return Batch(sheet, [layout.data_row], values, [False])


def _on_form(finding: Finding, layout: Layout) -> Finding:
    """The finding where its value stands: each line of a form has a row of its own."""
    place = finding.location
    for cell in layout.form:
        if cell.header == place.column and cell.field == place.field:
            name = f"{column_letters(cell.index)}{cell.row}"
            return replace(finding, location=replace(place, row=cell.row, cell=name))
    return finding


def _register(opened: OpenSheet) -> Registers:
    """The rows of a register or seller sheet; the sheet is read to its end."""
    blocks = list(opened.rest)
    opened.rest = iter(blocks)
    layout = opened.layout
    rows: list[dict[str, list[str]]] = []
    if layout.form:
        found: dict[str, list[str]] = {}
        for cell in layout.form:
            if cell.field and cell.value.strip():
                found.setdefault(cell.field, []).append(cell.value)
        rows.append(found)
    fields = [(c.index, c.field) for c in layout.columns if c.field]
    for block in blocks if fields else ():
        for number, row in zip(block.numbers, block.rows, strict=True):
            if number < layout.data_row or layout.skip(number, row) is not None:
                continue
            found = {}
            for index, name in fields:
                if index < len(row) and row[index].strip():
                    found.setdefault(name, []).append(row[index])
            rows.append(found)
    where = f"{opened.grid.path}!{opened.grid.name}" if opened.grid.name else opened.grid.path
    return Registers.from_rows(cast("RegisterKind", layout.kind), rows, where)


def _ignores(batch: Batch) -> Iterator[Ignore]:
    """What the rows' own suppression column says."""
    for column, i, text in batch.filled("listlint_ignore"):
        row = batch.numbers[i]
        yield Ignore(
            Location(
                batch.sheet.path,
                batch.sheet.name,
                row,
                column.header,
                column.field,
                f"{column_letters(column.index)}{row}",
                column_index=column.index,
            ),
            text,
            "column",
        )


def _noted(source: Source, sheets: Sequence[OpenSheet]) -> Iterator[Rows]:
    """What notes on cells of the workbook say."""
    names = {s.grid.name: s.grid.path for s in sheets if s.grid.name is not None}
    if not names:
        return
    from listlint.readers.comments import ignoring

    found = [
        Ignore(Location(names[sheet], sheet, row, cell=cell, column_index=column), text, "note")
        for sheet, cell, row, column, text in ignoring(source.path)
        if sheet in names
    ]
    if found:
        yield Rows([], [], 0, tuple(found))


def _sellers(batch: Batch, session: Session) -> dict[tuple[str, str | None, int], tuple[str, ...]]:
    """What each row's seller is called: by the row, else by the seller sheet or register."""
    names = ("seller_id", "seller_name", "trade_name")
    held = session.engine.run.registers.sellers
    usual = tuple(s.get(n) for s in held for n in names if s.get(n))
    sheet = batch.sheet
    return {
        (sheet.path, sheet.name, number): tuple(v for n in names for v in batch.all(n, i)) or usual
        for i, number in enumerate(batch.numbers)
    }


CHECKED_KINDS = frozenset({"listings", "seller"})


def checked(batch: Batch, session: Session) -> Rows | Note:
    """What the rules say of one batch; a note where one of them failed, and nothing of the batch."""
    try:
        with WORK.stage("rules"):
            findings = session.engine.check(batch)
        with WORK.stage("keys"):
            keys = Keys.of(session.engine.keys(batch))
        return Rows(
            findings,
            keys,
            len(batch),
            tuple(_ignores(batch)),
            _sellers(batch, session) if session.by_seller else {},
            exposure(batch, {f.location.row for f in findings}),
        )
    except MemoryError:
        raise
    except Exception as error:
        said = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        return unchecked_rows(
            batch.numbers[0], batch.numbers[-1], Text(said, said), batch.sheet.name
        )


def unchecked_rows(
    first: int, last: int | None, why: Text, sheet: str | None = None, name: str = notes.CRASHED
) -> Note:
    """What to say of rows that were read and could not be checked (`last` None: to the end)."""
    rows = f"{first}–{'…' if last is None else last}"
    detail = Text(f"rows {rows} were not checked: {why.en}", f"第 {rows} 行未检查：{why.zh}")
    return Note(name, detail, sheet=sheet, row=first)


def _beginning(head: Sequence[tuple[int, list[str]]]) -> Text:
    """The first words of a sheet of which nothing else can be said."""
    texts = (cell.strip()[:40] for _, row in head for cell in row if cell.strip())
    words = ", ".join(f"“{text}”" for text in islice(texts, 4))
    return Text(f"it begins {words}", f"开头为 {words}")


def _check_sheet(
    opened: OpenSheet, session: Session, check: Callable[[Batch, Session], M]
) -> Iterator[Message | M]:
    layout, grid = opened.layout, opened.grid
    yield from sheet_begin(layout, grid.name)
    if layout.kind == "unknown":
        yield Note(notes.UNRECOGNISED, _beginning(opened.head), sheet=grid.name)
        yield unread(grid.path, grid.name)
        return
    sheet = sheet_of(opened, session)
    count = SheetCount()
    if layout.form:
        count.rows = 1
        batch = _form_batch(layout, sheet)
        found = [_on_form(f, layout) for f in session.engine.check(batch)]
        yield Rows(found, list(session.engine.keys(batch)), 1)
    elif layout.kind in CHECKED_KINDS:
        found_batches = batches(layout, sheet, opened.rest, asked(session), count)
        for batch in WORK.timed(found_batches, "read"):
            yield check(batch, session)
    elif layout.kind in ("licences", "authorisations"):
        count.rows = sum(
            number >= layout.data_row and layout.skip(number, row) is None
            for block in opened.rest
            for number, row in zip(block.numbers, block.rows, strict=True)
        )
    yield from sheet_end(layout, sheet, count, session)


def asked(session: Session) -> Library | None:
    """What tells the marketplaces of single rows; None where the user named them for all."""
    return None if session.marketplaces else session.engine.library


def sheet_begin(layout: Layout, sheet: str | None) -> Iterator[Note]:
    """What is said of a sheet when it was recognised."""
    yield from layout.notes
    yield from _slips(layout, sheet)


def sheet_end(
    layout: Layout, sheet: Sheet, count: SheetCount, session: Session
) -> Iterator[Message]:
    """What is said of a sheet when all of it was read."""
    if count.skipped:
        yield _skipped_note(count.skipped, sheet.name)
    mapped = {c.header: c.field for c in layout.columns if c.field}
    entry = SheetEntry(
        path=sheet.path,
        sheet=sheet.name,
        dialect=layout.dialect,
        marketplaces=sheet.marketplaces,
        rows=count.rows,
        columns=mapped,
        unmapped=tuple(c.header for c in layout.columns if not c.field and c.header.strip()),
        not_checked=session.engine.not_checked(sheet) if layout.kind == "listings" else (),
        kind=layout.kind,
        listings=count.listings,
    )
    yield SheetDone(entry, sheet)


_SLIP = expression(r'fuzzy \d+ to "(.+)"$')


def _slips(layout: Layout, sheet: str | None) -> Iterator[Note]:
    """Headers that were understood in spite of a slip of the keyboard, and what was meant."""
    for column in layout.columns:
        found = _SLIP.match(column.because.en)
        if found is None or not layout.header_rows or not column.field:
            continue
        old, meant = column.header, found[1]
        meant = meant.upper() if old.isupper() else meant.title() if old.istitle() else meant
        meant = meant[:1].upper() + meant[1:] if old[:1].isupper() else meant
        yield Note(
            "misspelt-header",
            Text(f"“{old}” was taken for “{meant}”", f"“{old}”已按“{meant}”处理"),
            sheet,
            layout.header_rows[-1],
            column.index,
            edit=Edit((0, len(old)), meant, safe=True),
            excerpt=old,
        )


def _skipped_note(skipped: Mapping[str, int], sheet: str | None) -> Note:
    parts = [(REASONS[reason], count) for reason, count in sorted(skipped.items())]
    return Note(
        "skipped-rows",
        Text(
            "; ".join(f"{count} × {text.en}" for text, count in parts),
            "；".join(f"{text.zh} {count} 行" for text, count in parts),
        ),
        sheet=sheet,
    )
