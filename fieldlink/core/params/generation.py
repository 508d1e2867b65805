"""Parameters of NeRFs generated from views, captions and photos."""

from typing import Annotated

from pydantic import Field, PositiveFloat, PositiveInt

from fieldlink.core.params.strict_yaml import StrictModel
from fieldlink.core.params.value_types import Loss, Natural


class GenerationParams(StrictModel):
    per_class: PositiveInt  # test objects of a class, and photos of it
    # losses of the retrieval study's clip2nerf; vectors of all but mse are rescaled
    losses: Annotated[tuple[Loss, ...], Field(min_length=1)]
    views: Annotated[tuple[Natural, ...], Field(min_length=1)]  # numbers of the cameras rendered from
    cells: Annotated[int, Field(ge=2)]  # cells per axis, at whose centres a generated field is decoded
    step: PositiveFloat  # length between samples; 1 = the diagonal of an object
