"""glTF files that are broken, or need what isn't there: a reason, a note, and never another error."""

import contextlib
import io
import json
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scenes.chair_pictures import check_chair
from scenes.gltf_files import Gltf, chair, said_to_be_compressed

from fieldlink.core.errors import InputError
from fieldlink.scenes.importers import mesh_folder
from fieldlink.scenes.importers.listing import relative_reasons
from fieldlink.scenes.importers.mesh_colours import to_linear

VERTICES, FACES, COLOURS = chair()


@pytest.mark.parametrize(("package", "kind"), [("DracoPy", "draco"), ("meshopt", "meshopt")])
def test_without_its_decoder_a_file_is_named_and_is_another_once_it_is_installed(tmp_path, package, kind, monkeypatch):
    gltf = said_to_be_compressed(kind)
    gltf.json["extensionsRequired"] = ["KHR_draco_mesh_compression", "EXT_meshopt_compression"]
    (tmp_path / "chair").mkdir()
    path = gltf.write(tmp_path / "chair/a.glb")
    with_it = mesh_folder.listing(tmp_path, ["chair"]).items[0]
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.setattr("fieldlink.scenes.importers.gltf.compression.find_spec", lambda name: None)
    with pytest.raises(InputError, match=rf"compressed by .*{kind}_.*compression\): pip install {package}"):
        mesh_folder.read(path)
    without = mesh_folder.listing(tmp_path, ["chair"]).items[0]
    assert (with_it.content, with_it.companions != without.companions) == (without.content, True)


@pytest.mark.parametrize("uri", ["my%20chair.bin", "my chair.bin", ".\\my%20chair.bin", "C:\\models\\my chair.bin"])
def test_buffers_are_found_by_uris_of_any_computer(tmp_path, uri):
    gltf = Gltf()
    gltf.node(*gltf.boxes())
    (tmp_path / "my chair.bin").write_bytes(gltf.binary)
    check_chair(gltf.write(tmp_path / "chair.gltf", uri))


def test_a_texture_of_an_unknown_format_is_counted(tmp_path):
    gltf = Gltf()
    texture = gltf.add("textures", extensions={"KHR_texture_basisu": {"source": 0}})
    look = gltf.add("materials", pbrMetallicRoughness={"baseColorTexture": {"index": texture}})
    gltf.node(gltf.primitive(VERTICES, FACES, look, TEXCOORD_0=gltf.accessor(VERTICES[:, :2].copy())))
    (note,) = check_chair(gltf.write(tmp_path / "chair.glb"), coloured=False).notes
    assert note.startswith("drawn without 1 of 1 textures: ")
    assert "KHR_texture_basisu" in note


@pytest.mark.parametrize("coordinates", [0, 1])
def test_light_whose_texture_is_lost_or_cannot_be_placed_is_none_and_is_noted(tmp_path, coordinates):
    """Texture 0 is a picture that isn't read; texture 1 is one, for coordinates that the chair lacks."""
    gltf, stream = Gltf(), io.BytesIO()
    Image.new("RGB", (2, 2)).save(stream, "png")
    for data in (b"\xabKTX 20\xbb\r\n\x1a\n", stream.getvalue()):
        gltf.add("textures", source=gltf.image(data))
    light = {"index": coordinates, "texCoord": coordinates}
    look = gltf.add("materials", emissiveFactor=[1, 1, 1], emissiveTexture=light)
    attributes = {"COLOR_0": to_linear(COLOURS).astype(np.float32), "TEXCOORD_0": VERTICES[:, :2].copy()}
    named = {name: gltf.accessor(values) for name, values in attributes.items()}
    gltf.node(gltf.primitive(VERTICES, FACES, look, **named))
    (note,) = check_chair(gltf.write(tmp_path / "chair.glb")).notes
    assert note.startswith(f"drawn without 1 of 1 textures: images[{coordinates}]: ")


def broken(gltf, **changes):
    """The plain chair with one entry changed, given as kind, number, and new values."""
    boxes = gltf.boxes()
    boxes[0]["attributes"]["COLOR_0"] = gltf.accessor(np.ones((8, 3), np.float32))
    gltf.node(*boxes)
    for kind, (number, values) in changes.items():
        gltf.json[kind][number] |= values
    return gltf


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"accessors": (1, {"bufferView": 0})}, "a face names vertex"),
        ({"accessors": (0, {"count": 10**9})}, "1000000000 rows"),
        ({"accessors": (0, {"bufferView": 99})}, r"bufferViews\[99\] isn't there"),
        ({"bufferViews": (0, {"byteOffset": 10**9})}, "of a buffer of"),
        ({"bufferViews": (0, {"byteLength": 5})}, "5 bytes, 96 needed"),
        ({"bufferViews": (0, {"byteStride": 4})}, "4 bytes from row to row, 12 needed"),
        ({"accessors": (1, {"type": "VEC3", "count": 12})}, "indices in rows of several, expected type SCALAR"),
        ({"accessors": (0, {"type": "VEC2"})}, "POSITION: 2 numbers a row, expected 3"),
        ({"accessors": (0, {"count": 7})}, "COLOR_0: not as many rows as POSITION"),
        ({"nodes": (0, {"children": [0]})}, "reached twice"),
        ({"nodes": (0, {"skin": 0})}, "no skins|skins"),
        ({"nodes": (0, {"mesh": "chair"})}, r"meshes\[chair\]"),
        ({"nodes": (0, {"translation": [float("nan"), 0, 0]})}, "NaN"),
        ({"nodes": (0, {"rotation": "up"})}, "cannot be read"),
    ],
)
def test_a_broken_document_is_set_aside_with_its_reason(tmp_path, changes, words):
    with pytest.raises(InputError, match=rf"chair\.glb: .*({words})"):
        mesh_folder.read(broken(Gltf(), **changes).write(tmp_path / "chair.glb"))


@pytest.mark.parametrize("columns", [1, 2])
def test_a_vertex_colour_of_other_than_3_or_4_numbers_sets_its_file_aside(tmp_path, columns):
    gltf = Gltf()
    colours = np.ones((len(VERTICES), columns), np.float32)
    gltf.node(gltf.primitive(VERTICES, FACES, COLOR_0=gltf.accessor(colours)))
    with pytest.raises(InputError, match=rf"chair\.glb: COLOR_0: {columns} numbers a row, expected 3 or 4"):
        mesh_folder.read(gltf.write(tmp_path / "chair.glb"))


def test_attributes_that_nothing_asks_for_may_be_anything(tmp_path):
    gltf = Gltf()
    boxes = gltf.boxes()
    boxes[0]["attributes"] |= {
        "TEXCOORD_0": 999,
        "JOINTS_0": 999,
        "WEIGHTS_0": gltf.accessor(np.ones((3, 2), np.float32)),
    }
    gltf.node(*boxes)
    check_chair(gltf.write(tmp_path / "chair.glb"))


def test_a_buffer_that_cannot_be_read_is_named_below_the_folder_wherever_that_lies(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data/chair").mkdir(parents=True)
    gltf = Gltf()
    gltf.node(*gltf.boxes())
    path = gltf.write(Path("data/chair/a.gltf"), "a.bin")
    with Path("data/chair/a.bin").open("wb") as file:
        file.truncate(3 * 2**30)  # without a block on the disk
    with pytest.raises(InputError) as error:
        mesh_folder.read(path, within=Path("data"))
    reasons = relative_reasons({"a": str(error.value)}, Path("data"))
    assert reasons["a"] == "chair/a.gltf: chair/a.bin: 3,221,225,472 bytes, at most 2,147,483,648 expected"


def test_what_a_file_needs_beyond_this_reader_is_named(tmp_path):
    gltf = broken(Gltf())
    gltf.json["extensionsRequired"] = ["ACME_gears", "KHR_mesh_quantization"]
    with pytest.raises(InputError, match=r"needs ACME_gears, which isn't read"):
        mesh_folder.read(gltf.write(tmp_path / "chair.glb"))


def test_a_chain_of_3000_nodes_is_no_trouble(tmp_path):
    gltf = Gltf()
    gltf.node(*gltf.boxes(), root=False)
    for number in range(3_000):
        gltf.json["nodes"].append({"children": [number]})
    gltf.json["scenes"][0]["nodes"] = [3_000]
    check_chair(gltf.write(tmp_path / "chair.glb"))


def test_whatever_bit_flips_a_file_is_read_or_set_aside(tmp_path):
    data = bytearray(broken(Gltf()).write(tmp_path / "chair.glb").read_bytes())
    random = np.random.default_rng(0)
    for _ in range(100):
        at, bit = random.integers(len(data)), 1 << random.integers(8)
        data[at] ^= bit
        (tmp_path / "chair.glb").write_bytes(data)
        with contextlib.suppress(InputError):  # and nothing else
            assert np.isfinite(mesh_folder.read(tmp_path / "chair.glb").vertices).all()
        data[at] ^= bit


def test_a_document_that_is_no_json_object_is_set_aside(tmp_path):
    for content in (b"", b"[]", b"{", b"glTF\2\0\0\0", json.dumps({"asset": {"version": "1.0"}}).encode()):
        (tmp_path / "chair.gltf").write_bytes(content)
        with pytest.raises(InputError, match=r"chair\.gltf: "):
            mesh_folder.read(tmp_path / "chair.gltf")
