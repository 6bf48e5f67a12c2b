"""From batches to findings: choose the rules, run them, say what they found. No I/O, no printing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from time import process_time
from typing import Any, NamedTuple

from listlint.batch import Batch, Column, Sheet, column_letters
from listlint.counters import WORK
from listlint.kept.rules import Later, few_of, few_shapes_of
from listlint.kinds.brand import BrandRule
from listlint.kinds.learned import LearnedRule
from listlint.kinds.limit import LimitRule
from listlint.kinds.misspelt import MisspeltRule
from listlint.kinds.words import PatternRule, TermsRule
from listlint.match.conditions import Condition
from listlint.match.scanner import Scanner
from listlint.model import Area, Edit, Finding, Fix, Location, NotChecked, Severity, Text
from listlint.policy.errors import PolicyError
from listlint.policy.library import Library, RuleSpec
from listlint.rules.interface import CrossRule, Hit, Meeting, Rule, RuleMeta, Run, Seen
from listlint.sharpened import Parted, Sharpened
from listlint.slotted import replace
from listlint.text.fold import fold
from listlint.wording import reword

_VOLATILE = frozenset({"price", "list_price", "quantity", "sales", "status", "listlint_ignore"})
"""Fields that say nothing of which listing a row is."""


class KeyRow(NamedTuple):
    """A cross-row rule's key on its way to where all meet: plain values, made to be spilled.

    A tuple, since there are several for each listing; it sorts into groups and places.
    """

    rule: str
    key: str
    sheet: int
    number: int
    column: int
    payload: str
    sku: str


class Engine:
    """The chosen rules, built once for a run."""

    def __init__(
        self,
        library: Library,
        chosen: Sequence[RuleSpec],
        run: Run,
        plugins: Mapping[str, Any] | None = None,
    ) -> None:
        self.library = library
        self.run = run
        later = Later(library, build)
        self.rules: list[Any] = []  # each a `Rule`; the kinds know more of themselves
        self.cross: dict[str, CrossRule] = {}
        words: list[tuple[RuleSpec, Any]] = []
        self._limits: dict[int, Parted] = {}
        """By the identity of its rule: where a rule has which limit, of those that have several."""
        for part in Sharpened(library, run.as_of).parted(chosen):
            spec = part.spec
            if not _in_force(spec.meta, run):
                continue
            own = (plugins or {}).get(spec.meta.code)
            rule = own if own is not None else later.rule(spec)
            if rule is None:
                continue
            if hasattr(rule, "keys"):
                self.cross[spec.meta.code] = rule
                continue
            self.rules.append(rule)
            if part.without or part.said:
                self._limits[id(rule)] = part
            if hasattr(rule, "want"):
                rule.slot = len(words)
                words.append((spec, rule))
        # What was learned speaks last, of what no other rule spoke of.
        self.rules.sort(key=lambda rule: bool(rule.meta.kind == "learned"))
        shapes = [r for r in self.rules if hasattr(r, "shape_fields")]
        scanner = Scanner([w.want for _, w in words], shapes, few_of(words), few_shapes_of(shapes))
        self.scanner = scanner
        for _, rule in words:
            rule.scanner = scanner
        for slot, shape in enumerate(shapes):
            shape.scanner, shape.slot = scanner, slot
        marks = [r for r in self.rules if isinstance(r, BrandRule)]
        known: frozenset[str] = frozenset().union(*(r.names for r in marks))
        for mark in marks:
            mark.known = known
        self._holds: dict[tuple[tuple[str, ...], ...], tuple[str, ...] | None] = {}
        """By the marketplaces and jurisdictions of a rule, and those of the listings."""

    def built(self, kind: str | None = None) -> list[Any]:
        """The rules (of that kind) that look at batches, all of them built."""
        wanted = [r for r in self.rules if kind is None or r.meta.kind == kind]
        return [getattr(rule, "built", rule) for rule in wanted]

    def check(self, batch: Batch) -> list[Finding]:
        """The findings of one batch, in rule order; the run sorts them."""
        found: list[Finding] = []
        said: set[tuple[Area, int]] = set()
        for rule in self.rules:
            if not self._relevant(rule.meta, batch):
                continue
            began, shared = process_time(), WORK.shared
            learned = rule.meta.kind == "learned"
            for hit in rule.check(batch, self.run):
                if learned and (
                    (rule.meta.area, hit.row) in said
                    or self._known_fine(rule.meta.area, batch, hit.row)
                ):
                    continue
                marketplaces = self._places(rule, self.run.marketplaces(batch, hit.row))
                if marketplaces is None:
                    continue
                finding = finding_of(rule.meta, hit, batch, marketplaces)
                part = self._limits.get(id(rule))
                if part is not None and part.said:
                    here = tuple(part.said[m] for m in marketplaces)
                    finding = replace(finding, sharpened=here)
                if finding.severity is not Severity.INFO:
                    said.add((finding.area, hit.row))
                found.append(finding)
            spent = process_time() - began - (WORK.shared - shared)
            WORK.rules[rule.meta.code] += spent
        WORK.findings += len(found)
        return found

    def _known_fine(self, area: Area, batch: Batch, i: int) -> bool:
        """Whether a rule of the area found its words in listing `i` and excused them: it knows better."""
        return any(
            reason == "unless"
            for rule in self.rules
            if rule.meta.area is area
            and rule.meta.kind in ("terms", "brand")
            and hasattr(rule, "want")
            and any(place.i == i for place in self.scanner.all_matches(batch, rule.slot))
            for _, reason, _ in getattr(rule, "built", rule).excused(batch, i)
        )

    def keys(self, batch: Batch) -> Iterator[KeyRow]:
        """What cross-row rules want remembered of one batch."""
        sheet, numbers = batch.sheet.number, batch.numbers
        for code, rule in self.cross.items():
            if not self._relevant(rule.meta, batch):
                continue
            for key, row, column, payload, sku in rule.keys(batch, self.run):
                WORK.keys += 1
                index = -1 if column is None else column.index
                yield KeyRow(code, key, sheet, numbers[row], index, payload, sku)

    def conclude(
        self, code: str, key: str, group: Sequence[KeyRow], sheets: Mapping[int, Sheet]
    ) -> Iterator[Finding]:
        """The findings of rows that met."""
        rule = self.cross[code]
        names = {n: _name(sheets[n]) for n in {r.sheet for r in group}}
        seen = [
            Seen(r.sheet, r.number, r.column, r.payload, r.sku, f"{names[r.sheet]} row {r.number}")
            for r in group
        ]
        for meeting in rule.conclude(key, seen, self.run):
            sheet = sheets[meeting.seen.sheet]
            marketplaces = self._where(rule.meta, sheet.marketplaces)
            if marketplaces is not None:
                yield _cross_finding(rule.meta, meeting, sheet, marketplaces)

    def not_checked(self, sheet: Sheet) -> tuple[NotChecked, ...]:
        """Fields that rules wanted and the sheet has no column for, with the rules that did."""
        have = {c.field for c in sheet.columns}
        missing: dict[str, set[str]] = {}
        both: list[Rule | CrossRule] = [*self.rules, *self.cross.values()]
        for rule in both:
            if (
                rule.needs
                and not have.intersection(rule.needs)
                and self._holds_for_sheet(rule.meta, sheet)
            ):
                missing.setdefault(rule.needs[0], set()).add(rule.meta.code)
        return tuple(
            NotChecked(field, "no such column", tuple(sorted(codes)))
            for field, codes in sorted(missing.items())
        )

    def _holds_for_sheet(self, meta: RuleMeta, sheet: Sheet) -> bool:
        return self._where(meta, sheet.marketplaces) is not None

    def _relevant(self, meta: RuleMeta, batch: Batch) -> bool:
        rows = batch.extra.get("marketplaces")
        groups = set(rows) if isinstance(rows, list) else {batch.sheet.marketplaces}
        return any(self._where(meta, group) is not None for group in groups)

    def _places(self, rule: Any, marketplaces: tuple[str, ...]) -> tuple[str, ...] | None:
        """`_where`, but for marketplaces on which the rule has another limit."""
        part = self._limits.get(id(rule))
        if part is not None and part.without and marketplaces:
            marketplaces = tuple(m for m in marketplaces if m not in part.without)
            if not marketplaces:
                return None
        return self._where(rule.meta, marketplaces)

    def _where(self, meta: RuleMeta, marketplaces: tuple[str, ...]) -> tuple[str, ...] | None:
        """On which of the marketplaces the rule holds; None when on none of them."""
        key = (meta.marketplaces, meta.jurisdictions, marketplaces)
        if key not in self._holds:
            if marketplaces:
                self._holds[key] = self.library.holds(meta, marketplaces) or None
            else:
                self._holds[key] = () if self.library.holds_unknown(meta) else None
        return self._holds[key]


def build(spec: RuleSpec, contexts: Mapping[str, Sequence[Condition]]) -> Any:
    """The rule of a spec; None for rules that only the run itself reports (FILE)."""
    meta, data = spec.meta, spec.data
    match meta.kind:
        case "terms":
            return TermsRule(meta, data, contexts)
        case "pattern":
            return PatternRule(meta, data, contexts)
        case "brand" if meta.options.get("misspelt"):
            return MisspeltRule(meta, data, contexts)
        case "brand":
            return BrandRule(meta, data, contexts)
        case "limit":
            return LimitRule(meta, data, contexts)
        case "learned":
            return LearnedRule(meta, data, contexts)
    from listlint.kinds.licence import LicenceRule
    from listlint.rules import IMPLEMENTATIONS

    if meta.kind == "licence":
        return LicenceRule(meta, data, contexts)
    name = "identifier" if meta.kind == "identifier" else str(data.get("implementation"))
    if name == "reader-note":
        return None
    if name not in IMPLEMENTATIONS:
        raise PolicyError(f"rule {meta.code}: no implementation is called {name!r}")
    return IMPLEMENTATIONS[name](meta, data)


def _in_force(meta: RuleMeta, run: Run) -> bool:
    return (meta.effective is None or meta.effective <= run.as_of) and (
        meta.expires is None or run.as_of <= meta.expires
    )


class _Words(dict[str, str]):
    """What stands in the braces of a sentence; nothing for what the finding does not know."""

    def __missing__(self, key: str) -> str:
        return ""


def _fill(template: Text, params: Mapping[str, str | Text]) -> Text:
    return Text(
        template.en.format_map(
            _Words({k: v.en if isinstance(v, Text) else v for k, v in params.items()})
        ),
        template.zh.format_map(
            _Words({k: v.zh if isinstance(v, Text) else v for k, v in params.items()})
        ),
    )


def _place(batch: Batch, hit: Hit) -> Location:
    row = batch.numbers[hit.row]
    column = hit.column
    return Location(
        path=batch.sheet.path,
        sheet=batch.sheet.name,
        row=row,
        column=column.header if column else None,
        field=column.field if column else hit.field,
        cell=f"{column_letters(column.index)}{row}" if column else None,
        sku=sku_of(batch, hit.row) or None,
        column_index=column.index if column else None,
    )


def sku_of(batch: Batch, i: int) -> str:
    """What the seller calls listing `i`: SKU, else the shop's own key, else the ASIN."""
    return batch.get("sku", i) or batch.get("listing_id", i) or batch.get("asin", i)


def finding_of(meta: RuleMeta, hit: Hit, batch: Batch, marketplaces: tuple[str, ...]) -> Finding:
    """The finding of a hit: the rule's words filled in, the place as the spreadsheet shows it."""
    location = _place(batch, hit)
    cell = _cell_text(batch, hit)
    params: dict[str, str | Text] = {
        "match": hit.match if hit.match is not None else cell.strip(),
        "term": hit.term or "",
        "field": location.field or "",
        "column": location.column or "",
        "sku": location.sku or "",
        "value": cell.strip(),
    }
    params.update(hit.params)
    return Finding(
        rule=meta.code,
        name=meta.name,
        area=meta.area,
        severity=hit.severity or meta.severity,
        confidence=hit.confidence or meta.confidence,
        location=location,
        message=_fill(meta.message, params),
        why=_fill(meta.why, params),
        fix=Fix(_fill(meta.fix, params), hit.edit or _reworded(meta, hit, cell)),
        match=hit.match,
        span=hit.span,
        term=hit.term,
        evasion=hit.evasion,
        marketplaces=marketplaces,
        source=meta.source,
        suspension_reason=meta.suspension_reason,
        fingerprint=_identity(batch, hit, location),
        excerpt=cell or None,
    )


def _reworded(meta: RuleMeta, hit: Hit, cell: str) -> Edit | None:
    """What the rule says to write instead of the words it found."""
    if not meta.replacement or hit.span is None or hit.evasion is not None:
        return None
    term = hit.term or ""
    text = meta.replacement.get(term, meta.replacement.get("*"))
    # Another form of the word (a plural) would want another form of what takes its place.
    if text is None or (text and fold(hit.match or "") != fold(term)):
        return None
    return reword(cell, hit.span, text)


def _cell_text(batch: Batch, hit: Hit) -> str:
    if hit.column is None:
        return ""
    return batch.values[batch.sheet.columns.index(hit.column)][hit.row]


def _identity(batch: Batch, hit: Hit, location: Location) -> str:
    """What, beside the rule and the sheet, makes the finding this one: no row number in it."""
    who = location.sku or _content(batch, hit.row)
    return "\x1f".join((who, location.field or "", fold(hit.match or "").strip()))


def _content(batch: Batch, i: int) -> str:
    """A row without a key, by what is in it: columns in any order, what changes daily left out."""
    cells = {
        f"{column.field}={values[i].strip()}"
        for column, values in zip(batch.sheet.columns, batch.values, strict=True)
        if values[i] and column.field not in _VOLATILE
    }
    text = "\x1f".join(sorted(cells))
    return "row:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _name(sheet: Sheet) -> str:
    return f"{sheet.path}!{sheet.name}" if sheet.name else sheet.path


def _shown_value(meeting: Meeting) -> str | None:
    value = meeting.params.get("value")
    return value if isinstance(value, str) else None


def _cross_finding(
    meta: RuleMeta, meeting: Meeting, sheet: Sheet, marketplaces: tuple[str, ...]
) -> Finding:
    seen = meeting.seen
    column: Column | None = next((c for c in sheet.columns if c.index == seen.column), None)
    params: dict[str, str | Text] = {
        "sku": seen.sku,
        "field": (column.field or "") if column else "",
        "column": column.header if column else "",
        "value": seen.payload,
        "match": seen.payload,
    }
    params.update(meeting.params)
    location = Location(
        path=sheet.path,
        sheet=sheet.name,
        row=seen.number,
        column=column.header if column else None,
        field=column.field if column else None,
        cell=f"{column_letters(column.index)}{seen.number}" if column else None,
        sku=seen.sku or None,
        column_index=column.index if column else None,
    )
    return Finding(
        rule=meta.code,
        name=meta.name,
        area=meta.area,
        severity=meeting.severity or meta.severity,
        confidence=meeting.confidence or meta.confidence,
        location=location,
        message=_fill(meta.message, params),
        why=_fill(meta.why, params),
        fix=Fix(_fill(meta.fix, params)),
        marketplaces=marketplaces,
        source=meta.source,
        suspension_reason=meta.suspension_reason,
        # Reporters that mask look here for what the message must not show.
        excerpt=_shown_value(meeting) if column else None,
        fingerprint="\x1f".join((seen.sku, location.field or "", fold(seen.payload).strip())),
    )
