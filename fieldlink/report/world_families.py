"""The worlds of a commit, read from its experiments, by the parameters that they share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML

from fieldlink.core.errors import InputError
from fieldlink.core.git import git_output
from fieldlink.evaluation.worlds import summaries
from fieldlink.evaluation.worlds.claimed_contrasts import claimed_contrasts
from fieldlink.evaluation.worlds.world_files import World, read_world
from fieldlink.report.revisions import Revision, read_experiments
from fieldlink.report.table_results import read_published
from fieldlink.report.world_names import BASE, DEVELOPMENT_SEED, parsed_name

TABLES, BY_SEED, PARAMS = "reports/tables", "reports/by_seed", "params.yaml"
PUBLISHED = "reports/published/tables.csv"


@dataclass(frozen=True)
class WorldFamily:
    """The worlds of one commit that differ in the study seed alone, and what they say together."""

    name: str  # '' for the commit's own parameters
    commit: str
    worlds: Sequence[World]  # by seed
    level: float  # confidence of all intervals
    claims: Sequence[summaries.ClaimSummary]
    cells: Sequence[summaries.CellSummary]


def read_families(repository: Path, commit: str = "") -> list[WorldFamily]:
    """The families of a commit; the commit's own parameters come first.

    The default is the latest commit with worlds of its own parameters, else the latest with worlds of others. Families
    of others with a single world are left out, and so is the development world.

    Raises `InputError` where no worlds are left.
    """
    commit, revisions = _worlds_of(repository, commit)
    params = YAML(typ="safe").load(git_output(repository, "show", f"{commit}:./{PARAMS}"))
    published = read_published(git_output(repository, "show", f"{commit}:./{PUBLISHED}"), PUBLISHED)
    values = {result.key: result.value for result in published}
    level, contrasts = params["intervals"]["level"], claimed_contrasts(params["claims"]["margin"])
    families = []
    for name, of_seed in sorted(revisions.items()):
        worlds = [read_world(seed, _tables(of_seed[seed]), contrasts, level) for seed in sorted(of_seed)]
        claims = summaries.claim_summaries(worlds, contrasts, level)
        families.append(
            WorldFamily(name, commit, worlds, level, claims, summaries.cell_summaries(worlds, values, level))
        )
    return families


def _worlds_of(repository: Path, commit: str) -> tuple[str, dict[str, dict[int, Revision]]]:
    """A commit with its worlds by family and seed."""
    named = commit or "HEAD"
    history = git_output(repository, "rev-list", *([] if not commit else ["--max-count=1"]), named, "--").split()
    experiments = read_experiments(
        repository, set(history), [TABLES, BY_SEED, PARAMS], lambda name: bool(parsed_name(name))
    )
    worlds = {candidate: _families(experiments.get(candidate, [])) for candidate in history}
    for candidate in (*(c for c in history if BASE in worlds[c]), *(c for c in history if worlds[c])):
        return candidate, worlds[candidate]
    raise InputError(f"no worlds of {named}: run fieldlink worlds run --seeds 1-10 first")


def _families(revisions: Sequence[Revision]) -> dict[str, dict[int, Revision]]:
    """Worlds by family and seed. Families of a single world are of a sweep, which fieldlink history draws."""
    families: dict[str, dict[int, Revision]] = {}
    for revision in revisions:
        family, seed = parsed_name(revision.name) or (BASE, DEVELOPMENT_SEED)
        if seed != DEVELOPMENT_SEED:
            families.setdefault(family, {})[seed] = revision
    return {name: of_seed for name, of_seed in families.items() if name == BASE or len(of_seed) > 1}


def _tables(revision: Revision) -> Mapping[str, str]:
    return {path: text for path, text in revision.files.items() if path.endswith(".csv")}
