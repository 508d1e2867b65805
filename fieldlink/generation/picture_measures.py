"""How well renders show what was asked for, and how far they differ among each other."""

import numpy as np
from jaxtyping import Float, Int, UInt8
from scipy.ndimage import gaussian_filter

from fieldlink.evaluation.measures.cosines import unit

BEST = 100.0  # dB; equal pictures have no finite PSNR

Renders = UInt8[np.ndarray, "query view height width 3"]


def likeness(
    renders: Float[np.ndarray, "query view clip"], asked: Float[np.ndarray, "query clip"]
) -> Float[np.ndarray, " query"]:
    """Mean cosine over a query's renders with the CLIP vector of what was asked; below 0 counts as 0."""
    flat = unit(renders.reshape(-1, renders.shape[-1])).reshape(renders.shape)
    return np.clip(np.einsum("qvc,qc->qv", flat, unit(asked)).mean(1), 0, 1)


def psnr(found: Renders, wanted: Renders) -> Float[np.ndarray, " query"]:
    """dB between pictures on black, mean over views."""
    error = np.square((found.astype(np.float32) - wanted) / 255).mean((2, 3, 4), dtype=np.float64)
    return (-10 * np.log10(np.maximum(error, 10 ** (-BEST / 10)))).mean(1)


def ssim(found: Renders, wanted: Renders) -> Float[np.ndarray, " query"]:
    """Structural similarity (Wang et al. 2004), mean over pixels, channels and views: 1 for equal pictures.

    (2 μ_x μ_y + C₁)(2 σ_xy + C₂) / ((μ_x² + μ_y² + C₁)(σ_x² + σ_y² + C₂)) with Gaussian windows of 1.5 pixels, cut off
    at 5, C₁ = 0.01², C₂ = 0.03² of pictures in [0, 1]; beyond the border pictures are mirrored.
    """

    def blurred(values: Float[np.ndarray, "*picture"]) -> Float[np.ndarray, "*picture"]:
        return gaussian_filter(values, (0, 0, 1.5, 1.5, 0), radius=5)

    x, y = found / 255.0, wanted / 255.0
    mean_x, mean_y = blurred(x), blurred(y)
    spread_x, spread_y = blurred(x * x) - mean_x**2, blurred(y * y) - mean_y**2
    together = blurred(x * y) - mean_x * mean_y
    luminance = (2 * mean_x * mean_y + 0.01**2) / (mean_x**2 + mean_y**2 + 0.01**2)
    structure = (2 * together + 0.03**2) / (spread_x + spread_y + 0.03**2)
    return (luminance * structure).mean((1, 2, 3, 4))


def variety(
    renders: Float[np.ndarray, "query view clip"], classes: Int[np.ndarray, " query"]
) -> Float[np.ndarray, " query"]:
    """1 − cosine of a query's mean CLIP vector with those of the others of its class, mean over them.

    Its mean over a class's queries is that of all pairs. Raises `ValueError` for a class with one query.
    """
    vectors = unit(renders.mean(1))
    others = (classes[:, None] == classes) & ~np.eye(len(classes), dtype=bool)
    if not others.any(1).all():
        raise ValueError("variety of a class needs at least two queries of it")
    return np.clip(((1 - vectors @ vectors.T) * others).sum(1) / others.sum(1), 0, 1)
