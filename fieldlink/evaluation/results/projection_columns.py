"""Columns of dataset `projections`: every object's position in every space, for Figure 4.1."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float

from fieldlink.core.seeds import seed_of
from fieldlink.evaluation.measures.projection import projected


def projection_columns(
    spaces: Mapping[str, Float[np.ndarray, "object _"]],
    object_ids: Sequence[str],
    class_names: Sequence[str],
    perplexity: float,
    study_seed: int,
) -> dict[str, Any]:
    """Each space is projected with a seed of its own."""
    seeds = {space: seed_of(study_seed, "projection", space) for space in spaces}
    positions = np.concatenate([projected(vectors, perplexity, seeds[space]) for space, vectors in spaces.items()])
    return {
        "space": [space for space in spaces for _ in object_ids],
        "object_id": [*object_ids] * len(spaces),
        "x": positions[:, 0],
        "y": positions[:, 1],
        "class_name": [*class_names] * len(spaces),
    }
