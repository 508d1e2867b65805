"""Parameters of the study of embedding spaces."""

from typing import Annotated

from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt

from fieldlink.core.params.strict_yaml import StrictModel
from fieldlink.core.params.value_types import Loss


class HeadsParams(StrictModel):
    hidden: tuple[PositiveInt, ...]  # widths of the hidden layers
    dropout: Annotated[float, Field(ge=0, lt=1)]  # share of hidden units set to zero in training
    learning_rate: PositiveFloat  # highest learning rate
    weight_decay: NonNegativeFloat  # weight decay of AdamW
    epochs: PositiveInt  # epochs of a training
    batch: PositiveInt  # embeddings per step, doubled by mixtures
    validate_every: PositiveInt  # epochs from one validation to the next


class EmbeddingSpacesParams(StrictModel):
    nerf2clip: Loss  # loss of the mapper whose space is examined; one of retrieval.losses
    clip2nerf: Loss  # loss of the mapper of queries into the NeRFs' part of the joined space
    perplexity: PositiveFloat  # perplexity of t-SNE; at most a third of the objects
    neighbours: PositiveInt  # nearest neighbours whose classes decide the purity of a neighbourhood
    # number of weights tried for the NeRFs' part of the joined space, evenly from 0 to 1
    alphas: Annotated[int, Field(ge=2)]
    heads: HeadsParams  # classifiers on embeddings: AdamW, one cycle of the learning rate
