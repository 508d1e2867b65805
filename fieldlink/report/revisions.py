"""Files of commits, tags, branches and DVC experiments, read from git without a checkout."""

import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fieldlink.core.errors import InputError

EXPERIMENT = re.compile(r"refs/exps/([0-9a-f]{2})/([0-9a-f]{38})/(.+)")  # DVC's: the baseline's commit, then the name
MOST = 10  # commits, where none are named


@dataclass(frozen=True)
class Revision:
    """A commit as it was asked for."""

    name: str
    commit: str
    date: str  # of the commit
    subject: str
    baseline: str  # the commit an experiment started from; empty: no experiment
    files: Mapping[str, str]  # text by path


def read(folder: Path, names: Sequence[str], paths: Sequence[str]) -> list[Revision]:
    """The files below `paths` at each revision of the repository at `folder`, which has them as relative paths."""
    experiments = _experiments(folder)
    return [_revision(folder, name, experiments, paths) for name in names]


def recent(folder: Path, path: str) -> list[str]:
    """The last commits that touch `path`, oldest first, then every experiment, by date."""
    commits = _git(folder, "log", f"-{MOST}", "--format=%h", "--", path).split()
    return [*reversed(commits), *(name for name, _, _ in _experiments(folder))]


def _revision(folder: Path, name: str, experiments: Sequence[tuple[str, str, str]], paths: Sequence[str]) -> Revision:
    own = [(commit, baseline) for experiment, commit, baseline in experiments if experiment == name]
    commit = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}", fails=False)
    if not commit and len(own) > 1:
        raise InputError(f"revision {name!r}: {len(own)} experiments have this name; name one by its commit: {own}")
    if not commit and not own:
        raise InputError(
            f"revision {name!r}: expected a commit, tag, branch or DVC experiment (see git log, dvc exp list)"
        )
    commit = commit.strip() or own[0][0]
    date, subject = _git(folder, "show", "--no-patch", "--format=%cs%n%s", commit).rstrip("\n").split("\n", 1)
    listed = _git(folder, "ls-tree", "-r", "--name-only", "-z", commit, "--", *paths).split("\0")
    files = {path: _git(folder, "show", f"{commit}:./{path}") for path in filter(None, listed)}
    return Revision(name, commit, date, subject, dict(own).get(commit, ""), files)


def _experiments(folder: Path) -> list[tuple[str, str, str]]:
    """Name, commit and baseline of every DVC experiment, oldest first."""
    listed = _git(folder, "for-each-ref", "--sort=committerdate", "--format=%(refname) %(objectname)", "refs/exps")
    found = ((EXPERIMENT.fullmatch(name), commit) for name, commit in map(str.split, listed.splitlines()))
    return [(match[3], commit, match[1] + match[2]) for match, commit in found if match]


def _git(folder: Path, *words: str, fails: bool = True) -> str:
    ended = subprocess.run(["git", *words], cwd=folder, capture_output=True, check=False)
    if ended.returncode and fails:
        raise InputError(f"git {' '.join(words)} in {folder.resolve()}: {ended.stderr.decode().strip()}")
    return ended.stdout.decode("utf-8") if not ended.returncode else ""
