"""Pairs of the captions study: NeRF vectors beside the CLIP vectors of the objects' captions."""

import pyarrow as pa

from fieldlink.core import datasets
from fieldlink.embeddings.selection import originals, rows_of
from fieldlink.mapper.pairs import Pairs


def pairs(objects: pa.Table, nerf_embeddings: pa.Table, captions: pa.Table, split: str, source: str) -> Pairs:
    """One pair of each original of a split that has a NeRF vector and a caption; none at all is an `InputError`.

    `captions`: dataset `caption_embeddings`. `source`: the objects' name in errors.
    """
    required_ids = [rows["object_id"].to_pylist() for rows in (nerf_embeddings, captions)]
    ids = originals(objects, split, required_ids=required_ids, source=source)["object_id"].to_pylist()
    nerf, text = (datasets.matrix(rows_of(rows, "object_id", ids)["embedding"]) for rows in (nerf_embeddings, captions))
    return Pairs.of_means(nerf, text[None])
