"""Build the result page, its two pictures for the README, and the data of `dvc plots`."""

import json
from functools import partial
from pathlib import Path

import pyarrow as pa

from stages import datasets, schemas
from stages.params import load
from stages.runtime import command, scratch_folder


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
    speed: Path | None = None,
    curves: tuple[Path, ...] = (),
    rejected: tuple[Path, ...] = (),
    params: Path = Path("params.yaml"),
) -> None:
    """Write the page `out`, PNGs into `figures` and CSVs into `plots`; the page says what was not given."""
    from stages.report import drawings, galleries, page, psnr, wall
    from stages.report import curves as lines
    from stages.report.speed import Speed
    from stages.report.study import Study
    from stages.report.tables import ours, published as references

    study = Study(
        params=load(params),
        objects=_rows(objects, schemas.OBJECTS),
        photos=_rows(photos, schemas.PHOTOS, "photo_id", "class_name"),
        nerfs=_rows(nerfs, schemas.NERFS, "object_id", *psnr.COLUMNS),
        neighbours=_rows(neighbours, schemas.NEIGHBOURS),
        rejected=pa.concat_tables([datasets.read(folder, schemas.REJECTED) for folder in rejected])
        if rejected
        else None,
        views_of=views and partial(datasets.rows_of, views, schemas.VIEWS),
        renders_of=rendered_views and partial(datasets.rows_of, rendered_views, schemas.RENDERED_VIEWS),
        photos_of=photos and partial(datasets.rows_of, photos, schemas.PHOTOS),
        curves={folder.name: datasets.read(folder, schemas.TRAINING_CURVES) for folder in curves},
        results=[row for path in sorted(tables.glob("*.csv")) for row in ours(path.read_text("utf-8"), str(path))],
        published=references(published.read_text("utf-8"), str(published)),
        metrics={path.stem: json.loads(path.read_text("utf-8")) for path in sorted(metrics.glob("*.json"))},
        times=[json.loads(path.read_text("utf-8")) for path in sorted(scratch_folder("times").glob("*.json"))],
        speed=Speed(**json.loads(speed.read_text("utf-8"))) if speed else None,
    )
    portraits, shown = wall.portraits(study), galleries.of_study(study)
    _write(out, page.html(study, portraits, shown))
    figures.mkdir(parents=True, exist_ok=True)
    if portraits:
        (figures / "nerf_wall.png").write_bytes(drawings.nerf_wall(portraits))
    if shown:
        (figures / "retrieval.png").write_bytes(drawings.retrieval(galleries.first_of_each_domain(shown)))
    for name, rows in study.curves.items():
        _write(plots / f"{name}.csv", lines.wide(rows))
    if study.nerfs is not None:
        _write(plots / "psnr.csv", psnr.counts(study.nerfs))


def _rows(folder: Path | None, schema: schemas.Schema, *columns: str) -> pa.Table | None:
    return datasets.read(folder, schema, columns or None) if folder else None


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    command(build_report)
