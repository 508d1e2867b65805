"""A study whose CLIP is a published model answers by the same code, and its answers name that model."""

import shutil
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from fieldlink.search.finished_study import Study
from stages.backbone.provide_clip import provide_clip


@pytest.fixture(scope="module")
def with_published_clip(study_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The tiny study's own CLIP as open_clip's folders hold it, provided anew by `clip.source=open_clip`."""
    folder = tmp_path_factory.mktemp("published")
    shutil.copytree(study_folder / "data", folder / "data", ignore=lambda path, _: ["clip"] * path.endswith("models"))
    values = YAML().load((study_folder / "params.yaml").read_text(encoding="utf-8"))
    values["clip"] |= {"source": "open_clip", "model": "tiny", "pretrained": str(study_folder / "data/models/clip")}
    with (folder / "params.yaml").open("w", encoding="utf-8") as file:
        YAML().dump(values, file)
    models = folder / "data" / "models"
    provide_clip(folder / "unread", models / "clip", folder / "data" / "curves" / "clip", folder / "params.yaml")
    return Study(folder)


def test_a_published_model_with_the_same_weights_gives_the_same_answers(with_published_clip: Study, study: Study):
    for question in ({"text": "a blue lamp"}, {"image": study.view(study.ids[0], 0)}):
        for by in ("clip2nerf cosine", "nerf2clip siglip", "CLIP all"):
            ours, published = (one.search(**question, by=by, seed="mean") for one in (study, with_published_clip))
            assert [row.id for row in published.rows] == [row.id for row in ours.rows]
            assert [row.score for row in published.rows] == pytest.approx([row.score for row in ours.rows], abs=1e-6)
    published, ours = (one.classify(nerf=study.ids[0]).labels for one in (with_published_clip, study))
    assert [label.label for label in published] == [label.label for label in ours]


def test_the_answer_names_the_published_model(with_published_clip: Study):
    origin = with_published_clip.search(text="a lamp").origin
    assert "tiny" in origin.clip
    assert "small CLIP" not in origin.clip
