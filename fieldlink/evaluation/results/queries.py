"""What NeRFs are searched with: CLIP vectors of views, photos or texts."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from jaxtyping import Float, Int

from fieldlink.core import datasets
from fieldlink.embeddings.selection import labels, rows_of
from fieldlink.evaluation.results.nerf_gallery import NerfGallery


@dataclass(frozen=True)
class Queries:
    """Queries of one domain: gt (views of test objects), photo, caption or prompt."""

    domain: str
    ids: list[str]
    clip: Float[np.ndarray, "query clip"]
    classes: Int[np.ndarray, " query"]
    own_object: Int[np.ndarray, " query"]  # index of the query's own object in the gallery; −1: none
    shifted: bool = False  # texts moved by the modality gap

    @property
    def mapped_domain(self) -> str:
        """The domain of their mapped vectors."""
        return f"{self.domain} shifted" if self.shifted else self.domain

    @staticmethod
    def of_objects(gallery: NerfGallery, study_seed: int) -> "Queries":
        """One view of each object, drawn once for every model."""
        clip = gallery.views.queries(study_seed)
        return Queries("gt", gallery.ids, clip, gallery.classes, np.arange(len(gallery.ids)))

    @staticmethod
    def of_photos(photos: pa.Table, embeddings: pa.Table, classes: Sequence[str], source: str = "photos") -> "Queries":
        """The photos that have an embedding. `source`: their name in errors."""
        embedded = rows_of(photos, "photo_id", embeddings["owner_id"].to_pylist())
        ids = embedded["photo_id"].to_pylist()
        clip = datasets.matrix(rows_of(embeddings, "owner_id", ids)["embedding"])
        photo_classes = labels(embedded["class_name"].to_pylist(), classes, source)
        return Queries("photo", ids, clip, photo_classes, np.full(len(ids), -1))

    @staticmethod
    def of_captions(captions: pa.Table, gallery: NerfGallery) -> "Queries":
        """The captions of the gallery's objects, where they have one: rows of `caption_embeddings`."""
        rows = rows_of(captions, "object_id", gallery.ids)
        ids, clip = rows["object_id"].to_pylist(), datasets.matrix(rows["embedding"])
        index = {object_id: i for i, object_id in enumerate(gallery.ids)}
        own_object = np.array([index[object_id] for object_id in ids], np.int64)
        return Queries("caption", ids, clip, gallery.classes[own_object], own_object)

    @staticmethod
    def of_prompts(prompts: pa.Table, classes: Sequence[str]) -> "Queries":
        """Every class in every template: rows of `prompt_embeddings`."""
        names = prompts["class_name"].to_pylist()
        ids = [f"{template} {name}" for template, name in zip(prompts["template"].to_pylist(), names, strict=True)]
        prompt_classes = labels(names, classes, "prompts")
        return Queries("prompt", ids, datasets.matrix(prompts["embedding"]), prompt_classes, np.full(len(ids), -1))
