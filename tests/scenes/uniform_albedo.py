"""The albedo of meshes of one colour."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Integer


@dataclass(frozen=True)
class UniformAlbedo:
    """The same colour everywhere."""

    colour: tuple[float, float, float]

    def __call__(
        self, points: Float[np.ndarray, "hit 3"], face: Integer[np.ndarray, " hit"]
    ) -> Float[np.ndarray, "hit 3"]:
        return np.broadcast_to(np.asarray(self.colour, np.float32), points.shape)
