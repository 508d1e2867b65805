"""Provide the CLIP model of the study: train a small one on captioned pictures, or take a published one."""

from pathlib import Path
from typing import Annotated

from typing_extensions import Doc

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets, schemas
from fieldlink.core.params import load


def provide_clip(
    pictures: Annotated[Path, Doc("Dataset of captioned pictures.")],
    out: arguments.OutModel,
    curves: arguments.OutCurves,
    params_file: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write the model folder `out` and its `training_curves`, which have no rows for a published model."""
    from fieldlink.clip.clip_curves import curve_table
    from fieldlink.clip.clip_sources import clip_source

    params = load(params_file)
    losses = clip_source(params.clip.source).provide(pictures, out, params)
    datasets.write(curves, schemas.TRAINING_CURVES, [curve_table(losses, params.study.seed)], "provide_clip")


if __name__ == "__main__":
    run_stage(provide_clip)
