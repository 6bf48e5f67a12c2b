"""The command: options in, a server that runs until it is stopped."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from listlint.serve.jobs import Limits

_WRONG = 2
_NEEDS = ("starlette", "uvicorn", "python_multipart", "jinja2")
_MEGABYTE = 1 << 20


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    default=0,
    type=click.IntRange(0, 65535),
    help="Port to listen on (default: one that is free).",
)
@click.option(
    "--allow-host",
    multiple=True,
    metavar="NAME",
    help="A name that browsers may call this server by (repeatable).",
)
@click.option("--config", metavar="FILE", help="Settings file (default: as for checking).")
@click.option("--isolated", is_flag=True, help="Read no settings file.")
@click.option("--lang", type=click.Choice(["en", "zh"]), help="Language to begin with.")
@click.option(
    "--max-upload",
    default=200,
    show_default=True,
    type=click.IntRange(1),
    metavar="MB",
    help="Most that one check may upload.",
)
@click.option(
    "--timeout",
    default=600,
    show_default=True,
    type=click.IntRange(1),
    metavar="SECONDS",
    help="Most time one check may take.",
)
@click.option("--no-browser", is_flag=True, help="Only print the address.")
def command(
    host: str,
    port: int,
    allow_host: tuple[str, ...],
    config: str | None,
    isolated: bool,
    lang: str | None,
    max_upload: int,
    timeout: int,
    no_browser: bool,
) -> None:
    """Open a local page: drop a spreadsheet, see the findings, download the checked workbook.

    Nothing leaves this computer; uploaded files are deleted when the page is closed, or after an
    hour. Stop with Ctrl+C.
    """
    missing = [name for name in _NEEDS if find_spec(name) is None]
    if missing:
        click.echo('listlint: serve needs an extra: pip install "listlint[serve]"', err=True)
        sys.exit(_WRONG)
    from listlint.serve.jobs import Limits

    settings = None if isolated else _config(config)
    limits = Limits(upload=max_upload * _MEGABYTE, seconds=float(timeout))
    try:
        _run(host, port, allow_host, settings, lang, limits, not no_browser)
    except OSError as error:
        click.echo(f"listlint: can't listen on {host}:{port}: {error.strerror}", err=True)
        sys.exit(_WRONG)


def _config(named: str | None) -> Path | None:
    """The settings file that checks go by: the one named, else the one found from here upward."""
    from listlint.config_file import discover

    if named is None:
        found = discover(Path.cwd())
        return None if found is None else found.resolve()
    if not Path(named).is_file():
        click.echo(f"listlint: --config {named}: no such file", err=True)
        sys.exit(_WRONG)
    return Path(named).resolve()


def _run(
    host: str,
    port: int,
    names: tuple[str, ...],
    config: Path | None,
    lang: str | None,
    limits: Limits,
    browse: bool,
) -> None:
    import socket

    import uvicorn

    from listlint.serve.app import create_app
    from listlint.serve.guard import Access

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as door:
        if os.name == "posix":
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind((host, port))
        port = door.getsockname()[1]
        access = Access(host, port, names)
        shown = f"[{host}]" if family == socket.AF_INET6 else host
        address = f"http://{shown}:{port}/?token={access.token}"
        if not access.loopback:
            click.echo(
                "listlint: other computers can reach this server; whoever opens the address first "
                "can use it, and nothing on the way is encrypted",
                err=True,
            )
        click.echo(f"listlint: open {address}")
        click.echo("listlint: the address works once; stop with Ctrl+C")
        app = create_app(access, limits, config, lang)
        server = uvicorn.Server(
            uvicorn.Config(
                app, log_level="warning", access_log=False, server_header=False, lifespan="on"
            )
        )
        if browse:
            import webbrowser

            # The socket is bound but not listening yet; the browser's first try waits for it.
            door.listen()
            webbrowser.open(address)
        with suppress(KeyboardInterrupt):
            # Ctrl+C is how it is meant to end.
            server.run(sockets=[door])
