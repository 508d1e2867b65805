"""Numbers of colours in mesh files: to 1 or to 255, missing, of another kind, or none at all."""

import re

import numpy as np
import pytest
from PIL import Image
from scenes.gltf_files import Gltf, box
from scenes.mesh_texts import put

from fieldlink.core.errors import InputError
from fieldlink.scenes.importers import mesh_folder
from fieldlink.scenes.importers.mesh_files.mesh_parts import GREY, display_values

CORNERS = [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)]
FACES = "f 1 2 3\nf 1 2 4\n"
RED = np.array([200, 40, 40])


def tetrahedron(name: str, colours: list[str]) -> str:
    """Two faces of a tetrahedron; `colours`: what stands behind each of its corners."""
    rows = [f"{x} {y} {z} {colour}".rstrip() for (x, y, z), colour in zip(CORNERS, colours, strict=True)]
    if name.endswith("obj"):
        return "".join(f"v {row}\n" for row in rows) + FACES
    return "\n".join([name, "4 2 0", *rows, "3 0 1 2", "3 0 1 3\n"])


def ply(kind: str, names: list[str], values: list[str], comment: str = "") -> str:
    head = ["ply", "format ascii 1.0", *([f"comment {comment}"] if comment else []), "element vertex 4"]
    head += [f"property float {axis}" for axis in "xyz"] + [f"property {kind} {name}" for name in names]
    head += ["element face 2", "property list uchar int vertex_indices", "end_header"]
    rows = ["{} {} {} {}".format(*corner, value) for corner, value in zip(CORNERS, values, strict=True)]
    return "\n".join([*head, *rows, "3 0 1 2", "3 0 1 3\n"])


def seen(path) -> np.ndarray:
    """Colours of the two faces, 0 to 255."""
    mesh = mesh_folder.read(path)
    return 255 * mesh.albedo(mesh.vertices[mesh.faces].mean(axis=1), np.arange(2))


@pytest.mark.parametrize(
    ("values", "shown"),
    [([0.0, 0.5, 1.0], [0, 0.5, 1]), ([0.0, 51, 255], [0, 0.2, 1]), ([0.5, 1.0001, 1.2], [0.5, 1, 1]), ([-1.0], [0])],
)
def test_colours_end_at_255_if_one_is_beyond_1_by_more_than_rounding(values, shown):
    assert display_values(np.array(values)) == pytest.approx(np.array(shown))


def test_what_isnt_finite_decides_no_scale_and_is_no_number():
    assert display_values(np.array([np.nan, -np.inf, np.inf, 0.5])) == pytest.approx([np.nan] * 3 + [0.5], nan_ok=True)
    assert display_values(np.array([np.nan, 51.0, 255.0])) == pytest.approx([np.nan, 0.2, 1], nan_ok=True)


@pytest.mark.parametrize(
    ("kind", "scale"), [("uchar", 1), ("int", 1), ("float", 1), ("double", 1 / 255), ("ushort", 257)]
)
@pytest.mark.parametrize("comment", ["", "the red chair", "property uchar red"])
@pytest.mark.parametrize("names", [["red", "green", "blue"], ["Red", "Green", "Blue"]])
def test_ply_colours_of_every_kind_are_drawn(tmp_path, kind, scale, comment, names):
    text = ply(kind, names, [" ".join(str(value) for value in RED * scale)] * 4, comment)
    assert seen(put(tmp_path / "a.ply", text)) == pytest.approx(np.tile(RED, (2, 1)), abs=0.01)


def test_ply_colours_of_16_bits_are_not_cut_to_8(tmp_path):
    text = ply("ushort", ["red", "green", "blue"], ["50000 300 0"] * 4)
    assert seen(put(tmp_path / "a.ply", text))[0] == pytest.approx(np.array([50000, 300, 0]) / 257, abs=0.01)


def test_obj_vertices_without_a_colour_are_white_beside_those_to_255(tmp_path):
    text = tetrahedron("a.obj", ["200 40 40"] * 3 + [""]).replace(FACES, "v 1 1 1\nv 0 1 1\nf 1 2 3\nf 4 5 6\n")
    assert seen(put(tmp_path / "a.obj", text)) == pytest.approx(np.array([RED, [255] * 3]), abs=0.01)


@pytest.mark.parametrize(
    ("colours", "shown"),
    [
        (["200 40 40", "0 0 255"], [RED, [0, 0, 255]]),
        (["1 0 0", "0 0 1"], [[255, 0, 0], [0, 0, 255]]),
        (["0.5 0 0", "2 0 0"], [[127.5, 0, 0], [255, 0, 0]]),
    ],
)
def test_mtl_colours_end_at_255_if_one_does_and_none_is_a_fraction(tmp_path, colours, shown):
    put(tmp_path / "a.mtl", "".join(f"newmtl {n}\nKd {colour}\n" for n, colour in enumerate(colours)))
    text = "mtllib a.mtl\n" + tetrahedron("a.obj", [""] * 4).replace(FACES, "usemtl 0\nf 1 2 3\nusemtl 1\nf 1 2 4\n")
    assert seen(put(tmp_path / "a.obj", text)) == pytest.approx(np.array(shown), abs=0.01)


@pytest.mark.parametrize("colour", ["xyz 0.4 0.2 0.1", "spectral red.rfl"])
def test_a_colour_of_another_space_is_grey_and_said(tmp_path, colour):
    put(tmp_path / "a.mtl", f"newmtl red\nKd {colour}\n")
    path = put(tmp_path / "a.obj", "mtllib a.mtl\nusemtl red\n" + tetrahedron("a.obj", [""] * 4))
    note = f"drawn without 1 of 1 colours of materials: Kd {colour} of red isn't read"
    assert mesh_folder.read(path).notes == (note,)


def test_off_faces_with_an_index_of_a_colour_are_counted(tmp_path):
    text = tetrahedron("OFF", [""] * 4).replace("3 0 1 3\n", "3 0 1 3 7\n")
    (note,) = mesh_folder.read(put(tmp_path / "a.off", text)).notes
    assert note.startswith("drawn without 1 of 2 colours of faces: each is an index")


@pytest.mark.parametrize(("numbers", "shown"), [("0 0 -1", 3 * [255 * GREY]), ("1 0 1", [255, 0, 255])])
def test_off_numbers_that_its_header_doesnt_name_are_colours_unless_one_is_negative(tmp_path, numbers, shown):
    path = put(tmp_path / "a.off", tetrahedron("OFF", [numbers] * 4))
    assert seen(path) == pytest.approx(np.tile(shown, (2, 1)), abs=0.01)


def glb(path, **attributes: np.ndarray):
    gltf = Gltf()
    vertices, faces = box((1, 1, 1))
    look = gltf.add("materials", pbrMetallicRoughness={"baseColorTexture": {"index": gltf.add("textures", source=0)}})
    Image.new("RGB", (2, 2)).save(path.with_suffix(".png"))
    gltf.image(path.with_suffix(".png").read_bytes())
    named = {name: gltf.accessor(rows) for name, rows in attributes.items()}
    gltf.node(gltf.primitive(vertices, faces, look, **named))
    return gltf.write(path)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.obj", tetrahedron("a.obj", ["nan 0 0"] + ["0 1 0"] * 3)),
        ("a.off", tetrahedron("COFF", ["0 1 0"] * 3 + ["nan 0 0"])),
        ("a.ply", ply("float", ["red", "green", "blue"], ["0 1 0"] * 3 + ["inf 0 0"])),
        ("b.obj", "mtllib b.mtl\nusemtl a\n" + tetrahedron("b.obj", [""] * 4)),
    ],
)
def test_a_colour_that_is_no_number_sets_the_mesh_aside_unless_no_face_has_it(tmp_path, name, text):
    put(tmp_path / "b.mtl", "newmtl a\nKd nan 0 0\n")
    path = put(tmp_path / name, text)
    with pytest.raises(InputError, match=rf"{name}: colours of a face that are NaN or infinite"):
        mesh_folder.read(path)
    if name == "a.obj":
        unused = text.replace("v 0 0 0 nan", "v 0 0 0 0").replace(FACES, "v 5 5 5 nan nan nan\n" + FACES)
        assert np.isfinite(seen(put(path, unused))).all()


def test_gltf_values_that_are_no_numbers_set_the_mesh_aside(tmp_path):
    clear = np.full((8, 2), 0.5, np.float32)
    assert glb(tmp_path / "a.glb", TEXCOORD_0=clear)
    check = {"TEXCOORD_0": clear * np.nan, "COLOR_0": np.full((8, 4), np.nan, np.float32)}
    for name, words in (("TEXCOORD_0", "texture coordinates"), ("COLOR_0", "colours")):
        path = glb(tmp_path / "a.glb", **({"TEXCOORD_0": clear} | {name: check[name]}))
        with pytest.raises(InputError, match=rf"a\.glb: {words} of a face that are NaN or infinite"):
            mesh_folder.read(path)


def test_obj_texture_coordinates_of_one_number_lie_at_v_0(tmp_path):
    pixels = np.array([[[255, 0, 0]], [[0, 255, 0]]], np.uint8)  # v = 0 is the lower row
    Image.fromarray(pixels).save(tmp_path / "a.png")
    put(tmp_path / "a.mtl", "newmtl a\nmap_Kd -clamp on a.png\n")
    text = re.sub(r"f .*", "f 1/1 2/1 3/1", tetrahedron("a.obj", [""] * 4))
    path = put(tmp_path / "a.obj", "mtllib a.mtl\nvt 0.5\nvt 0.5 1\nusemtl a\n" + text)
    assert seen(path)[0] == pytest.approx([0, 255, 0], abs=1)
