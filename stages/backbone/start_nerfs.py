"""The one initialisation that all NeRFs of the study share."""

from pathlib import Path

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import saved_models
from fieldlink.core.params import load
from fieldlink.core.seeds import seed_of
from fieldlink.core.workers import map_in_workers


def start_nerfs(out: arguments.OutModel, params: arguments.ParamsFile = Path("params.yaml")) -> None:
    """Write the model `out`: random weights, or weights learned on objects of their own (`nerf.start.kind`)."""
    from fieldlink.nerf.fitting import meta_learning
    from fieldlink.scenes.meta_learning_objects import MetaLearningObject, meta_learning_objects

    how = load(params)
    if how.nerf.start.kind == "random":
        weights = meta_learning.random_start(how.nerf, how.study.seed)
    else:
        about = how.nerf.start
        others = meta_learning_objects(about.objects_per_class, about.resolution, seed_of(how.study.seed, "start"))
        views = list(map_in_workers(MetaLearningObject.views, others, how.runtime.workers))
        weights = meta_learning.reptile(views, how.nerf, how.study.seed, how.runtime.device)
    config = {"kind": how.nerf.start.kind, "field": how.nerf.field.model_dump(), "seed": how.study.seed}
    saved_models.write_model(out, {"weights": weights}, config)


if __name__ == "__main__":
    run_stage(start_nerfs, preload=["fieldlink.scenes.meta_learning_objects"])
