"""The hooks with the real pre-commit: a catalog under git, from the first commit to the nightly run."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conftest import ROOT, RunCli
from teamwork import BAD, RULE, sheet

yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")

SHIPPED = ("src", "policies", "pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md")
Git = Callable[..., subprocess.CompletedProcess[str]]


def hooks() -> dict[str, dict[str, Any]]:
    """The hooks by their ids."""
    items = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    return {item["id"]: item for item in items}


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("inventory.xlsx", True),
        ("catalog/de/库存.csv", True),
        ("flat file.tsv", True),
        ("macro.xlsm", True),
        ("INVENTORY.XLSX", True),
        ("notes.txt", False),
        ("inventory.xlsx.listlint.toml", False),
        ("xlsx/readme.md", False),
    ],
)
def test_files_of_the_hook(name: str, taken: bool) -> None:
    assert bool(re.search(hooks()["listlint"]["files"], name)) is taken


@pytest.mark.parametrize("hook", ["listlint-policies", "listlint-policy-lint"])
@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("policies/ip/counterfeit.toml", True),
        ("our/policies/house.toml", True),
        ("policies/columns/fields.toml", False),
        ("pyproject.toml", False),
    ],
)
def test_files_of_the_policy_hooks(name: str, taken: bool, hook: str) -> None:
    files, exclude = hooks()[hook]["files"], hooks()[hook]["exclude"]
    wanted = bool(re.search(files, name)) and not re.search(exclude, name)
    assert wanted is taken


@pytest.mark.parametrize(
    ("template", "place"),
    [
        ("github-pull-request.yml", "examples/workflows/github-pull-request.yml"),
        ("github-nightly.yml", "examples/workflows/github-nightly.yml"),
        ("gitlab.yml", "ci/gitlab.yml"),
    ],
)
def test_examples_are_what_init_writes(template: str, place: str) -> None:
    shipped = ROOT / "src" / "listlint" / "templates" / template
    text = (ROOT / place).read_text("utf-8")
    assert text == shipped.read_text("utf-8")
    assert yaml.safe_load(text)


def test_action_runs_no_input_as_a_command() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    steps = action["runs"]["steps"]
    assert action["runs"]["using"] == "composite"
    assert not [s for s in steps if "${{" in s.get("run", "")]


def run(*command: str | Path, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("GIT_", "PYTHONPATH"))}
    return subprocess.run(
        [str(c) for c in command],
        cwd=cwd,
        env={**kept, **env},
        capture_output=True,
        encoding="utf-8",
        timeout=900,
        check=False,
    )


def commit_all(folder: Path, message: str, **env: str) -> subprocess.CompletedProcess[str]:
    names = (
        "-c",
        "user.name=test",
        "-c",
        "user.email=test@example.org",
        "-c",
        "commit.gpgsign=false",
    )
    run("git", "add", "-A", cwd=folder)
    return run("git", *names, "commit", "-m", message, cwd=folder, **env)


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A catalog under git whose commits the hook checks, and the environment to commit in.

    The hook comes from a git clone of this checkout and is installed by pre-commit itself.
    """
    if importlib.util.find_spec("pre_commit") is None or shutil.which("git") is None:
        pytest.skip("pre-commit or git is not installed")
    base = tmp_path_factory.mktemp("hook")
    source = base / "listlint"
    source.mkdir()
    for name in (*SHIPPED, ".pre-commit-hooks.yaml"):
        if (ROOT / name).is_dir():
            shutil.copytree(
                ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__", ".*")
            )
        else:
            shutil.copy(ROOT / name, source / name)
    run("git", "init", "-q", cwd=source)
    assert commit_all(source, "listlint").returncode == 0
    revision = run("git", "rev-parse", "HEAD", cwd=source).stdout.strip()

    folder = base / "catalog"
    folder.mkdir()
    run("git", "init", "-q", cwd=folder)
    settings = {"repo": str(source), "rev": revision, "hooks": [{"id": "listlint"}]}
    (folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump({"repos": [settings]}), "utf-8")
    env = {"PRE_COMMIT_HOME": str(base / "home"), "LISTLINT_CACHE_DIR": str(base / "cache")}
    command = (sys.executable, "-m", "pre_commit", "install", "--install-hooks")
    done = run(*command, cwd=folder, **env)
    if done.returncode != 0:
        said = done.stdout + done.stderr
        if re.search(
            r"Connection|resolve|No matching distribution|Could not find a version|timed out", said
        ):
            pytest.skip("pre-commit could not install the hook's dependencies: no package index")
        pytest.fail(said)
    assert commit_all(folder, "settings", **env).returncode == 0
    return folder, env


def test_hook_blocks_a_bad_commit_and_lets_a_clean_one_pass(
    catalog: tuple[Path, dict[str, str]],
) -> None:
    folder, env = catalog
    sheet(folder / "goods" / "new.csv", f"A-1,{BAD},Harrowfield")
    blocked = commit_all(folder, "bad", **env)
    assert blocked.returncode == 1
    assert RULE in blocked.stdout + blocked.stderr
    sheet(folder / "goods" / "new.csv", "A-1,Linen apron,Harrowfield")
    passed = commit_all(folder, "clean", **env)
    assert passed.returncode == 0, passed.stdout + passed.stderr
    # Other files are none of its business.
    (folder / "readme.txt").write_text(BAD, "utf-8")
    assert "no files to check" in (done := commit_all(folder, "text", **env)).stdout + done.stderr


def test_baseline_holds_through_sorting_and_nightly_fails_on_what_expired(
    catalog: tuple[Path, dict[str, str]], run_cli: RunCli
) -> None:
    folder, env = catalog
    header = "sku,title,brand,listlint_ignore"
    rows = [f"B-{n},{BAD},Harrowfield," for n in range(3)]
    path = sheet(folder / "old.csv", *rows, header=header)
    (folder / "listlint.toml").write_text('baseline = "listlint-baseline.json"\n', "utf-8")
    assert run_cli("baseline", "old.csv", cwd=folder).code == 0
    assert commit_all(folder, "accepted", **env).returncode == 0
    sheet(path, *reversed(rows), header=header)
    assert commit_all(folder, "sorted", **env).returncode == 0
    sheet(path, *rows, f"B-9,{BAD},Harrowfield,", header=header)
    assert commit_all(folder, "one more", **env).returncode == 1
    # Every rule that the new row breaks is excused until the end of the year.
    found = run_cli("old.csv", "--output-format", "json", cwd=folder).json["findings"]
    broken = sorted({f["rule"] for f in found if f["suppressed"] is None and f["sku"] == "B-9"})
    excuse = "; ".join(f"{rule}: a film prop until 2099-12-31" for rule in broken)
    sheet(path, *rows, f'B-9,{BAD},Harrowfield,"{excuse}"', header=header)
    done = commit_all(folder, "excused", **env)
    assert done.returncode == 0, done.stdout + done.stderr
    assert run_cli("old.csv", "goods", "--history", "../h.db", "-q", cwd=folder).code == 0
    late = run_cli(
        "old.csv", "goods", "--history", "../h.db", "-q", "--as-of", "2100-01-01", cwd=folder
    )
    assert late.code == 1
