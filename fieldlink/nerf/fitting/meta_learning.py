"""The start that all NeRFs of a study share: random as published, or learned on other objects by Reptile.

Reptile (Nichol, Achiam, Schulman 2018, algorithm 2): fit some objects for a few steps, move the start a part of the way
to the mean of these fits, go on with the next. Tancik et al. 2021 ("Learned initializations") do so for coordinate
networks.
"""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float

from fieldlink.core.params import NerfParams
from fieldlink.core.seeds import seed_of
from fieldlink.nerf import field
from fieldlink.nerf.fitting.optimisation import optimise
from fieldlink.scenes.views import Views
from fieldlink.scenes.visual_hull import carve


def random_start(how: NerfParams, seed: int) -> Float[np.ndarray, " weight"]:
    """Xavier-uniform weights."""
    return field.xavier(how.field, seed_of(seed, "xavier")).numpy()


def reptile(objects: Sequence[Views], how: NerfParams, seed: int, device: str = "cpu") -> Float[np.ndarray, " weight"]:
    """From a random start, `rounds` times: short fits of `batch` objects, and `rate` of the way to their mean.

    The rate falls linearly to zero; every object is seen once before any is seen again.
    """
    about = how.start
    brief = {"steps": about.steps, "learning_rate": about.learning_rate, "schedule": "cosine"}
    short = how.model_copy(update={"fitting": how.fitting.model_copy(update=brief)})
    hulls = [torch.from_numpy(carve(views, how.fitting.occupancy, field.HALF)).to(device) for views in objects]
    start = torch.from_numpy(random_start(how, seed)).to(device)
    random = np.random.default_rng(seed_of(seed, "reptile"))
    cycles = -(-about.rounds * about.batch // len(objects))
    order = np.concatenate([random.permutation(len(objects)) for _ in range(cycles)])
    for turn in range(about.rounds):
        chosen = [(objects[which], hulls[which]) for which in order[turn * about.batch :][: about.batch]]
        seeds = [seed_of(seed, "reptile", turn, place) for place in range(about.batch)]
        fitted, _ = optimise(chosen, start, short, seeds)
        start += about.rate * (1 - turn / about.rounds) * (fitted.mean(0) - start)
    return start.cpu().numpy()
