"""The objects that mappers learn from: their NeRF vectors and the CLIP vectors of their ground-truth views."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from jaxtyping import Float

from fieldlink.core import datasets
from fieldlink.core.schemas import NERF_EMBEDDINGS, OBJECTS
from fieldlink.embeddings.selection import originals, row_spans, rows_of, with_copies
from fieldlink.mapper.pairs import Pairs
from fieldlink.mapper.stored_embeddings import StoredEmbeddings


@dataclass(frozen=True)
class TrainingData:
    """Datasets `objects`, `nerf_embeddings` and `image_embeddings` of ground-truth views."""

    objects: pa.Table
    nerfs: pa.Table
    views: StoredEmbeddings
    source: str = "objects"  # the objects' name in errors

    def ids(
        self, split: str | Sequence[str], *, required_ids: Sequence[Iterable[str]] = (), copies: bool = False
    ) -> list[str]:
        """Originals of a split or of several, or copies too, with a NeRF vector and views.

        Their ids are in each of `required_ids`. Without `copies`, none at all is an `InputError`.
        """
        embedded = [self.nerfs["object_id"].to_pylist(), self.views.owners, *required_ids]
        if copies:
            return with_copies(self.objects, split, embedded)["object_id"].to_pylist()
        rows = originals(self.objects, split, required_ids=embedded, source=self.source)
        return rows["object_id"].to_pylist()

    def vectors(self, ids: Sequence[str]) -> Float[np.ndarray, "object nerf"]:
        """The NeRF vectors of `ids`."""
        return datasets.matrix(rows_of(self.nerfs, "object_id", ids)["embedding"])

    def pairs(self, ids: Sequence[str]) -> Pairs:
        """Each object's NeRF vector beside all of its views."""
        return pairs_with_views(self.vectors(ids), self.views, ids)


def read(objects: Path, nerf_embeddings: Path, gt_embeddings: Path) -> TrainingData:
    """The datasets in these folders. Vectors of views stay in a file."""
    return TrainingData(
        datasets.read(objects, OBJECTS),
        datasets.read(nerf_embeddings, NERF_EMBEDDINGS),
        StoredEmbeddings.of(gt_embeddings),
        source=str(objects),
    )


def pairs_with_views(
    nerfs: Float[np.ndarray, "*set object nerf"], views: StoredEmbeddings, ids: Sequence[str]
) -> Pairs:
    """NeRF vectors of `ids`, in one set or several, beside all views of each object."""
    first, counts = row_spans(views.rows, ids)
    return Pairs(nerfs, views.vectors, first, counts)
