"""Samples along rays to colours and opacities: the one import of nerfacc, whose dense functions run on any device.

The integral is the emission-absorption model of NeRF (Mildenhall et al. 2020, eq. 3): a sample of density σ and length
δ has opacity 1 - exp(-σδ), and is seen through the transmittance of the samples before it.
"""

from typing import NamedTuple

import nerfacc
from jaxtyping import Float
from torch import Tensor


class RayColours(NamedTuple):
    """What rays show."""

    colour: Float[Tensor, "*ray 3"]  # on black
    opacity: Float[Tensor, "*ray"]


def composite(
    rgb: Float[Tensor, "*ray sample 3"],
    density: Float[Tensor, "*ray sample"],
    starts: Float[Tensor, "*ray sample"],
    ends: Float[Tensor, "*ray sample"],
) -> RayColours:
    """Colour on black and opacity of each ray: Σ w_i c_i and Σ w_i, w_i = (1 - exp(-σ_i δ_i)) exp(-Σ_{j<i} σ_j δ_j)."""
    weights, _, _ = nerfacc.render_weight_from_density(starts, ends, density)
    colour = nerfacc.accumulate_along_rays(weights, rgb)
    return RayColours(colour, nerfacc.accumulate_along_rays(weights)[..., 0])


def over(
    colour: Float[Tensor, "*ray 3"], opacity: Float[Tensor, "*ray"], background: Float[Tensor, "*#ray 3"]
) -> Float[Tensor, "*ray 3"]:
    """A colour on black, over a background."""
    return colour + (1 - opacity)[..., None] * background
