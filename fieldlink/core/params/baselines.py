"""Parameters of the baselines: other embeddings of NeRFs, and CLIP on depth maps."""

from typing import Annotated

from pydantic import Field

from fieldlink.core.params.mapper import Loss
from fieldlink.core.params.strict_yaml import StrictModel
from fieldlink.core.params.value_types import Count, Layers, Rate, Views, Width


class ModulationParams(StrictModel):
    latent: Width  # numbers in a vector
    width: Width  # units per hidden layer of the base
    layers: Layers  # hidden layers of the base
    pool: Annotated[int, Field(ge=2, le=10_000_000)]  # points per NeRF, drawn once
    points: Count  # points of the pool per step
    steps: Count  # optimizer steps of base and training NeRFs together
    fit_steps: Count  # optimizer steps of each NeRF's vector in the frozen base
    learning_rate: Rate  # learning rate of the base: Adam, cosine to zero
    latent_rate: Rate  # learning rate of the vectors, the same way


class BaselinesParams(StrictModel):
    components: Width  # principal components of the weights, at most
    modulation: ModulationParams  # one base field for all NeRFs, and a vector per NeRF that shifts its layers
    clip2nerf: Loss  # loss of the mapper clip2nerf of every embedding
    nerf2clip: Loss  # loss of the mapper nerf2clip of every embedding
    epochs: Count  # epochs of these mappers
    depth_views: Views  # depth maps per object that CLIP embeds
