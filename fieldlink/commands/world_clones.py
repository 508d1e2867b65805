"""Clones of a repository in which worlds run: a checkout of one commit that shares DVC's cache."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from fieldlink.report.revisions import git_output

WHOLE = Path(".git", "cloned")  # marks a clone that was not interrupted


def make(clone: Path, repository: Path, commit: str) -> None:
    """Make a checkout of the commit, unless it is there, with the repository's settings of DVC, cache and author."""
    if (clone / WHOLE).exists():
        return
    shutil.rmtree(clone, ignore_errors=True)
    git_output(repository, "clone", "--quiet", "--no-checkout", str(repository.resolve()), str(clone.resolve()))
    git_output(clone, "checkout", "--quiet", "--detach", commit)
    for key in ("user.name", "user.email"):
        if value := git_output(repository, "config", key, check=False).strip():
            git_output(clone, "config", key, value)
    settings = repository / ".dvc" / "config.local"
    if settings.exists():
        shutil.copy(settings, clone / ".dvc" / "config.local")
    cache = subprocess.check_output(dvc(["cache", "dir"]), cwd=repository, text=True).strip()
    subprocess.check_call(dvc(["config", "--local", "cache.dir", cache]), cwd=clone)
    (clone / WHOLE).touch()


def environment(clone: Path) -> dict[str, str]:
    """Environment variables by which stages use this Python and the clone's code, and keep unfinished work there."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    variables = {**os.environ, "PATH": path, "FIELDLINK_SCRATCH": str(clone.resolve() / ".scratch")}
    variables.pop("PYTHONPATH", None)
    return variables


def dvc(arguments: Sequence[str]) -> list[str]:
    """The command of DVC that belongs to this Python."""
    return [sys.executable, "-m", "dvc", *arguments]
