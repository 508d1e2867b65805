"""The start that all NeRFs of a study share: random as published, or learned on other objects by Reptile.

Reptile (Nichol, Achiam, Schulman 2018): fit one object for a few steps, move the start a part of the way there, go on
with the next object. Tancik et al. 2021 ("Learned initializations") do so for coordinate networks.
"""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float

from stages.nerf import field
from stages.nerf.fitting import optimise
from stages.params import Nerf
from stages.runtime import seed_of
from stages.scenes.hull import carve
from stages.scenes.views import Views


def random_start(how: Nerf, seed: int) -> Float[np.ndarray, " weight"]:
    """Xavier-uniform weights."""
    return field.xavier(how.field, seed_of(seed, "xavier")).numpy()


def reptile(objects: Sequence[Views], how: Nerf, seed: int, device: str = "cpu") -> Float[np.ndarray, " weight"]:
    """From a random start, `how.start.rounds` times: a short fit, and `rate` of the way to its end.

    The rate falls linearly to zero; every object is seen once before any is seen again.
    """
    brief = {"steps": how.start.steps, "learning_rate": how.start.learning_rate, "schedule": "cosine"}
    short = how.model_copy(update={"fitting": how.fitting.model_copy(update=brief)})
    hulls = [torch.from_numpy(carve(views, how.fitting.occupancy, field.HALF)).to(device) for views in objects]
    start = torch.from_numpy(random_start(how, seed)).to(device)
    random = np.random.default_rng(seed_of(seed, "reptile"))
    cycles = -(-how.start.rounds // len(objects))
    order = np.concatenate([random.permutation(len(objects)) for _ in range(cycles)])[: how.start.rounds]
    for turn, which in enumerate(order):
        fitted = optimise(objects[which], hulls[which], start, short, seed_of(seed, "reptile", turn))
        start += how.start.rate * (1 - turn / how.start.rounds) * (fitted - start)
    return start.cpu().numpy()
