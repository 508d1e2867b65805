"""Build a page of the metrics of any revisions. It is no stage: a repro must not depend on other commits."""

from pathlib import Path
from typing import Annotated

from typing_extensions import Doc
from tyro.conf import arg

from fieldlink.commands.dvc_cache import cache_folder
from fieldlink.commands.flag_style import FILE, FOLDER
from fieldlink.core.errors import InputError
from fieldlink.report.revisions import read_revisions, recent_revisions


def history(
    *,
    revisions: Annotated[
        tuple[str, ...],
        arg(metavar="[REVISION ...]"),
        Doc(
            "Commits, tags, branches or DVC experiments, in the order of the page; a name with * stands for all "
            "experiments that match; none: the last ten and experiments."
        ),
    ] = (),
    against: Annotated[
        str,
        arg(metavar="PARAMETER"),
        Doc(
            "Parameter, such as nf2vec.training.steps: the page draws the headline metrics against it and leaves the "
            "others out; none: every metric, and every parameter that alone differs between revisions."
        ),
    ] = "",
    numbers: Annotated[
        Path | None,
        FILE,
        Doc("CSV file to write: the numbers that are drawn against parameters, and their differences."),
    ] = None,
    metrics: Annotated[Path, FOLDER, Doc("Folder of metrics in the repository.")] = Path("reports/metrics"),
    tables: Annotated[Path, FOLDER, Doc("Folder of tables in the repository, for the intervals.")] = (
        Path("reports/tables")
    ),
    summary_intervals: Annotated[Path, FILE, Doc("JSON file of the intervals of the summary's metrics.")] = (
        Path("reports/validation/summary.json")
    ),
    params_file: Annotated[Path, FILE, Doc("File of parameters in the repository.")] = Path("params.yaml"),
    out: Annotated[Path, FILE, Doc("Page to write.")] = Path("reports/history.html"),
    repository: Annotated[Path, FOLDER, Doc("Folder of the git repository.")] = Path(),
) -> None:
    """Build a page of the metrics that git holds at each revision.

    By default the revisions are the last ten commits that touch the metrics, and every experiment.
    """
    from fieldlink.report.cached_results import CachedResults
    from fieldlink.report.history_files import write

    names = revisions or recent_revisions(repository, str(metrics))
    if not names:
        raise InputError(f"no commit touches {metrics}: commit the metrics of a run first, or name --revisions")
    entries = read_revisions(
        repository, names, [str(path) for path in (metrics, tables, summary_intervals, params_file)]
    )
    saved = CachedResults(repository, cache_folder(repository))
    write(entries, saved, str(params_file), against, page=out, numbers=numbers)
