"""Fuzz one target, led by coverage; needs atheris (`pip install atheris`, Linux, development only).

    PYTHONPATH=src python fuzz/run.py reading [-max_total_time=300 …]

Options after the target go to libFuzzer. New inputs are kept in a temporary folder beside the
corpus; a crash is written to the working directory as `crash-…`.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

CORPUS = Path(__file__).parent / "corpus"

with atheris.instrument_imports(include=["listlint"]):
    from targets import TARGETS


def main() -> None:
    """Run the command."""
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name not in TARGETS:
        sys.exit(f"usage: run.py {'|'.join(TARGETS)} [libFuzzer options]")
    found = tempfile.mkdtemp(prefix=f"{name}-")
    print(f"new inputs: {found}", file=sys.stderr)
    options = ["-timeout=20", "-rss_limit_mb=2048", *sys.argv[2:]]
    atheris.Setup([sys.argv[0], *options, found, str(CORPUS / name)], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
