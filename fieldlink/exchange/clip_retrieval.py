"""Embeddings in the layout that clip-retrieval indexes and serves.

<out>/img_emb/img_emb_0.npy          unit rows, float32
<out>/metadata/metadata_0.parquet    a row for each, in the same order
"""

import io
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from jaxtyping import Float

EMBEDDINGS, METADATA = "img_emb/img_emb_0.npy", "metadata/metadata_0.parquet"


def units(embeddings: Float[np.ndarray, "row dim"]) -> Float[np.ndarray, "row dim"]:
    """Rows of length 1: clip-retrieval ranks by inner products."""
    return embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True)


def npy(embeddings: Float[np.ndarray, "row dim"]) -> bytes:
    """The bytes of an .npy file."""
    stream = io.BytesIO()
    np.save(stream, embeddings, allow_pickle=False)
    return stream.getvalue()


def metadata(ids: list[str], view: Sequence[int | None], objects: dict[str, dict[str, str | None]]) -> pa.Table:
    """`image_path` (id, and view where there are several) and caption, which its pages show; class and split beside."""
    paths = [name if number is None else f"{name}/{number:02d}" for name, number in zip(ids, view, strict=True)]
    known = [objects.get(name, {}) for name in ids]
    columns = {key: [each.get(key) for each in known] for key in ("class_name", "split")}
    captions = [each.get("caption") or each.get("class_name") for each in known]
    return pa.table({"image_path": paths, "caption": captions, "object_id": ids, **columns})
