"""How alike two spaces of the same objects are (Figure 4.1 as numbers)."""

import numpy as np
from jaxtyping import Float


def linear_cka(first: Float[np.ndarray, "object first"], second: Float[np.ndarray, "object second"]) -> float:
    """‖YᵀX‖² / (‖XᵀX‖ ‖YᵀY‖) of centred X and Y, Frobenius norms (Kornblith et al. 2019)."""
    x, y = _centred(first), _centred(second)
    return float(_square(x.T @ y) / np.sqrt(_square(x.T @ x) * _square(y.T @ y)))


def cka_by_object(
    first: Float[np.ndarray, "object first"], second: Float[np.ndarray, "object second"]
) -> Float[np.ndarray, " object"]:
    """One pseudo-value per object (jackknife): their mean is `linear_cka`, their spread gives its standard error.

    CKA is no mean over objects, and objects drawn twice would raise it, so it can't be resampled as shares are. With
    object i left out, the centred product YᵀX loses n/(n − 1) y_i x_iᵀ; all n of them come in closed form.
    """
    x, y = _centred(first), _centred(second)
    if len(x) < 3:  # nothing is left to compare
        return np.full(len(x), linear_cka(first, second))
    between, within_x, within_y = _without_each(x, y), _without_each(x, x), _without_each(y, y)
    without = between / np.sqrt(within_x * within_y)
    return linear_cka(first, second) + (len(x) - 1) * (without.mean() - without)


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
