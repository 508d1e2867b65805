"""Parameters of the mappers between NeRF and CLIP embeddings, and of the studies that train them."""

from typing import Literal

from fieldlink.core.params.strict_yaml import StrictModel
from fieldlink.core.params.value_types import Count, Decay, Rate, Seed, Several, ViewCount, Width

Loss = Literal["cosine", "siglip", "softmax", "mse"]  # a test compares it with the registry of losses


class MapperParams(StrictModel):
    hidden: tuple[Width, ...]  # widths of clip2nerf's hidden layers; nerf2clip has them in reverse order
    learning_rate: Rate  # highest learning rate
    weight_decay: Decay  # weight decay of AdamW
    # precision of products in training: bfloat16 (float32 on a processor without it), or float32 as published
    precision: Literal["float32", "bfloat16"]
    epochs: Count  # epochs of a training
    views_per_epoch: ViewCount  # pairs per object and epoch, of its scenes.views, in the per-view regime
    batch: Count  # pairs per step
    batches: Literal["reshuffled", "fixed"]  # pairs of a batch: reshuffled every epoch, or fixed as published
    object_pairs: Literal["one", "several"]  # pairs of an object in a batch: one at most, or several as published
    # who draws views for means and beside translations: training (each its own), or study (one draw for all, as
    # published)
    view_draws: Literal["training", "study"]
    validate_every: Count  # epochs from one validation to the next
    seeds: Several[Seed]  # seeds, one training each


class ZeroShotParams(StrictModel):
    # numbers of views that are averaged into one CLIP vector
    views: Several[ViewCount]
    losses: Several[Loss]  # losses of nerf2clip, of those that retrieval.losses may name


class RetrievalParams(StrictModel):
    losses: Several[Loss]  # losses of both mappers: cosine, siglip, softmax, mse
    ranks: Several[Count]  # ranks k at which recall is measured
    # views of the gallery that CLIP alone is searched in: gt (ground truth), or rendered
    clip_gallery: Literal["gt", "rendered"]


class CaptionsParams(StrictModel):
    losses: Several[Loss]  # losses of both mappers, of those that retrieval.losses may name
    epochs: Count  # epochs of one pair per object


class AugmentedParams(StrictModel):
    # pairs per step, a row of Table 4.10 each; those that hold all objects share one training
    batches: Several[Count]
    # batches trained a second time, for as many steps as mapper.batch takes: rows equal-steps
    equal_steps: Several[Count]
    epochs: Count  # epochs of a training
    views_per_epoch: ViewCount  # pairs per object or copy and epoch; originals alone give as many in all
