"""Measure the study's CLIP by itself: zero-shot accuracy on single pictures of each kind, with each prompt."""

import json
from itertools import product
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

    `validation` holds the same of validation objects and photos.
    """
    import pyarrow.compute as pc

    from fieldlink.embeddings.selection import EVALUATED
    from fieldlink.evaluation.results.clip_accuracy import accuracy_by_template
    from fieldlink.evaluation.results.zero_shot_results import prompts_by_template

    load(params_file)  # a mistake anywhere in it ends every stage
    catalogue = datasets.read(objects, schemas.OBJECTS).filter(pc.field("augmentation") == 0)
    photo_rows = datasets.read(photos, schemas.PHOTOS, ["photo_id", "class_name", "split"])
    kinds = {
        "gt_views": (gt_embeddings, catalogue, "object_id"),
        "rendered_views": (rendered_embeddings, catalogue, "object_id"),
        "photos": (photo_embeddings, photo_rows, "photo_id"),
    }
    templates = prompts_by_template(datasets.read(prompts, schemas.PROMPT_EMBEDDINGS))
    accuracy: dict[str, dict[str, dict[str, float]]] = {split: {} for split in EVALUATED}
    for (split, of_split), (kind, (folder, rows, key)) in product(accuracy.items(), kinds.items()):
        split_rows = rows.filter(pc.field("split") == split)
        class_of = dict(zip(split_rows[key].to_pylist(), split_rows["class_name"].to_pylist(), strict=True))
        columns, rejected = ["owner_id", "embedding"], kind == "rendered_views"  # what wasn't fitted isn't rendered
        embedded = datasets.rows_with_ids(
            folder, schemas.IMAGE_EMBEDDINGS, list(class_of), columns, may_be_absent=rejected
        )
        if not len(embedded):
            continue  # of photos none may validate
        class_names = [class_of[owner] for owner in embedded["owner_id"].to_pylist()]
        vectors = datasets.matrix(embedded["embedding"])
        of_split[kind] = accuracy_by_template(vectors, class_names, templates, str(prompts))
    files.write_text(metrics, json.dumps(accuracy.pop("test") | accuracy, indent=2) + "\n")


if __name__ == "__main__":
    run_stage(evaluate_clip)
