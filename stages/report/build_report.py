"""Build the result page, its two pictures for the README, and the data of `dvc plots`."""

from pathlib import Path

from fieldlink.commands.stage_runner import run_stage
from fieldlink.core.params import load
from fieldlink.core.scratch import scratch_folder


def build_report(
    *,
    tables: Path,
    metrics: Path,
    published: Path,
    out: Path,
    figures: Path,
    plots: Path,
    objects: Path | None = None,
    views: Path | None = None,
    photos: Path | None = None,
    nerfs: Path | None = None,
    rendered_views: Path | None = None,
    neighbours: Path | None = None,
    projections: Path | None = None,
    generated: Path | None = None,
    by_seed: Path | None = None,
    speed: Path | None = None,
    claims: Path | None = None,
    benchmarks: Path | None = None,
    curves: tuple[Path, ...] = (),
    rejected: tuple[Path, ...] = (),
    params_file: Path = Path("params.yaml"),
) -> None:
    """Write the page `out`, PNGs into `figures` and CSVs into `plots`; the page says what was not given."""
    from fieldlink.report.report_files import write_report
    from fieldlink.report.report_study import PictureReaders, ReportStudy, StudyRows
    from fieldlink.report.study_numbers import StudyNumbers
    from fieldlink.report.study_times import StudyTimes

    rows = StudyRows.read(
        objects=objects,
        photos=photos,
        nerfs=nerfs,
        neighbours=neighbours,
        projections=projections,
        generated=generated,
        rejected=rejected,
        curves=curves,
    )
    readers = PictureReaders.of(views=views, rendered_views=rendered_views, photos=photos)
    numbers = StudyNumbers.read(tables=tables, metrics=metrics, published=published, by_seed=by_seed, claims=claims)
    times = StudyTimes.read(stages=scratch_folder("times"), naming=speed, benchmarks=benchmarks)
    study = ReportStudy(load(params_file), rows, readers, numbers, times)
    write_report(study, page=out, figures=figures, plots=plots)


if __name__ == "__main__":
    run_stage(build_report)
