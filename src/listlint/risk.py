"""Suspension risk: which listings to take down or mend first, and why (docs/risk.md).

An estimate that orders listings among each other. It knows no marketplace's score and claims none;
its numbers are data (policies/risk/weights.toml).
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from listlint.kept import tables as kept
from listlint.model import Area, Finding, Place, Report, Severity, Text
from listlint.policy.paths import builtin
from listlint.slotted import slotted

LISTED = 100
"""Listings in the answer; nobody takes more in hand at once."""
_REASONS, _RULES, _WIDE = 3, 3, 10
"""Reasons said of a listing, rules named for each, listings from which a reason counts as common."""
ACTIONS: dict[str, Text] = {
    "take-down": Text("take down first", "先下架"),
    "account": Text("correct the account's data", "更正账户资料"),
    "mend": Text("mend before the next upload", "下次上传前改正"),
    "look": Text("look at it when there is time", "有空时查看"),
}
"""What to do with a listing, the most pressing first."""
_ORDER = tuple(ACTIONS)
METHOD = Text(
    "An estimate by listlint that puts listings in order; it is no marketplace's score. It weighs "
    "severity, confidence, how marketplaces treat the reason, repetition, and price × stock where "
    "the sheet has them.",
    "此为 listlint 的估计，仅用于排序，不是任何平台的评分。综合考虑严重程度、置信度、平台对该原因的处理方式、"
    "重复次数，以及价格×库存（如表中提供）。",
)


@slotted(frozen=True, slots=True)
class _Reason:
    level: float
    action: str
    because: Text


@slotted(frozen=True, slots=True)
class Weights:
    """The numbers of policies/risk/weights.toml."""

    severity: Mapping[str, float]
    confidence: Mapping[str, float]
    repetition: Mapping[str, float]
    exposure_most: float
    reasons: Mapping[str, _Reason]
    unknown: _Reason

    def reason(self, finding: Finding) -> _Reason:
        """How a marketplace treats what the finding would be held to be."""
        return self.reasons.get(finding.suspension_reason or "", self.unknown)

    def of(self, finding: Finding) -> float:
        """The weight of a finding that stands alone."""
        alone = self.severity[finding.severity.value] * self.confidence[finding.confidence.value]
        return alone * self.reason(finding).level


def load_weights(path: Path) -> Weights:
    """Read the weights. Raises `KeyError` for one that is missing, `OSError`, `TOMLDecodeError`."""
    import tomllib

    with path.open("rb") as file:
        return weights_of(tomllib.load(file), path)


def weights_of(tables: Mapping[str, Any], path: Path) -> Weights:
    """The weights of the tables read from `path`. Raises `KeyError` for one that is missing."""
    levels = tables["level"]

    def reason(table: Mapping[str, Any]) -> _Reason:
        if table["action"] not in ACTIONS:
            raise KeyError(f"{path}: unknown action {table['action']!r}")
        because = table["because"]
        return _Reason(levels[table["level"]], table["action"], Text(because["en"], because["zh"]))

    return Weights(
        severity=tables["severity"],
        confidence=tables["confidence"],
        repetition=tables["repetition"],
        exposure_most=tables["exposure"]["most"],
        reasons={name: reason(table) for name, table in tables["reason"].items()},
        unknown=reason(tables["unknown"]),
    )


@lru_cache(maxsize=1)
def _shipped() -> Weights:
    return weights_of(kept.weights(), builtin() / "risk" / "weights.toml")


def rank(report: Report, weights: Weights | None = None) -> dict[str, object]:
    """What goes into `Report.risk`: the listings with counted findings, the most pressing first.

    `listings` has at most `LISTED` entries, each with its place, SKU, action, reasons in both
    languages, and a weight that means nothing outside this report; `ranked` counts all.
    """
    weights = weights or _shipped()
    found: defaultdict[Place, list[Finding]] = defaultdict(list)
    for finding in report.counted:
        at = finding.location
        if at.row is not None and finding.area is not Area.FILE:
            found[at.path, at.sheet, at.row].append(finding)
    spread = Counter(
        reason
        for findings in found.values()
        for reason in {f.suspension_reason for f in findings if f.suspension_reason}
    )
    values = {place: _value(report.exposure.get(place)) for place in found}
    steps = sorted(v for v in values.values() if v is not None)
    ranked = [
        _judge(place, findings, spread, values[place], steps, weights)
        for place, findings in found.items()
    ]
    # Equals stay in the order of the file.
    ranked.sort(key=lambda item: (_ORDER.index(item["action"]), -item["weight"]))
    actions = Counter(item["action"] for item in ranked)
    return {
        "estimate": True,
        "method": METHOD.en,
        "method_text": {"en": METHOD.en, "zh": METHOD.zh},
        "ranked": len(ranked),
        "by_action": {action: actions[action] for action in _ORDER if actions[action]},
        "listings": ranked[:LISTED],
    }


def _value(known: tuple[float | None, float | None] | None) -> float | None:
    """Price × quantity; None when either is unknown or no sensible number."""
    if known is None or None in known:
        return None
    price, quantity = known
    value = (price or 0.0) * (quantity or 0.0)
    return value if math.isfinite(value) and value >= 0 else None


def _judge(
    place: Place,
    findings: Sequence[Finding],
    spread: Mapping[str, int],
    value: float | None,
    steps: Sequence[float],
    weights: Weights,
) -> dict[str, Any]:
    by_rule: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_rule[finding.rule].append(finding)
    parts = sorted(
        ((_rule_weight(same, spread, weights), same) for same in by_rule.values()),
        key=lambda part: -part[0],
    )
    weight = sum(part for part, _ in parts)
    place_in_value = bisect_left(steps, value) / max(len(steps) - 1, 1) if value is not None else 0
    weight *= 1 + weights.exposure_most * min(place_in_value, 1.0)
    action = min((_action(f, weights) for f in findings), key=_ORDER.index)
    path, sheet, row = place
    text = ACTIONS[action]
    return {
        "path": path,
        "sheet": sheet,
        "row": row,
        "sku": next((f.location.sku for f in findings if f.location.sku), None),
        "action": action,
        "action_text": {"en": text.en, "zh": text.zh},
        "weight": round(weight, 1),
        "exposure": None if value is None else round(value, 2),
        "rules": [same[0].rule for _, same in parts],
        "reasons": _reasons([same for _, same in parts], spread, place_in_value, value, weights),
    }


def _rule_weight(same: Sequence[Finding], spread: Mapping[str, int], weights: Weights) -> float:
    """All findings of one rule in one listing: the worst whole, further ones in part."""
    worst = max(weights.of(f) for f in same)
    more = min(len(same) - 1, weights.repetition["same_rule_most"])
    weight = worst * (1 + weights.repetition["same_rule"] * more)
    listings = spread.get(same[0].suspension_reason or "", 1)
    share = min(math.log(max(listings, 1)) / math.log(weights.repetition["many"]), 1.0)
    return weight * (1 + weights.repetition["across_listings"] * share)


def _action(finding: Finding, weights: Weights) -> str:
    """What a finding alone calls for; only what is likely enough takes a listing down."""
    if finding.severity is Severity.INFO:
        return "look"
    action = weights.reason(finding).action
    sure = finding.severity is Severity.ERROR and weights.confidence[finding.confidence.value] > 0.5
    return action if sure or action != "take-down" else "mend"


def _reasons(
    groups: Sequence[Sequence[Finding]],
    spread: Mapping[str, int],
    place_in_value: float,
    value: float | None,
    weights: Weights,
) -> list[dict[str, str]]:
    """Why, in words: the weightiest reasons, how common they are, what is at stake."""
    by_reason: defaultdict[str | None, list[Sequence[Finding]]] = defaultdict(list)
    for same in groups:
        by_reason[same[0].suspension_reason].append(same)
    said = []
    for reason, alike in list(by_reason.items())[:_REASONS]:
        because = weights.reason(alike[0][0]).because
        codes = ", ".join(
            f"{same[0].rule} {same[0].name}" + (f" ×{len(same)}" if len(same) > 1 else "")
            for same in alike[:_RULES]
        ) + (" …" if len(alike) > _RULES else "")
        listings = spread.get(reason or "", 1)
        wide = listings >= _WIDE
        said.append(
            Text(
                f"{because.en} ({codes})"
                + (f"; the same reason stands in {listings:,} listings" if wide else ""),
                f"{because.zh}（{codes}）" + (f"；同一原因涉及 {listings} 个商品" if wide else ""),
            )
        )
    if value is not None and value > 0 and place_in_value >= 0.75:
        said.append(
            Text(
                "its stock is among the most valuable of the flagged listings",
                "其库存价值在有问题的商品中位居前列",
            )
        )
    return [{"en": text.en, "zh": text.zh} for text in said]
