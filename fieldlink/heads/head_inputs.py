"""The vectors that heads see: a NeRF's own, and its image in CLIP's space by the mapper of the head's seed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from jaxtyping import Float, Int

from fieldlink.core import datasets
from fieldlink.core.variants import Embedding
from fieldlink.embeddings.selection import labels, originals, rows_of
from fieldlink.heads.head_tasks import LabelledVectors


@dataclass(frozen=True)
class LabelledNerfs:
    """Originals of a split, or of several: ids, NeRF vectors, and classes by their index in params.yaml."""

    ids: list[str]
    vectors: Float[np.ndarray, "object nerf"]
    labels: Int[np.ndarray, " object"]

    def by_space(self, mapped: Float[np.ndarray, "seed object clip"]) -> dict[Embedding, LabelledVectors]:
        """The vectors of both spaces as the heads of each seed see them. `mapped`: those by the mapper of each seed."""
        nerf = np.stack([self.vectors] * len(mapped))
        return {
            "nerf_embedding": LabelledVectors(nerf, self.labels),
            "clip_embedding": LabelledVectors(mapped, self.labels),
        }


def labelled_nerfs(
    objects: pa.Table, nerf_embeddings: pa.Table, split: str | Sequence[str], classes: Sequence[str], source: str
) -> LabelledNerfs:
    """Those of dataset `objects` with a NeRF vector. `source`: the objects' name in errors.

    Raises `InputError` if there is none, or for an object of a class that isn't one of `classes`.
    """
    rows = originals(objects, split, required_ids=[nerf_embeddings["object_id"].to_pylist()], source=source)
    ids = rows["object_id"].to_pylist()
    vectors = datasets.matrix(rows_of(nerf_embeddings, "object_id", ids)["embedding"])
    return LabelledNerfs(ids, vectors, labels(rows["class_name"].to_pylist(), classes, source))
