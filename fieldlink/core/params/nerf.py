"""Parameters of NeRFs: their architecture, common start, fitting and rendering."""

from typing import Annotated, Literal, get_args

from pydantic import Field, PositiveFloat, PositiveInt, model_validator

from fieldlink.core.params.strict_yaml import StrictModel
from fieldlink.core.params.value_types import Natural, Share

Encoding = Literal["frequency", "hash"]  # a test compares it with the registry of encodings


class HashGridParams(StrictModel):
    levels: PositiveInt  # number of grids, each finer than the last
    log2_table: Annotated[int, Field(ge=1, le=24)]  # binary logarithm of the most entries a level may have
    features: PositiveInt  # learned numbers per entry
    coarsest: PositiveInt  # cells per axis of the first level
    growth: Annotated[float, Field(ge=1)]  # factor of the cells per axis from level to level


class FieldParams(StrictModel):
    # encoding of positions: frequency, or hash (instant-ngp's grid of learned features)
    encoding: Encoding
    octaves: PositiveInt  # octaves of the frequency encoding; nf2vec's decoder has it with either encoding
    hash: HashGridParams | None = None  # instant-ngp's grid; unread for encoding frequency
    units: PositiveInt  # units per hidden layer
    hidden_layers: PositiveInt  # number of hidden layers
    outputs: Annotated[int, Field(ge=4)]  # outputs: 3 colours, density, and padding as in the official kernel

    @model_validator(mode="after")
    def _has_its_section(self) -> "FieldParams":
        """An encoding with a section of its own name needs it; the others may be left out."""
        if getattr(self, self.encoding, self) is None:
            section, _ = get_args(type(self).model_fields[self.encoding].annotation)
            keys = ", ".join(section.model_fields)
            raise ValueError(f"encoding {self.encoding} needs the keys of '{self.encoding}' ({keys})")
        return self


class StartParams(StrictModel):
    # meta_learned (Reptile on objects outside the catalogue), or random as published
    kind: Literal["meta_learned", "random"]
    objects_per_class: PositiveInt  # objects of a class that Reptile learns from
    resolution: PositiveInt  # pixels, width and height of their views
    rounds: PositiveInt  # rounds of Reptile, each of which moves the start once
    batch: PositiveInt  # objects per round
    steps: PositiveInt  # optimizer steps of an object's short fit
    learning_rate: PositiveFloat  # learning rate of a short fit: Adam, cosine to zero
    rate: PositiveFloat  # part of the way to the mean of the short fits that the start moves, falling to zero


class FittingParams(StrictModel):
    steps: PositiveInt  # optimizer steps
    rays: PositiveInt  # rays per step
    samples: PositiveInt  # samples per ray
    learning_rate: PositiveFloat  # learning rate of Adam; higher ones scatter the weights of similar objects
    # learning rate: cosine to zero, or drops to a third at 1/2, 3/4 and 9/10 (as published)
    schedule: Literal["cosine", "drops"]
    held_out: tuple[Natural, ...]  # numbers of the views kept from the fit
    occupancy: PositiveInt  # cells per axis of the stored occupancy grid
    gate: float  # dB on the foreground of held-out views; a NeRF below is refitted once, then rejected


class RenderingParams(StrictModel):
    step: PositiveFloat  # length between samples; 1 = the diagonal of an object


class NerfParams(StrictModel):
    field: FieldParams  # network of a NeRF
    start: StartParams  # initial weights that all NeRFs share
    fitting: FittingParams  # fit of one NeRF to the views of its object
    rendering: RenderingParams  # views of a fitted NeRF
    most_rejected: Share  # share of NeRFs that may be rejected before the stage fails
