"""Build a page of the metrics of any revisions. It is no stage: a repro must not depend on other commits."""

from pathlib import Path
from typing import Annotated

from typing_extensions import Doc

from fieldlink.core import files
from fieldlink.core.errors import InputError
from fieldlink.report.revisions import read_revisions, recent_revisions


def history(
    *,
    revisions: Annotated[
        tuple[str, ...],
        Doc(
            "Commits, tags, branches or DVC experiments, in the order of the page; none: the last ten and experiments."
        ),
    ] = (),
    against: Annotated[
        str,
        Doc(
            "Parameter, such as nf2vec.training.steps, to draw the headline metrics against; none: every one that "
            "alone differs between revisions."
        ),
    ] = "",
    metrics: Annotated[Path, Doc("Folder of metrics in the repository.")] = Path("reports/metrics"),
    tables: Annotated[Path, Doc("Folder of tables in the repository, for the intervals.")] = Path("reports/tables"),
    params_file: Annotated[Path, Doc("File of parameters in the repository.")] = Path("params.yaml"),
    out: Annotated[Path, Doc("Page to write.")] = Path("reports/history.html"),
    repository: Annotated[Path, Doc("Folder of the git repository.")] = Path(),
) -> None:
    """Build a page of the metrics that git holds at each revision.

    By default the revisions are the last ten commits that touch the metrics, and every experiment.
    """
    from fieldlink.report.history_page import history_html
    from fieldlink.report.paired_differences import PairedRevisions
    from fieldlink.report.revision_metrics import compare_revisions
    from fieldlink.report.saved_answers import SavedAnswers

    names = revisions or recent_revisions(repository, str(metrics))
    if not names:
        raise InputError(f"no commit touches {metrics}: commit the metrics of a run first, or name --revisions")
    paths = [str(path) for path in (metrics, tables, params_file)]
    entries = read_revisions(repository, names, paths)
    paired = PairedRevisions(SavedAnswers(repository), str(params_file))
    files.write_text(out, history_html(compare_revisions(entries, paired.differences), against))
