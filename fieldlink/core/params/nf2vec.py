"""Parameters of nf2vec, and of NeRFs and nf2vec models made elsewhere."""

from pathlib import Path
from typing import Literal

from fieldlink.core.params.strict_yaml import StrictModel
from fieldlink.core.params.value_types import Count, Decay, Rate, Samples, Width


class Nf2vecTrainingParams(StrictModel):
    steps: Count  # optimizer steps
    batch: Count  # NeRFs per step
    points: Count  # points per NeRF and step; for supervision rays, in empty space
    rays: Count  # rays per NeRF and step, for supervision rays
    candidates: Count  # most rays drawn per NeRF to find those that meet it, for supervision rays
    samples: Samples  # samples per ray, for supervision rays
    learning_rate: Rate  # learning rate at the start
    schedule: Literal["constant", "cosine"]  # fall of the learning rate: cosine to zero, or constant as published
    weight_decay: Decay  # weight decay of AdamW
    # precision of encoder and decoder: float32, or bfloat16 for a GPU (published: mixed)
    precision: Literal["float32", "bfloat16"]
    validate_every: Count  # steps from one validation to the next


class Nf2vecParams(StrictModel):
    # order of a NeRF's weights: official, or per_input (first layer transposed)
    layout: Literal["official", "per_input"]
    # targets of the decoder: points (the NeRF's own colour and opacity), or rays (protocol 3)
    supervision: Literal["points", "rays"]
    encoder: tuple[Width, ...]  # widths of the encoder's hidden layers
    embedding: Width  # numbers in an embedding
    centred: bool  # whether the origin is the training NeRFs' mean, or (as published) where training left it
    decoder: Width  # width of the decoder's hidden layers
    training: Nf2vecTrainingParams  # training of encoder and decoder together, by AdamW


class ImportedParams(StrictModel):
    nerfs: Path  # code that fits NeRFs; or dataset nerfs of import-nerfs, with scenes.source nerfs
    nf2vec: Path  # code that trains nf2vec; or the folder that import-nf2vec wrote
