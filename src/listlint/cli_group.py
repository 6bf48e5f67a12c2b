"""The group of commands: which module each is in, loaded when it is asked for; `check` by default."""

from __future__ import annotations

from importlib import import_module

import click

ELSEWHERE = {
    "baseline": ("listlint.commands", "baseline", "Accept what is found now as known; later runs report only what is new."),
    "config": ("listlint.commands", "config", "About the settings themselves."),
    "fix": ("listlint.commands", "fix", "Mend what is safe: the same as `listlint --fix`, with the same options."),
    "history": ("listlint.commands", "history", "Show the trend of stored runs, what is new, mended and still open."),
    "init": ("listlint.commands", "init", "Write settings, register templates, a hook and a workflow; nothing is overwritten."),
    "licences": ("listlint.commands_licences", "command", "Show the documents you hold, how many listings need each, and what is missing."),
    "plan": ("listlint.commands_plan", "command", "Draft a plan of action (appeal) from spreadsheets or from one JSON report."),
    "policy": ("listlint.commands_policy", "policy", "Write, check and measure policy packs."),
    "serve": ("listlint.serve.cli", "command", "Open a local page: drop a spreadsheet, see the findings, download the checked workbook."),
    "why-not": ("listlint.commands", "why_not", "Say why a rule did not fire: not selected, no column, excused, suppressed …"),
}  # fmt: skip
"""Command → its module, its name there, and its first sentence, so that help needs no module."""


class Commands(click.Group):
    """`listlint inventory.xlsx` is `listlint check inventory.xlsx`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own = {"--help", "-h", "--version"}
        if args and args[0] not in self.list_commands(ctx) and args[0] not in own:
            args = ["check", *args]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, those of other modules too."""
        return sorted({*self.commands, *ELSEWHERE})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        if cmd_name in ELSEWHERE:
            module, name, _ = ELSEWHERE[cmd_name]
            found: click.Command = getattr(import_module(module), name)
            return found
        return super().get_command(ctx, cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands with what each does, none of them loaded."""
        names = self.list_commands(ctx)
        limit = formatter.width - 6 - max(map(len, names))
        rows = []
        for name in names:
            if name in ELSEWHERE:
                shown = click.Command(name, help=ELSEWHERE[name][2])
            else:
                shown = self.commands[name]
            rows.append((name, shown.get_short_help_str(limit)))
        with formatter.section("Commands"):
            formatter.write_dl(rows)
