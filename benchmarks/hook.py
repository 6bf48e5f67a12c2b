"""How long the pre-commit hook takes: `python benchmarks/hook.py [--runs 7] [FILE.csv]`.

A git repository is made with one small CSV and two local hooks: listlint, and one that only starts
Python. Printed are the medians of listlint itself and of whole `pre-commit run`s, and their ratios
to a bare start of Python. Steps take turns, so that a busy machine is busy for all of them.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

ROWS = 50
GOAL = 15
"""Most bare starts of Python that a file of fifty rows may take (warm cache)."""
KNOWN, FRESH = "listlint small.csv", "listlint small.csv, its results not kept"
HOOK = """  - id: {name}
    name: {name}
    entry: {entry}
    language: system
    files: \\.csv$
    require_serial: true
"""


def main() -> None:
    """Make the repository, take the times, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("file", nargs="?", type=Path, help="a CSV of your own")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="listlint-hook-") as folder:
        steps = _steps(Path(folder), options.file)
        times: dict[str, list[float]] = {name: [] for name in steps}
        for command in steps.values():
            _run(command, folder)  # fills the caches
        for _ in range(options.runs):
            for name, command in steps.items():
                times[name].append(_run(command, folder))
    bare = statistics.median(times["python -c pass"])
    print("| step | median, ms | : bare Python |\n|---|---:|---:|")
    for name, taken in times.items():
        middle = statistics.median(taken)
        print(f"| {name} | {1000 * middle:.0f} | {middle / bare:.1f} |")
    for name in (KNOWN, FRESH):
        own = statistics.median(times[name]) / bare
        print(f"\n{name}: {own:.1f} bare starts for {ROWS} rows; the goal is at most {GOAL}")


def _steps(folder: Path, given: Path | None) -> dict[str, list[str]]:
    python, small = sys.executable, folder / "small.csv"
    if given is not None:
        shutil.copy(given, small)
    else:
        rows = (f"A-{n},Linen apron number {n},Harrowfield,{n}.50" for n in range(ROWS))
        small.write_text("\n".join(["sku,title,brand,price", *rows]) + "\n", "utf-8")
    hooks = [
        HOOK.format(name="listlint", entry=f"{python} -m listlint"),
        HOOK.format(name="nothing", entry=f"{python} -c pass"),
    ]
    config = "repos:\n- repo: local\n  hooks:\n" + "".join(hooks)
    (folder / ".pre-commit-config.yaml").write_text(config, "utf-8")
    for command in (["git", "init", "-q"], ["git", "add", "-A"]):
        subprocess.run(command, cwd=folder, check=True)
    steps = {
        "python -c pass": [python, "-c", "pass"],
        KNOWN: [python, "-m", "listlint", "small.csv", "-q"],
        FRESH: [python, "-m", "listlint", "small.csv", "-q", "--no-cache"],
    }
    run = [python, "-m", "pre_commit", "run", "--all-files"]
    if subprocess.run([*run, "nothing"], cwd=folder, capture_output=True, check=False).returncode:
        print("pre-commit is not installed: only listlint itself is measured", file=sys.stderr)
        return steps
    return {
        **steps,
        "pre-commit, a hook that does nothing": [*run, "nothing"],
        "pre-commit, listlint": [*run, "listlint"],
    }


def _run(command: list[str], folder: str) -> float:
    """Seconds by the clock. Raises `RuntimeError` where it fails: what failed is not fast."""
    env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    began = perf_counter()
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, check=False)
    if done.returncode not in (0, 1):  # 1: something was found
        raise RuntimeError(f"{command}: {done.stdout.decode()}{done.stderr.decode()}")
    return perf_counter() - began


if __name__ == "__main__":
    main()
