"""Provide the CLIP model of the study: train a small one on captioned pictures, or take a published one."""

from pathlib import Path
from typing import Annotated

from typing_extensions import Doc

from fieldlink.clip.clip_curves import ClipLosses, curve_table
from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets, schemas
from fieldlink.core.params import Params, load
from fieldlink.core.progress import progress
from fieldlink.core.seeds import seed_of


def provide_clip(
    pictures: Annotated[Path, Doc("Dataset of captioned pictures.")],
    out: arguments.OutModel,
    curves: arguments.OutCurves,
    params_file: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write the model folder `out` and its `training_curves`, which have no rows for a published model."""
    params = load(params_file)
    losses = _train(pictures, out, params) if params.clip.source == "train" else _take(out, params)
    datasets.write(curves, schemas.TRAINING_CURVES, [curve_table(losses, params.study.seed)], "provide_clip")


def _train(folder: Path, out: Path, params: Params) -> list[ClipLosses]:
    from fieldlink.clip import clip_training, small_clip
    from fieldlink.clip.captioned_pairs import CaptionedPictures

    rows, network = datasets.read(folder, schemas.CAPTIONED_PICTURES), params.clip.network
    trained = clip_training.train(
        CaptionedPictures.of_split(rows, "train", network),
        CaptionedPictures.of_split(rows, "validation", network),
        network,
        params.clip.training,
        seed_of(params.study.seed, "clip"),
        device=params.runtime.device,
        steps=lambda steps: progress(steps, "provide_clip", "step"),
    )
    small_clip.save(out, trained.model, network)
    return trained.losses


def _take(out: Path, params: Params) -> list[ClipLosses]:
    from fieldlink.clip import custom_encoders, pretrained

    if params.clip.source == "module":
        custom_encoders.save(out, params.clip.model, params.clip.pretrained, params.clip.code)
    else:
        pretrained.save(out, pretrained.fetch(params.clip.model, params.clip.pretrained))
    return []


if __name__ == "__main__":
    run_stage(provide_clip)
