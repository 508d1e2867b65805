"""How well renders show what was asked for."""

import numpy as np
from jaxtyping import Float, UInt8

from stages.evaluation.retrieval import unit

BEST = 100.0  # dB; equal pictures have no finite PSNR


def likeness(
    renders: Float[np.ndarray, "query view clip"], asked: Float[np.ndarray, "query clip"]
) -> Float[np.ndarray, " query"]:
    """Mean cosine over a query's renders with the CLIP vector of what was asked; below 0 counts as 0."""
    flat = unit(renders.reshape(-1, renders.shape[-1])).reshape(renders.shape)
    return np.clip(np.einsum("qvc,qc->qv", flat, unit(asked)).mean(1), 0, 1)


def psnr(
    found: UInt8[np.ndarray, "query view height width 3"], wanted: UInt8[np.ndarray, "query view height width 3"]
) -> Float[np.ndarray, " query"]:
    """dB between pictures on black, mean over views."""
    error = np.square((found.astype(np.float32) - wanted) / 255).mean((2, 3, 4), dtype=np.float64)
    return (-10 * np.log10(np.maximum(error, 10 ** (-BEST / 10)))).mean(1)
