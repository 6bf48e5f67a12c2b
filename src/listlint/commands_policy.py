"""`listlint policy …`: what people who write policies use."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import click

from listlint.cli_options import CLEAN, FOUND, common_options, prepare_or_stop, settings_of, stop


@click.group("policy")
def policy() -> None:
    """Write, check and measure policy packs."""


@policy.command("lint")
@click.argument("policies", nargs=-1, type=click.Path(path_type=Path))
def lint(policies: tuple[Path, ...]) -> None:
    """Find dead exceptions, doubled terms, rules that hold nowhere (default: the shipped packs)."""
    from listlint.policy.errors import PolicyError
    from listlint.policy.library import load_profiles
    from listlint.policy.lint import lint_policies
    from listlint.policy.load import pack_files
    from listlint.policy.paths import builtin

    shipped = builtin()
    try:
        faults = lint_policies(
            pack_files(policies or [shipped]),
            pack_files([shipped]),
            load_profiles([shipped]),
            date.today(),
        )
    except PolicyError as error:
        stop(str(error))
    for fault in faults:
        click.echo(str(fault))
    click.echo(f"{len(faults)} to mend")
    sys.exit(FOUND if faults else CLEAN)


@policy.command("new")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--code", default="PRO900", help="Code of the first rule; your own begin at 900.")
def new(path: Path, code: str) -> None:
    """Write a starting pack at PATH (say my-policies/prohibited/widgets.toml)."""
    from listlint.policy.scaffold import new_pack

    if path.exists():
        stop(f"{path} is there already")
    if not path.parent.is_dir():
        stop(f"the folder {path.parent} does not exist; create it first")
    path.write_text(
        new_pack(f"{path.parent.name or 'own'}/{path.stem}", code, date.today()), "utf-8"
    )
    click.echo(f"{path}: change it, then run: listlint test {path}")


@policy.command("schema")
def schema() -> None:
    """Print the JSON Schema of policy packs, for editors."""
    import json

    from listlint.policy.schema import PackModel

    click.echo(json.dumps(PackModel.model_json_schema(by_alias=True), ensure_ascii=False, indent=2))


@policy.command("coverage")
@common_options
def coverage(**options: object) -> None:
    """Print which headings of the marketplaces' policies the rules cover, as Markdown."""
    from listlint.policy.coverage import matrix
    from listlint.policy.errors import PolicyError
    from listlint.policy.paths import builtin

    prepared = prepare_or_stop(settings_of((), options))
    try:
        click.echo(matrix(prepared.library, builtin() / "coverage" / "headings.csv"), nl=False)
    except PolicyError as error:
        stop(str(error))
