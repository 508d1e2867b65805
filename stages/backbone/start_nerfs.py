"""Make the initialisation that all NeRFs of the study share."""

from pathlib import Path

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import saved_models
from fieldlink.core.params import load


def start_nerfs(out: arguments.OutModel, params_file: arguments.ParamsFile = Path("params.yaml")) -> None:
    """Write the model `out`: random weights, or weights learned on other objects (`nerf.start.kind`)."""
    from fieldlink.nerf.fitting.starts import start_weights

    params = load(params_file)
    nerf, seed = params.nerf, params.study.seed
    config = {"kind": nerf.start.kind, "field": nerf.field.model_dump(), "seed": seed}
    saved_models.write_model(out, {"weights": start_weights(params)}, config)


if __name__ == "__main__":
    run_stage(start_nerfs, preload=["fieldlink.scenes.meta_learning_objects"])
