"""Provide the CLIP model of the study: train a small one on captioned pictures, or take a published one."""

from pathlib import Path
from typing import Annotated

from typing_extensions import Doc

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
    params: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write the model folder `out` and its `training_curves`, which have no rows for a published model."""
    how = load(params)
    losses = _train(pictures, out, how) if how.clip.source == "train" else _take(out, how)
    columns = {
        "variant": ["clip"] * len(losses),
        "seed": [how.study.seed] * len(losses),
        "step": list(range(len(losses))),
        "split": ["train"] * len(losses),
        "loss": losses,
    }
    datasets.write(curves, schemas.TRAINING_CURVES, [datasets.table(schemas.TRAINING_CURVES, columns)], "provide_clip")


def _train(folder: Path, out: Path, how: Params) -> list[float]:
    from fieldlink.clip import clip_training, model_folders, small_clip
    from fieldlink.scenes import pictures

    rows, network = datasets.read(folder, schemas.CAPTIONED_PICTURES), how.clip.network
    decoded = [pictures.decode(data, "RGB") for data in rows["image"].to_pylist()]
    trained = clip_training.train(
        small_clip.sized(decoded, network.resolution),
        rows["caption"].to_pylist(),
        rows["subject"].to_pylist(),
        network,
        how.clip.training,
        seed_of(how.study.seed, "clip"),
        device=how.runtime.device,
        steps=lambda steps: progress(steps, "provide_clip", "step"),
    )
    model_folders.save(out, trained.model, small_clip.description(network), small_clip.PREPROCESSING)
    return trained.losses


def _take(out: Path, how: Params) -> list[float]:
    from fieldlink.clip import custom_encoders, model_folders, pretrained

    if how.clip.source == "module":
        custom_encoders.save(out, how.clip.model, how.clip.pretrained, how.clip.code)
        return []
    taken = pretrained.fetch(how.clip.model, how.clip.pretrained)
    model_folders.save(out, taken.model, taken.model_cfg, taken.preprocess_cfg, taken.tokenizer)
    return []


if __name__ == "__main__":
    run_stage(provide_clip)
