"""Embeddings in the layout that clip-retrieval indexes and serves.

<out>/img_emb/img_emb_0.npy          unit rows, float32
<out>/metadata/metadata_0.parquet    one row per vector, in the same order
"""

import io
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from jaxtyping import Float

EMBEDDINGS, METADATA = "img_emb/img_emb_0.npy", "metadata/metadata_0.parquet"


def unit_rows(embeddings: Float[np.ndarray, "row dim"]) -> Float[np.ndarray, "row dim"]:
    """Rows of length 1: clip-retrieval ranks by inner products."""
    return embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True)


def npy_bytes(embeddings: Float[np.ndarray, "row dim"]) -> bytes:
    """The bytes of an .npy file."""
    stream = io.BytesIO()
    np.save(stream, embeddings, allow_pickle=False)
    return stream.getvalue()


def metadata(ids: list[str], views: Sequence[int | None], objects: dict[str, dict[str, str | None]]) -> pa.Table:
    """A row per vector: `image_path`, caption, object id, class and split.

    `image_path` is the id, and the number of the view where an object has several. clip-retrieval shows path and
    caption. `objects`: rows of dataset `objects` by id; photos have none.
    """
    paths = [name if view is None else f"{name}/{view:02d}" for name, view in zip(ids, views, strict=True)]
    object_rows = [objects.get(name, {}) for name in ids]
    columns = {key: [row.get(key) for row in object_rows] for key in ("class_name", "split")}
    captions = [row.get("caption") or row.get("class_name") for row in object_rows]
    return pa.table({"image_path": paths, "caption": captions, "object_id": ids, **columns})
