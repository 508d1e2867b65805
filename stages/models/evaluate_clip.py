"""Measure the study's CLIP by itself: zero-shot accuracy on single pictures of each kind, with each prompt."""

import json

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets, files, schemas


def evaluate_clip(
    *,
    objects: arguments.Objects,
    photos: arguments.Photos,
    gt_embeddings: arguments.GtEmbeddings,
    rendered_embeddings: arguments.RenderedEmbeddings,
    photo_embeddings: arguments.PhotoEmbeddings,
    prompts: arguments.PromptEmbeddings,
    metrics: arguments.OutMetrics,
) -> None:
    """Write JSON `metrics`, in percent: views of test objects (ground truth, rendered) and photos, each by itself."""
    import pyarrow.compute as pc

    from fieldlink.evaluation.results.clip_accuracy import accuracy_by_template
    from fieldlink.evaluation.results.zero_shot_results import prompts_by_template

    test = datasets.read(objects, schemas.OBJECTS).filter(pc.field("split") == "test")
    photo_rows = datasets.read(photos, schemas.PHOTOS, ["photo_id", "class_name"])
    kinds = {
        "gt_views": (gt_embeddings, test["object_id"], test["class_name"]),
        "rendered_views": (rendered_embeddings, test["object_id"], test["class_name"]),
        "photos": (photo_embeddings, photo_rows["photo_id"], photo_rows["class_name"]),
    }
    templates = prompts_by_template(datasets.read(prompts, schemas.PROMPT_EMBEDDINGS))
    accuracy: dict[str, dict[str, float]] = {}
    for kind, (folder, ids, classes) in kinds.items():
        class_of = dict(zip(ids.to_pylist(), classes.to_pylist(), strict=True))
        rows = datasets.rows_with_ids(folder, schemas.IMAGE_EMBEDDINGS, list(class_of), ["owner_id", "embedding"])
        class_names = [class_of[owner] for owner in rows["owner_id"].to_pylist()]
        accuracy[kind] = accuracy_by_template(datasets.matrix(rows["embedding"]), class_names, templates, str(prompts))
    files.write_text(metrics, json.dumps(accuracy, indent=2) + "\n")


if __name__ == "__main__":
    run_stage(evaluate_clip)
