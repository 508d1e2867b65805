"""Registry of the starts that all NeRFs of a study share, by their names in `nerf.start.kind`."""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float

from fieldlink.core import registry
from fieldlink.core.params import Params
from fieldlink.core.progress import progress
from fieldlink.core.seeds import seed_of
from fieldlink.core.workers import map_in_workers
from fieldlink.nerf.fitting import meta_learning
from fieldlink.scenes.meta_learning_objects import MetaLearningObject, meta_learning_objects

Start = Callable[[Params], Float[np.ndarray, " weight"]]


def _random(params: Params) -> Float[np.ndarray, " weight"]:
    return meta_learning.random_start(params.nerf, params.study.seed)


def _meta_learned(params: Params) -> Float[np.ndarray, " weight"]:
    """Weights learned on objects of no dataset, whose views are rendered by workers."""
    start, seed = params.nerf.start, params.study.seed
    objects = meta_learning_objects(start.objects_per_class, start.resolution, seed_of(seed, "start"))
    rendered = map_in_workers(MetaLearningObject.views, objects, params.runtime.workers)
    views = list(progress(rendered, "start_nerfs", "objects", total=len(objects)))
    return meta_learning.reptile(views, params.nerf, seed, params.runtime.device)


STARTS: dict[str, Start] = {"meta_learned": _meta_learned, "random": _random}


def start_weights(params: Params) -> Float[np.ndarray, " weight"]:
    """The weights of `nerf.start.kind`. Raises `InputError` if the registry has none of that name."""
    start = registry.member(STARTS, params.nerf.start.kind, "nerf.start.kind", "fieldlink/nerf/fitting/starts.py")
    return start(params)
