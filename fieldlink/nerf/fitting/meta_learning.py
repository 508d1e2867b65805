"""The start that all NeRFs of a study share: random as published, or learned on other objects by Reptile.

Reptile (Nichol, Achiam, Schulman 2018, algorithm 2) fits some objects for a few steps, moves the start part of the way
to the mean of these fits, and repeats. Tancik et al. 2021 ("Learned initializations") do so for coordinate networks.
"""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float

from fieldlink.core.params import NerfParams
from fieldlink.core.progress import progress
from fieldlink.core.seeds import seed_of
from fieldlink.nerf import field
from fieldlink.nerf.fitting.optimisation import optimise
from fieldlink.scenes.views import Views
from fieldlink.scenes.visual_hull import carve


def random_start(nerf: NerfParams, seed: int) -> Float[np.ndarray, " weight"]:
    """Xavier-uniform weights."""
    return field.xavier(nerf.field, seed_of(seed, "xavier")).numpy()


def reptile(objects: Sequence[Views], nerf: NerfParams, seed: int, device: str = "cpu") -> Float[np.ndarray, " weight"]:
    """From a random start, `rounds` times: short fits of `batch` objects, and a move towards their mean.

    The move is `rate` of the way, falling linearly to zero. Every object is seen once before any is seen again.
    """
    # 1. The parameters of a short fit, the visual hulls, and the order of the objects.
    start = nerf.start
    changes = {"steps": start.steps, "learning_rate": start.learning_rate, "schedule": "cosine"}
    short = nerf.model_copy(update={"fitting": nerf.fitting.model_copy(update=changes)})
    hulls = [torch.from_numpy(carve(views, nerf.fitting.occupancy, field.HALF)).to(device) for views in objects]
    random = np.random.default_rng(seed_of(seed, "reptile"))
    cycles = -(-start.rounds * start.batch // len(objects))
    order = np.concatenate([random.permutation(len(objects)) for _ in range(cycles)])
    # 2. Short fits, and a move of the weights.
    weights = torch.from_numpy(random_start(nerf, seed)).to(device)
    for turn in progress(range(start.rounds), "start_nerfs", "rounds"):
        batch = [(objects[index], hulls[index]) for index in order[turn * start.batch :][: start.batch]]
        seeds = [seed_of(seed, "reptile", turn, index) for index in range(start.batch)]
        fitted, _ = optimise(batch, weights, short, seeds)
        weights += start.rate * (1 - turn / start.rounds) * (fitted.mean(0) - weights)
    return weights.cpu().numpy()
