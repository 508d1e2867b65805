"""The one initialisation that all NeRFs of the study share."""

from pathlib import Path

from stages import datasets
from stages.params import load
from stages.runtime import command, seed_of
from stages.runtime.workers import in_workers


def start_nerfs(out: Path, params: Path = Path("params.yaml")) -> None:
    """Write the model `out`: random weights, or weights learned on objects of their own (`nerf.start.kind`)."""
    from stages.nerf import metalearning
    from stages.scenes.outsiders import Outsider, outsiders

    how = load(params)
    if how.nerf.start.kind == "random":
        weights = metalearning.random_start(how.nerf, how.study.seed)
    else:
        about = how.nerf.start
        others = outsiders(about.objects_per_class, about.resolution, seed_of(how.study.seed, "start"))
        views = list(in_workers(Outsider.views, others, how.runtime.workers))
        weights = metalearning.reptile(views, how.nerf, how.study.seed, how.runtime.device)
    config = {"kind": how.nerf.start.kind, "field": how.nerf.field.model_dump(), "seed": how.study.seed}
    datasets.write_model(out, {"weights": weights}, config)


if __name__ == "__main__":
    command(start_nerfs, preload=["stages.scenes.outsiders"])
