"""A user's own model takes CLIP's place through the stages, and a wrong one is named."""

import json
import pathlib
from pathlib import Path

import numpy as np
import pytest
from ruamel.yaml import YAML

from fieldlink.clip import custom_encoders, encoders
from fieldlink.core import datasets, digests, schemas
from fieldlink.core.errors import InputError
from fieldlink.scenes import pictures
from stages.backbone.embed_images import embed_images
from stages.backbone.embed_texts import embed_texts
from stages.backbone.provide_clip import provide_clip

pytestmark = pytest.mark.thesis

COLOURS = {"red": [255, 0, 0], "grey": [90, 90, 90]}
LOADER, CODE = "clip.mean_colours:load", Path(__file__).parent / "mean_colours.py"


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    (tmp_path / "colours.json").write_text(json.dumps(COLOURS))
    return tmp_path / "colours.json"


def test_pictures_and_texts_are_embedded_by_the_users_model(tmp_path, params_file, objects_called, weights):
    yaml, out = YAML(), tmp_path / "clip"
    values = yaml.load(params_file)
    values["clip"].update(source="module", model=LOADER, pretrained=str(weights), code=str(CODE))
    values["prompts"] = {"prompt_photo": "a red {noun}"}
    yaml.dump(values, params_file)
    provide_clip(tmp_path / "no_pictures", out, tmp_path / "curves", params_file)
    weights.unlink()  # the folder has its own copy
    shot = pictures.encode(np.full((6, 4, 3), [200, 0, 0], np.uint8))
    columns = {"photo_id": ["p"], "class_name": ["car"], "image": [shot], "split": ["test"], "source": ["test"]}
    datasets.write(tmp_path / "photos", schemas.PHOTOS, [datasets.table(schemas.PHOTOS, columns)], "test")
    embed_images((tmp_path / "photos",), out, tmp_path / "images", params_file)
    objects = objects_called(["a red car", None])
    embed_texts(objects, out, tmp_path / "prompts", tmp_path / "captions", params_file)
    (image,) = datasets.matrix(datasets.read(tmp_path / "images/photos", schemas.IMAGE_EMBEDDINGS)["embedding"])
    texts = datasets.matrix(datasets.read(tmp_path / "prompts", schemas.PROMPT_EMBEDDINGS)["embedding"])
    assert (image == [200, 0, 0]).all()
    (caption,) = datasets.matrix(datasets.read(tmp_path / "captions", schemas.CAPTION_EMBEDDINGS)["embedding"])
    assert (texts == [255, 0, 0]).all()
    assert (caption == [255, 0, 0]).all()


def test_a_loader_or_weights_that_are_not_there_are_named(tmp_path, weights):
    for loader in ("nowhere:load", "clip.mean_colours:nothing", "no_colon"):
        with pytest.raises(InputError, match=rf"clip\.model: '{loader}' can't be loaded"):
            custom_encoders.save(tmp_path / "clip", loader, str(weights), CODE)
    with pytest.raises(InputError, match=r"clip\.pretrained: .*gone: no such file"):
        custom_encoders.save(tmp_path / "clip", LOADER, str(tmp_path / "gone"), CODE)


def test_changed_weights_and_objects_that_are_no_encoders_are_errors(tmp_path, weights):
    custom_encoders.save(tmp_path / "clip", LOADER, str(weights), CODE)
    (tmp_path / "clip/weights").write_text("{}")
    with pytest.raises(InputError, match=r"contents of weights or encoder\.json differ from the sha256"):
        encoders.load(tmp_path / "clip", "cpu")
    (tmp_path / "clip/encoder.json").write_text('{"loader": "cl')
    with pytest.raises(InputError, match=r"encoder\.json: not valid JSON \(.*; rerun provide_clip"):
        encoders.load(tmp_path / "clip", "cpu")
    custom_encoders.save(tmp_path / "clip", "pathlib:PurePath", str(weights), Path(pathlib.__file__))
    with pytest.raises(InputError, match=r"pathlib:PurePath: gave a PurePosixPath, expected methods images and texts"):
        encoders.load(tmp_path / "clip", "cpu")


def test_a_study_notices_that_the_models_code_changed(tmp_path, monkeypatch):
    code = tmp_path / "own_model.py"
    code.write_text(CODE.read_text())
    monkeypatch.syspath_prepend(str(tmp_path))
    prints = []
    for change in ("", "\n# another\n"):
        code.write_text(code.read_text() + change)
        custom_encoders.save(tmp_path / "clip", "own_model:load", "none", code)
        prints.append(digests.folder_digest(tmp_path / "clip"))
    assert prints[0] != prints[1]
    with pytest.raises(InputError, match=r"clip\.code: .*mean_colours\.py, expected .*own_model\.py"):
        custom_encoders.save(tmp_path / "clip", "own_model:load", "none", CODE)
