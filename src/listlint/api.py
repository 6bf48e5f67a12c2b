"""The public door: what plugins, notebooks and other programs import. All behind it may move.

from listlint import api

report = api.lint(["inventory.xlsx"], marketplace=["amazon.de"])
for finding in report.findings:
    print(finding.location.cell, finding.rule, finding.message.en)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from listlint.batch import Batch, Column, Sheet
from listlint.config import ConfigError, Settings
from listlint.decide import Switches
from listlint.model import (
    Area,
    Confidence,
    Edit,
    Finding,
    Fix,
    Here,
    Location,
    Report,
    Severity,
    Source,
    Text,
)
from listlint.plugins import PluginError
from listlint.policy.errors import PolicyError
from listlint.policy.library import Library, RuleSpec
from listlint.policy.testing import Row, batch_of, findings_of
from listlint.registers import Registers
from listlint.rules.interface import CrossRule, Hit, Key, Meeting, Rule, RuleMeta, Run, Seen
from listlint.run import Progress, engine_for, prepare
from listlint.run import lint as _lint
from listlint.slotted import replace

__all__ = [
    "Area",
    "Batch",
    "Column",
    "Confidence",
    "ConfigError",
    "CrossRule",
    "Edit",
    "Finding",
    "Fix",
    "Here",
    "Hit",
    "Key",
    "Library",
    "Linter",
    "Location",
    "Meeting",
    "PluginError",
    "PolicyError",
    "Report",
    "Rule",
    "RuleMeta",
    "RuleSpec",
    "Run",
    "Seen",
    "Settings",
    "Severity",
    "Sheet",
    "Source",
    "Text",
    "lint",
]


Value = str | int | float | None | Sequence[str | int | float | None]
"""What a field of a listing may hold."""


def _text(value: object) -> str:
    return "" if value is None else str(value)


def lint(inputs: Sequence[str], *, progress: Progress | None = None, **settings: Any) -> Report:
    """Check files, folders and globs; keyword arguments are those of `Settings`.

    What can't be read is in the report as `FILE` findings. Raises `ConfigError`, `PolicyError` or
    `PluginError` when the settings, policies or plugins can't be used.
    """
    return _lint(inputs, prepare(Settings(**settings)), progress)


class Linter:
    """The rules, built once, for listings that are not in a file."""

    def __init__(self, settings: Settings | None = None) -> None:
        prepared = prepare(settings or Settings())
        self.library: Library = prepared.library
        self._engine = engine_for(prepared)
        self._registers = self._engine.run.registers
        self._switches = Switches(self.library, prepared.settings)

    def check_listing(
        self, listing: Mapping[str, Value], marketplace: str | None = None
    ) -> list[Finding]:
        """The findings of one listing, canonical field → value (a list fills a repeating field).

        Numbers are taken as they print, None as an empty cell.
        """
        return self.check_listings([listing], marketplace)

    def check_listings(
        self,
        listings: Sequence[Mapping[str, Value]],
        marketplace: str | None = None,
        *,
        register: Sequence[Mapping[str, str]] | None = None,
        authorisations: Sequence[Mapping[str, str]] | None = None,
        seller: Mapping[str, str] | None = None,
    ) -> list[Finding]:
        """The findings of several listings together; rows are numbered from 2.

        `register` holds rows of a licence register (an empty one: nothing is held), `authorisations`
        rows of brand authorisations, `seller` who sells; None: not given. Raises `ConfigError` for
        a marketplace that no profile knows.
        """
        profile = self.library.profile(marketplace) if marketplace else None
        if marketplace and profile is None:
            raise ConfigError(f"no marketplace is called {marketplace!r}")
        registers = self._registers
        if register is not None:
            registers = registers.merge(Registers.from_rows("licences", register))
        if authorisations is not None:
            registers = registers.merge(Registers.from_rows("authorisations", authorisations))
        if seller is not None:
            registers = registers.merge(Registers.from_rows("seller", [seller]))
        self._engine.run = replace(self._engine.run, registers=registers)
        rows: list[Row] = [
            {
                name: [_text(v) for v in value] if isinstance(value, list | tuple) else _text(value)
                for name, value in listing.items()
            }
            for listing in listings
        ]
        found = findings_of(self._engine, batch_of(rows, (profile.id,) if profile else ()))
        settled = (self._switches.settle(f, f.location.path, ()) for f in found)
        return [f for f in settled if f is not None]
