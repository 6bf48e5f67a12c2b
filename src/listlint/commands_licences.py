"""`listlint licences`: what is held, what it is needed for, what ends soon, what is missing."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from listlint.cli_options import (
    CLEAN,
    UNREAD,
    common_options,
    guess_lang,
    prepare_or_stop,
    prepared_by_file,
    resolver_of,
    stop,
)

if TYPE_CHECKING:
    from listlint.model import Lang


@click.command("licences")
@click.argument("inputs", nargs=-1, required=True, metavar="FILE…")
@common_options
@click.option("--output-format", type=click.Choice(["text", "json"]), default="text")
@click.option("--redact", is_flag=True, help="Mask the numbers of documents.")
def command(inputs: tuple[str, ...], output_format: str, redact: bool, **options: Any) -> None:
    """Show the documents you hold, how many listings need each, and what is missing."""
    from listlint.config import ConfigError
    from listlint.vault import vault_of
    from listlint.vault_show import as_json, as_text, masked

    resolver = resolver_of(options)
    try:
        prepared = prepare_or_stop(resolver.main(inputs))
        vault = vault_of(inputs, prepared, prepared_by_file(resolver, prepared))
    except ConfigError as error:
        stop(str(error))
    if redact:
        vault = masked(vault)
    lang: Lang = prepared.settings.lang or guess_lang()
    click.echo(as_json(vault) if output_format == "json" else as_text(vault, lang))
    sys.exit(UNREAD if vault.unread else CLEAN)
