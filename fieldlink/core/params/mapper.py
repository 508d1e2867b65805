"""Parameters of the mappers between NeRF and CLIP embeddings, and of the studies that train them."""

from typing import Annotated, Literal

from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt

from fieldlink.core.params.strict_yaml import StrictModel
from fieldlink.core.params.value_types import Loss, Natural


class MapperParams(StrictModel):
    hidden: tuple[PositiveInt, ...]  # widths of clip2nerf's hidden layers; nerf2clip has them in reverse order
    learning_rate: PositiveFloat  # highest learning rate
    weight_decay: NonNegativeFloat  # weight decay of AdamW
    epochs: PositiveInt  # epochs of a training
    views_per_epoch: PositiveInt  # pairs per object and epoch, of the 36 it has in the per-view regime
    batch: PositiveInt  # pairs per step
    batches: Literal["reshuffled", "fixed"]  # pairs of a batch: reshuffled every epoch, or fixed as published
    validate_every: PositiveInt  # epochs from one validation to the next
    seeds: Annotated[tuple[Natural, ...], Field(min_length=1)]  # seeds, one training each


class ZeroShotParams(StrictModel):
    # numbers of views that are averaged into one CLIP vector
    views: Annotated[tuple[PositiveInt, ...], Field(min_length=1)]
    losses: Annotated[tuple[Loss, ...], Field(min_length=1)]  # losses of nerf2clip: cosine, siglip, softmax, mse


class RetrievalParams(StrictModel):
    losses: Annotated[tuple[Loss, ...], Field(min_length=1)]  # losses of both mappers: cosine, siglip, softmax, mse
    ranks: Annotated[tuple[PositiveInt, ...], Field(min_length=1)]  # ranks k at which recall is measured


class CaptionsParams(StrictModel):
    losses: Annotated[tuple[Loss, ...], Field(min_length=1)]  # losses of both mappers: cosine, siglip, softmax, mse
    epochs: PositiveInt  # epochs of one pair per object


class AugmentedParams(StrictModel):
    # pairs per step, a row of Table 4.10 each up to the first that holds a pair of every object
    batches: Annotated[tuple[PositiveInt, ...], Field(min_length=1)]
    # batches trained a second time, for as many steps as mapper.batch takes: rows equal-steps
    equal_steps: Annotated[tuple[PositiveInt, ...], Field(min_length=1)]
    epochs: PositiveInt  # epochs of a training
    views_per_epoch: PositiveInt  # pairs per object or copy and epoch; originals alone give as many in all
