"""Fit the fields of many objects at once: fewer where memory runs out, and what fails harms no other."""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from stages.errors import InputError
from stages.nerf.fitting import STEPS_AT_ONCE, Diverged, Fit, judged, optimise, to_fit
from stages.params import Nerf
from stages.runtime import halving
from stages.scenes.views import Views

POINTS_AT_ONCE = 2**21  # prepared for all objects together: about 1 GB for the published encoding

Outcome = Fit | InputError | Diverged  # a fit, or why there is none


def fit_together(
    many: Sequence[Views], start: Float[np.ndarray, " weight"], how: Nerf, seeds: Sequence[int], device: str
) -> list[Outcome]:
    """As `fitting.fit` of each, but an error is given back in its place; fewer at once where memory runs out."""
    points = STEPS_AT_ONCE * how.fitting.rays * how.fitting.samples

    def some(pairs: Sequence[tuple[Views, int]]) -> list[Outcome]:
        return _fit_some([views for views, _ in pairs], start, how, [seed for _, seed in pairs], device)

    parts = halving(some, list(zip(many, seeds, strict=True)), max(1, POINTS_AT_ONCE // points))
    return [outcome for part in parts for outcome in part]


def _fit_some(
    many: Sequence[Views], start: Float[np.ndarray, " weight"], how: Nerf, seeds: Sequence[int], device: str
) -> list[Outcome]:
    outcomes: dict[int, Outcome] = {}
    ready: dict[int, tuple[Views, Tensor]] = {}
    for place, views in enumerate(many):
        try:
            ready[place] = to_fit(views, how, device)
        except InputError as error:
            outcomes[place] = error
    if ready:
        own = [seeds[place] for place in ready]
        weights, failed = optimise(list(ready.values()), torch.from_numpy(start).to(device), how, own)
        for (place, (_, hull)), one, step in zip(ready.items(), weights, failed.tolist(), strict=True):
            try:
                outcomes[place] = judged(many[place], one, hull, step, how)
            except Diverged as error:
                outcomes[place] = error
    return [outcomes[place] for place in range(len(many))]
