"""Parameters of the baselines: other embeddings of NeRFs, and CLIP on depth maps."""

from typing import Annotated

from pydantic import Field

from fieldlink.core.params.mapper import Loss
from fieldlink.core.params.strict_yaml import StrictModel
from fieldlink.core.params.value_types import Count, Layers, Rate, ViewCount, Width


class NerfEmbeddingParams(StrictModel):
    """Parameters of an embedding of NeRFs."""

    @property
    def vector_width(self) -> int:
        """Most numbers in a vector."""
        raise NotImplementedError


class FunctaParams(NerfEmbeddingParams):
    latent: Width  # numbers in a vector
    width: Width  # units per hidden layer of the base
    layers: Layers  # hidden layers of the base
    pool: Annotated[int, Field(ge=2, le=10_000_000)]  # points per NeRF, drawn once
    points: Count  # points of the pool per step
    steps: Count  # optimizer steps of base and training NeRFs together
    fit_steps: Count  # optimizer steps of each NeRF's vector in the frozen base
    learning_rate: Rate  # learning rate of the base: Adam, cosine to zero
    latent_rate: Rate  # learning rate of the vectors, the same way

    @property
    def vector_width(self) -> int:
        return self.latent


class PcaParams(NerfEmbeddingParams):
    components: Width  # principal components of the training NeRFs' weights, at most

    @property
    def vector_width(self) -> int:
        return self.components


class NerfEmbeddingsParams(StrictModel):
    functa: FunctaParams  # one base field for all NeRFs, and a vector per NeRF that shifts its layers
    pca: PcaParams  # the raw weights, reduced


class BaselinesParams(StrictModel):
    embeddings: NerfEmbeddingsParams  # other embeddings of NeRFs than nf2vec's; each is a stage
    clip2nerf: Loss  # loss of the mapper clip2nerf of every embedding
    nerf2clip: Loss  # loss of the mapper nerf2clip of every embedding
    epochs: Count  # epochs of these mappers
    depth_views: ViewCount  # depth maps per object that CLIP embeds
