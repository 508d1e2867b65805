"""Make the initialisation that all NeRFs of the study share."""

from pathlib import Path

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import saved_models
from fieldlink.core.params import load
from fieldlink.core.progress import progress
from fieldlink.core.seeds import seed_of
from fieldlink.core.workers import map_in_workers


def start_nerfs(out: arguments.OutModel, params_file: arguments.ParamsFile = Path("params.yaml")) -> None:
    """Write the model `out`: random weights, or weights learned on other objects (`nerf.start.kind`)."""
    from fieldlink.nerf.fitting import meta_learning
    from fieldlink.scenes.meta_learning_objects import MetaLearningObject, meta_learning_objects

    params = load(params_file)
    start, seed = params.nerf.start, params.study.seed
    if start.kind == "random":
        weights = meta_learning.random_start(params.nerf, seed)
    else:
        objects = meta_learning_objects(start.objects_per_class, start.resolution, seed_of(seed, "start"))
        seen = map_in_workers(MetaLearningObject.views, objects, params.runtime.workers)
        views = list(progress(seen, "start_nerfs", "objects", total=len(objects)))
        weights = meta_learning.reptile(views, params.nerf, seed, params.runtime.device)
    config = {"kind": start.kind, "field": params.nerf.field.model_dump(), "seed": seed}
    saved_models.write_model(out, {"weights": weights}, config)


if __name__ == "__main__":
    run_stage(start_nerfs, preload=["fieldlink.scenes.meta_learning_objects"])
