"""ShapeNetCore's folders: ids, classes, duplicates, and textures that lie beside the mesh's own folder."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fieldlink.core.errors import InputError
from fieldlink.core.params import ObjectClass
from fieldlink.scenes.importers import mesh_folder, shapenet

pytestmark = pytest.mark.thesis

CLASSES = {"car": ObjectClass(synset="02958343", noun="a car"), "phone": ObjectClass(synset="04401088", noun="a phone")}
OBJ = """mtllib model_normalized.mtl
v 0 0 0
v 1 0 0
v 0 2 0
v 0 0 1
vt 0 0
vt 1 0
vt 0 1
usemtl body
f 1/1 2/2 3/3
f 1/1 3/2 4/3
"""


def put(root: Path, synset: str, model: str, texture: str = "../images/texture0.jpg") -> Path:
    folder = root / synset / model
    (folder / "models").mkdir(parents=True)
    (folder / "images").mkdir()
    Image.fromarray(np.full((4, 4, 3), [200, 10, 30], np.uint8)).save(folder / "images/texture0.jpg", quality=100)
    (folder / "models/model_normalized.obj").write_text(OBJ)
    (folder / "models/model_normalized.mtl").write_text(f"newmtl body\nKd 1 1 1\nmap_Kd {texture}\n")
    return folder / "models/model_normalized.obj"


def colours(model) -> np.ndarray:
    return 255 * model.albedo(model.vertices[model.faces].mean(axis=1), np.arange(len(model.faces)))


def test_models_have_their_id_class_shape_and_texture(tmp_path):
    put(tmp_path, "02958343", "abc")
    (item,) = shapenet.listing(tmp_path, CLASSES).items
    assert (item.object_id, item.class_name) == ("abc", "car")
    model = shapenet.read(item.path)
    assert np.ptp(model.vertices, axis=0) == pytest.approx(np.array([1, 2, 1]) / 6**0.5, abs=1e-5)
    assert colours(model) == pytest.approx(np.tile([200, 10, 30], (2, 1)), abs=6)


def test_files_outside_a_models_own_folder_are_not_read(tmp_path):
    other = put(tmp_path, "02958343", "other").parents[1] / "images/texture0.jpg"
    mesh = put(tmp_path, "02958343", "abc", texture=f"../../other/images/{other.name}")
    shutil.rmtree(mesh.parents[1] / "images")
    assert colours(shapenet.read(mesh)) == pytest.approx(255)


def test_an_id_in_two_classes_or_also_outside_the_study_is_dropped_and_other_synsets_are_counted(tmp_path):
    for synset, model in [
        ("02958343", "a"),
        ("04401088", "a"),
        ("04401088", "b"),
        ("02992529", "b"),
        ("04401088", "c"),
        ("02992529", "e"),
        ("99999999", "a"),
        ("99999999", "c"),
        ("99999999", "d"),
    ]:
        put(tmp_path, synset, model)
    listing = shapenet.listing(tmp_path, CLASSES)
    assert [item.object_id for item in listing.items] == ["c"]
    assert listing.duplicates == {
        "a": "in 2 classes: 02958343, 04401088",
        "b": "in 2 classes: 02992529, 04401088",
    }
    assert (listing.other_classes, listing.total) == (2, 5)  # d and e, of a to e
    for synset in ("02958343", "04401088"):
        shutil.rmtree(tmp_path / synset)
    with pytest.raises(InputError, match=r"no synset of params\.yaml, expected some of 02958343, 04401088"):
        shapenet.listing(tmp_path, CLASSES)
    with pytest.raises(InputError, match="expected the ShapeNetCore layout"):
        shapenet.listing(tmp_path / "99999999", CLASSES)


def test_a_changed_texture_changes_what_the_looks_depend_on(tmp_path):
    mesh = put(tmp_path, "02958343", "abc")
    before = shapenet.listing(tmp_path, CLASSES).items[0]
    Image.new("RGB", (4, 4)).save(mesh.parents[1] / "images/texture0.jpg")
    after = shapenet.listing(tmp_path, CLASSES).items[0]
    assert (before.content, before.companions != after.companions) == (after.content, True)


def test_a_bad_model_is_set_aside_by_name_and_the_others_stay(tmp_path):
    for model in ("good", "folder", "fifo", "large"):
        put(tmp_path, "02958343", model)
    for model in ("folder", "fifo"):
        (tmp_path / f"02958343/{model}/models/model_normalized.obj").unlink()
    (tmp_path / "02958343/folder/models/model_normalized.obj").mkdir()
    os.mkfifo(tmp_path / "02958343/fifo/models/model_normalized.obj")
    with (tmp_path / "02958343/large/images/video.jpg").open("wb") as file:
        file.truncate(3 * 2**30)  # without a block on the disk; no material names it
    listing = shapenet.listing(tmp_path, CLASSES)
    assert {item.object_id for item in listing.items} == {"good", "large"}
    assert listing.rejected == {
        "folder": f"{tmp_path}/02958343/folder/models/model_normalized.obj: a folder, expected a file",
        "fifo": f"{tmp_path}/02958343/fifo/models/model_normalized.obj: a FIFO, expected a file",
    }


def test_models_without_a_mesh_are_counted(tmp_path):
    for synset, model in (("02958343", "a"), ("02958343", "b"), ("04401088", "c"), ("99999999", "d")):
        put(tmp_path, synset, model)
    for mesh in (tmp_path / "02958343/b", tmp_path / "04401088/c", tmp_path / "99999999/d"):
        (mesh / "models/model_normalized.obj").rename(mesh / "models/model.obj")
    listing = shapenet.listing(tmp_path, CLASSES)
    assert [item.object_id for item in listing.items] == ["a"]
    assert listing.other_files == {"models without models/model_normalized.obj": 2}


def test_a_real_mesh_in_this_layout_is_the_same_object_as_in_a_mesh_folder(real, tmp_path):
    mesh_file = real / "meshes/watercraft/gzpy_sailboat/gzpy_sailboat.obj"
    target = tmp_path / "02958343/boat/models/model_normalized.obj"
    shutil.copytree(mesh_file.parent, target.parent)
    (target.parent / mesh_file.name).rename(target)
    ours, theirs = shapenet.read(target), mesh_folder.read(mesh_file, "y")
    assert (ours.vertices == theirs.vertices).all()
    assert colours(ours) == pytest.approx(colours(theirs))
