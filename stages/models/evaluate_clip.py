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
    """Write JSON `metrics`: accuracy in percent on ground-truth and rendered views of test objects, and on photos."""
    import pyarrow.compute as pc

    from fieldlink.evaluation.results.clip_accuracy import clip_accuracy
    from fieldlink.evaluation.results.zero_shot import templates

    test = datasets.read(objects, schemas.OBJECTS).filter(pc.field("split") == "test")
    photo_rows = datasets.read(photos, schemas.PHOTOS, ["photo_id", "class_name"])
    kinds = {
        "gt_views": (gt_embeddings, test["object_id"], test["class_name"]),
        "rendered_views": (rendered_embeddings, test["object_id"], test["class_name"]),
        "photos": (photo_embeddings, photo_rows["photo_id"], photo_rows["class_name"]),
    }
    prompts_by_template = templates(datasets.read(prompts, schemas.PROMPT_EMBEDDINGS))
    accuracy: dict[str, dict[str, float]] = {}
    for kind, (folder, ids, classes) in kinds.items():
        class_of = dict(zip(ids.to_pylist(), classes.to_pylist(), strict=True))
        rows = datasets.rows_with_ids(folder, schemas.IMAGE_EMBEDDINGS, list(class_of), ["owner_id", "embedding"])
        class_names = [class_of[owner] for owner in rows["owner_id"].to_pylist()]
        vectors = datasets.matrix(rows["embedding"])
        accuracy[kind] = clip_accuracy(vectors, class_names, prompts_by_template, str(prompts))
    files.write_text(metrics, json.dumps(accuracy, indent=2) + "\n")


if __name__ == "__main__":
    run_stage(evaluate_clip)
