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

    from fieldlink.embeddings.selection import labels
    from fieldlink.evaluation.results.zero_shot import similarities, templates

    test = datasets.read(objects, schemas.OBJECTS).filter(pc.field("split") == "test")
    shots = datasets.read(photos, schemas.PHOTOS, ["photo_id", "class_name"])
    kinds = {
        "gt_views": (gt_embeddings, test["object_id"], test["class_name"]),
        "rendered_views": (rendered_embeddings, test["object_id"], test["class_name"]),
        "photos": (photo_embeddings, shots["photo_id"], shots["class_name"]),
    }
    asked = templates(datasets.read(prompts, schemas.PROMPT_EMBEDDINGS))
    accuracy: dict[str, dict[str, float]] = {}
    for kind, (folder, ids, classes) in kinds.items():
        class_of = dict(zip(ids.to_pylist(), classes.to_pylist(), strict=True))
        rows = datasets.rows_with_ids(folder, schemas.IMAGE_EMBEDDINGS, list(class_of), ["owner_id", "embedding"])
        shown, vectors = [class_of[owner] for owner in rows["owner_id"].to_pylist()], datasets.matrix(rows["embedding"])
        right = {
            name: similarities(vectors, texts).argmax(1) == labels(shown, known, str(prompts))
            for name, (known, texts) in asked.items()
        }
        accuracy[kind] = {name: round(100 * float(hits.mean()), 2) for name, hits in right.items()}
    files.write_text(metrics, json.dumps(accuracy, indent=2) + "\n")


if __name__ == "__main__":
    run_stage(evaluate_clip)
