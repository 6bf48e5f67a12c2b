"""Fixtures that several tests use."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from listlint import api

# A busy machine is no fault of the code under test.
settings.register_profile("listlint", deadline=None)
settings.load_profile("listlint")

ROOT = Path(__file__).resolve().parent.parent


@cache
def generate() -> Any:
    """The module that the benchmarks make their catalogs with."""
    spec = importlib.util.spec_from_file_location("generate", ROOT / "benchmarks" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run of the program came to."""

    code: int
    stdout: str
    stderr: str

    @property
    def json(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.stdout)


RunCli = Callable[..., Ran]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real seller files and facts; the test is skipped where it is missing."""
    folder = Path(os.environ.get("LISTLINT_SHARED") or ROOT.parent / "shared")
    if not folder.is_dir():
        pytest.skip(f"{folder} is not there; LISTLINT_SHARED names the folder of real seller files")
    return folder


@pytest.fixture(scope="session")
def cache_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache of compiled packs for the tests alone."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def linter() -> api.Linter:
    """What checks listings in this process, by all rules that are on by default."""
    return api.Linter()


@pytest.fixture(scope="session")
def run_cli(cache_dir: Path) -> RunCli:
    """Runs `python -m listlint` with the given arguments, in the project's folder unless told."""

    def run(*arguments: str | Path, cwd: Path = ROOT, env: dict[str, str] | None = None) -> Ran:
        # What tells a CI system or a language apart must not come from whoever runs the tests.
        kept = {
            k: v
            for k, v in os.environ.items()
            if k not in ("GITHUB_ACTIONS", "GITLAB_CI", "TF_BUILD", "LANGUAGE", "LC_MESSAGES")
        }
        done = subprocess.run(
            [sys.executable, "-m", "listlint", *map(str, arguments)],
            cwd=cwd,
            env={**kept, "LC_ALL": "C.UTF-8", "LISTLINT_CACHE_DIR": str(cache_dir), **(env or {})},
            capture_output=True,
            encoding="utf-8",
            timeout=300,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Ran(done.returncode, done.stdout, done.stderr)

    return run
