"""Parameters of the baselines: other embeddings of NeRFs, and CLIP on depth maps."""

from typing import Annotated

from pydantic import Field, PositiveFloat, PositiveInt

from fieldlink.core.params.strict_yaml import StrictModel
from fieldlink.core.params.value_types import Loss


class ModulationParams(StrictModel):
    latent: PositiveInt  # numbers in a vector
    width: PositiveInt  # units per hidden layer of the base
    layers: PositiveInt  # hidden layers of the base
    pool: Annotated[int, Field(ge=2)]  # points per NeRF, drawn once
    points: PositiveInt  # points of the pool per step
    steps: PositiveInt  # optimizer steps of base and training NeRFs together
    fit_steps: PositiveInt  # optimizer steps of each NeRF's vector in the frozen base
    learning_rate: PositiveFloat  # learning rate of the base: Adam, cosine to zero
    latent_rate: PositiveFloat  # learning rate of the vectors, the same way


class BaselinesParams(StrictModel):
    components: PositiveInt  # principal components of the weights, at most
    modulation: ModulationParams  # one base field for all NeRFs, and a vector per NeRF that shifts its layers
    clip2nerf: Loss  # loss of the mapper clip2nerf of every embedding
    nerf2clip: Loss  # loss of the mapper nerf2clip of every embedding
    epochs: PositiveInt  # epochs of these mappers
    depth_views: PositiveInt  # depth maps per object that CLIP embeds
