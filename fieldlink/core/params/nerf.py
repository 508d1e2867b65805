"""Parameters of NeRFs: their architecture, common start, fitting and rendering."""

from typing import Annotated, Literal, get_args

from pydantic import Field, model_validator

from fieldlink.core.params.strict_yaml import StrictModel
from fieldlink.core.params.value_types import (
    Cells,
    Count,
    Distinct,
    Layers,
    Momentum,
    Natural,
    PerClass,
    PixelCount,
    Rate,
    Samples,
    Share,
    Width,
)

EncodingName = Literal["frequency", "hash"]  # a test compares it with the registry of encodings


class HashGridParams(StrictModel):
    levels: Layers  # number of grids, each finer than the last
    log2_table: Annotated[int, Field(ge=1, le=24)]  # binary logarithm of the most entries a level may have
    features: Width  # learned numbers per entry
    coarsest: Count  # cells per axis of the first level
    growth: Annotated[float, Field(ge=1, le=16)]  # factor of the cells per axis from level to level


class FieldParams(StrictModel):
    # encoding of positions: frequency, or hash (instant-ngp's grid of learned features)
    encoding: EncodingName
    octaves: Layers  # octaves of the frequency encoding; nf2vec's decoder has it with either encoding
    hash: HashGridParams | None = None  # instant-ngp's grid; unread for encoding frequency
    units: Width  # units per hidden layer
    hidden_layers: Layers  # number of hidden layers
    outputs: Annotated[int, Field(ge=4, le=4096)]  # outputs: 3 colours, density, and padding as in the official kernel

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
    objects_per_class: PerClass  # objects of a class that Reptile learns from
    resolution: PixelCount  # pixels, width and height of their views
    rounds: Count  # rounds of Reptile, each of which moves the start once
    batch: Count  # objects per round
    steps: Count  # optimizer steps of an object's short fit
    learning_rate: Rate  # learning rate of a short fit, by fitting.optimizer; cosine to zero
    rate: Rate  # part of the way to the mean of the short fits that the start moves, falling to zero


class FittingParams(StrictModel):
    steps: Count  # optimizer steps
    rays: Count  # rays per step
    samples: Samples  # samples per ray
    # optimizer: muon (of the layers; Adam moves an encoding's table), or adam as published
    optimizer: Literal["muon", "adam"]
    learning_rate: Rate  # highest learning rate; higher ones scatter the weights of similar objects
    # learning rate: cosine to zero, or drops to a third at 1/2, 3/4 and 9/10 (as published)
    schedule: Literal["cosine", "drops"]
    betas: tuple[Momentum, Momentum]  # Adam's decay rates of the mean gradient and of its square (published 0.9, 0.999)
    held_out: Distinct[Natural]  # numbers of the views kept from the fit
    # pixels that rays go through: silhouettes (and 2 pixels around them), or all of all views (as published)
    pixels: Literal["silhouettes", "all"]
    # where samples lie: hull (evenly along a ray's part in the visual hull), or grid (as published:
    # nerf.rendering.step apart in the field's own grid, as many rays as fill rays times samples points)
    sampling: Literal["hull", "grid"]
    jitter: Literal["samples", "rays"]  # what is shifted at random: samples each by itself, or rays (as published)
    occupancy: Cells  # cells per axis of the stored occupancy grid
    # cells of that grid: hull (its cells that are opaque somewhere), or updates (20 of the whole box, as published)
    grid: Literal["hull", "updates"]
    gate: float  # dB on the foreground of held-out views; a NeRF below is refitted once, then rejected
    least_occupied: Share  # share of the grid's cells; a NeRF with fewer is refitted once, then rejected


class RenderingParams(StrictModel):
    step: Rate  # length between samples; 1 = the diagonal of an object
    # how often the views that CLIP sees are multiplied by their opacity: once, or twice as published
    composited: Literal["once", "twice"]


class NerfParams(StrictModel):
    field: FieldParams  # network of a NeRF
    start: StartParams  # initial weights that all NeRFs share
    fitting: FittingParams  # fit of one NeRF to the views of its object
    rendering: RenderingParams  # views of a fitted NeRF
    most_rejected: Share  # share of NeRFs that may be rejected before the stage fails
