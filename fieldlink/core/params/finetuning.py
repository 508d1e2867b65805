"""Parameters of fine-tuning nf2vec together with nerf2clip."""

from typing import Annotated, Literal

from pydantic import Field, PositiveFloat

from fieldlink.core.params.strict_yaml import StrictModel
from fieldlink.core.params.value_types import Count, Decay, Rate, Several

# A test compares these names with the registry of objectives.
Objective = Literal["siglip", "cosine", "cosine+rec decoder_unfrozen", "cosine+rec decoder_frozen"]


class FinetuningParams(StrictModel):
    # objectives: siglip, cosine, cosine+rec decoder_unfrozen, cosine+rec decoder_frozen
    objectives: Several[Objective]
    epochs: Count  # epochs of a training
    batch: Annotated[int, Field(ge=2, le=10_000_000)]  # NeRFs per step, for objectives that reconstruct
    mapping_batch: Annotated[int, Field(ge=2, le=10_000_000)]  # NeRFs per step, for the other objectives
    learning_rate: Rate  # highest learning rate of encoder and decoder: AdamW, one cycle
    mapper_learning_rate: Rate  # highest learning rate of nerf2clip
    weight_decay: Decay  # weight decay of AdamW
    reconstruction: PositiveFloat  # weight of nf2vec's own loss beside the mapping's
    batch_norm: Literal["trained", "frozen"]  # statistics: trained (of each batch), or frozen (as nf2vec has them)
