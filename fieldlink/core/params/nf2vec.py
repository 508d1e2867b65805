"""Parameters of nf2vec, and of NeRFs and nf2vec models made elsewhere."""

from pathlib import Path
from typing import Literal

from fieldlink.core.params.strict_yaml import StrictModel
from fieldlink.core.params.value_types import Count, Decay, PixelCount, Rate, Samples, Width


class Nf2vecTrainingParams(StrictModel):
    steps: Count  # optimizer steps
    batch: Count  # NeRFs per step
    points: Count  # points per NeRF and step; for supervision rays, in empty space
    rays: Count  # rays per NeRF and step, for supervision rays
    candidates: Count  # most rays drawn per NeRF to find those that meet it, for supervision rays
    # cameras that rays are drawn from, for supervision rays: shared (36 for all NeRFs), or own (of each NeRF's object,
    # as published)
    cameras: Literal["shared", "own"]
    pixels: PixelCount  # pixels, width and height of these cameras' pictures (published 224)
    # points along a ray: even (as many on each), or march (a fixed length apart, as published)
    sampling: Literal["even", "march"]
    samples: Samples  # samples per ray, for sampling even
    step: Rate  # length between points, for sampling march; 1 = the diagonal of an object (published 0.002368)
    # most points along a NeRF's rays and step, for sampling march (published 25000); points in empty space take the
    # place of those that rays don't have
    most_points: Count
    # opacity of a point in empty space: exponential (1 - exp(-density)), or density (as published)
    background: Literal["exponential", "density"]
    composited: Literal["once", "twice"]  # how often a target is put on its background: once, or twice as published
    learning_rate: Rate  # learning rate at the start
    schedule: Literal["constant", "cosine"]  # fall of the learning rate: cosine to zero, or constant as published
    weight_decay: Decay  # weight decay of AdamW
    # noise on the weights that the encoder reads, in standard deviations of a batch's NeRFs around their mean; 0 as
    # published
    weight_noise: Decay
    # precision of products in training: bfloat16 (float32 on a processor without it; published: mixed), or float32
    precision: Literal["float32", "bfloat16"]
    validate_every: Count  # steps from one validation to the next
    keep_best: bool  # whether the state of the lowest validation loss lies beside the last one, which is used


class Nf2vecParams(StrictModel):
    # order of a NeRF's weights: official, or per_input (first layer transposed)
    layout: Literal["official", "per_input"]
    # targets of the decoder: points (the NeRF's own colour and opacity), or rays (protocol 3)
    supervision: Literal["points", "rays"]
    row_embedding: bool  # whether a learned vector tells the encoder which row it reads; false as published
    encoder: tuple[Width, ...]  # widths of the encoder's hidden layers
    embedding: Width  # numbers in an embedding
    centred: bool  # whether the origin is the training NeRFs' mean, or (as published) where training left it
    decoder: Width  # width of the decoder's hidden layers
    training: Nf2vecTrainingParams  # training of encoder and decoder together, by AdamW

    @property
    def has_own_cameras(self) -> bool:
        """Whether the cameras of the NeRFs' objects take part."""
        return self.supervision == "rays" and self.training.cameras == "own"


def is_imported(path: Path) -> bool:
    """Whether an entry of `imported` names a folder of models; this project's own code is a .py file."""
    return path.suffix != ".py"


class ImportedParams(StrictModel):
    nerfs: Path  # code that fits NeRFs; or dataset nerfs of import-nerfs, with scenes.source nerfs
    nf2vec: Path  # code that trains nf2vec; or the folder that import-nf2vec wrote
