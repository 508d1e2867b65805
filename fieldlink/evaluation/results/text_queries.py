"""Texts as queries: the objects' captions and the class prompts (protocol 11)."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
from jaxtyping import Float

from fieldlink.core import datasets
from fieldlink.embeddings.selection import labels, only
from fieldlink.evaluation.results.searches import NerfGallery, Queries


def of_captions(captions: pa.Table, objects: NerfGallery) -> Queries:
    """The captions of the objects searched, where they have one: rows of `caption_embeddings`."""
    own = only(captions, "object_id", objects.ids)
    ids, clip = own["object_id"].to_pylist(), datasets.matrix(own["embedding"])
    known = {name: place for place, name in enumerate(objects.ids)}
    places = np.array([known[name] for name in ids], np.int64)
    return Queries("caption", ids, clip, objects.classes[places], places)


def of_prompts(prompts: pa.Table, classes: Sequence[str]) -> Queries:
    """Every class in every template: rows of `prompt_embeddings`."""
    names = prompts["class_name"].to_pylist()
    ids = [f"{template} {name}" for template, name in zip(prompts["template"].to_pylist(), names, strict=True)]
    known = labels(names, classes, "prompts")
    return Queries("prompt", ids, datasets.matrix(prompts["embedding"]), known, np.full(len(ids), -1))


def gap(views: pa.Table, texts: pa.Table, training: Sequence[str]) -> Float[np.ndarray, " clip"]:
    """The modality gap: mean image vector of the training objects less their mean text vector, both raw.

    `texts`: rows of `caption_embeddings`; or of `prompt_embeddings`, all of which count.
    """
    pictures = only(views, "owner_id", training)
    words = only(texts, "object_id", training) if "object_id" in texts.column_names else texts
    image, text = (datasets.matrix(rows["embedding"]).mean(0, dtype=np.float64) for rows in (pictures, words))
    return (image - text).astype(np.float32)


def shifted(queries: Queries, by: Float[np.ndarray, " clip"]) -> Queries:
    """The same queries, moved towards the pictures."""
    return replace(queries, domain=f"{queries.domain} shifted", clip=queries.clip + by)
