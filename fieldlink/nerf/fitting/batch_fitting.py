"""Fit the fields of many objects at once: fewer where memory runs out, and what fails harms no other."""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float

from fieldlink.core.devices import map_in_batches
from fieldlink.core.errors import InputError
from fieldlink.core.params import NerfParams
from fieldlink.core.workers import map_in_threads
from fieldlink.nerf.fitting.optimisation import Diverged, Fit, judged, optimise, to_fit
from fieldlink.nerf.fitting.ray_batches import STEPS_AT_ONCE, Object
from fieldlink.scenes.views import Views

POINTS_AT_ONCE = 2**21  # prepared for all objects together: about 1 GB for the published encoding
ON_GPU = 2**22  # of one step, whose activations are kept: about 16 GB

Outcome = Fit | InputError | Diverged  # a fit, or why there is none


def fit_together(
    many: Sequence[Views], start: Float[np.ndarray, " weight"], how: NerfParams, seeds: Sequence[int], device: str
) -> list[Outcome]:
    """As `fitting.fit` of each, but an error is given back in its place; fewer at once where memory runs out."""

    def some(pairs: Sequence[tuple[Views, int]]) -> list[Outcome]:
        return _fit_some([views for views, _ in pairs], start, how, [seed for _, seed in pairs], device)

    parts = map_in_batches(some, list(zip(many, seeds, strict=True)), at_once(how, device))
    return [outcome for part in parts for outcome in part]


def at_once(how: NerfParams, device: str) -> int:
    """How many objects fit the memory together, as far as can be told."""
    points = how.fitting.rays * how.fitting.samples
    return max(1, ON_GPU // points if device == "cuda" else POINTS_AT_ONCE // (STEPS_AT_ONCE * points))


def _fit_some(
    many: Sequence[Views], start: Float[np.ndarray, " weight"], how: NerfParams, seeds: Sequence[int], device: str
) -> list[Outcome]:
    outcomes: dict[int, Outcome] = {}
    ready: dict[int, Object] = {}
    for place, found in enumerate(map_in_threads(lambda views: _to_fit(views, how, device), many, device)):
        if isinstance(found, InputError):
            outcomes[place] = found
        else:
            ready[place] = found
    if ready:
        own = [seeds[place] for place in ready]
        weights, failed = optimise(list(ready.values()), torch.from_numpy(start).to(device), how, own)
        for (place, (_, hull)), one, step in zip(ready.items(), weights, failed.tolist(), strict=True):
            try:
                outcomes[place] = judged(many[place], one, hull, step, how)
            except Diverged as error:
                outcomes[place] = error
    return [outcomes[place] for place in range(len(many))]


def _to_fit(views: Views, how: NerfParams, device: str) -> Object | InputError:
    try:
        return to_fit(views, how, device)
    except InputError as error:
        return error
