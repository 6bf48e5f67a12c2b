"""Which rules are meant by a word: code, code prefix, name, area, pack, `ALL`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from listlint.policy.library import RuleSpec

if TYPE_CHECKING:
    from listlint.config import Override, Settings


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
    if meta.went_by(word):
        return True
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
    if spec.meta.went_by(word):
        return 10
    return 1 + len(word) if word.upper() == word else 3


def unknown(selectors: Iterable[str], rules: Sequence[RuleSpec]) -> list[str]:
    """The selectors that name no rule at all."""
    return [s for s in selectors if not any(matches(s, spec) for spec in rules)]


def selectors(settings: Settings) -> list[str]:
    """Every word of the settings that names rules."""
    words = [*settings.select, *settings.extend_select, *settings.ignore, *settings.extend_ignore]
    words += settings.severity
    for override in settings.overrides:
        words += [*override.select, *override.extend_select, *override.ignore, *override.severity]
    return words


def choose(
    rules: Sequence[RuleSpec], select: Sequence[str], ignore: Sequence[str]
) -> list[RuleSpec]:
    """The rules that are on: selected (all when nothing is), and not ignored more closely."""
    chosen = []
    for spec in rules:
        on, off = _closest(select, spec), _closest(ignore, spec)
        if (on >= 0 or not select) and (off < 0 or off < on):
            chosen.append(spec)
    return chosen


def chosen_by(rules: Sequence[RuleSpec], settings: Settings) -> list[RuleSpec]:
    """The rules that are on for a whole run: those of the settings, and those an override adds."""
    base = {s.meta.code for s in choose_all(rules, settings)}
    for override in settings.overrides:
        base |= {code for code, on in switched(rules, override).items() if on}
    return [s for s in rules if s.meta.code in base]


def choose_all(rules: Sequence[RuleSpec], settings: Settings) -> list[RuleSpec]:
    """The rules that the settings themselves switch on, overrides aside."""
    select = settings.select
    if select or settings.extend_select:
        select = (*(select or ("ALL",)), *settings.extend_select)
    return choose(rules, select, (*settings.ignore, *settings.extend_ignore))


def switched(rules: Sequence[RuleSpec], override: Override) -> dict[str, bool]:
    """Rule code → whether the override switches it on or off; rules it leaves alone are not in it."""
    found: dict[str, bool] = {}
    for spec in rules:
        on = _closest((*override.select, *override.extend_select), spec)
        off = _closest(override.ignore, spec)
        if off >= 0 and off >= on:
            found[spec.meta.code] = False
        elif on >= 0:
            found[spec.meta.code] = True
        elif override.select:
            found[spec.meta.code] = False
    return found


def _closest(selectors: Iterable[str], spec: RuleSpec) -> int:
    return max((specificity(s, spec) for s in selectors if matches(s, spec)), default=-1)
