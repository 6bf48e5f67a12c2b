"""What becomes of findings: off or on, how severe, which one it is. Pure functions, no I/O."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from listlint.model import SEVERITY_TEXT, Area, Finding, Here, Severity, Text
from listlint.select import choose, choose_all, matches, specificity, switched
from listlint.sharpened import Sharpened
from listlint.slotted import replace
from listlint.suppress import fits_path
from listlint.wildcard import fits

if TYPE_CHECKING:
    from listlint.config import Override, Settings
    from listlint.policy.library import Library, RuleSpec


def severities(rules: Sequence[RuleSpec], wanted: Mapping[str, Severity]) -> dict[str, Severity]:
    """Rule code → the severity that the closest selector gives it.

    What was not read stays an error, whatever the settings say.
    """
    found: dict[str, Severity] = {}
    for spec in rules if wanted else ():
        if spec.meta.area is Area.FILE and spec.meta.severity is Severity.ERROR:
            continue
        fitting = [s for s in wanted if matches(s, spec)]
        if fitting:
            found[spec.meta.code] = wanted[max(fitting, key=lambda s: specificity(s, spec))]
    return found


class Switches:
    """What one configuration says of findings: which count there, and how severe they are."""

    def __init__(self, library: Library, settings: Settings) -> None:
        rules = library.rules
        self._sharpened = Sharpened(library, settings.as_of) if library.sharpenings else None
        self._titles = {p.id: p.title for p in library.profiles.values()}
        self._base = {s.meta.code for s in choose_all(rules, settings)}
        self._severity = severities(rules, settings.severity)
        self._overrides = [
            (_known(o, library), switched(rules, o), severities(rules, o.severity))
            for o in settings.overrides
        ]
        ignored = (*settings.ignore, *settings.extend_ignore)
        self._quiet = {
            s.meta.code
            for s in rules
            if s.meta.area is Area.FILE
            and s.meta.severity is not Severity.ERROR
            and ignored
            and not choose([s], settings.select and ("ALL",), ignored)
        }

    def settle(self, finding: Finding, path: str, sellers: Sequence[str]) -> Finding | None:
        """The finding as severe as it is here; None where its rule is off.

        `path` is relative to the settings. Each marketplace of the finding is asked: what its
        profile says goes before the rule's own severity, the settings before both. The worst
        severity counts; `sharpened` has each one's.
        """
        if finding.area is Area.FILE:
            return self._file(finding)
        rule = finding.rule
        base = self._severity.get(rule)
        if not self._overrides and (base or self._sharpened is None):
            return replace(finding, severity=base) if base else finding
        left: list[str] = []
        said: list[Here] = []
        worst: Severity | None = None
        for marketplace in finding.marketplaces or ("",):
            on, severity = rule in self._base, base or finding.severity
            here = next((h for h in finding.sharpened if h.marketplace == marketplace), None)
            if base is None and self._sharpened is not None and marketplace:
                sharp = self._sharpened.severity(rule, marketplace)
                if sharp is not None and sharp.off:
                    on = False
                elif sharp is not None and sharp.severity is not None:
                    severity = sharp.severity
                    here = Here(marketplace, severity, sharp.reason, sharp.source)
            for override, switches, wanted in self._overrides:
                if _applies(override, finding, path, marketplace, sellers):
                    on = switches.get(rule, on)
                    if rule in wanted:
                        severity = wanted[rule]
                        why = Text(override.reason, override.reason)
                        here = Here(marketplace, severity, why) if override.reason else None
            if on:
                left.append(marketplace)
                said += [here] if here is not None else []
                worst = severity if worst is None or severity.rank < worst.rank else worst
        if worst is None:
            return None
        kept = tuple(left) if finding.marketplaces else ()
        settled = replace(finding, severity=worst, marketplaces=kept)
        return self._saying(settled, said) if said else settled

    def _saying(self, finding: Finding, said: Sequence[Here]) -> Finding:
        """The finding with what single marketplaces say of it, in its `why` and its sources too."""
        why_en, why_zh = finding.why
        groups: dict[tuple[Severity, Text], list[Text]] = {}
        for here in said:
            title = self._titles.get(here.marketplace, Text("this", "此处"))
            groups.setdefault((here.severity, here.reason), []).append(title)
        for (severity, reason), titles in groups.items():
            en, zh = ", ".join(t.en for t in titles), "、".join(t.zh for t in titles)
            why_en += f" {severity.value.capitalize()} on {en} because {reason.en.rstrip('.')}."
            why_zh += f"在{zh}属于{SEVERITY_TEXT[severity].zh}：{reason.zh.rstrip('。')}。"
        source = dict.fromkeys((*finding.source, *(s for here in said for s in here.source)))
        return replace(
            finding, why=Text(why_en, why_zh), source=tuple(source), sharpened=tuple(said)
        )

    def _file(self, finding: Finding) -> Finding | None:
        if finding.rule in self._quiet:
            return None
        severity = self._severity.get(finding.rule)
        return replace(finding, severity=severity) if severity else finding


def _known(override: Override, library: Library) -> Override:
    """The override with its marketplaces by their ids; patterns stay."""
    ids = []
    for name in override.marketplaces:
        profile = library.profile(name)
        ids.append(profile.id if profile else name)
    return replace(override, marketplaces=tuple(ids))


def _applies(
    override: Override, finding: Finding, path: str, marketplace: str, sellers: Sequence[str]
) -> bool:
    place = finding.location
    return (
        fits_path(path, override.files)
        and (not override.sheets or _fits(place.sheet or "", override.sheets))
        and (not override.marketplaces or _fits(marketplace, override.marketplaces))
        and (not override.sellers or any(_fits(s, override.sellers) for s in sellers))
    )


def _fits(value: str, patterns: Sequence[str]) -> bool:
    return any(fits(value.casefold(), p.casefold()) for p in patterns)


def relative(path: str, base: str) -> str:
    """What a file is called in identities: from the folder of the settings, with `/`.

    Standard input stays `-`; on another drive the path stays whole.
    """
    if path == "-":
        return path
    try:
        found = os.path.relpath(path, base)
    except ValueError:
        found = path
    return found.replace(os.sep, "/")


def fingerprints(
    findings: Iterable[tuple[Finding, str]], was: Mapping[str, Sequence[str]] | None = None
) -> list[Finding]:
    """(finding with its bare identity, relative path) → the findings with their fingerprints.

    A fingerprint is made of rule, file, sheet and identity (SKU or row content, field, folded
    match); where that repeats, the second has `:2` after it, and so on. `was` gives the old codes
    of rules that were renamed: the fingerprints under these become `former`.
    """
    counts: dict[str, int] = {}
    found = []
    for f, path in findings:
        digest = _digest(f.rule, path, f)
        nth = counts[digest] = counts.get(digest, 0) + 1
        end = "" if nth == 1 else f":{nth}"
        old = was.get(f.rule, ()) if was else ()
        former = tuple(_digest(code, path, f) + end for code in old)
        found.append(replace(f, fingerprint=digest + end, former=former))
    return found


def _digest(rule: str, path: str, finding: Finding) -> str:
    text = "\x1e".join((rule, path, finding.location.sheet or "", finding.fingerprint))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]
