"""NeRF vectors beside CLIP vectors of the same objects: the data that mappers learn from."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from fieldlink.core.arrays import StoredArray


@dataclass(frozen=True)
class Pairs:
    """Object i owns rows first[i] … first[i] + counts[i] − 1 of every set of CLIP vectors.

    In the mean regime an object has one row and a set is a number of averaged views; per view it has many rows.
    NeRF vectors are one set, or several: of the same objects by several encoders. CLIP vectors may lie in a file, also
    of more objects than these, and are never copied whole.
    """

    nerf: Float[np.ndarray, "*set object nerf"]
    clip: Float[np.ndarray, "set row clip"] | StoredArray
    first: Int[np.ndarray, " object"]
    counts: Int[np.ndarray, " object"]

    @staticmethod
    def of_means(nerf: Float[np.ndarray, "object nerf"], clip: Float[np.ndarray, "set object clip"]) -> "Pairs":
        """One pair per object and set."""
        return Pairs(nerf, clip, np.arange(len(nerf)), np.ones(len(nerf), np.int64))


def merged(
    sources: Sequence[Float[np.ndarray, "row clip"]], counts: Int[np.ndarray, " object"]
) -> Float[np.ndarray, "all clip"]:
    """Rows of several sources, of each of which object i owns the next counts[i], in order of objects."""
    owner = np.repeat(np.arange(len(counts)), counts)
    return np.concatenate(sources)[np.argsort(np.tile(owner, len(sources)), kind="stable")]
