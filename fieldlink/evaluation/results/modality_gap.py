"""The modality gap: how far CLIP's texts lie from its pictures (protocol 11)."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
from jaxtyping import Float

from fieldlink.core import datasets
from fieldlink.embeddings.selection import rows_of
from fieldlink.evaluation.results.queries import Queries


def modality_gap(views: pa.Table, texts: pa.Table, training: Sequence[str]) -> Float[np.ndarray, " clip"]:
    """Mean image vector of the training objects less their mean text vector, both raw.

    `texts`: rows of `caption_embeddings`; or of `prompt_embeddings`, all of which count.
    """
    image_rows = rows_of(views, "owner_id", training)
    text_rows = rows_of(texts, "object_id", training) if "object_id" in texts.column_names else texts
    image, text = (datasets.matrix(rows["embedding"]).mean(0, dtype=np.float64) for rows in (image_rows, text_rows))
    return (image - text).astype(np.float32)


def shifted_by(gap: Float[np.ndarray, " clip"], queries: Queries) -> Queries:
    """The same queries, moved towards the pictures."""
    return replace(queries, shifted=True, clip=queries.clip + gap)
