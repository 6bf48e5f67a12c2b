"""Read every file of a folder of nasty ones, each bounded, and print counts by outcome.

    python benchmarks/nasty.py FOLDER [--timeout 20] [--max-memory 2G] [--list]

Exit 1 if any file ended in a traceback, a hang or too much memory for the machine, or was read as
nothing without a word.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from listlint.readers import Death, Limits, UnreadableError, notes, open_source, run_bounded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from listlint.readers import Note


def _job(path: str) -> Iterator[tuple[int, list[Note], float, int]]:
    """(cells with text, notes, seconds, peak memory in kB) of one file."""
    said: list[Note] = []
    cells = 0
    began = time.perf_counter()
    try:
        for grid in open_source(path, path, Limits(), said.append):
            for block in grid.blocks():
                cells += sum(1 for row in block.rows for text in row if text)
    except UnreadableError as error:
        said.append(error.note)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield cells, said, time.perf_counter() - began, peak


def _size(text: str) -> int:
    factor = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}.get(text[-1:].upper())
    return int(text[:-1]) * factor if factor else int(text)


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--timeout", type=float, default=20.0)
    parser.add_argument("--max-memory", type=_size, default=2 << 30)
    parser.add_argument("--list", action="store_true", help="name the files of each outcome")
    given = parser.parse_args()
    paths = [str(path) for path in sorted(given.folder.rglob("*")) if path.is_file()]
    limits = Limits(max_memory=given.max_memory, timeout=given.timeout)

    outcomes: defaultdict[str, list[str]] = defaultdict(list)
    oddities: Counter[str] = Counter()
    slowest, peak = (0.0, ""), 0
    began = time.perf_counter()
    for job, message in run_bounded(_job, paths, limits):
        if isinstance(message, Death):
            outcomes[f"child died: {message.reason}"].append(f"{paths[job]} ({message.detail})")
            continue
        cells, said, seconds, memory = message
        slowest = max(slowest, (seconds, paths[job]))
        peak = max(peak, memory)
        unread = [note.name for note in said if note.name in notes.NOT_READ]
        oddities.update({note.name for note in said} - set(unread))
        if unread:
            outcomes[f"{'read in part' if cells else 'unread'}: {unread[0]}"].append(paths[job])
        elif cells:
            outcomes["read with a word" if said else "read"].append(paths[job])
        else:
            outcomes["UNREAD AND UNSAID"].append(paths[job])
    elapsed = time.perf_counter() - began

    for outcome, files in sorted(outcomes.items(), key=lambda item: (-len(item[1]), item[0])):
        print(f"{len(files):6}  {outcome}")
        if given.list:
            print("".join(f"          {file}\n" for file in files), end="")
    print("oddities said:", ", ".join(f"{name} {count}" for name, count in oddities.most_common()))
    print(f"{len(paths)} files in {elapsed:.1f} s; slowest {slowest[0]:.2f} s ({slowest[1]}); "
          f"peak {peak // 1024} MB of the child")  # fmt: skip
    silent = len(outcomes["UNREAD AND UNSAID"])
    hangs = len(outcomes["child died: timeout"])
    crashes = len(outcomes["child died: crashed"])
    done = sum(map(len, outcomes.values()))
    print(f"crashes {crashes}, hangs {hangs}, unread and unsaid {silent}, lost {len(paths) - done}")
    return 1 if silent or hangs or crashes or done != len(paths) else 0


if __name__ == "__main__":
    sys.exit(main())
