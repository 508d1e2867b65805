"""Measure the study's CLIP by itself: zero-shot accuracy on single pictures of each kind, with each prompt."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from stages import datasets, schemas
from stages.params import load
from stages.runtime import command

if TYPE_CHECKING:
    import numpy as np


def evaluate_clip(
    *,
    objects: Path,
    photos: Path,
    gt_embeddings: Path,
    rendered_embeddings: Path,
    photo_embeddings: Path,
    prompts: Path,
    metrics: Path,
    params: Path = Path("params.yaml"),
) -> None:
    """Write JSON `metrics`, in percent: views of test objects (ground truth, rendered) and photos, each by itself."""
    import pyarrow.compute as pc

    from stages.evaluation.subjects import labels
    from stages.evaluation.zero_shot import similarities

    names = list(load(params).classes)
    test = datasets.read(objects, schemas.OBJECTS).filter(pc.field("split") == "test")
    shots = datasets.read(photos, schemas.PHOTOS, ["photo_id", "class_name"])
    kinds = {
        "gt_views": (gt_embeddings, test["object_id"], test["class_name"]),
        "rendered_views": (rendered_embeddings, test["object_id"], test["class_name"]),
        "photos": (photo_embeddings, shots["photo_id"], shots["class_name"]),
    }
    texts = _texts(prompts, names)
    accuracy: dict[str, dict[str, float]] = {}
    for kind, (folder, ids, classes) in kinds.items():
        class_of = dict(zip(ids.to_pylist(), classes.to_pylist(), strict=True))
        rows = datasets.rows_of(folder, schemas.IMAGE_EMBEDDINGS, list(class_of), ["owner_id", "embedding"])
        asked = labels([class_of[owner] for owner in rows["owner_id"].to_pylist()], names, str(folder))
        vectors = datasets.matrix(rows["embedding"])
        right = {name: similarities(vectors, text).argmax(1) == asked for name, text in texts.items()}
        accuracy[kind] = {name: round(100 * float(hits.mean()), 2) for name, hits in right.items()}
    datasets.write_text(metrics, json.dumps(accuracy, indent=2) + "\n")


def _texts(prompts: Path, names: list[str]) -> "dict[str, np.ndarray]":
    """Each template's embeddings, in the order of the classes."""
    import pyarrow.compute as pc

    rows = datasets.read(prompts, schemas.PROMPT_EMBEDDINGS)
    texts = {}
    for template in sorted(set(rows["template"].to_pylist())):
        own = rows.filter(pc.field("template") == template)
        order = [own["class_name"].to_pylist().index(name) for name in names]
        texts[template] = datasets.matrix(own["embedding"])[order]
    return texts


if __name__ == "__main__":
    command(evaluate_clip)
