"""A NeRF as a file of its own: safetensors with its weights and occupancy grid, and metadata for a renderer."""

from collections.abc import Mapping

import numpy as np
from jaxtyping import Float
from safetensors.numpy import save

from fieldlink.core.params import Params
from fieldlink.nerf.field import HALF
from fieldlink.nerf.weight_layout import cells_per_axis
from fieldlink.scenes import cameras
from fieldlink.search.models import VIEWING_DISTANCE


def field_file(weights: Float[np.ndarray, " weight"], occupancy: bytes, params: Params) -> bytes:
    """Tensors `weights` (float32, as dataset `nerfs` has them) and `occupancy` (packed bits).

    The metadata are encoding, octaves, units, hidden_layers, cells per axis, half the box's width, and the step between
    samples. The camera of `Study.render` adds its angle (radians), its distance, and the axis that points up.
    """
    field, bits = params.nerf.field, np.frombuffer(occupancy, np.uint8)
    metadata: Mapping[str, str | int | float] = {
        "encoding": field.encoding,
        "octaves": field.octaves,
        "units": field.units,
        "hidden_layers": field.hidden_layers,
        "cells": cells_per_axis(len(bits)),
        "half": HALF,
        "angle": cameras.DISN_ANGLE,
        "distance": VIEWING_DISTANCE,
        "up": "z" if params.scenes.source == "nerfs" else "y",
        "step": params.nerf.rendering.step,
    }
    tensors = {"weights": np.asarray(weights, np.float32), "occupancy": bits}
    return save(tensors, {name: str(value) for name, value in metadata.items()})
