"""Parameters of NeRFs generated from views, captions and photos."""

from fieldlink.core.params.mapper import Loss
from fieldlink.core.params.strict_yaml import StrictModel
from fieldlink.core.params.value_types import CellsOrNone, Natural, PerClass, Rate, Several


class GenerationParams(StrictModel):
    per_class: PerClass  # test objects of a class, and photos of it
    # losses of the retrieval study's clip2nerf; where one leaves norms free, vectors are rescaled
    losses: Several[Loss]
    views: Several[Natural]  # numbers of the cameras rendered from
    cells: CellsOrNone  # cells per axis, at whose centres a field is decoded; 0: at every sample, as published
    step: Rate  # length between samples; 1 = the diagonal of an object
