"""Folders of meshes: what is taken, what is set aside, and colours that land where they belong."""

import os
import re
from pathlib import Path

import numpy as np
import pytest
import trimesh

from fieldlink.core.errors import InputError
from fieldlink.scenes import cameras
from fieldlink.scenes.importers import mesh_colours, mesh_folder
from fieldlink.scenes.ray_casting import render

CLASSES = ("car", "chair")


def put(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def box(path: Path, **extents: float) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    trimesh.creation.box(extents=tuple(extents.values()) or (1, 2, 3)).export(path)
    return path


def test_ids_are_class_and_stem_made_safe_and_equal_bytes_count_once(tmp_path):
    box(tmp_path / "car/deep/below/a car (1).ply")
    box(tmp_path / "chair/b.off", x=1, y=1, z=2)
    (tmp_path / "chair/c.off").write_bytes((tmp_path / "chair/b.off").read_bytes())
    put(tmp_path / "chair/notes.txt", "no mesh")
    listing = mesh_folder.listing(tmp_path, CLASSES)
    unsafe, safe = [item.object_id for item in listing.items]
    assert re.fullmatch(r"car\.a_car__1_-[0-9a-f]{12}", unsafe)
    assert safe == "chair.b"
    assert "the same contents as chair.b" in listing.duplicates["chair.c"]
    assert listing.rejected == {}


def test_equal_gltf_texts_with_other_buffers_are_other_objects(tmp_path):
    for name in ("one", "two", "same"):
        put(tmp_path / "car" / name / "scene.gltf", '{"buffers": [{"uri": "scene.bin", "byteLength": 3}]}')
        put(tmp_path / "car" / name / "scene.bin", name.replace("same", "one"))
    listing = mesh_folder.listing(tmp_path, CLASSES)
    assert {item.path.parent.name for item in listing.items} in ({"one", "two"}, {"same", "two"})
    assert len(listing.duplicates) == 1


@pytest.mark.parametrize("written", ["my%20buffer.dat", "my buffer.dat", ".\\\\my%20buffer.dat"])
def test_buffers_of_any_name_count_for_equality(tmp_path, written):
    for name in ("one", "two"):
        put(tmp_path / "car" / name / "scene.gltf", f'{{"buffers": [{{"byteLength": 3, "uri": "{written}"}}]}}')
        put(tmp_path / "car" / name / "my buffer.dat", name)
    assert len(mesh_folder.listing(tmp_path, CLASSES).items) == 2
    put(tmp_path / "car/two/my buffer.dat", "one")
    assert len(mesh_folder.listing(tmp_path, CLASSES).items) == 1
    put(tmp_path / "car/two/scene.gltf", "no JSON")
    assert len(mesh_folder.listing(tmp_path, CLASSES).items) == 2


def test_a_mesh_in_two_classes_is_dropped_from_both(tmp_path):
    box(tmp_path / "car/a.off")
    box(tmp_path / "chair/b.off")
    listing = mesh_folder.listing(tmp_path, CLASSES)
    assert listing.items == []
    assert listing.duplicates == dict.fromkeys(["car.a", "chair.b"], "the same contents in classes car, chair")


def test_two_files_of_one_name_keep_ids_of_their_own(tmp_path):
    box(tmp_path / "car/one/scene.ply")
    box(tmp_path / "car/two/scene.off", x=2, y=1, z=1)
    ids = [item.object_id for item in mesh_folder.listing(tmp_path, CLASSES).items]
    assert len(set(ids)) == 2
    assert all(re.fullmatch(r"car\.scene-[0-9a-f]{12}", object_id) for object_id in ids)


def test_what_lies_beside_meshes_is_not_counted_and_other_kinds_are(tmp_path):
    box(tmp_path / "car/a.ply")
    for name in ("a.mtl", "a.png", "b.blend", "c.BLEND", ".DS_Store", "._a.ply", "__MACOSX/a.ply"):
        put(tmp_path / "car" / name, "")
    listing = mesh_folder.listing(tmp_path, CLASSES)
    assert [item.object_id for item in listing.items] == ["car.a"]
    assert listing.other_files == {".blend": 2}
    assert not listing.rejected


def test_fbx_is_set_aside_by_name_unless_the_same_mesh_lies_beside_in_a_format_that_is_read(tmp_path):
    box(tmp_path / "car/a.ply")
    put(tmp_path / "car/a.fbx", "Kaydara FBX Binary")
    put(tmp_path / "car/b.FBX", "Kaydara FBX Binary")
    listing = mesh_folder.listing(tmp_path, CLASSES)
    assert [item.object_id for item in listing.items] == ["car.a"]
    assert listing.rejected == {"car.b": f"{tmp_path}/car/b.FBX: FBX isn't read; export it as GLB"}


def test_a_folder_that_is_no_class_is_an_error_that_lists_the_classes(tmp_path):
    box(tmp_path / "bicycle/a.ply")
    with pytest.raises(InputError, match=r"bicycle: no class of params\.yaml, expected one of car, chair"):
        mesh_folder.listing(tmp_path, CLASSES)


def test_a_textures_change_changes_what_the_looks_depend_on(tmp_path):
    box(tmp_path / "car/a/a.obj")
    put(tmp_path / "car/a/a.mtl", "Kd 1 0 0")
    before = mesh_folder.listing(tmp_path, CLASSES).items[0]
    put(tmp_path / "car/a/a.mtl", "Kd 0 1 0")
    after = mesh_folder.listing(tmp_path, CLASSES).items[0]
    assert (before.content, before.companions != after.companions) == (after.content, True)


@pytest.mark.parametrize("name", ["car/turntable.mp4", "meshes.zip", "car/wood.png"])
def test_a_neighbour_that_is_too_large_to_read_sets_no_mesh_aside(tmp_path, name):
    box(tmp_path / "car/a.ply")
    with (tmp_path / name).open("wb") as file:
        file.truncate(3 * 2**30)  # without a block on the disk
    before = mesh_folder.listing(tmp_path, CLASSES)
    assert [item.object_id for item in before.items] == ["car.a"]
    assert before.rejected == {}
    put(tmp_path / name, "now of another size")
    (after,) = mesh_folder.listing(tmp_path, CLASSES).items
    assert (before.items[0].companions != after.companions) == name.endswith("png")  # no mesh can name the others


def test_a_texture_that_needs_a_decoder_counts_as_another_once_that_is_there(tmp_path, monkeypatch):
    box(tmp_path / "car/a.ply")
    put(tmp_path / "car/a.heic", "\0\0\0\x18ftypheic\0\0\0\0mif1heic")
    with_it = mesh_folder.listing(tmp_path, CLASSES).items[0].companions
    monkeypatch.setattr("fieldlink.scenes.picture_formats.find_spec", lambda name: None)
    assert mesh_folder.listing(tmp_path, CLASSES).items[0].companions != with_it


def test_what_the_looks_depend_on_is_the_same_wherever_the_folder_lies(tmp_path):
    for root in ("one", "two"):
        box(tmp_path / root / "car/a.ply")
        with (tmp_path / root / "car/wood.png").open("wb") as file:
            file.truncate(3 * 2**30)
    first, second = (mesh_folder.listing(tmp_path / root, CLASSES).items[0] for root in ("one", "two"))
    assert first.companions == second.companions


def test_a_subfolder_without_a_mesh_beside_the_classes_is_passed_over_and_counted(tmp_path):
    box(tmp_path / "car/a.ply")
    put(tmp_path / "textures/wood/a.png", "")
    put(tmp_path / "textures/b.blend", "")
    listing = mesh_folder.listing(tmp_path, CLASSES)
    assert [item.object_id for item in listing.items] == ["car.a"]
    assert listing.other_files == {"in textures/": 2}
    for name in ("readme.txt", "wood.png", "manifest.csv", "b.ply", ".hidden"):
        put(tmp_path / name, "")
    assert mesh_folder.listing(tmp_path, CLASSES).other_files == {"in textures/": 2, "beside the class folders": 1}
    (tmp_path / "b.ply").unlink()
    (tmp_path / "car").rename(tmp_path / "docs")
    (tmp_path / "docs/a.ply").unlink()
    with pytest.raises(
        InputError,
        match=r"below docs, textures \(5 files: 2 \.png, 1 \.blend, 1 \.csv, 1 \.txt\), expected one with .*car, chair",
    ):
        mesh_folder.listing(tmp_path, CLASSES)


def test_reasons_are_valid_text_whatever_the_names_of_files(tmp_path):
    box(tmp_path / "car/a.ply")
    for name in (b"b\xe9.ply", b"c\xe9.ply"):
        (tmp_path / "car" / os.fsdecode(name)).write_bytes((tmp_path / "car/a.ply").read_bytes())
    (tmp_path / "car/a.ply").unlink()
    reasons = list(mesh_folder.listing(tmp_path, CLASSES).duplicates.values())
    assert [reason.encode().endswith(rb"/car/b\udce9.ply)") for reason in reasons] == [True]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("OFF\n3 1 0\n0 0 0\n1 0 0\nnan 1 0\n3 0 1 2\n", "NaN or infinite"),
        ("OFF\n3 1 0\n0 0 0\n1 0 0\n2 0 0\n3 0 1 2\n", "area"),
        ("OFF\n3 0 0\n0 0 0\n1 0 0\n2 0 0\n", "without faces"),
        ("no mesh at all", "no OFF header"),
        ("", "no OFF header"),
    ],
)
def test_a_mesh_that_cannot_be_used_says_why_and_names_its_file(tmp_path, text, words):
    path = put(tmp_path / "bad.off", text)
    with pytest.raises(InputError, match=rf"bad\.off: .*{words}"):
        mesh_folder.read(path, "y")


def test_the_manifest_turns_meshes_with_z_up(tmp_path):
    path = box(tmp_path / "car/a.ply", x=1, y=2, z=5)
    put(tmp_path / "manifest.csv", "path,up\ncar/a.ply,z\n")
    (item,) = mesh_folder.listing(tmp_path, CLASSES).items
    assert np.ptp(mesh_folder.read(path, item.up).vertices, axis=0) == pytest.approx(np.array([1, 5, 2]) / 30**0.5)
    put(tmp_path / "manifest.csv", "path,up\ncar/a.ply,x\n")
    with pytest.raises(InputError, match=r"manifest.csv: line 2: up is 'x', expected y or z"):
        mesh_folder.listing(tmp_path, CLASSES)


def test_barycentric_weights_give_the_point_back():
    random = np.random.default_rng(0)
    corners = random.normal(size=(50, 3, 3)).astype(np.float32)
    weights = random.dirichlet(np.ones(3), 50).astype(np.float32)
    points = np.einsum("pc,pcx->px", weights, corners)
    assert mesh_colours.barycentric(points, corners) == pytest.approx(weights, abs=1e-3)


def test_face_colours_stay_on_their_faces(tmp_path):
    mesh = trimesh.creation.box()
    mesh.visual.face_colors = np.random.default_rng(0).integers(0, 256, (len(mesh.faces), 4), np.uint8)
    mesh.export(tmp_path / "a.ply")
    model = mesh_folder.read(tmp_path / "a.ply", "y")
    seen = model.albedo(model.vertices[model.faces].mean(axis=1), np.arange(len(model.faces)))
    assert 255 * seen == pytest.approx(mesh.visual.face_colors[:, :3], abs=0.5)


@pytest.mark.parametrize("suffix", ["glb", "gltf", "obj", "dae"])
def test_real_meshes_of_each_format_are_seen(real, suffix):
    paths = sorted((real / "meshes").glob(f"*/*/*.{suffix}"))[:3]
    assert paths
    for path in paths:
        model = mesh_folder.read(path, "y")
        views = render(model, cameras.disn_poses(0, 36)[::12], cameras.DISN_ANGLE, 32)
        assert (views.image[..., 3] > 0).mean() > 0.01
        assert np.linalg.norm(np.ptp(model.vertices, axis=0)) == pytest.approx(1, abs=1e-4)


def test_the_real_folder_is_listed_whole(real, params):
    listing = mesh_folder.listing(real / "meshes", params.classes)
    assert len(listing.items) + len(listing.duplicates) == 224
    assert sum(item.up == "z" for item in listing.items) == 28
    assert {item.class_name for item in listing.items} == set(params.classes)
