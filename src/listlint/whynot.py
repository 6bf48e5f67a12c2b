"""Why a rule keeps quiet about a file: every gate between a rule and a finding, asked in turn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, cast

from listlint.batch import column_letters
from listlint.engine import Engine
from listlint.kinds.brand import BrandRule
from listlint.kinds.licence import LicenceRule
from listlint.model import Finding, Text
from listlint.pipeline import SheetDone, check_source
from listlint.readers import expand
from listlint.registers import STATE_NAMES, judge
from listlint.run import engine_for, lint, session_for
from listlint.select import chosen_by, matches, switched
from listlint.slotted import replace
from listlint.text.fold import fold

if TYPE_CHECKING:
    from listlint.batch import Batch
    from listlint.match.place import Place
    from listlint.model import Report
    from listlint.policy.library import RuleSpec
    from listlint.readers.interface import Note
    from listlint.run import Prepared

_MOST = 5
"""So many places of one kind are shown."""
_LANG = 2
"""Letters of a language's code."""


def before_reading(spec: RuleSpec, prepared: Prepared) -> Iterator[Text]:
    """What in the settings and the rule itself keeps it from being tried at all."""
    settings, meta = prepared.settings, spec.meta
    on = {s.meta.code for s in chosen_by(prepared.library.rules, settings)}
    if meta.code not in on:
        off = [s for s in (*settings.ignore, *settings.extend_ignore) if matches(s, spec)]
        if off:
            where = settings.origins.get("ignore") or settings.origins.get("extend_ignore", "")
            yield Text(
                f"it is ignored: ignore = {off[0]} ({where})",
                f"已被忽略：ignore = {off[0]}（{where}）",
            )
        else:
            where = settings.origins.get("select", "")
            shown = ", ".join(settings.select)
            yield Text(
                f"it is not selected: select = {shown} ({where})",
                f"未被选中：select = {shown}（{where}）",
            )
    for override in settings.overrides:
        if switched([spec], override).get(meta.code) is False:
            yield Text(
                f"an override switches it off for some places ({override.where})",
                f"某些位置由覆盖设置关闭（{override.where}）",
            )
    if meta.effective is not None and settings.as_of < meta.effective:
        yield Text(
            f"it takes effect on {meta.effective}; this run judges as of {settings.as_of}",
            f"该规则自 {meta.effective} 起生效；本次按 {settings.as_of} 判断",
        )
    if meta.expires is not None and settings.as_of > meta.expires:
        yield Text(f"it held until {meta.expires}", f"该规则已于 {meta.expires} 失效")


class _Watching(Engine):
    """An engine that also says where its one rule saw something and kept quiet."""

    row: int | None
    spec: RuleSpec
    said: list[Text]

    def check(self, batch: Batch) -> list[Finding]:
        """The findings as ever; what was excused is added to `said`."""
        found = super().check(batch)
        for rule in self.built():
            fired = {(f.location.row, f.span) for f in found}
            if isinstance(rule, LicenceRule):
                self.said += self._held(rule, batch, fired)
            elif hasattr(rule, "excused"):
                self.said += self._excused(rule, batch, fired)
        if self.row in batch.numbers:
            i = batch.numbers.index(self.row)
            if not self._here(batch, i):
                self.said.append(_elsewhere(self.spec, self.run.marketplaces(batch, i)))
        return found

    def _here(self, batch: Batch, i: int) -> bool:
        return self._where(self.spec.meta, self.run.marketplaces(batch, i)) is not None

    def _wanted(self, batch: Batch, i: int) -> bool:
        return (self.row is None or batch.numbers[i] == self.row) and self._here(batch, i)

    def _excused(
        self, rule: Any, batch: Batch, fired: set[tuple[int | None, tuple[int, int] | None]]
    ) -> Iterator[Text]:
        reasons = {_key(place): (kind, n) for place, kind, n in rule.excused(batch)}
        for place in rule.scanner.matches(batch, rule.slot):
            number = batch.numbers[place.i]
            if not self._wanted(batch, place.i) or (number, place.span) in fired:
                continue
            cell = f"{column_letters(place.column.index)}{number}"
            if _key(place) in reasons:
                kind, n = reasons[_key(place)]
                said = _condition(self.spec.data[kind][n - 1], place.folded.original)
                yield _because(said, kind, Text(cell, cell), place.match)
            elif isinstance(rule, BrandRule):
                yield Text(
                    f"{cell} “{place.match}”: the goods are the brand's own or authorised, or the "
                    "word is an ordinary one and no second sign stands with it",
                    f"{cell}“{place.match}”：商品属于该品牌或已获授权，或该词是普通词且没有其他迹象",
                )

    def _held(
        self, rule: LicenceRule, batch: Batch, fired: set[tuple[int | None, tuple[int, int] | None]]
    ) -> Iterator[Text]:
        rows = {row for row, _ in fired}
        for left in rule.left_alone(batch, self.run):
            number = batch.numbers[left.i]
            if not self._wanted(batch, left.i) or number in rows:
                continue
            rows.add(number)
            where = Text(f"row {number}", f"第 {number} 行")
            if left.condition is None:
                yield Text(
                    f"{where.en}: the seller is at home elsewhere and need not answer here",
                    f"{where.zh}：卖家所在地不适用该要求",
                )
            else:
                kind, n = left.condition
                said = _condition(self.spec.data[kind][n - 1], left.cell)
                yield _because(said, kind, where, left.match)
        for hit in rule.needed(batch, self.run):
            number = batch.numbers[hit.row]
            if not self._wanted(batch, hit.row) or number in rows:
                continue
            rows.add(number)
            need = judge(rule.documents, batch, hit.row, self.run)
            shown = f" “{hit.match}”" if hit.match else ""
            state = STATE_NAMES[need.state]
            yield Text(
                f"row {number}{shown}: {state.en}: {need.detail.en}",
                f"第 {number} 行{shown}：{state.zh}：{need.detail.zh}",
            )


def _key(place: Place) -> tuple[int, int, int, int, str]:
    return place.position, place.i, place.start, place.end, place.term.text


def _because(said: str, kind: str, where: Text, match: str) -> Text:
    shown = f"“{match}”" if match else ""
    en, zh = f"{where.en} {shown}".rstrip(), f"{where.zh}{shown}"
    if kind == "when":
        return Text(f"{en}: wanted, and not so: {said}", f"{zh}：要求的条件不成立：{said}")
    return Text(f"{en}: excused by {said}", f"{zh}：被排除：{said}")


def why_not(
    spec: RuleSpec, prepared: Prepared, inputs: Sequence[str], row: int | None
) -> list[Text]:
    """All that there is to say, in the order in which a rule meets its gates. Raises `ConfigError`."""
    alone = replace(prepared, chosen=(spec,))
    said = list(before_reading(spec, prepared))
    missing: list[Note] = []
    engine = cast("_Watching", engine_for(alone, _Watching))
    engine.row, engine.spec, engine.said = row, spec, []
    session = replace(session_for(alone), engine=engine)
    tried: list[str] = []
    for n, source in enumerate(expand(inputs, missing.append)):
        for message in check_source(source, n * 10_000, session):
            if isinstance(message, SheetDone):
                found = list(of_sheet(spec, alone, message, engine))
                name = message.entry.sheet or message.entry.path
                if not found:
                    tried.append(name)
                said += [Text(f"{name}: {t.en}", f"{name}：{t.zh}") for t in found]
        source.discard()
    said += [Text(f"{n.path}: {n.detail.en}", f"{n.path}：{n.detail.zh}") for n in missing]
    said += _some(engine.said)
    fired = list(of_findings(spec, lint(inputs, alone), row))
    said += _some(fired)
    if not engine.said and not fired and not any(before_reading(spec, prepared)):
        nothing = Text("nothing that it looks for stands there", "没有发现该规则所查找的内容")
        said += [Text(f"{t}: {nothing.en}", f"{t}：{nothing.zh}") for t in tried]
    return said


def _some(texts: Sequence[Text]) -> list[Text]:
    more = len(texts) - _MOST
    if more <= 0:
        return list(texts)
    return [*texts[:_MOST], Text(f"… and {more} more", f"……另有 {more} 条")]


def of_sheet(spec: RuleSpec, prepared: Prepared, done: SheetDone, engine: Engine) -> Iterator[Text]:
    """Why a sheet as a whole is not looked at."""
    entry, meta, library = done.entry, spec.meta, prepared.library
    if entry.kind == "unread":
        yield Text("the sheet could not be read", "该表无法读取")
        return
    if entry.kind not in ("listings", "seller"):
        yield Text(f"the sheet holds {entry.kind}, not listings", f"该表是 {entry.kind}，不是商品")
        return
    rows_say = any(c.field == "marketplace" for c in done.sheet.columns)
    if entry.marketplaces and not rows_say:
        if not library.holds(meta, entry.marketplaces):
            yield _elsewhere(spec, entry.marketplaces)
    elif not rows_say and not library.holds_unknown(meta):
        yield _elsewhere(spec, ())
    have = {c.field for c in done.sheet.columns}
    for rule in (*engine.rules, *engine.cross.values()):
        if rule.needs and not have.intersection(rule.needs):
            yield Text(
                f"the sheet has no column for {', '.join(rule.needs[:6])}",
                f"该表没有这些列：{'、'.join(rule.needs[:6])}",
            )


def _elsewhere(spec: RuleSpec, marketplaces: Sequence[str]) -> Text:
    """That the rule holds somewhere else."""
    places = ", ".join((*spec.meta.jurisdictions, *spec.meta.marketplaces))
    if marketplaces:
        here = ", ".join(marketplaces)
        return Text(
            f"it holds in {places}, and this is for {here}",
            f"该规则适用于 {places}，而此处用于 {here}",
        )
    return Text(
        f"it holds in {places} only, and no marketplace is known: say --marketplace",
        f"该规则仅适用于 {places}，而平台未知：请指定 --marketplace",
    )


def _condition(data: dict[str, Any], cell: str) -> str:
    """A condition table in a line; of its phrases those that stand in the cell, if any do."""
    if data.get("note"):
        return f"{data['note']} ({', '.join(k for k in data if k != 'note')})"
    text = fold(cell)
    parts = []
    for key, value in data.items():
        words = list(_words(value))
        there = [w for w in words if (bare := fold(w.replace("*", " ")).strip()) and bare in text]
        shown = there or words
        parts.append(f"{key} = {', '.join(shown[:4])}{' …' if len(shown) > 4 else ''}")
    return "; ".join(parts)


def _words(value: Any) -> Iterator[str]:
    """The phrases of a condition, whether in a list or by language."""
    if isinstance(value, dict):
        for name, inner in value.items():
            # Tables by field keep the field's name; those by language need none.
            yield from (w if len(name) == _LANG else f"{name}: {w}" for w in _words(inner))
    elif isinstance(value, list | tuple):
        for item in value:
            yield str(item[0] if isinstance(item, list | tuple) else item)
    else:
        yield str(value)


def of_findings(spec: RuleSpec, report: Report, row: int | None) -> Iterator[Text]:
    """Where it does fire, and what becomes of the finding."""
    for f in report.findings:
        if f.rule == spec.meta.code and (row is None or f.location.row == row):
            yield _fired(f)


def _fired(f: Finding) -> Text:
    place = f.location.cell or (f"row {f.location.row}" if f.location.row else f.location.path)
    if f.suppressed is None:
        return Text(
            f"{place}: it does fire, and counts ({f.severity}): {f.message.en}",
            f"{place}：该规则已触发并计入（{f.severity}）：{f.message.zh}",
        )
    by, until = f.suppressed.by, f.suppressed.until
    if by == "baseline":
        return Text(f"{place}: it fires; known, in the baseline", f"{place}：已触发；在基线中")
    end = (f" until {until}", f"，至 {until}") if until else ("", "")
    return Text(
        f"{place}: it fires; suppressed by {by}{end[0]}: {f.suppressed.reason}",
        f"{place}：已触发；被豁免（{by}{end[1]}）：{f.suppressed.reason}",
    )
