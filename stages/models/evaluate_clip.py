"""Measure the study's CLIP by itself: zero-shot accuracy on single pictures of each kind, with each prompt."""

import json
from pathlib import Path

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets, files, schemas
from fieldlink.core.params import load


def evaluate_clip(
    *,
    objects: arguments.Objects,
    photos: arguments.Photos,
    gt_embeddings: arguments.GtEmbeddings,
    rendered_embeddings: arguments.RenderedEmbeddings,
    photo_embeddings: arguments.PhotoEmbeddings,
    prompts: arguments.PromptEmbeddings,
    metrics: arguments.OutMetrics,
    params_file: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write JSON `metrics`, in percent: views of test objects (ground truth, rendered) and photos, each by itself.

    The mean over prompts has an interval. `validation` holds the same of validation objects and photos.
    """
    import pyarrow.compute as pc

    from fieldlink.evaluation.results.clip_accuracy import PictureKind, accuracy_by_split
    from fieldlink.evaluation.results.zero_shot_results import prompts_by_template

    params = load(params_file)
    catalogue = datasets.read(objects, schemas.OBJECTS).filter(pc.field("augmentation") == 0)
    photo_rows = datasets.read(photos, schemas.PHOTOS, ["photo_id", "class_name", "split"])
    kinds = {
        "gt_views": PictureKind(gt_embeddings, catalogue, "object_id"),
        "rendered_views": PictureKind(rendered_embeddings, catalogue, "object_id", may_lack=True),  # NeRFs set aside
        "photos": PictureKind(photo_embeddings, photo_rows, "photo_id"),  # of validation there may be none
    }
    templates = prompts_by_template(datasets.read(prompts, schemas.PROMPT_EMBEDDINGS))
    accuracy = accuracy_by_split(kinds, templates, params.intervals.level, str(prompts))
    files.write_text(metrics, json.dumps(accuracy.pop("test") | accuracy, indent=2) + "\n")


if __name__ == "__main__":
    run_stage(evaluate_clip)
