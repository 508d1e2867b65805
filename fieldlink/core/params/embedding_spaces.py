"""Parameters of the study of embedding spaces."""

from typing import Annotated, Literal

from pydantic import Field, PositiveFloat

from fieldlink.core.params.mapper import Loss
from fieldlink.core.params.strict_yaml import StrictModel
from fieldlink.core.params.value_types import Count, Decay, Rate, Width


class HeadsParams(StrictModel):
    hidden: tuple[Width, ...]  # widths of the hidden layers
    biases: Literal["last", "all"]  # layers that have biases: the last, or all as published
    dropout: Annotated[float, Field(ge=0, lt=1)]  # share of hidden units set to zero in training
    learning_rate: Rate  # highest learning rate
    weight_decay: Decay  # weight decay of AdamW
    epochs: Count  # epochs of a training
    batch: Count  # embeddings per step, doubled by mixtures
    validate_every: Count  # epochs from one validation to the next
    tested: Literal["best", "last"]  # state that is tested: best (on validation objects), or last as published


class EmbeddingSpacesParams(StrictModel):
    nerf2clip: Loss  # loss of the mapper whose space is examined; one of retrieval.losses
    clip2nerf: Loss  # loss of the mapper of queries into the NeRFs' part of the joined space
    perplexity: PositiveFloat  # perplexity of t-SNE; cut to a third of the other objects
    # nearest neighbours whose classes decide the purity of a neighbourhood
    neighbours: Annotated[int, Field(ge=1, le=10_000)]
    # number of weights tried for the NeRFs' part of the joined space, evenly from 0 to 1
    alphas: Annotated[int, Field(ge=2, le=10_001)]
    heads: HeadsParams  # classifiers on embeddings: AdamW, one cycle of the learning rate
