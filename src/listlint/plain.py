"""`listlint FILE…` with few simple options, without click: it loads as long as a short file is checked.

Whatever else is asked for is left to `listlint.cli`, which says what is wrong with it.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from typing import Any

FLAGS = {
    "-q": "quiet", "--quiet": "quiet", "--no-cache": "no_cache", "--isolated": "isolated",
    "--exit-zero": "exit_zero", "--statistics": "statistics", "--timing": "timing",
}  # fmt: skip
DEFAULTS: dict[str, Any] = {
    **dict.fromkeys(FLAGS.values(), False),
    **dict.fromkeys(("fix", "unsafe_fixes", "diff", "in_place", "show_settings"), False),
    **dict.fromkeys(("select", "ignore", "extend_select", "marketplace", "config"), ()),
    **dict.fromkeys(("as_of", "lang", "output_format", "fail_on", "baseline", "history")),
    **dict.fromkeys(("add_ignore", "until", "jobs", "max_memory", "max_cells", "timeout")),
    "redact": None, "ignore_in": "sidecar", "engine": "local",
}  # fmt: skip
"""What the options of `listlint check` are when they are not given."""


def parsed(arguments: Sequence[str]) -> tuple[tuple[str, ...], dict[str, Any]] | None:
    """Inputs and options; None for what click must look at."""
    if os.name == "nt" or "_LISTLINT_COMPLETE" in os.environ:
        return None  # click expands patterns, or completes words
    inputs: list[str] = []
    options = dict(DEFAULTS)
    for argument in arguments:
        if argument in FLAGS:
            options[FLAGS[argument]] = True
        elif argument == "-" or argument[:1] not in ("", "-"):
            inputs.append(argument)
        else:
            return None
    # A word of letters may be the name of a command.
    if not inputs or (arguments[0][0] != "-" and arguments[0].replace("-", "").isalpha()):
        return None
    return tuple(inputs), options


def run(inputs: tuple[str, ...], options: dict[str, Any]) -> int:
    """Check; the exit code. What breaks it off ends as under click."""
    from listlint.checking import run as check
    from listlint.cli_options import ready

    ready()
    try:
        code = check(inputs, (), options)
        sys.stdout.flush()
        return code
    except (EOFError, KeyboardInterrupt):
        print("\nAborted!", file=sys.stderr)
        return 1
    except OSError as error:
        if error.errno != errno.EPIPE:
            raise
        # Nobody reads on; nor must the last flush find nobody.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
