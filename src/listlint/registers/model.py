"""What the seller holds: documents, brand authorisations, and who the seller is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Literal

from listlint.identifiers.table import tidy
from listlint.registers.dates import parse_date
from listlint.registers.documents import meaning
from listlint.registers.names import core
from listlint.registers.scope import Scope, split_list
from listlint.slotted import field, slotted

if TYPE_CHECKING:
    from datetime import date

Kind = Literal["licences", "authorisations", "seller"]
Row = Mapping[str, str | Sequence[str]]


@slotted(frozen=True, slots=True)
class Document:
    """One row of a licence register. `keys`: the kinds it may be; `in_place_of`: those it is only
    filed for; `where`: a readable place."""

    name: str
    keys: frozenset[str]
    in_place_of: frozenset[str] = frozenset()
    number: str = ""
    issuer: str = ""
    holder: str = ""
    scope: Scope = field(default_factory=Scope)
    valid_from: date | None = None
    valid_until: date | None = None
    file: str = ""
    where: str = ""
    folder: str = ""
    """Where the register is, which may be where `file` is."""


@slotted(frozen=True, slots=True)
class Authorisation:
    """Leave of a brand's owner to sell it."""

    brand: str
    by: str = ""
    scope: Scope = field(default_factory=Scope)
    valid_from: date | None = None
    valid_until: date | None = None
    proof: str = ""
    where: str = ""


@slotted(frozen=True, slots=True)
class Seller:
    """A seller as its sheet says: canonical field → values."""

    fields: Mapping[str, tuple[str, ...]]
    where: str = ""

    def get(self, name: str) -> str:
        """The first value of a field, or ""."""
        return next(iter(self.fields.get(name, ())), "")


@slotted(frozen=True)
class Registers:
    """All registers of a run. `given` says which kinds there were, be they empty or not."""

    documents: tuple[Document, ...] = ()
    authorisations: tuple[Authorisation, ...] = ()
    sellers: tuple[Seller, ...] = ()
    given: frozenset[str] = frozenset()

    @property
    def empty(self) -> bool:
        """Whether no register at all was given."""
        return not self.given

    @property
    def has_licences(self) -> bool:
        """Whether a licence register was given, so that what is not in it is not held."""
        return "licences" in self.given

    @cached_property
    def _by_key(self) -> dict[str, list[Document]]:
        found: dict[str, list[Document]] = {}
        for document in self.documents:
            for key in document.keys:
                found.setdefault(key, []).append(document)
        return found

    @cached_property
    def _stand_ins(self) -> dict[str, list[Document]]:
        found: dict[str, list[Document]] = {}
        for document in self.documents:
            for key in document.in_place_of - document.keys:
                found.setdefault(key, []).append(document)
        return found

    def held(self, key: str) -> Sequence[Document]:
        """The documents that may be of kind `key`."""
        return self._by_key.get(key, ())

    def in_place_of(self, key: str, others: Sequence[str]) -> Iterator[Document]:
        """Documents filed for kind `key` that are of another: by their name, or of the kinds `others`."""
        yield from self._stand_ins.get(key, ())
        for other in others:
            yield from self._by_key.get(other, ())

    @cached_property
    def _names(self) -> tuple[str, ...]:
        names = (s.get(f) for s in self.sellers for f in ("seller_name", "trade_name"))
        return tuple(n for n in names if n)

    def seller_names(self) -> Sequence[str]:
        """Legal and trade names of the sellers."""
        return self._names

    def authorised(self, brand: str, marketplaces: Sequence[str], as_of: date) -> bool:
        """Whether a valid authorisation for `brand` covers the marketplaces."""
        wanted = core(brand)
        return bool(wanted) and any(
            core(a.brand) == wanted
            and (a.valid_until is None or a.valid_until >= as_of)
            and (a.valid_from is None or a.valid_from <= as_of)
            and a.scope.covers_marketplaces(marketplaces)
            for a in self.authorisations
        )

    @classmethod
    def from_rows(cls, kind: Kind, rows: Iterable[Row], where: str = "") -> Registers:
        """A register of one kind from rows of canonical field → text (or list of texts)."""
        given = frozenset({kind})
        filled = [row for row in (_plain(r) for r in rows) if row]
        if kind == "licences":
            documents = [_document(r, where) for r in filled]
            return cls(documents=tuple(documents), given=given)
        if kind == "authorisations":
            found = [a for r in filled for a in _authorisations(r, where)]
            return cls(authorisations=tuple(found), given=given)
        return cls(sellers=tuple(Seller(r, where) for r in filled), given=given)

    @classmethod
    def from_toml(cls, path: str | Path) -> Registers:
        """A TOML file of `[[licence]]`, `[[authorisation]]` and `[[seller]]` (or `[seller]`) tables.

        Raises OSError, UnicodeDecodeError or `tomllib.TOMLDecodeError` where it can't be read.
        Tables come through the readers and `from_rows`.
        """
        path = Path(path)
        with path.open("rb") as file:
            import tomllib

            tables = tomllib.load(file)
        found = cls()
        kinds: tuple[tuple[str, Kind], ...] = (
            ("licence", "licences"),
            ("authorisation", "authorisations"),
            ("seller", "seller"),
        )
        for name, kind in kinds:
            if name in tables:
                items = tables[name] if isinstance(tables[name], list) else [tables[name]]
                rows = [
                    {
                        k: [str(x) for x in v] if isinstance(v, list) else str(v)
                        for k, v in item.items()
                    }
                    for item in items
                ]
                found = found.merge(cls.from_rows(kind, rows, path.as_posix()))
        return found

    def merge(self, other: Registers) -> Registers:
        """Both registers in one."""
        return Registers(
            self.documents + other.documents,
            self.authorisations + other.authorisations,
            self.sellers + other.sellers,
            self.given | other.given,
        )


def _plain(row: Row) -> dict[str, tuple[str, ...]]:
    """The row's non-blank values, each field a tuple."""
    found = {}
    for name, value in row.items():
        values = [value] if isinstance(value, str) else list(value)
        kept = tuple(v.strip() for v in values if v and v.strip())
        if kept:
            found[name] = kept
    return found


_SCOPES = ("sku", "brand", "category", "model", "marketplace")


def _scope(row: Mapping[str, tuple[str, ...]], plain: Sequence[str] = _SCOPES) -> Scope:
    """The scope columns of a row; in a register a `plain` "SKU" column says what is covered, too."""
    parts: dict[str, tuple[str, ...]] = {}
    for name in _SCOPES:
        cells = (*row.get(f"scope_{name}", ()), *(row.get(name, ()) if name in plain else ()))
        parts[name] = tuple(x for cell in cells for x in split_list(cell))
    return Scope(**parts)


def _document(row: Mapping[str, tuple[str, ...]], where: str) -> Document:
    def one(name: str) -> str:
        return next(iter(row.get(name, ())), "")

    name = one("document") or one("certificate")
    found = meaning(name)
    return Document(
        name=name,
        keys=found.keys,
        in_place_of=found.in_place_of,
        number=one("document_number") or one("certificate_number"),
        issuer=one("issuer"),
        holder=one("holder"),
        scope=_scope(row),
        valid_from=parse_date(one("valid_from"), last=False),
        valid_until=parse_date(one("valid_until") or one("certificate_expiry")),
        file=one("document_file"),
        where=where,
        folder=str(PurePath(where.partition("!")[0]).parent) if where else "",
    )


def _authorisations(row: Mapping[str, tuple[str, ...]], where: str) -> list[Authorisation]:
    brands = [b for v in row.get("authorised_brand", row.get("brand", ())) for b in split_list(v)]
    return [
        Authorisation(
            brand=tidy(brand),
            by=next(iter(row.get("authorised_by", ())), ""),
            scope=_scope(row, ("sku", "category", "model", "marketplace")),
            valid_from=parse_date(next(iter(row.get("valid_from", ())), ""), last=False),
            valid_until=parse_date(next(iter(row.get("valid_until", ())), "")),
            proof=next(iter(row.get("document_file", ())), ""),
            where=where,
        )
        for brand in brands
    ]
