"""Mesh files of which a part is missing, and those with a little more: set aside by name, or drawn whole."""

import re

import numpy as np
import pytest
import trimesh
from scenes.mesh_texts import put

from fieldlink.core.errors import InputError
from fieldlink.scenes import pictures
from fieldlink.scenes.importers import mesh_folder

BALL = trimesh.creation.icosphere(subdivisions=1)
QUADS = """ply
format ascii 1.0
element vertex 5
property float x
property float y
property float z
element face 2
property list uchar int vertex_indices
end_header
0 0 0
1 0 0
1 1 0
0 1 0
0 0 1
4 0 1 2 3
3 0 1 4
"""


@pytest.mark.parametrize("characters", [1, 30, 300, 1000])
def test_text_ply_that_is_cut_off_is_set_aside(tmp_path, characters):
    text = BALL.export(file_type="ply", encoding="ascii").decode().rstrip()
    assert len(mesh_folder.read(put(tmp_path / "a.ply", text)).faces) == len(BALL.faces)
    with pytest.raises(InputError, match=r"a\.ply: a row of (face|vertex) is '.*': cut off"):
        mesh_folder.read(put(tmp_path / "a.ply", text[:-characters].rsplit(" ", 1)[0]))


@pytest.mark.parametrize("lost", ["3 0 1 4\n", " 4\n", "1 0 0\n", " 2 3\n"])
def test_text_ply_with_a_line_or_a_number_too_few_is_set_aside(tmp_path, lost):
    assert len(mesh_folder.read(put(tmp_path / "a.ply", QUADS)).faces) == 3
    with pytest.raises(InputError, match=r"a\.ply: "):
        mesh_folder.read(put(tmp_path / "a.ply", QUADS.replace(lost, "\n" if lost.startswith(" ") else "", 1)))


@pytest.mark.parametrize("bytes_more", [1, 7, 49])
def test_binary_stl_is_drawn_without_the_bytes_behind_its_last_face(tmp_path, bytes_more):
    data = BALL.export(file_type="stl")
    (tmp_path / "a.stl").write_bytes(data + bytes(bytes_more))
    assert len(mesh_folder.read(tmp_path / "a.stl").faces) == len(BALL.faces)


@pytest.mark.parametrize(("start", "faces"), [(-60, 80), (0, 79), (0, 81), (-len(BALL.faces) * 50 - 20, 80)])
def test_binary_stl_of_another_length_than_its_header_says_is_set_aside_by_both_numbers(tmp_path, start, faces):
    data = bytearray(BALL.export(file_type="stl"))
    data[80:84] = faces.to_bytes(4, "little")
    data = data[: len(data) + start]
    (tmp_path / "a.stl").write_bytes(data)
    words = f"its header's {faces} triangles need {84 + 50 * faces:,}" if len(data) >= 84 else "too few for a header"
    with pytest.raises(InputError, match=rf"a\.stl: no text, and {len(data):,} bytes: {re.escape(words)}"):
        mesh_folder.read(tmp_path / "a.stl")


def test_text_stl_whose_second_solid_is_cut_off_is_set_aside(tmp_path):
    solid = BALL.export(file_type="stl_ascii")
    two = solid + solid.replace("vertex 0", "vertex 9")
    assert len(mesh_folder.read(put(tmp_path / "a.stl", two)).faces) == 2 * len(BALL.faces)
    with pytest.raises(InputError, match=r"a\.stl: 80 whole triangles, though \d+ corners: cut off"):
        mesh_folder.read(put(tmp_path / "a.stl", two[:-500]))


def test_several_textures_of_a_ply_set_it_aside_and_one_without_coordinates_is_said(tmp_path):
    name = "comment TextureFile {}\nelement vertex"
    path = put(tmp_path / "a.ply", QUADS.replace("element vertex", name.format("a.png")))
    assert mesh_folder.read(path).notes == ("drawn without 1 of 1 textures: a.png not found",)
    (tmp_path / "a.png").write_bytes(pictures.encode(np.zeros((2, 2, 3), np.uint8)))
    assert mesh_folder.read(path).notes == ("drawn without 1 of 1 textures: a.png: no texture coordinates for it",)
    put(path, path.read_text().replace("element vertex", name.format("a.png")))
    assert len(mesh_folder.read(path).faces) == 3
    put(path, path.read_text().replace("element vertex", name.format("b.png")))
    with pytest.raises(InputError, match=r"a\.ply: 2 textures \(a\.png, b\.png\), at most one expected"):
        mesh_folder.read(path)
