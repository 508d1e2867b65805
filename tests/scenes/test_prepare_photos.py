"""Stages prepare_photos and prepare_captioned_pictures, on a few small pictures."""

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fieldlink.core import datasets, schemas
from fieldlink.core.errors import InputError
from fieldlink.core.params import load
from fieldlink.scenes import pictures, splits
from fieldlink.scenes.object_tasks import object_listing, object_tasks
from fieldlink.scenes.photos import captioned_pictures, photo_folder, photo_sources
from stages.backbone.prepare_captioned_pictures import prepare_captioned_pictures
from stages.backbone.prepare_photos import prepare_photos

SMALL = {
    "runtime.workers": 1,
    "classes": {"lamp": {"synset": "03636649", "noun": "a lamp"}, "rifle": {"synset": "04090263", "noun": "a gun"}},
    "scenes.objects_per_class": 3,
    "photos.per_class": 3,
    "photos.validation_per_class": 1,
    "photos.resolution": 16,
    "clip.pictures": {"objects_per_class": 3, "validation_objects_per_class": 1, "per_object": 3},
}


def prepared(out: Path, params: Path) -> tuple[list[dict], dict[str, str]]:
    prepare_photos(out / "photos", out / "rejected", params)
    rejected = datasets.read(out / "rejected", schemas.REJECTED).to_pylist()
    return datasets.read(out / "photos", schemas.PHOTOS).to_pylist(), {row["id"]: row["reason"] for row in rejected}


def put(path: Path, size: tuple[int, int], kind: str) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.random.default_rng(len(str(path))).integers(0, 256, (*size, 3), np.uint8)).save(path, kind)
    return path.read_bytes()


def test_photos_of_the_catalogue_are_pictures_of_their_own(tmp_path, params_with):
    rows, rejected = prepared(tmp_path, params_with(SMALL))
    assert {row["photo_id"]: row["split"] for row in rows} == {
        **{f"photo_{name}_{n:04d}": "test" for name in ("lamp", "rifle") for n in range(3)},
        **{f"photo_validation_{name}_0000": "validation" for name in ("lamp", "rifle")},
    }
    assert all(pictures.decode(row["image"], "RGB").shape == (16, 16, 3) for row in rows)
    assert len({row["image"] for row in rows}) == 8
    assert rejected == {}


def test_a_folders_photos_keep_their_bytes_and_bad_ones_are_set_aside(tmp_path, params_with, capsys):
    folder = tmp_path / "in"
    images = {
        "lamp.a": put(folder / "lamp/a.jpg", (30, 20), "jpeg"),
        "lamp.b": put(folder / "lamp/b.PNG", (8, 9), "png"),
        "rifle.c": put(folder / "rifle/deep/c.webp", (8, 8), "webp"),
    }
    (folder / "lamp/d.jpg").write_bytes(images["lamp.a"])
    (folder / "lamp/broken.jpg").write_bytes(images["lamp.a"][:60])
    (folder / "lamp/text.png").write_text("no picture")
    (folder / "rifle/folder.png").mkdir()
    (folder / "rifle/gone.png").symlink_to("nowhere.png")
    os.mkfifo(folder / "rifle/fifo.png")
    (folder / "rifle/notes.txt").touch()
    (folder / "IMG_1.jpg").touch()
    put(folder / "lamp/@eaDir/a.jpg/SYNOFILE_THUMB_M.jpg", (9, 9), "jpeg")  # a network drive's own
    changes = {**SMALL, "photos.source": "folder", "photos.folder": folder, "photos.most_rejected": 0.6}
    rows, rejected = prepared(tmp_path, params_with(changes))
    assert {row["photo_id"]: row["image"] for row in rows} == images
    assert [row["class_name"] for row in rows] == ["lamp", "lamp", "rifle"]
    assert set(rejected) == {"lamp.d", "lamp.broken", "lamp.text", "rifle.gone", "rifle.fifo"}
    assert "the same contents as lamp.a" in rejected["lamp.d"]
    assert rejected["lamp.text"].startswith("lamp/text.png: no picture of a format that is read")
    assert rejected["rifle.gone"] == "rifle/gone.png: No such file or directory"
    assert rejected["rifle.fifo"] == "rifle/fifo.png: a FIFO, expected a file"
    assert "files of other kinds left out: 1 .txt, 1 beside the class folders" in capsys.readouterr().err
    with pytest.raises(InputError, match="4 of 7 set aside, at most 10% allowed"):
        prepared(tmp_path, params_with({**changes, "photos.most_rejected": 0.1}))


def test_photos_of_a_folder_are_split_by_their_ids_and_the_seed(params_with):
    def split(photos: dict[str, int], seed: int = 0, share: float = 0.25) -> dict[str, str]:
        return {name: splits.of_photo(name, seed, share) for name in photos}

    photos = {f"lamp.{number}": number for number in range(2000)}
    first = split(photos)
    assert 420 < list(first.values()).count("validation") < 580
    assert split(dict(list(photos.items())[::2])).items() <= first.items()
    assert split(photos, seed=1) != first
    assert set(split(photos, share=0.0).values()) == {"test"}
    larger = split(photos, share=0.5)
    assert all(larger[name] == "validation" for name in photos if first[name] == "validation")


def test_a_folder_of_no_class_or_without_classes_is_an_error(tmp_path, params_with):
    put(tmp_path / "in/cat/a.jpg", (8, 8), "jpeg")
    changes = {**SMALL, "photos.source": "folder", "photos.folder": tmp_path / "in"}
    with pytest.raises(InputError, match=r"cat: no class of params\.yaml, expected one of lamp, rifle"):
        prepared(tmp_path, params_with(changes))
    with pytest.raises(
        InputError, match=r"no subfolders \(1 files: 1 \.jpg\), expected one with .* of each class: lamp, rifle"
    ):
        prepared(tmp_path, params_with({**changes, "photos.folder": tmp_path / "in/cat"}))
    put(tmp_path / "in/lamp/a.jpg", (8, 8), "jpeg")
    (tmp_path / "in/cat/a.jpg").rename(tmp_path / "in/cat/a.txt")
    listing = photo_folder.listing(tmp_path / "in", SMALL["classes"])
    assert ([item.object_id for item in listing.items], listing.other_files) == (["lamp.a"], {"in cat/": 1})
    assert photo_folder.count(load(params_with(changes))) == {"lamp": 1}
    with pytest.raises(InputError, match="no such folder"):
        prepared(tmp_path, params_with({**changes, "photos.folder": tmp_path / "gone"}))


def test_the_real_photos_are_all_taken(tmp_path, params_with, real):
    rows, rejected = prepared(
        tmp_path, params_with({"runtime.workers": 1, "photos.source": "folder", "photos.folder": real / "photos"})
    )
    assert len(rows) + len(rejected) == 270
    assert len(rows) >= 260
    assert {row["class_name"] for row in rows} == set(load(params_with({})).classes)


def test_of_captioned_pictures_every_other_one_is_plain_the_others_photo_like(tmp_path, params_with):
    prepare_captioned_pictures(tmp_path / "out", params_with(SMALL))
    rows = datasets.read(tmp_path / "out", schemas.CAPTIONED_PICTURES).to_pylist()
    assert len(rows) == 2 * (3 + 1) * 3
    assert sum(row["domain"] == "plain" for row in rows if row["split"] == "train") == 10  # the odd one of nine, twice
    objects = {(row["picture_id"].rsplit(".")[0], row["split"]) for row in rows}
    assert len(objects) == len({name for name, _ in objects}) == 8
    for row in rows:
        assert ("lamp" if "lamp" in row["picture_id"] else "gun") in row["caption"]
        picture = pictures.decode(row["image"], "RGB")
        assert (picture[0, 0] == 0).all() or row["domain"] == "photo"


def test_no_object_of_the_study_is_another_ones_twin_by_seed(params):
    scenes = object_tasks(params, object_listing(params))
    photos, _ = photo_sources.photo_tasks(params)
    objects = {task.object_id for task in captioned_pictures.picture_tasks(params).values()}
    assert not set(scenes) & set(photos)
    assert not (set(scenes) | set(photos)) & objects
