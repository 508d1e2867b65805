"""NeRFs by the principal components of their weights."""

import numpy as np
from jaxtyping import Float

from fieldlink.core import datasets
from fieldlink.core.params.baselines import PcaParams
from fieldlink.core.seeds import seed_of
from fieldlink.embeddings.nerf_embeddings import EmbeddingInputs, NerfEmbeddingEntry
from fieldlink.embeddings.selection import rows_of


def embed(inputs: EmbeddingInputs, pca: PcaParams) -> tuple[list[str], Float[np.ndarray, "nerf component"]]:
    """All NeRFs; components are those of the training objects and their copies."""
    ids = [row["object_id"] for row in inputs.objects if row["split"] == "train"]
    training = rows_of(inputs.nerfs, "object_id", ids)
    weights = [datasets.matrix(rows["weights"]) for rows in (training, inputs.nerfs)]
    seed = seed_of(inputs.study_seed, "principal")
    return inputs.nerfs["object_id"].to_pylist(), principal_components(weights[0], weights[1], pca.components, seed)


def principal_components(
    training: Float[np.ndarray, "training number"],
    weights: Float[np.ndarray, "nerf number"],
    components: int,
    seed: int,
) -> Float[np.ndarray, "nerf component"]:
    """The first `components` principal components of the training NeRFs' weights; no more than there are."""
    from sklearn.decomposition import PCA

    count = min(components, *training.shape)
    return PCA(count, random_state=seed % 2**32).fit(training).transform(weights).astype(np.float32)


EMBEDDING = NerfEmbeddingEntry(title="principal components of the raw weights", params=PcaParams, embed=embed)
