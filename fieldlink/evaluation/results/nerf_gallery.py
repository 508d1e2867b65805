"""The NeRFs that are searched."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from jaxtyping import Float, Int

from fieldlink.core import datasets
from fieldlink.embeddings.selection import labels, rows_of, views_of
from fieldlink.embeddings.view_embeddings import ViewEmbeddings


@dataclass(frozen=True)
class NerfGallery:
    """Objects of one split with their NeRF vectors, and their views, which baselines compare."""

    ids: list[str]
    nerf: Float[np.ndarray, "object nerf"]
    views: ViewEmbeddings
    classes: Int[np.ndarray, " object"]

    @staticmethod
    def of(objects: pa.Table, nerfs: pa.Table, views: pa.Table, classes: Sequence[str]) -> "NerfGallery":
        """From rows of `objects`, `nerf_embeddings` and `image_embeddings`; the latter two may hold more objects."""
        ids = objects["object_id"].to_pylist()
        nerf = datasets.matrix(rows_of(nerfs, "object_id", ids)["embedding"])
        object_classes = labels(objects["class_name"].to_pylist(), classes, "objects")
        return NerfGallery(ids, nerf, views_of(views, ids), object_classes)
