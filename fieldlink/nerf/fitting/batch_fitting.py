"""Fit the fields of many objects at once: fewer where memory runs out, and no failure touches another object."""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float

from fieldlink.core.devices import map_in_batches
from fieldlink.core.errors import InputError
from fieldlink.core.params import NerfParams
from fieldlink.core.workers import map_in_threads
from fieldlink.nerf.fitting.optimisation import Diverged, Fit, fitting_inputs, measured_fit, optimise
from fieldlink.nerf.fitting.ray_batches import STEPS_PER_DRAW, FittingObject
from fieldlink.scenes.views import Views

POINTS_ON_CPU = 2**21  # prepared for all objects of a batch: about 1 GB for the published encoding
POINTS_ON_GPU = 2**22  # of one step, with their activations: about 16 GB

Outcome = Fit | InputError | Diverged  # a fit, or why there is none


def fit_batch(
    objects: Sequence[Views], start: Float[np.ndarray, " weight"], nerf: NerfParams, seeds: Sequence[int], device: str
) -> list[Outcome]:
    """`optimisation.fit` of each object, with its error in its place; fewer at once where memory runs out."""

    def fit_part(part: Sequence[tuple[Views, int]]) -> list[Outcome]:
        return _fit_in_memory([views for views, _ in part], start, nerf, [seed for _, seed in part], device)

    parts = map_in_batches(fit_part, list(zip(objects, seeds, strict=True)), objects_at_once(nerf, device))
    return [outcome for part in parts for outcome in part]


def objects_at_once(nerf: NerfParams, device: str) -> int:
    """How many objects fit into memory, by an estimate of the points of a step."""
    points = nerf.fitting.rays * nerf.fitting.samples
    return max(1, POINTS_ON_GPU // points if device == "cuda" else POINTS_ON_CPU // (STEPS_PER_DRAW * points))


def _fit_in_memory(
    objects: Sequence[Views], start: Float[np.ndarray, " weight"], nerf: NerfParams, seeds: Sequence[int], device: str
) -> list[Outcome]:
    outcomes: dict[int, Outcome] = {}
    inputs: dict[int, FittingObject] = {}
    prepared = map_in_threads(lambda views: _inputs_or_error(views, nerf, device), objects, device)
    for index, result in enumerate(prepared):
        if isinstance(result, InputError):
            outcomes[index] = result
        else:
            inputs[index] = result
    if inputs:
        start_on_device = torch.from_numpy(start).to(device)
        weights, failed = optimise(list(inputs.values()), start_on_device, nerf, [seeds[index] for index in inputs])
        for (index, (_, region)), vector, step in zip(inputs.items(), weights, failed.tolist(), strict=True):
            try:
                outcomes[index] = measured_fit(objects[index], vector, region, step, nerf, seeds[index])
            except Diverged as error:
                outcomes[index] = error
    return [outcomes[index] for index in range(len(objects))]


def _inputs_or_error(views: Views, nerf: NerfParams, device: str) -> FittingObject | InputError:
    try:
        return fitting_inputs(views, nerf, device)
    except InputError as error:
        return error
