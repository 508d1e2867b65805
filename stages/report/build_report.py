"""Build the result page, its two pictures for the README, and the data of `dvc plots`."""

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets, files, schemas
from fieldlink.core.errors import InputError
from fieldlink.core.params import load
from fieldlink.core.scratch import scratch_folder

if TYPE_CHECKING:
    from fieldlink.report.study import Study


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
    params: Path = Path("params.yaml"),
) -> None:
    """Write the page `out`, PNGs into `figures` and CSVs into `plots`; the page says what was not given."""
    from fieldlink.report import claims_section as conclusions
    from fieldlink.report import psnr_charts
    from fieldlink.report.benchmarks import Benchmark
    from fieldlink.report.result_tables import ours, spreads
    from fieldlink.report.result_tables import published as references
    from fieldlink.report.speed import Speed
    from fieldlink.report.study import Study

    study = Study(
        params=load(params),
        objects=_rows(objects, schemas.OBJECTS),
        photos=_rows(photos, schemas.PHOTOS, "photo_id", "class_name"),
        nerfs=_rows(nerfs, schemas.NERFS, "object_id", *psnr_charts.COLUMNS),
        neighbours=_rows(neighbours, schemas.NEIGHBOURS),
        projections=_rows(projections, schemas.PROJECTIONS),
        rejected=_joined(rejected),
        generated=_rows(generated, schemas.GENERATED_VIEWS),
        views_of=views and partial(datasets.rows_with_ids, views, schemas.VIEWS),
        renders_of=rendered_views and partial(datasets.rows_with_ids, rendered_views, schemas.RENDERED_VIEWS),
        photos_of=photos and partial(datasets.rows_with_ids, photos, schemas.PHOTOS),
        curves={_name(folder): datasets.read(folder, schemas.TRAINING_CURVES) for folder in curves},
        results=[row for file in _texts(tables, "*.csv", claims) for row in ours(*file)],
        spread={key: found for file in _texts(by_seed, "*.csv") for key, found in spreads(*file).items()},
        published=references(published.read_text("utf-8"), str(published)),
        metrics={Path(path).stem: _json(text, path) for text, path in _texts(metrics, "*.json")},
        times=[_json(*file) for file in _texts(scratch_folder("times"), "*.json")],
        claims=conclusions.claims(claims.read_text("utf-8"), str(claims)) if claims and claims.is_file() else [],
        benchmarks=[Benchmark(**_json(*file)) for file in _texts(benchmarks, "*.json")],
        speed=Speed(**_json(speed.read_text("utf-8"), str(speed))) if speed else None,
    )
    _write(study, out, figures, plots)


def _write(study: "Study", out: Path, figures: Path, plots: Path) -> None:
    from fieldlink.report import galleries, nerf_wall, page, psnr_charts, readme_pictures
    from fieldlink.report import loss_curves as lines

    portraits, shown = nerf_wall.portraits(study), galleries.of_study(study)
    files.write_text(out, page.html(study, portraits, shown))
    figures.mkdir(parents=True, exist_ok=True)
    if portraits:
        (figures / "nerf_wall.png").write_bytes(readme_pictures.nerf_wall(portraits))
    if shown:
        (figures / "retrieval.png").write_bytes(readme_pictures.retrieval(galleries.first_of_each_domain(shown)))
    for name, rows in study.curves.items():
        files.write_text(plots / f"{name}.csv", lines.wide(rows))
    if study.nerfs is not None:
        files.write_text(plots / "psnr.csv", psnr_charts.counts(study.nerfs))


def _rows(folder: Path | None, schema: schemas.Schema, *columns: str) -> pa.Table | None:
    return datasets.read(folder, schema, columns or None) if folder else None


def _name(curves: Path) -> str:
    """A model's or a study's: data/curves/clip is clip, data/retrieval/curves is retrieval."""
    return curves.parent.name if curves.name == "curves" else curves.name


def _joined(rejected: tuple[Path, ...]) -> pa.Table | None:
    return pa.concat_tables(datasets.read(folder, schemas.REJECTED) for folder in rejected) if rejected else None


def _texts(folder: Path | None, pattern: str, but: Path | None = None) -> list[tuple[str, str]]:
    """Text and path of each file other than `but`, in order of name."""
    paths = sorted(folder.glob(pattern)) if folder else []
    return [(path.read_text("utf-8"), str(path)) for path in paths if path != but]


def _json(text: str, path: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise InputError(f"{path}: not valid JSON ({error}); delete it and rerun the stage that writes it") from error


if __name__ == "__main__":
    run_stage(build_report)
