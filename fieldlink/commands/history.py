"""Build a page of the metrics of any revisions. It is no stage: a repro must not depend on other commits."""

from pathlib import Path

from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import files
from fieldlink.core.errors import InputError
from fieldlink.report.revisions import read, recent


def build_history(
    *,
    revisions: tuple[str, ...] = (),
    metrics: Path = Path("reports/metrics"),
    tables: Path = Path("reports/tables"),
    params: Path = Path("params.yaml"),
    out: Path = Path("reports/history.html"),
    repository: Path = Path(),
) -> None:
    """Write `out` from what git holds of `metrics`, `tables` (for intervals) and `params` at each of the revisions.

    `revisions`: commits, tags, branches or DVC experiments, in the order of the page. By default the last ten commits
    that touch `metrics`, and every experiment.
    """
    from fieldlink.report import history, history_page

    names = revisions or recent(repository, str(metrics))
    if not names:
        raise InputError(f"no commit touches {metrics}: commit the metrics of a run first, or name --revisions")
    found = read(repository, names, [str(path) for path in (metrics, tables, params)])
    files.write_text(out, history_page.html(history.entries(found)))


if __name__ == "__main__":
    run_stage(build_history)
