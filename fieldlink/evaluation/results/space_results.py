"""Figure 4.1 as numbers: silhouettes and purities of spaces, and CKA of two of them."""

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Float, Int

from fieldlink.core.variants import Embedding, Variant
from fieldlink.evaluation.measures.class_separation import purities, silhouettes
from fieldlink.evaluation.measures.linear_cka import cka_by_object
from fieldlink.evaluation.results.query_results import CellKey, QueryResults

TABLE = "fig4.1"
Space = Float[np.ndarray, "seed object dim"]  # the objects' vectors by every training seed; one if none is trained


def space_results(
    spaces: Mapping[Embedding, Space],
    classes: Int[np.ndarray, " object"],
    object_ids: Sequence[str],
    seeds: Sequence[int],
    k: int,
) -> list[QueryResults]:
    """Silhouette and purity at `k` of both spaces, and their CKA. `seeds`: those of the spaces that are trained."""
    results = []
    for name, space in spaces.items():
        measures = {
            ("silhouette", "silhouette"): [silhouettes(vectors, classes) for vectors in space],
            (f"purity@{k}", "knn_purity"): [purities(vectors, classes, k) for vectors in space],
        }
        for (column, metric), values in measures.items():
            key = CellKey(TABLE, Variant(embedding=name).text, column, metric)
            results.append(QueryResults.of(key, np.stack(values), _seeds(space, seeds), object_ids, values))
    (first_name, first), (second_name, second) = spaces.items()
    values = [cka_by_object(first[0], vectors) for vectors in second]
    row = Variant(embedding=first_name, other_embedding=second_name).text
    key = CellKey(TABLE, row, "cka", "linear_cka")
    return [*results, QueryResults.of(key, np.stack(values), _seeds(second, seeds), object_ids, values)]


def _seeds(space: Space, seeds: Sequence[int]) -> Sequence[int]:
    return seeds if len(space) > 1 else [0]
