"""Files of commits, tags, branches and DVC experiments, read from git without a checkout.

The one use of git in the library.
"""

import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from fieldlink.core.errors import InputError

EXPERIMENT = re.compile(r"refs/exps/([0-9a-f]{2})/([0-9a-f]{38})/(.+)")  # DVC's: the baseline's commit, then the name
MOST_COMMITS = 10  # where no revisions are named


@dataclass(frozen=True)
class Revision:
    """A commit under the name that a user gave it."""

    name: str
    commit: str
    date: str  # of the commit
    subject: str
    baseline: str  # the commit an experiment started from; empty: no experiment
    files: Mapping[str, str]  # text by path


class _Experiment(NamedTuple):
    name: str
    commit: str
    baseline: str


def read_revisions(repository: Path, names: Sequence[str], paths: Sequence[str]) -> list[Revision]:
    """The files below `paths`, relative to the folder `repository`, at each of the named revisions.

    Raises `InputError` for a name that is no revision, or the name of several experiments.
    """
    experiments = _experiments(repository)
    return [_revision(repository, name, experiments, paths) for name in names]


def recent_revisions(repository: Path, path: str) -> list[str]:
    """The last commits that touch `path`, oldest first, then every experiment by date."""
    commits = _git(repository, "log", f"-{MOST_COMMITS}", "--format=%h", "--", path).split()
    return [*reversed(commits), *(experiment.name for experiment in _experiments(repository))]


def _revision(repository: Path, name: str, experiments: Sequence[_Experiment], paths: Sequence[str]) -> Revision:
    commit, baseline = _resolve(repository, name, experiments)
    date, subject = _git(repository, "show", "--no-patch", "--format=%cs%n%s", commit).rstrip("\n").split("\n", 1)
    listing = _git(repository, "ls-tree", "-r", "--name-only", "-z", commit, "--", *paths).split("\0")
    files = {path: _git(repository, "show", f"{commit}:./{path}") for path in filter(None, listing)}
    return Revision(name, commit, date, subject, baseline, files)


def _resolve(repository: Path, name: str, experiments: Sequence[_Experiment]) -> tuple[str, str]:
    """Commit and baseline of a revision. A commit, tag or branch goes before an experiment of the same name."""
    namesakes = [(experiment.commit, experiment.baseline) for experiment in experiments if experiment.name == name]
    expression = f"{name}^{{commit}}"
    commit = _git(repository, "rev-parse", "--verify", "--quiet", "--end-of-options", expression, check=False).strip()
    if commit:
        return commit, dict(namesakes).get(commit, "")
    if len(namesakes) > 1:
        raise InputError(
            f"revision {name!r}: {len(namesakes)} experiments have this name; name one by its commit: {namesakes}"
        )
    if not namesakes:
        raise InputError(
            f"revision {name!r}: expected a commit, tag, branch or DVC experiment (see git log, dvc exp list)"
        )
    return namesakes[0]


def _experiments(repository: Path) -> list[_Experiment]:
    """Every DVC experiment, oldest first."""
    lines = _git(repository, "for-each-ref", "--sort=committerdate", "--format=%(refname) %(objectname)", "refs/exps")
    references = ((EXPERIMENT.fullmatch(name), commit) for name, commit in map(str.split, lines.splitlines()))
    return [_Experiment(match[3], commit, match[1] + match[2]) for match, commit in references if match]


def _git(repository: Path, *arguments: str, check: bool = True) -> str:
    """Output of a git command run in `repository`; where it fails, an `InputError`, or '' without `check`."""
    result = subprocess.run(["git", *arguments], cwd=repository, capture_output=True, check=False)
    if result.returncode and check:
        raise InputError(f"git {' '.join(arguments)} in {repository.resolve()}: {result.stderr.decode().strip()}")
    return "" if result.returncode else result.stdout.decode("utf-8")
