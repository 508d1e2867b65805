"""What the config of a model folder says of stacked networks."""

from collections.abc import Mapping
from typing import Any

import numpy as np


def network_config(tensors: Mapping[str, np.ndarray], activation: str) -> dict[str, Any]:
    """`widths`, from the input to the output, and `activation`, of layers weights.<layer> (model, out, in)."""
    shapes = [tensor.shape for name, tensor in tensors.items() if name.startswith("weights.")]
    return {"widths": [shapes[0][2], *(shape[1] for shape in shapes)], "activation": activation}
