"""The NeRFs that are searched."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
from jaxtyping import Bool, Float, Int

from fieldlink.core import datasets
from fieldlink.core.errors import InputError
from fieldlink.embeddings.selection import labels, rows_of, views_of
from fieldlink.embeddings.view_embeddings import ViewEmbeddings
from fieldlink.evaluation.measures.gallery_halves import halves


@dataclass(frozen=True)
class NerfGallery:
    """Objects of one split with their NeRF vectors, and their views, of which queries and baselines are taken."""

    ids: list[str]
    nerf: Float[np.ndarray, "object nerf"]
    views: ViewEmbeddings
    classes: Int[np.ndarray, " object"]
    rendered: ViewEmbeddings | None = None  # views that CLIP alone is searched in, in place of `views`

    @cached_property
    def halves(self) -> Bool[np.ndarray, "object draw"]:
        """Which objects are in each of many random halves."""
        return halves(self.ids)

    def check_ranks(self, ranks: Sequence[int]) -> None:
        """Raise `InputError` for a rank beyond the gallery, within which every query would find its class."""
        if beyond := [rank for rank in ranks if rank > len(self.ids)]:
            raise InputError(
                f"retrieval.ranks: {beyond} given; expected at most the number of test objects that have a NeRF, "
                f"{len(self.ids)}"
            )

    @staticmethod
    def of(
        objects: pa.Table,
        nerfs: pa.Table,
        views: pa.Table,
        classes: Sequence[str],
        rendered: pa.Table | None = None,
    ) -> "NerfGallery":
        """From rows of `objects`, `nerf_embeddings` and `image_embeddings`; all but the first may hold more objects."""
        ids = objects["object_id"].to_pylist()
        nerf = datasets.matrix(rows_of(nerfs, "object_id", ids)["embedding"])
        object_classes = labels(objects["class_name"].to_pylist(), classes, "objects")
        of_rendered = None if rendered is None else views_of(rendered, ids)
        return NerfGallery(ids, nerf, views_of(views, ids), object_classes, of_rendered)
