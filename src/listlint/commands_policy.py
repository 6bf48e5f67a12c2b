"""`listlint policy …`: what people who write policies use."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from listlint.cli_options import CLEAN, FOUND, common_options, prepare_or_stop, settings_of, stop


@click.group("policy")
def policy() -> None:
    """Write, check and measure policy packs."""


@policy.command("lint")
@click.argument("policies", nargs=-1, type=click.Path(path_type=Path))
def lint(policies: tuple[Path, ...]) -> None:
    """Find dead exceptions, doubled terms, rules that hold nowhere (default: the shipped packs)."""
    from listlint.config import Settings
    from listlint.plugins import Plugins
    from listlint.policy.errors import PolicyError
    from listlint.policy.library import load_profiles
    from listlint.policy.lint import Fault, lint_policies
    from listlint.policy.load import pack_files
    from listlint.policy.paths import builtin
    from listlint.policy.sharpen import load_sharpenings
    from listlint.run import load_policies
    from listlint.sharpened import faults as sharpening_faults

    shipped = builtin()
    try:
        faults = lint_policies(
            pack_files(policies or [shipped]),
            pack_files([shipped]),
            load_profiles([shipped]),
            date.today(),
        )
        folders = [p for p in policies if (p / "profiles").is_dir()] or (
            [] if policies else [shipped]
        )
        if folders:
            library = load_policies(Settings(policies=tuple(map(str, policies))), Plugins())
            own = load_sharpenings(folders)
            faults += [Fault(*fault) for fault in sharpening_faults(library, own)]
    except PolicyError as error:
        stop(str(error))
    for fault in faults:
        click.echo(str(fault))
    click.echo(f"{len(faults)} to mend")
    sys.exit(FOUND if faults else CLEAN)


@policy.command("new")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--code", help="Code of the first rule; default: the next free one from PRO900 on.")
def new(path: Path, code: str | None) -> None:
    """Write a starting pack at PATH (say our-rules/widgets.toml); its folder is made if need be."""
    from listlint.policy.scaffold import free_code, new_pack, refused_code

    if path.suffix != ".toml":
        stop(f"{path}: the name of a pack ends in .toml, say {path.with_suffix('.toml')}")
    if path.exists():
        stop(f"{path} is there already")
    if code and (fault := refused_code(code)):
        stop(f"--code: {fault}")
    pack = f"{path.absolute().parent.name or 'own'}/{path.stem}"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        text = new_pack(pack, code or free_code(path.parent), date.today())
        path.write_text(text, "utf-8")
    except OSError as error:
        stop(f"{path}: {error.strerror or error}")
    click.echo(f"{path}: change it, then run: listlint test {path}")


class _Kinds(click.ParamType[str]):
    """The kinds of list that can be imported: those of policies/imports/kinds.toml."""

    name = "kind"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The kind itself; else usage is wrong."""
        from listlint.policy.importing import kinds

        known = kinds()
        if value not in known:
            said = "; ".join(f"{name} ({kind['what']})" for name, kind in known.items())
            self.fail(f"no kind {value!r}. There are: {said}", param, ctx)
        return value


@policy.command("import")
@click.argument("kind", type=_Kinds())
@click.argument("file", type=click.Path(path_type=Path))
@click.option("-o", "--output", "out", required=True, type=click.Path(path_type=Path))
@click.option("--source", help="Web address that the list is from (known for some kinds).")
@click.option("--licence", default="not stated", help="Terms on which the list may be used.")
@click.option(
    "--retrieved",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Day of the download (default: the file's own date).",
)
@click.option(
    "--column", multiple=True, metavar="NAME=HEADER", help="Which header is which column."
)
@click.option("--jurisdiction", multiple=True, help="Where the list holds (US, DE …).")
@click.option("--marketplace", multiple=True, help="Marketplace the list is of (amazon.*).")
@click.option("--name", help="Name of the pack, to keep several lists of one kind.")
@click.option("--code", type=click.IntRange(900, 997), help="Number of the first rule's code.")
@click.option("--force", is_flag=True, help="Write the pack anew where an import wrote one.")
def import_(
    kind: str,
    file: Path,
    out: Path,
    retrieved: datetime | None,
    column: Sequence[str],
    jurisdiction: Sequence[str],
    marketplace: Sequence[str],
    **options: Any,
) -> None:
    """Make a pack of a list you have downloaded: FILE, of KIND.

    KIND is recalls, sanctions, trademarks, terms or email-domains (docs/policy-import.md).
    """
    from listlint.policy.errors import PolicyError
    from listlint.policy.imported_pack import Request
    from listlint.policy.importing import import_list

    columns = {}
    for pair in column:
        name, _, header = pair.partition("=")
        if not header:
            stop(f"--column {pair}: write NAME=HEADER")
        columns[name.strip()] = header.strip()
    try:
        day = retrieved.date() if retrieved else date.fromtimestamp(file.stat().st_mtime)
        report = import_list(
            Request(
                kind,
                file,
                out,
                day,
                columns=columns,
                jurisdictions=jurisdiction,
                marketplaces=marketplace,
                **options,
            ),
            date.today(),
        )
    except OSError as error:
        stop(f"{file}: can't be read: {error.strerror}")
    except PolicyError as error:
        stop(str(error))
    for code, count in report.terms.items():
        click.echo(f"{code}: {count:,} to look for")
    for reason, (count, first) in report.left_out.items():
        click.echo(f"left out: {count:,}, {reason} (first: {first})", err=True)
    click.echo(f"{out}: add it to `policies` in listlint.toml, or --config policies={out}")


@policy.command("schema")
def schema() -> None:
    """Print the JSON Schema of policy packs, for editors."""
    import json

    from listlint.policy.schema import PackModel

    click.echo(json.dumps(PackModel.model_json_schema(by_alias=True), ensure_ascii=False, indent=2))


@policy.command("coverage")
@common_options
def coverage(**options: object) -> None:
    """Print what the rules cover and which matter most, as Markdown."""
    from listlint.policy.coverage import page
    from listlint.policy.errors import PolicyError
    from listlint.policy.paths import builtin

    prepared = prepare_or_stop(settings_of((), options))
    try:
        click.echo(page(prepared.library, builtin() / "coverage"), nl=False)
    except PolicyError as error:
        stop(str(error))
