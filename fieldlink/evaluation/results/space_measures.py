"""How well a space keeps classes apart, and how alike two spaces of the same objects are (Figure 4.1 as numbers)."""

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Float, Int

from fieldlink.evaluation.measures.nearest_neighbours import Gallery, neighbours
from fieldlink.evaluation.results.tables import CellKey, QueryResults

Space = Float[np.ndarray, "seed object dim"]  # the objects' vectors by every training seed; one if none is trained


def silhouettes(
    vectors: Float[np.ndarray, "object dim"], classes: Int[np.ndarray, " object"]
) -> Float[np.ndarray, " object"]:
    """(b − a) / max(a, b) of every object, in cosine distance (Rousseeuw 1987): from −1 to 1, 0 where it is alone.

    a: mean distance to the others of its class; b: to those of the nearest other class.
    """
    from sklearn.metrics import silhouette_samples

    if len(np.unique(classes)) in (1, len(classes)):
        return np.zeros(len(classes))  # no other class, or every object alone
    return np.asarray(silhouette_samples(vectors.astype(np.float64), classes, metric="cosine"))


def purities(
    vectors: Float[np.ndarray, "object dim"], classes: Int[np.ndarray, " object"], k: int
) -> Float[np.ndarray, " object"]:
    """The share of every object's `k` nearest others by cosine (of all, if there are fewer) that have its class."""
    found = neighbours(vectors, np.arange(len(vectors)), Gallery.of_objects(vectors), min(k, len(vectors) - 1)).item
    return (classes[found] == classes[:, None]).mean(1)


def linear_cka(first: Float[np.ndarray, "object first"], second: Float[np.ndarray, "object second"]) -> float:
    """‖YᵀX‖² / (‖XᵀX‖ ‖YᵀY‖) of centred X and Y, Frobenius norms (Kornblith et al. 2019)."""
    x, y = _centred(first), _centred(second)
    return float(_square(x.T @ y) / np.sqrt(_square(x.T @ x) * _square(y.T @ y)))


def cka_by_object(
    first: Float[np.ndarray, "object first"], second: Float[np.ndarray, "object second"]
) -> Float[np.ndarray, " object"]:
    """Numbers whose mean is `linear_cka` and whose spread is that of the jackknife: an object's part in it.

    CKA is no mean over objects, and objects drawn twice would raise it, so it can't be resampled as shares are. With
    object i left out, the centred product YᵀX loses n/(n − 1) y_i x_iᵀ; all n of them come in closed form.
    """
    x, y = _centred(first), _centred(second)
    if len(x) < 3:  # nothing is left to compare
        return np.full(len(x), linear_cka(first, second))
    between, own, other = _without_each(x, y), _without_each(x, x), _without_each(y, y)
    without = between / np.sqrt(own * other)
    return linear_cka(first, second) + (len(x) - 1) * (without.mean() - without)


def answers(
    spaces: Mapping[str, Space], classes: Int[np.ndarray, " object"], ids: Sequence[str], seeds: Sequence[int], k: int
) -> list[QueryResults]:
    """Silhouette and purity of every space, and CKA of each pair of spaces; `seeds`: of those that are trained."""
    found = []
    for name, space in spaces.items():
        measured = {
            ("silhouette", "silhouette"): [silhouettes(vectors, classes) for vectors in space],
            (f"purity@{k}", "knn_purity"): [purities(vectors, classes, k) for vectors in space],
        }
        for (column, metric), values in measured.items():
            place = CellKey("fig4.1", name, column, metric)
            found.append(QueryResults.of(place, np.stack(values), _of(space, seeds), ids, values))
    (first, one), (second, other) = spaces.items()
    values = [cka_by_object(one[0], vectors) for vectors in other]
    place = CellKey("fig4.1", f"{first} and {second}", "cka", "linear_cka")
    return [*found, QueryResults.of(place, np.stack(values), _of(other, seeds), ids, values)]


def _of(space: Space, seeds: Sequence[int]) -> Sequence[int]:
    return seeds if len(space) > 1 else [0]


def _centred(vectors: Float[np.ndarray, "object dim"]) -> Float[np.ndarray, "object dim"]:
    wide = vectors.astype(np.float64)
    return wide - wide.mean(0)


def _square(matrix: Float[np.ndarray, "_ _"]) -> float:
    return float(np.square(matrix).sum())


def _without_each(
    x: Float[np.ndarray, "object first"], y: Float[np.ndarray, "object second"]
) -> Float[np.ndarray, " object"]:
    """‖YᵀX‖² of centred X and Y with each object left out in turn, centred anew."""
    product, share = y.T @ x, len(x) / (len(x) - 1)
    along = ((y @ product) * x).sum(1)
    return _square(product) - 2 * share * along + share**2 * np.square(x).sum(1) * np.square(y).sum(1)
