"""Meshes in OBJ: one chair in its many forms, and what goes wrong in people's files."""

import numpy as np
import pytest
from PIL import Image
from scenes.chair_pictures import check_chair
from scenes.gltf_files import BOXES, box
from scenes.mesh_texts import COLOURS, MTL, NAMES, VERTICES, obj, put, rows, textured

from fieldlink.scenes.importers import mesh_folder
from fieldlink.scenes.importers.mesh_files.mesh_parts import GREY
from fieldlink.scenes.importers.mesh_files.text import statements, text_of


def test_obj_has_the_colours_of_its_materials(tmp_path):
    put(tmp_path / "a b.mtl", MTL)
    check_chair(put(tmp_path / "chair.obj", obj("mtllib a b.mtl")))


@pytest.mark.parametrize("corner", ["{}", "{}/7", "{}//1", "{}/1/1", "{0}/{0}"])
def test_obj_corners_may_name_what_isnt_there(tmp_path, corner):
    put(tmp_path / "chair.mtl", MTL)
    check_chair(put(tmp_path / "chair.obj", obj("mtllib chair.mtl", corner=corner)))


def test_obj_indices_count_backwards_from_their_own_line(tmp_path):
    put(tmp_path / "chair.mtl", MTL)
    text = "mtllib chair.mtl\n"
    for name, (size, centre, _) in zip(NAMES, BOXES, strict=True):
        vertices, faces = box(size, centre)
        text += rows("v", vertices) + f"usemtl {name}\n" + rows("f", faces.astype(int) - 8)
    check_chair(put(tmp_path / "chair.obj", text))


def test_obj_polygons_tabs_comments_and_broken_lines_are_read(tmp_path):
    put(tmp_path / "chair.mtl", MTL)
    text = "mtllib\tchair.mtl\r\n"
    quads = [(1, 2, 4, 3), (5, 7, 8, 6), (1, 5, 6, 2), (3, 4, 8, 7), (1, 3, 7, 5), (2, 6, 8, 4)]
    for number, (name, (size, centre, _)) in enumerate(zip(NAMES, BOXES, strict=True)):
        corners = [[x, y, z] for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)]
        text += rows(" v", np.array(corners) * size + centre).replace("\n", " # a corner\r\n") + f"usemtl {name} \r\n"
        for quad in quads:
            text += "f\t{} {}// \\\r\n {}\t{}\r\n".format(*(8 * number + index for index in quad))
    check_chair(put(tmp_path / "chair.obj", text))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_obj_and_its_materials_have_the_line_ends_of_any_computer(tmp_path, end):
    for path, text in ((tmp_path / "chair.mtl", MTL), (tmp_path / "chair.obj", obj("mtllib \\\nchair.mtl"))):
        path.write_bytes(text.replace("\n", end).encode())
    check_chair(tmp_path / "chair.obj")


def test_a_statement_is_a_word_and_the_rest_of_its_line_and_nothing_else_ends_a_line():
    text = text_of(b"\xef\xbb\xbfv 1\t2\r\n\tusemtl  a b \r\rKd\nnewmtl \xc2\x85a\x0bb\xe2\x80\xa8c")
    pairs = [("v", "1 2"), ("usemtl", " a b"), ("", ""), ("Kd", ""), ("newmtl", "\x85a\x0bb\u2028c")]
    assert list(statements(text)) == pairs


@pytest.mark.parametrize("materials", [True, False])
@pytest.mark.parametrize("scale", [1, 255])
def test_obj_vertex_colours_count_beside_a_material_and_alone(tmp_path, materials, scale):
    put(tmp_path / "chair.mtl", MTL.replace("Kd", "Kd 0.8 0.8 0.8 #"))
    coloured = np.concatenate([VERTICES, scale * COLOURS], axis=1)
    check_chair(put(tmp_path / "chair.obj", obj("mtllib chair.mtl", coloured, materials=materials)))


@pytest.mark.parametrize("weighted", [True, False])
def test_obj_of_seven_numbers_has_a_weight_before_or_an_alpha_behind_its_colours(tmp_path, weighted):
    ones = np.ones((len(VERTICES), 1))
    coloured = np.concatenate([VERTICES, ones, COLOURS] if weighted else [VERTICES, COLOURS, ones], axis=1)
    check_chair(put(tmp_path / "chair.obj", obj("", coloured, materials=False)))


def test_obj_and_its_materials_may_be_latin_1(tmp_path):
    path = textured(tmp_path, "téx.png", "téx.png")
    for file in (path, tmp_path / "chair.mtl"):
        file.write_bytes(file.read_text().replace("paint", "größe").encode("latin-1"))
    assert check_chair(path).notes == ()


@pytest.mark.parametrize(
    ("mtl", "note"),
    [
        (None, "drawn without 3 of 3 materials: chair.mtl not found"),
        (MTL.replace("leg", "foot"), "drawn without 1 of 3 materials: leg not in chair.mtl"),
    ],
)
def test_obj_without_a_material_is_grey_there_and_says_so(tmp_path, mtl, note):
    if mtl:
        put(tmp_path / "chair.mtl", mtl)
    model = check_chair(put(tmp_path / "chair.obj", obj("mtllib chair.mtl")), coloured=False)
    assert model.notes == (note,)
    assert model.albedo(model.vertices[model.faces[-1:, 0]], np.array([71])) == pytest.approx(GREY)


@pytest.mark.parametrize(
    ("statement", "picture"),
    [
        ("my palette.png", "my palette.png"),
        ("-blendu on -bm 0.5 -clamp on my palette.png", "my palette.png"),
        ("-s 1 1 1 -o 0 0 tex/palette.png", "tex/palette.png"),
        ("tex\\palette.png", "tex/palette.png"),
        ("./tex//../tex/palette.png", "tex/palette.png"),
        ("my palette.png # the diffuse one", "my palette.png"),
        ("tex/palette #2.png", "tex/palette #2.png"),
        ("palette.v2 #2.png", "palette.v2 #2.png"),
    ],
)
def test_obj_texture_statements_of_many_forms_find_their_picture(tmp_path, statement, picture):
    assert check_chair(textured(tmp_path, statement, picture)).notes == ()


@pytest.mark.parametrize("statement", ["Palette.PNG", "C:\\Users\\x\\palette.png", "/home/x/textures/palette.png"])
@pytest.mark.parametrize("picture", ["tex/palette.png", "../textures/palette.png"])
def test_a_texture_that_isnt_where_its_file_says_is_found_by_its_name_below_the_folder(tmp_path, statement, picture):
    path = textured(tmp_path / "chair", statement, picture)
    put(tmp_path / "other/other.obj", "")
    Image.new("RGB", (4, 4)).save(tmp_path / "other/palette.png")  # another mesh's
    model = check_chair(path, within=tmp_path)
    assert model.notes == (f"found by name: {statement.replace(chr(92), '/')} as {picture}",)


def test_a_texture_outside_the_folder_or_of_two_files_is_not_taken(tmp_path):
    path = textured(tmp_path / "scenes/chair", "../../palette.png", "../../palette.png")
    note = "drawn without 1 of 1 textures: ../../palette.png not found"
    assert mesh_folder.read(path, within=tmp_path / "scenes").notes == (note,)
    for name in ("a", "b"):
        (path.parent / name).mkdir()
        Image.new("RGB", (4, 4)).save(path.parent / name / "palette.png")
    assert mesh_folder.read(path, within=tmp_path / "scenes").notes == (note,)


def test_a_picture_that_cannot_be_decoded_is_counted(tmp_path):
    path = textured(tmp_path, "palette.png", "palette.png")
    (tmp_path / "palette.png").write_text("<html>")
    (note,) = mesh_folder.read(path).notes
    assert note.startswith("drawn without 1 of 1 textures: palette.png: no picture")


def test_coordinates_far_from_the_origin_lose_nothing(tmp_path):
    put(tmp_path / "chair.mtl", MTL)
    far = VERTICES + np.array([448_262.25, 5_411_932.5, 0])
    check_chair(put(tmp_path / "chair.obj", obj("mtllib chair.mtl", vertices=far)))


@pytest.mark.parametrize("stray", ["1e6 0 0", "nan nan nan", "inf 0 0"])
def test_vertices_that_no_face_uses_dont_count(tmp_path, stray):
    put(tmp_path / "chair.mtl", MTL)
    check_chair(put(tmp_path / "chair.obj", obj("mtllib chair.mtl") + f"v {stray}\n"))


@pytest.mark.parametrize("face", ["49 49 49", "49 50 51"])
def test_faces_without_an_area_dont_count(tmp_path, face):
    """A point, or a line, far beside the chair."""
    put(tmp_path / "chair.mtl", MTL)
    far = "v 90 0 0\nv 91.1 0.1 0\nv 92.2 0.2 0\n"
    check_chair(put(tmp_path / "chair.obj", obj("mtllib chair.mtl") + f"{far}f {face}\n"))
