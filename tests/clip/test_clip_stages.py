"""The stages that make a CLIP and embed with it, on files of a few rows."""

from pathlib import Path
from unittest import mock

import numpy as np
import pyarrow as pa
import pytest

from fieldlink.clip import encoders, picture_work
from fieldlink.clip.encoders import ClipEncoder
from fieldlink.core import datasets, schemas
from fieldlink.core.errors import InputError
from fieldlink.scenes import pictures, views
from fieldlink.scenes.views import Views
from stages.backbone.embed_images import embed_images
from stages.backbone.embed_texts import embed_texts
from stages.backbone.provide_clip import provide_clip


def noise(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, shape, np.uint8)


def write_views(folder: Path, schema: schemas.Schema) -> np.ndarray:
    """Two objects in two shards, three views each."""
    image, pose = noise(2, 3, 32, 32, 4), np.tile(np.eye(3, 4, dtype=np.float32), (3, 1, 1))
    parts = [views.columns(name, Views(image[i], pose, 0.8)) for i, name in enumerate(["a", "b"])]
    datasets.write(folder, schema, [datasets.table(schema, part) for part in parts], "test")
    return image.reshape(-1, 32, 32, 4)


def write_photos(folder: Path, images: list[bytes]) -> None:
    names = [f"photo-{number}" for number in range(len(images))]
    columns = {"photo_id": names, "image": images}
    columns |= {name: ["test"] * len(names) for name in ("class_name", "split", "source")}
    datasets.write(folder, schemas.PHOTOS, [datasets.table(schemas.PHOTOS, columns)], "test")


def write_captioned(folder: Path) -> None:
    images = [pictures.encode(image) for image in noise(8, 32, 32, 3)]
    columns = {"picture_id": [f"p{number}" for number in range(8)], "image": images}
    subjects = [f"thing number {number}" for number in range(8)]
    columns |= {"caption": subjects, "subject": subjects, "domain": ["plain"] * 8}
    columns["split"] = [*["train"] * 6, *["validation"] * 2]
    datasets.write(folder, schemas.CAPTIONED_PICTURES, [datasets.table(schemas.CAPTIONED_PICTURES, columns)], "test")


@pytest.mark.parametrize(("schema", "domain"), [(schemas.VIEWS, "gt"), (schemas.RENDERED_VIEWS, "rendered")])
def test_views_are_embedded_on_black_under_their_own_ids(tiny_clip: Path, tmp_path: Path, params_file, schema, domain):
    images = write_views(tmp_path / "images", schema)
    embed_images((tmp_path / "images",), tiny_clip, tmp_path / "out", params_file)
    rows = datasets.read(tmp_path / "out/images", schemas.IMAGE_EMBEDDINGS)
    assert list(zip(rows["owner_id"].to_pylist(), rows["view"].to_pylist(), strict=True)) == [
        (name, view) for name in "ab" for view in range(3)
    ]
    assert set(rows["domain"].to_pylist()) == {domain}
    expected = ClipEncoder.load(tiny_clip, "cpu").images(list(pictures.on_black(images)), 6)
    np.testing.assert_allclose(datasets.matrix(rows["embedding"]), expected, rtol=1e-4, atol=1e-5)


def test_photos_of_different_sizes_have_view_0(tiny_clip: Path, tmp_path: Path, params_file: Path):
    write_photos(tmp_path / "photos", [pictures.encode(noise(40, 50, 3)), pictures.encode(noise(32, 32, 4))])
    embed_images((tmp_path / "photos",), tiny_clip, tmp_path / "out", params_file)
    rows = datasets.read(tmp_path / "out/photos", schemas.IMAGE_EMBEDDINGS).select(["owner_id", "view", "domain"])
    assert rows.to_pylist() == [{"owner_id": f"photo-{n}", "view": 0, "domain": "photo"} for n in range(2)]


def test_a_photo_that_does_not_decode_is_named(tiny_clip: Path, tmp_path: Path, params_file: Path):
    write_photos(tmp_path / "photos", [b"nothing"])
    with pytest.raises(InputError, match="photo_id photo-0: no"):
        embed_images((tmp_path / "photos",), tiny_clip, tmp_path / "out", params_file)


def test_a_dataset_without_pictures_of_objects_is_refused(tiny_clip: Path, tmp_path: Path, params_file: Path):
    write_photos(tmp_path / "photos", [pictures.encode(noise(32, 32, 3))])
    write_captioned(tmp_path / "captioned")
    with pytest.raises(
        InputError, match="holds captioned_pictures, expected one of views, rendered_views, translated_views, photos"
    ):
        embed_images((tmp_path / "photos", tmp_path / "captioned"), tiny_clip, tmp_path / "out", params_file)
    assert not (tmp_path / "out").exists()  # seen before anything is embedded


def test_datasets_are_embedded_side_by_side_by_a_model_read_once(tiny_clip: Path, tmp_path: Path, params_file: Path):
    write_views(tmp_path / "views", schemas.VIEWS)
    write_views(tmp_path / "rendered", schemas.RENDERED_VIEWS)
    write_photos(tmp_path / "photos", [pictures.encode(noise(32, 32, 3))])
    names = ("views", "rendered", "photos")
    with mock.patch.object(encoders, "load", wraps=encoders.load) as loaded:
        picture_work._encoder.cache_clear()
        embed_images(tuple(tmp_path / name for name in names), tiny_clip, tmp_path / "out", params_file)
    assert loaded.call_count == 1
    embedded = {name: datasets.read(tmp_path / "out" / name, schemas.IMAGE_EMBEDDINGS) for name in names}
    assert {name: (set(rows["domain"].to_pylist()), len(rows)) for name, rows in embedded.items()} == {
        "views": ({"gt"}, 6),
        "rendered": ({"rendered"}, 6),
        "photos": ({"photo"}, 1),
    }
    alone = tmp_path / "alone"
    embed_images((tmp_path / "rendered",), tiny_clip, alone, params_file)
    assert datasets.read(alone / "rendered", schemas.IMAGE_EMBEDDINGS).equals(embedded["rendered"])


def test_two_workers_find_what_one_finds(
    tiny_clip: Path, tmp_path: Path, params_file: Path, monkeypatch: pytest.MonkeyPatch
):
    write_views(tmp_path / "views", schemas.VIEWS)
    monkeypatch.setattr("stages.backbone.embed_images.OBJECTS_PER_CHUNK", 1)  # a chunk each
    two = tmp_path / "two.yaml"
    two.write_text(params_file.read_text().replace("workers: 1", "workers: 2"))
    embedded = []
    for name, config in (("one", params_file), ("two", two)):
        monkeypatch.setenv("FIELDLINK_SCRATCH", str(tmp_path / f"scratch {name}"))
        embed_images((tmp_path / "views",), tiny_clip, tmp_path / name, config)
        embedded.append(datasets.read(tmp_path / name / "views", schemas.IMAGE_EMBEDDINGS))
    vectors = [datasets.matrix(rows["embedding"]) for rows in embedded]
    assert embedded[0].drop_columns("embedding").equals(embedded[1].drop_columns("embedding"))
    assert np.allclose(*vectors, rtol=0, atol=1e-5)


def test_two_datasets_that_would_be_written_to_one_place_are_named(tiny_clip: Path, tmp_path: Path, params_file: Path):
    for parent in ("one", "other"):
        write_photos(tmp_path / parent / "photos", [pictures.encode(noise(32, 32, 3))])
    with pytest.raises(InputError, match=r"one/photos and .*other/photos: same name, expected"):
        embed_images((tmp_path / "one/photos", tmp_path / "other/photos"), tiny_clip, tmp_path / "out", params_file)


def test_prompts_are_filled_from_nouns_with_their_articles(tiny_clip, tmp_path, params_file, objects_called):
    embed_texts(objects_called(["a red car"]), tiny_clip, tmp_path / "prompts", tmp_path / "captions", params_file)
    rows = datasets.read(tmp_path / "prompts", schemas.PROMPT_EMBEDDINGS)
    prompts = {(row["template"], row["class_name"]): row["prompt"] for row in rows.to_pylist()}
    assert len(prompts) == 2 * 13
    assert prompts["prompt_photo", "rifle"] == "A photo of a gun"
    assert prompts["prompt_3d_model", "airplane"] == "A 3d model of an airplane"
    expected = ClipEncoder.load(tiny_clip, "cpu").texts(rows["prompt"].to_pylist())
    np.testing.assert_allclose(datasets.matrix(rows["embedding"]), expected, atol=1e-6)


@pytest.mark.parametrize("captions", [["a red car", None, "a tall lamp"], [None] * 3])
def test_captions_are_embedded_under_their_objects_ids_where_there_are_any(
    tiny_clip, tmp_path, params_file, objects_called, captions
):
    embed_texts(objects_called(captions), tiny_clip, tmp_path / "prompts", tmp_path / "captions", params_file)
    rows = datasets.read(tmp_path / "captions", schemas.CAPTION_EMBEDDINGS)
    assert rows["object_id"].to_pylist() == [name for name, text in zip("abc", captions, strict=True) if text]
    if len(rows):
        expected = ClipEncoder.load(tiny_clip, "cpu").texts(["a red car", "a tall lamp"])
        np.testing.assert_allclose(datasets.matrix(rows["embedding"]), expected, atol=1e-6)


def test_a_small_clip_is_trained_from_captioned_pictures_with_its_curve(tmp_path: Path, params_file: Path):
    write_captioned(tmp_path / "captioned")
    provide_clip(tmp_path / "captioned", tmp_path / "clip", tmp_path / "curves", params_file)
    assert ClipEncoder.load(tmp_path / "clip", "cpu").texts(["a car"]).shape == (1, 16)
    curve: pa.Table = datasets.read(tmp_path / "curves", schemas.TRAINING_CURVES)
    assert list(zip(curve["split"].to_pylist(), curve["step"].to_pylist(), strict=True)) == [
        ("train", 2),
        ("validation", 2),
    ]
    assert np.isfinite(curve["loss"].to_numpy()).all()


def test_a_published_model_without_weights_leaves_nothing_behind(tmp_path: Path, params_file: Path):
    params_file.write_text(params_file.read_text().replace("source: train ", "source: open_clip "))
    with pytest.raises(InputError, match="needs the weights of ViT-B-32-quickgelu/openai"):
        provide_clip(tmp_path / "captioned", tmp_path / "clip", tmp_path / "curves", params_file)
    assert not (tmp_path / "clip").exists()
