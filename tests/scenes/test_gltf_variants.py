"""Rarer forms of glTF that mean the same chair, and what is drawn where a decoder or a joint's scene is missing."""

import io
import json
import struct
import sys

import numpy as np
import pytest
import trimesh
from PIL import Image, ImageCms
from scenes.chair_pictures import check_chair
from scenes.gltf_files import BLUE, LEG, LEG_PLACES, Gltf, box, chair, said_to_be_compressed
from scenes.test_gltf import HALF_TURN, linear, palette, palette_uv, textured

from fieldlink.core.errors import InputError
from fieldlink.scenes import pictures
from fieldlink.scenes.importers import mesh_folder

VERTICES, FACES, COLOURS = chair()


def weights_of_the_node_over_those_of_the_mesh(gltf):
    change = np.random.default_rng(0).normal(size=(48, 3)).astype(np.float32)
    primitive = gltf.primitive((VERTICES - 2 * change).astype(np.float32), FACES, COLOR_0=gltf.accessor(linear()))
    gltf.node(primitive | {"targets": [{"POSITION": gltf.accessor(change)}]}, weights=[2.0])
    gltf.json["meshes"][-1]["weights"] = [0.0]


def skin(gltf, *, joints_in_scene=True, sets=1, weights=True):
    """The back follows a joint that is turned and moved; without inverse bind matrices these are the identity."""
    moved = VERTICES.copy()
    moved[8:16] = (moved[8:16] - [0, 1, 0]) * [-1, 1, -1]
    on_back = np.zeros((48, 4), np.float32)
    on_back[8:16, 0] = 1
    attributes = {"JOINTS_0": gltf.accessor((on_back * (sets == 1)).astype(np.uint8))}
    rest = np.zeros((48, 4), np.float32)
    rest[:, 0] = 1 if sets == 1 else 1 - on_back[:, 0]
    if weights:
        attributes["WEIGHTS_0"] = gltf.accessor(rest)
    if sets == 2:  # the second joint in a second set alone
        attributes |= {"JOINTS_1": gltf.accessor(on_back.astype(np.uint8)), "WEIGHTS_1": gltf.accessor(on_back)}
    primitive = gltf.primitive(moved.astype(np.float32), FACES, COLOR_0=gltf.accessor(linear()), **attributes)
    still = gltf.node(root=joints_in_scene)
    turned = gltf.node(root=False, rotation=HALF_TURN)
    gltf.node(gltf.primitive(*box((9, 9, 9))), root=False) if not joints_in_scene else None
    gltf.node(translation=[0, 1, 0], children=[turned], root=joints_in_scene)
    gltf.node(primitive, skin=gltf.add("skins", joints=[still, turned]))


def a_skin_without_inverse_bind_matrices(gltf):
    skin(gltf)


def a_skin_of_two_sets_of_joints(gltf):
    skin(gltf, sets=2)


def a_skin_of_joints_outside_the_scene(gltf):
    skin(gltf, joints_in_scene=False)


def a_sparse_accessor_of_zeros_with_offsets(gltf):
    at = np.arange(48, dtype=np.uint16)
    places = {"bufferView": gltf.view(b"\7" * 4 + at.tobytes()), "componentType": 5123, "byteOffset": 4}
    new = {"bufferView": gltf.view(b"\7" * 8 + VERTICES.tobytes()), "byteOffset": 8}
    entry = {"componentType": 5126, "type": "VEC3", "count": 48}
    position = gltf.add("accessors", **entry, sparse={"count": 48, "indices": places, "values": new})
    named = {"POSITION": position, "COLOR_0": gltf.accessor(linear())}
    gltf.node({"attributes": named, "indices": gltf.accessor(FACES.reshape(-1))})


def a_texture_transform_with_another_set_of_coordinates(gltf):
    moved = {"texCoord": 1}
    info = {"index": palette(gltf), "texCoord": 0, "extensions": {"KHR_texture_transform": moved}}
    textured(gltf, info, palette_uv(), "TEXCOORD_1")


def a_webp_texture_before_the_picture_that_stands_for_it(gltf):
    number, stream = palette(gltf, "webp"), io.BytesIO()
    Image.new("RGB", (2, 2)).save(stream, "png")
    source = gltf.json["textures"][number]["source"]
    gltf.json["textures"][number] |= {
        "source": gltf.image(stream.getvalue()),
        "extensions": {"EXT_texture_webp": {"source": source}},
    }
    textured(gltf, {"index": number}, palette_uv())


def the_first_scene_where_none_is_the_default(gltf):
    gltf.node(*gltf.boxes())
    gltf.node(gltf.primitive(*box((9, 9, 9))), root=False)
    gltf.json["scenes"].append({"nodes": [1]})
    del gltf.json["scene"]


def vertex_colours_of_8_bits(gltf):
    colours = gltf.accessor(np.round(255 * linear(4)).astype(np.uint8), normalized=True)
    gltf.node(gltf.primitive(VERTICES, FACES, COLOR_0=colours))


def instances_by_a_number_alone(gltf):
    numbers = {"_ID": gltf.accessor(np.arange(2, dtype=np.float32))}
    gltf.node(*gltf.boxes(), extensions={"EXT_mesh_gpu_instancing": {"attributes": numbers}})


def mirrored_instances(gltf):
    gltf.node(*gltf.boxes()[:2])
    attributes = {"TRANSLATION": LEG_PLACES, "SCALE": np.tile([-1, 1, 1], (4, 1)), "_ID": np.arange(4)}
    named = {name: gltf.accessor(np.asarray(values, np.float32)) for name, values in attributes.items()}
    leg = gltf.primitive(*box(LEG), gltf.coloured(BLUE))
    gltf.node(leg, extensions={"EXT_mesh_gpu_instancing": {"attributes": named}})


@pytest.mark.parametrize(
    "kind",
    [
        weights_of_the_node_over_those_of_the_mesh, a_skin_without_inverse_bind_matrices, a_skin_of_two_sets_of_joints,
        a_skin_of_joints_outside_the_scene, a_sparse_accessor_of_zeros_with_offsets,
        a_texture_transform_with_another_set_of_coordinates, a_webp_texture_before_the_picture_that_stands_for_it,
        the_first_scene_where_none_is_the_default, vertex_colours_of_8_bits, instances_by_a_number_alone,
        mirrored_instances,
    ],
)  # fmt: skip
def test_the_chair_is_drawn_in_shape_and_colour(tmp_path, kind):
    gltf = Gltf()
    kind(gltf)
    mesh = check_chair(gltf.write(tmp_path / "chair.glb"))
    assert mesh.notes == ()
    assert all(part.volume > 0 for part in trimesh.Trimesh(mesh.vertices, mesh.faces).split())  # none inside out


def test_as_many_instances_as_an_attribute_of_any_name_has_rows(tmp_path):
    gltf = Gltf()
    instances_by_a_number_alone(gltf)
    assert len(mesh_folder.read(gltf.write(tmp_path / "a.glb")).faces) == 2 * len(FACES)
    named = gltf.json["nodes"][0]["extensions"]["EXT_mesh_gpu_instancing"]["attributes"]
    named["TRANSLATION"] = gltf.accessor(np.zeros((3, 3), np.float32))
    with pytest.raises(InputError, match=r"\[2, 3\] instances of a mesh, expected one number"):
        mesh_folder.read(gltf.write(tmp_path / "a.glb"))


def test_joints_without_weights_and_joints_in_a_circle_are_said(tmp_path):
    gltf = Gltf()
    skin(gltf, weights=False)
    with pytest.raises(InputError, match="JOINTS_0 without WEIGHTS_0"):
        mesh_folder.read(gltf.write(tmp_path / "a.glb"))
    gltf = Gltf()
    skin(gltf, joints_in_scene=False)
    gltf.json["nodes"][0]["children"] = [0]
    with pytest.raises(InputError, match=r"nodes\[0\] is its own parent"):
        mesh_folder.read(gltf.write(tmp_path / "a.glb"))


@pytest.mark.parametrize("tail", [b"\0\0\0", b"\xff" * 30, b"TRAILING BYTES OF A DOWNLOAD"])
def test_bytes_behind_the_stated_length_arent_the_files_and_a_wrong_length_is_no_trouble(tmp_path, tail):
    gltf = Gltf()
    gltf.node(*gltf.boxes())
    path = gltf.write(tmp_path / "a.glb")
    data = path.read_bytes()
    path.write_bytes(data + tail)
    check_chair(path)
    for length in (0, 12, len(data) - 4, len(data) + 999):
        path.write_bytes(data[:8] + struct.pack("<I", length) + data[12:])
        check_chair(path)
    path.write_bytes(data[:-40])
    with pytest.raises(InputError, match=r"a\.glb: cut off"):
        mesh_folder.read(path)


def swapped_profile() -> bytes:
    """The profile of a space that is sRGB with red and blue in each other's place."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    profile = profile.replace("sRGB".encode("utf-16-be"), "BGR ".encode("utf-16-be")).replace(b"rXYZ", b"?XYZ", 1)
    return profile.replace(b"bXYZ", b"rXYZ", 1).replace(b"?XYZ", b"bXYZ", 1)


def test_a_colour_profile_in_a_texture_doesnt_count(tmp_path):
    gltf, stream = Gltf(), io.BytesIO()
    number = palette(gltf)
    view = gltf.json["bufferViews"][gltf.json["images"][0]["bufferView"]]
    picture = Image.open(io.BytesIO(gltf.binary[view["byteOffset"] :][: view["byteLength"]])).convert("RGB")
    picture.save(stream, "png", icc_profile=swapped_profile())
    seen = pictures.decode(stream.getvalue(), "RGB")
    assert np.abs(seen[..., ::-1].astype(int) - np.asarray(picture)).max() <= 2  # as a photo it would count
    gltf.json["images"][0]["bufferView"] = gltf.view(stream.getvalue())
    textured(gltf, {"index": number}, palette_uv())
    assert check_chair(gltf.write(tmp_path / "a.glb")).notes == ()


@pytest.mark.parametrize("kind", ["draco", "meshopt"])
def test_without_a_decoder_what_lies_in_the_file_uncompressed_too_is_drawn(tmp_path, kind, monkeypatch):
    gltf = said_to_be_compressed(kind)
    package = {"draco": "DracoPy", "meshopt": "meshopt"}[kind]
    monkeypatch.setitem(sys.modules, package, None)
    path = gltf.write(tmp_path / "a.gltf")
    check_chair(path)
    if kind == "draco":
        del gltf.json["accessors"][0]["bufferView"]
    else:
        empty = {"EXT_meshopt_compression": {"fallback": True}}
        gltf.json["bufferViews"][0]["buffer"] = 1
        gltf.json["buffers"].append({"byteLength": 96, "extensions": empty})
    path.write_text(json.dumps(gltf.json))
    with pytest.raises(InputError, match=rf"pip install {package}"):
        mesh_folder.read(path)
