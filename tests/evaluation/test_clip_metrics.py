import json

import numpy as np
from evaluation.made_up import Study

from stages import datasets
from stages.evaluate_clip import evaluate_clip
from stages.schemas import IMAGE_EMBEDDINGS, OBJECTS, PROMPT_EMBEDDINGS


def test_clips_own_accuracy_is_that_of_each_test_view_and_photo_counted_by_hand(made_up: Study):
    evaluate_clip(
        objects=made_up["objects"],
        photos=made_up["photos"],
        gt_embeddings=made_up["gt"],
        rendered_embeddings=made_up["rendered"],
        photo_embeddings=made_up["photo_embeddings"],
        prompts=made_up["prompts"],
        metrics=made_up["clip.json"],
        params=made_up.params,
    )
    found = json.loads(made_up["clip.json"].read_text())
    assert set(found) == {"gt_views", "rendered_views", "photos"}
    for kind, folder in (("gt_views", "gt"), ("rendered_views", "rendered")):
        assert found[kind]["prompt_photo"] == round(100 * np.mean(by_hand(made_up, folder)), 2)


def by_hand(study: Study, folder: str) -> list[bool]:
    objects = {row["object_id"]: row for row in datasets.read(study["objects"], OBJECTS).to_pylist()}
    prompts = datasets.read(study["prompts"], PROMPT_EMBEDDINGS).to_pylist()
    texts = {row["class_name"]: np.array(row["embedding"]) for row in prompts if row["template"] == "prompt_photo"}
    right = []
    for row in datasets.read(study[folder], IMAGE_EMBEDDINGS).to_pylist():
        owner, vector = objects[row["owner_id"]], np.array(row["embedding"])
        if owner["split"] == "test":
            cosine = {name: vector @ text / np.linalg.norm(text) for name, text in texts.items()}
            right.append(max(cosine, key=lambda name: cosine[name]) == owner["class_name"])
    return right
