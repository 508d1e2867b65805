"""Build the result page, its two pictures for the README, and the data of `dvc plots`."""

from pathlib import Path
from typing import Annotated

from typing_extensions import Doc

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core.params import load
from fieldlink.core.scratch import scratch_folder


def build_report(
    *,
    tables: Annotated[Path, Doc("Folder of result tables.")],
    metrics: Annotated[Path, Doc("Folder of metrics.")],
    published: arguments.PublishedTables,
    protocol: Annotated[Path, Doc("Text of the protocol.")],
    out: Annotated[Path, Doc("Page to write.")],
    figures: Annotated[Path, Doc("Folder of the README's pictures to write.")],
    plots: Annotated[Path, Doc("Folder of data for `dvc plots` to write.")],
    objects: Annotated[Path | None, Doc("Dataset of objects.")] = None,
    views: Annotated[Path | None, Doc("Dataset of ground-truth views.")] = None,
    photos: Annotated[Path | None, Doc("Dataset of photos.")] = None,
    nerfs: Annotated[Path | None, Doc("Dataset of fitted NeRFs.")] = None,
    rendered_views: Annotated[Path | None, Doc("Dataset of rendered views.")] = None,
    neighbours: Annotated[Path | None, Doc("Dataset of nearest items of retrieval queries.")] = None,
    projections: Annotated[Path | None, Doc("Dataset of projections to the plane.")] = None,
    generated: Annotated[Path | None, Doc("Dataset of generated views.")] = None,
    by_seed: Annotated[Path | None, Doc("Folder of result tables by seed.")] = None,
    speed: Annotated[Path | None, Doc("JSON file of measured seconds.")] = None,
    claims: Annotated[Path | None, Doc("CSV file of claims.")] = None,
    benchmarks: Annotated[Path | None, Doc("Folder of benchmark results.")] = None,
    curves: Annotated[tuple[Path, ...], Doc("Datasets of training curves.")] = (),
    rejected: Annotated[tuple[Path, ...], Doc("Datasets of rejected items.")] = (),
    params_file: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write the page `out`, PNGs into `figures` and CSVs into `plots`; the page says what was not given."""
    from fieldlink.report.report_files import write_report
    from fieldlink.report.report_study import PictureReaders, ReportStudy, StudyRows
    from fieldlink.report.study_numbers import StudyNumbers
    from fieldlink.report.study_times import StudyTimes

    rows = StudyRows.read(
        objects=objects, photos=photos, nerfs=nerfs, neighbours=neighbours,
        projections=projections, generated=generated, rejected=rejected, curves=curves,
    )  # fmt: skip
    readers = PictureReaders.of(views=views, rendered_views=rendered_views, photos=photos)
    numbers = StudyNumbers.read(
        tables=tables, metrics=metrics, published=published, by_seed=by_seed, claims=claims, protocol=protocol
    )
    times = StudyTimes.read(stages=scratch_folder("times"), naming=speed, benchmarks=benchmarks)
    study = ReportStudy(load(params_file), rows, readers, numbers, times)
    write_report(study, page=out, figures=figures, plots=plots)


if __name__ == "__main__":
    run_stage(build_report)
