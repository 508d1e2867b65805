"""Files of commits, tags, branches and DVC experiments, read from git without a checkout."""

import re
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from fieldlink.core.errors import InputError
from fieldlink.core.git import git_output

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

    A name with `*` stands for every experiment that it matches. The commit that an experiment started from stands
    before the first such experiment, unless it is named itself. Raises `InputError` for a name that is no revision, or
    the name of several experiments.
    """
    experiments = _experiments(repository)
    resolved = [entry for name in names for entry in _named(repository, name, experiments)]
    listed = {entry.commit for entry in resolved}
    revisions = []
    for entry in resolved:
        if entry.baseline and entry.baseline not in listed:
            listed.add(entry.baseline)
            revisions.append(_revision_of(repository, _Experiment(entry.baseline[:10], entry.baseline, ""), paths))
        revisions.append(_revision_of(repository, entry, paths))
    return revisions


def read_experiments(
    repository: Path, baselines: Set[str], paths: Sequence[str], chosen: Callable[[str], bool]
) -> dict[str, list[Revision]]:
    """Files of the experiments with a chosen name, by the commit they started from."""
    revisions: dict[str, list[Revision]] = {}
    for experiment in _experiments(repository):
        if experiment.baseline in baselines and chosen(experiment.name):
            revision = _revision_of(repository, experiment, paths)
            revisions.setdefault(experiment.baseline, []).append(revision)
    return revisions


def recent_revisions(repository: Path, path: str) -> list[str]:
    """The last commits that touch `path`, oldest first, then every experiment by date."""
    commits = git_output(repository, "log", f"-{MOST_COMMITS}", "--format=%h", "--", path).split()
    return [*reversed(commits), *(experiment.name for experiment in _experiments(repository))]


def _revision_of(repository: Path, experiment: _Experiment, paths: Sequence[str]) -> Revision:
    name, commit, baseline = experiment
    date, subject = git_output(repository, "show", "--no-patch", "--format=%cs%n%s", commit).rstrip("\n").split("\n", 1)
    listing = git_output(repository, "ls-tree", "-r", "--name-only", "-z", commit, "--", *paths).split("\0")
    files = {path: git_output(repository, "show", f"{commit}:./{path}") for path in filter(None, listing)}
    return Revision(name, commit, date, subject, baseline, files)


def _named(repository: Path, name: str, experiments: Sequence[_Experiment]) -> Sequence[_Experiment]:
    """The revision of that name, or the experiments that match a pattern."""
    if "*" not in name:
        commit, baseline = _resolve(repository, name, experiments)
        return [_Experiment(name, commit, baseline)]
    matching = [experiment for experiment in experiments if fnmatchcase(experiment.name, name)]
    if not matching:
        raise InputError(f"revisions {name!r}: no experiment matches (see dvc exp list)")
    return matching


def _resolve(repository: Path, name: str, experiments: Sequence[_Experiment]) -> tuple[str, str]:
    """Commit and baseline of a revision. A commit, tag or branch goes before an experiment of the same name."""
    namesakes = [(experiment.commit, experiment.baseline) for experiment in experiments if experiment.name == name]
    expression = f"{name}^{{commit}}"
    commit = git_output(
        repository, "rev-parse", "--verify", "--quiet", "--end-of-options", expression, check=False
    ).strip()
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
    lines = git_output(
        repository, "for-each-ref", "--sort=committerdate", "--format=%(refname) %(objectname)", "refs/exps"
    )
    references = ((EXPERIMENT.fullmatch(name), commit) for name, commit in map(str.split, lines.splitlines()))
    return [_Experiment(match[3], commit, match[1] + match[2]) for match, commit in references if match]
