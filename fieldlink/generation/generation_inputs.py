"""The objects and photos from which NeRFs were generated: their classes and CLIP vectors."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from jaxtyping import Float

from fieldlink.core import datasets
from fieldlink.core.schemas import CAPTION_EMBEDDINGS, IMAGE_EMBEDDINGS, OBJECTS, PHOTOS
from fieldlink.embeddings.selection import rows_of, views_of


@dataclass(frozen=True)
class GenerationInputs:
    """Objects alone, or photos alone."""

    classes: dict[str, str]  # by id
    vectors: dict[str, tuple[list[str], Float[np.ndarray, "_ clip"]]] = field(default_factory=dict)  # by kind of input

    @staticmethod
    def of(rows: pa.Table) -> "GenerationInputs":
        """From rows of `objects` or `photos`."""
        ids = rows[rows.column_names[0]].to_pylist()
        return GenerationInputs(dict(zip(ids, rows["class_name"].to_pylist(), strict=True)))

    def add(self, kind: str, rows: pa.Table) -> None:
        """Add rows of a dataset of embeddings, whose first column is the id of the object or photo."""
        self.vectors[kind] = rows[rows.column_names[0]].to_pylist(), datasets.matrix(rows["embedding"])


def of_split(generated: pa.Table, split: str, objects: Path, photos: Path) -> pa.Table:
    """Rows of `generated_views` that were generated from objects and photos of a split."""
    ids: list[str] = []
    for folder, schema in ((objects, OBJECTS), (photos, PHOTOS)):
        rows = datasets.read(folder, schema, [schema.key[0], "split"])
        ids += rows.filter(pc.field("split") == split)[schema.key[0]].to_pylist()
    return generated.filter(pc.field("owner_id").isin(ids))


def read_object_inputs(
    objects: Path, gt_embeddings: Path, captions: Path, object_ids: list[str], study_seed: int
) -> GenerationInputs:
    """The objects' classes, one view of each, and the captions there are."""
    inputs = GenerationInputs.of(datasets.rows_with_ids(objects, OBJECTS, object_ids))
    views = views_of(datasets.read(gt_embeddings, IMAGE_EMBEDDINGS), object_ids)
    inputs.vectors["view"] = object_ids, views.queries(study_seed)
    inputs.add("caption", rows_of(datasets.read(captions, CAPTION_EMBEDDINGS), "object_id", object_ids))
    return inputs


def read_photo_inputs(photos: Path, photo_embeddings: Path, photo_ids: Sequence[str]) -> GenerationInputs:
    """The photos' classes and embeddings."""
    inputs = GenerationInputs.of(datasets.rows_with_ids(photos, PHOTOS, photo_ids, ["photo_id", "class_name"]))
    inputs.add("photo", datasets.rows_with_ids(photo_embeddings, IMAGE_EMBEDDINGS, photo_ids))
    return inputs
