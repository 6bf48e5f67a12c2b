"""Which rules are meant by a word: code, code prefix, name, area, pack, `ALL`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from listlint.policy.library import RuleSpec


def matches(selector: str, spec: RuleSpec) -> bool:
    """Whether `selector` names this rule."""
    word = selector.strip()
    meta = spec.meta
    if word.upper() == "ALL":
        return True
    if meta.code.startswith(word.upper()) and word.upper().rstrip("0123456789") == meta.code.rstrip(
        "0123456789"
    ):
        return True
    low = word.lower()
    return low in (meta.name, meta.area.value, meta.pack) or meta.pack.startswith(
        f"{low.rstrip('/')}/"
    )


def specificity(selector: str, spec: RuleSpec) -> int:
    """How closely `selector` names the rule; the closer one wins between select and ignore."""
    word = selector.strip()
    if word.upper() == "ALL":
        return 0
    if word.lower() == spec.meta.area.value:
        return 1
    if word.upper() == spec.meta.code or word.lower() == spec.meta.name:
        return 10
    return 1 + len(word) if word.upper() == word else 3


def unknown(selectors: Iterable[str], rules: Sequence[RuleSpec]) -> list[str]:
    """The selectors that name no rule at all."""
    return [s for s in selectors if not any(matches(s, spec) for spec in rules)]


def choose(
    rules: Sequence[RuleSpec], select: Sequence[str], ignore: Sequence[str]
) -> list[RuleSpec]:
    """The rules that are on: selected (all when nothing is), and not ignored more closely."""
    chosen = []
    for spec in rules:
        on = max((specificity(s, spec) for s in select if matches(s, spec)), default=-1)
        off = max((specificity(s, spec) for s in ignore if matches(s, spec)), default=-1)
        if (on >= 0 or not select) and (off < 0 or off < on):
            chosen.append(spec)
    return chosen
