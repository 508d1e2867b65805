import json
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pytest
from evaluation.made_up import Study

from fieldlink.core import datasets
from fieldlink.core.errors import InputError
from fieldlink.core.schemas import IMAGE_EMBEDDINGS, OBJECTS, PROMPT_EMBEDDINGS
from fieldlink.evaluation.results.clip_accuracy import mean_accuracy
from stages.models.evaluate_clip import evaluate_clip


def test_clips_own_accuracy_is_that_of_each_view_and_photo_of_a_split_counted_by_hand(made_up: Study):
    measure(made_up, made_up["prompts"])
    accuracies = json.loads(made_up["clip.json"].read_text())
    validation = accuracies.pop("validation")
    for split, accuracy in (("test", accuracies), ("validation", validation)):
        assert set(accuracy) == {"gt_views", "rendered_views", "photos"}
        for kind, folder in (("gt_views", "gt"), ("rendered_views", "rendered")):
            assert accuracy[kind]["prompt_photo"] == round(100 * np.mean(by_hand(made_up, folder, split)), 2)
            mean = accuracy[kind].pop("mean")
            assert mean["value"] == pytest.approx(np.mean(list(accuracy[kind].values())), abs=0.02)
            assert mean["low"] <= mean["value"] <= mean["high"]


def test_an_owners_pictures_count_as_one_query_with_the_weight_of_their_number():
    """Ten pictures of each owner, all right or all wrong, say no more than one; a plain mean counts pictures."""
    right = np.repeat([True, False, True, True], 10)
    owners = list("aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd")
    single = mean_accuracy([right[::10]], list("abcd"), 0.95)
    assert mean_accuracy([right, right], owners, 0.95) == single
    assert mean_accuracy([np.array([True, True, False])], list("aab"), 0.95)["value"] == 66.67


def test_a_class_that_no_prompt_asks_for_is_named_with_the_prompts_folder(made_up: Study, tmp_path: Path):
    prompts = datasets.read(made_up["prompts"], PROMPT_EMBEDDINGS).filter(pc.field("class_name") != "lamp")
    datasets.write(tmp_path / "prompts", PROMPT_EMBEDDINGS, [prompts], "test")
    with pytest.raises(InputError, match=rf"^{tmp_path}/prompts: no class \['lamp'\]"):
        measure(made_up, tmp_path / "prompts")


def measure(study: Study, prompts: Path) -> None:
    evaluate_clip(
        objects=study["objects"],
        photos=study["photos"],
        gt_embeddings=study["gt"],
        rendered_embeddings=study["rendered"],
        photo_embeddings=study["photo_embeddings"],
        prompts=prompts,
        metrics=study["clip.json"],
    )


def by_hand(study: Study, folder: str, split: str) -> list[bool]:
    objects = {row["object_id"]: row for row in datasets.read(study["objects"], OBJECTS).to_pylist()}
    prompts = datasets.read(study["prompts"], PROMPT_EMBEDDINGS).to_pylist()
    texts = {row["class_name"]: np.array(row["embedding"]) for row in prompts if row["template"] == "prompt_photo"}
    right = []
    for row in datasets.read(study[folder], IMAGE_EMBEDDINGS).to_pylist():
        owner, vector = objects[row["owner_id"]], np.array(row["embedding"])
        if owner["split"] == split:
            cosine = {name: vector @ text / np.linalg.norm(text) for name, text in texts.items()}
            right.append(max(cosine, key=lambda name: cosine[name]) == owner["class_name"])
    return right
