"""Class hits of the nearest neighbour in several spaces, in percent, and the trained space's gain over raw weights."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Int

from fieldlink.evaluation.measures.class_hits import hit_at_k
from fieldlink.evaluation.measures.fast_neighbours import fast_neighbours
from fieldlink.evaluation.measures.gallery_halves import first_right_ranks, halves, means_in_halves, neighbours_needed
from fieldlink.evaluation.measures.intervals import difference, interval
from fieldlink.evaluation.measures.nearest_neighbours import Gallery
from fieldlink.evaluation.measures.variance_components import QueryValues

TRAINED, RAW = "trained", "raw_weights"  # the spaces whose difference has an interval
GAIN = f"rank_1_{TRAINED}_less_{RAW}"
INTERVAL = "_interval"  # behind the name of a space's hits


def space_hits(
    spaces: Mapping[str, Float[np.ndarray, "object dim"]],
    classes: Sequence[str],
    object_ids: Sequence[str],
    level: float,
) -> dict[str, Any]:
    """Percent of hits at rank 1 by space with intervals, and the trained space's less the raw weights' with its own."""
    labels, members = np.unique(classes, return_inverse=True)[1], halves(object_ids)
    values = {name: rank_1_values(vectors, labels, members) for name, vectors in spaces.items()}
    hits = {f"rank_1_{name}": round(100 * float(of_space.values.mean()), 2) for name, of_space in values.items()}
    bounds = {f"rank_1_{name}{INTERVAL}": interval(of_space, level).bounds for name, of_space in values.items()}
    return hits | bounds | {GAIN: difference(values[TRAINED], values[RAW], level).rounded}


def rank_1_values(
    vectors: Float[np.ndarray, "object dim"],
    labels: Int[np.ndarray, " object"],
    members: Bool[np.ndarray, "object draw"],
) -> QueryValues:
    """Whether each object's nearest other object has its class. `members`: of random halves of the objects."""
    nearest = fast_neighbours(
        vectors, np.arange(len(vectors)), Gallery.of_objects(vectors), neighbours_needed(1, 1)
    ).item
    hits = hit_at_k(nearest, labels, labels, 1).astype(np.float64)
    in_halves = first_right_ranks(nearest, labels[nearest] == labels[:, None], members) == 1
    return QueryValues(hits[None, None], in_halves=means_in_halves(in_halves[None]))
