"""The inputs of the result page: rows of datasets, readers of pictures, numbers and times."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from fieldlink.core import datasets, schemas
from fieldlink.core.params import Params
from fieldlink.report.psnr_charts import PSNR_COLUMNS
from fieldlink.report.study_numbers import StudyNumbers
from fieldlink.report.study_times import StudyTimes

RowReader = Callable[[Sequence[str]], pa.Table]  # the rows of these ids


@dataclass(frozen=True)
class StudyRows:
    """Rows of the datasets that the page shows."""

    objects: pa.Table | None = None
    photos: pa.Table | None = None  # of the test split, without their pictures
    nerfs: pa.Table | None = None  # without their weights
    neighbours: pa.Table | None = None
    projections: pa.Table | None = None
    generated: pa.Table | None = None
    rejected: pa.Table | None = None  # of all stages
    curves: Mapping[str, pa.Table] = field(default_factory=dict)  # by the model's name

    @staticmethod
    def read(
        *,
        objects: Path | None,
        photos: Path | None,
        nerfs: Path | None,
        neighbours: Path | None,
        projections: Path | None,
        generated: Path | None,
        rejected: Sequence[Path],
        curves: Sequence[Path],
    ) -> "StudyRows":
        """Rows of the datasets in these folders."""
        rejections = [datasets.read(folder, schemas.REJECTED) for folder in rejected]
        return StudyRows(
            objects=_rows(objects, schemas.OBJECTS),
            photos=_test_photos(photos),
            nerfs=_rows(nerfs, schemas.NERFS, "object_id", *PSNR_COLUMNS),
            neighbours=_rows(neighbours, schemas.NEIGHBOURS),
            projections=_rows(projections, schemas.PROJECTIONS),
            generated=_rows(generated, schemas.GENERATED_VIEWS),
            rejected=pa.concat_tables(rejections) if rejections else None,
            curves={_model_name(folder): datasets.read(folder, schemas.TRAINING_CURVES) for folder in curves},
        )


@dataclass(frozen=True)
class PictureReaders:
    """Readers of the rows with pictures, for the few ids that the page shows."""

    views: RowReader | None = None
    rendered_views: RowReader | None = None
    photos: RowReader | None = None

    @staticmethod
    def of(*, views: Path | None, rendered_views: Path | None, photos: Path | None) -> "PictureReaders":
        """Readers of the datasets in these folders."""
        return PictureReaders(
            views=_reader(views, schemas.VIEWS),
            rendered_views=_reader(rendered_views, schemas.RENDERED_VIEWS),
            photos=_reader(photos, schemas.PHOTOS),
        )


@dataclass(frozen=True)
class ReportStudy:
    params: Params
    rows: StudyRows = field(default_factory=StudyRows)
    readers: PictureReaders = field(default_factory=PictureReaders)
    numbers: StudyNumbers = field(default_factory=StudyNumbers)
    times: StudyTimes = field(default_factory=StudyTimes)

    @property
    def class_of(self) -> dict[str, str]:
        """Class by object id and by photo id."""
        classes: dict[str, str] = {}
        for rows, key in ((self.rows.objects, "object_id"), (self.rows.photos, "photo_id")):
            if rows is not None:
                classes |= dict(zip(rows[key].to_pylist(), rows["class_name"].to_pylist(), strict=True))
        return classes

    @property
    def original_ids(self) -> list[str]:
        """Ids of the objects that are no augmented copy. Only these were rendered."""
        if self.rows.objects is None:
            return []
        return self.rows.objects.filter(pc.field("augmentation") == 0)["object_id"].to_pylist()

    @property
    def display_view(self) -> int:
        """The view that pictures show: the first held-out one, or view 0 where none is held out."""
        return next(iter(self.params.nerf.fitting.held_out), 0)


def _rows(folder: Path | None, schema: schemas.Schema, *columns: str) -> pa.Table | None:
    return datasets.read(folder, schema, columns or None) if folder else None


def _test_photos(folder: Path | None) -> pa.Table | None:
    rows = _rows(folder, schemas.PHOTOS, "photo_id", "class_name", "split")
    return None if rows is None else rows.filter(pc.field("split") == "test")


def _reader(folder: Path | None, schema: schemas.Schema) -> RowReader | None:
    return partial(datasets.rows_with_ids, folder, schema, may_be_absent=True) if folder else None


def _model_name(curves: Path) -> str:
    """A model's or a study's name: clip for data/curves/clip, retrieval for data/retrieval/curves."""
    return curves.parent.name if curves.name == "curves" else curves.name
