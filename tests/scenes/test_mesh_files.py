"""Meshes in DAE, OFF, PLY, STL and 3MF: the same chair, what goes wrong in people's files, and their textures."""

import re

import numpy as np
import pytest
import trimesh
from PIL import Image
from scenes.chair_pictures import check_chair
from scenes.gltf_files import BLUE, BOXES, GREEN, RED
from scenes.mesh_texts import COLOURS, FACES, VERTICES, dae, put, rows, three_mf

from fieldlink.core.errors import InputError
from fieldlink.scenes.importers import mesh_folder
from fieldlink.scenes.importers.mesh_files.mesh_parts import GREY, Texture
from fieldlink.scenes.importers.mesh_files.texture_images import sampled

OFF_COLOURS = [" ".join(str(round(255 * channel)) for channel in colour) for colour in COLOURS]


def off(header: str, vertex: list[str], face: list[str]) -> str:
    lines = [f"{header}  # a comment", "", f"{len(VERTICES)} {len(FACES)} 0", "# another"]
    lines += [" ".join([*(f"{x:.7g}" for x in row), colour]) for row, colour in zip(VERTICES, vertex, strict=True)]
    lines += [
        f"3 {' '.join(map(str, row.tolist()))} {colour} # a face" for row, colour in zip(FACES, face, strict=True)
    ]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("header", "vertex", "face"),
    [
        ("COFF", OFF_COLOURS, [""] * 72),
        ("COFF", [f"{colour} 255" for colour in OFF_COLOURS], [""] * 72),
        ("COFF", [" ".join(map(str, colour)) for colour in COLOURS], [""] * 72),
        ("CNOFF", [f"0 1 0 {colour}" for colour in OFF_COLOURS], [""] * 72),
        ("OFF", [""] * 48, [OFF_COLOURS[face[0]] for face in FACES]),
        ("OFF", [""] * 48, [" ".join(map(str, [*COLOURS[face[0]], 1.0])) for face in FACES]),
    ],
)
def test_off_has_colours_of_vertices_and_faces(tmp_path, header, vertex, face):
    check_chair(put(tmp_path / "chair.off", off(header, vertex, face)))


@pytest.mark.parametrize(
    "text", ["4OFF\n1 1 0\n", "OFF BINARY\n", "OFF\n3 1 0\n0 0 0\n1 0 0\n0 1 0\n3 0 1 3\n", "OFF\n9 9 9\n"]
)
def test_off_of_other_kinds_and_broken_ones_are_set_aside(tmp_path, text):
    with pytest.raises(InputError, match=r"chair\.off: .*expected"):
        mesh_folder.read(put(tmp_path / "chair.off", text))


@pytest.mark.parametrize("suffix", ["ply", "stl", "3mf"])
def test_formats_as_trimesh_writes_them(tmp_path, suffix):
    mesh = trimesh.Trimesh(VERTICES, FACES, process=False, vertex_colors=np.round(255 * COLOURS).astype(np.uint8))
    mesh.export(tmp_path / f"chair.{suffix}")
    check_chair(tmp_path / f"chair.{suffix}", coloured=suffix == "ply", up="y")


def ply(names: str, columns: np.ndarray) -> str:
    """The chair as PLY, its vertices with further properties: type and name of each, in turn."""
    words = f"float x float y float z {names}".split()
    head = ["ply", "format ascii 1.0", f"element vertex {len(VERTICES)}"]
    head += [f"property {kind} {name}" for kind, name in zip(words[::2], words[1::2], strict=True)]
    head += [f"element face {len(FACES)}", "property list uchar int vertex_indices", "end_header"]
    return "\n".join(head) + f"\n{rows('', np.column_stack([VERTICES, columns]))}{rows('3', FACES)}"


def test_ply_has_its_colours_though_it_has_coordinates_of_no_texture(tmp_path):
    columns = np.column_stack([np.zeros((len(VERTICES), 2)), np.round(255 * COLOURS)])
    text = ply("float s float t uchar red uchar green uchar blue", columns)
    check_chair(put(tmp_path / "chair.ply", text))


def test_ply_has_its_texture_and_says_without_which_it_was_drawn(tmp_path, caplog):
    u = [(BOXES[number // 8][2] == colour).all() for number in range(48) for colour in (GREEN, BLUE)]
    u = (np.reshape(u, (48, 2)) @ [1, 2] + 0.5) / 4
    text = ply("float s float t", np.column_stack([u, np.full(48, 0.5)])).replace(
        "element vertex", "comment TextureFile my palette.png\nelement vertex"
    )
    pixels = np.round(255 * np.repeat([[RED, GREEN, BLUE, RED]], 2, axis=1)).astype(np.uint8)
    Image.fromarray(pixels).save(tmp_path / "my palette.png")
    path = put(tmp_path / "chair.ply", text)
    assert check_chair(path).notes == ()
    (tmp_path / "my palette.png").write_text("<html>")
    (note,) = check_chair(path, coloured=False).notes
    assert note.startswith("drawn without 1 of 1 textures: my palette.png: no picture but a web page")
    (tmp_path / "my palette.png").unlink()
    model = check_chair(path, coloured=False)
    assert model.notes == ("drawn without 1 of 1 textures: my palette.png not found",)
    assert model.albedo(model.vertices[:1], np.zeros(1, int)) == pytest.approx(np.full((1, 3), GREY))
    assert not caplog.records


@pytest.mark.parametrize("kind", ["uchar", "float"])
@pytest.mark.parametrize("names", [("red", "green", "blue"), ("diffuse_red", "diffuse_green", "diffuse_blue"), "rgb"])
def test_ply_colours_of_other_names_are_drawn(tmp_path, names, kind):
    columns = COLOURS if kind == "float" else np.round(255 * COLOURS)
    text = ply(" ".join(f"{kind} {name}" for name in names), columns)
    check_chair(put(tmp_path / "chair.ply", text))


def test_3mf_has_objects_of_all_its_models_and_their_colours(tmp_path):
    check_chair(three_mf(tmp_path / "chair.3mf"))


def test_3mf_that_needs_another_extension_is_set_aside_by_name(tmp_path):
    with pytest.raises(InputError, match=r"the file needs .*beamlattice.*, which isn't read here"):
        mesh_folder.read(three_mf(tmp_path / "chair.3mf", needs="b"))


@pytest.mark.parametrize("up", ["Y_UP", "Z_UP"])
def test_dae_stands_upright_and_has_its_colour(tmp_path, up):
    path = put(tmp_path / "chair.dae", dae(up, "<color>0.25 0.5 0.75 1</color>"))
    model = check_chair(path, coloured=False)
    assert model.albedo(model.vertices[:1], np.zeros(1, int)) == pytest.approx(np.array([[0.25, 0.5, 0.75]]))
    check_chair(path, coloured=False, up=up[0].lower())


def test_dae_of_a_computer_with_decimal_commas(tmp_path):
    text = dae("Y_UP", "<color>0.25 0.5 0.75 1</color>")
    text = re.sub(r">[\d.\s-]*\d\.\d[\d.\s-]*<", lambda numbers: numbers[0].replace(".", ","), text)
    assert "0,25 0,5 0,75 1" in text
    model = check_chair(put(tmp_path / "chair.dae", text), coloured=False)
    assert model.albedo(model.vertices[:1], np.zeros(1, int)) == pytest.approx(np.array([[0.25, 0.5, 0.75]]))


@pytest.mark.parametrize("lost", ['material id="m"', 'effect id="e"'])
def test_dae_is_drawn_without_a_material_that_it_lacks(tmp_path, lost):
    text = dae("Y_UP", "<color>0.25 0.5 0.75 1</color>").replace(lost, lost.replace('="', '="other'))
    model = check_chair(put(tmp_path / "chair.dae", text), coloured=False)
    assert model.albedo(model.vertices[:1], np.zeros(1, int)) == pytest.approx(np.full((1, 3), GREY))
    assert model.notes[0] == "drawn without 1 of 1 materials: m not in the file, or broken"


@pytest.mark.parametrize(
    ("symbol", "colour", "notes"),
    [
        ("m", [0.25, 0.5, 0.75], ()),
        ("k", [GREY] * 3, ("drawn without 1 of 1 materials: k is bound to none, and is none's id",)),
    ],
)
def test_dae_without_bindings_has_the_material_of_its_symbol_or_says_so(tmp_path, symbol, colour, notes):
    text = dae("Y_UP", "<color>0.25 0.5 0.75 1</color>").replace('material="k"', f'material="{symbol}"')
    text = re.sub("<bind_material>.*</bind_material>", "", text, flags=re.DOTALL)
    model = check_chair(put(tmp_path / "chair.dae", text), coloured=False)
    assert model.albedo(model.vertices[:1], np.zeros(1, int)) == pytest.approx(np.array([colour]))
    assert model.notes == notes


@pytest.mark.parametrize("place", ["tex/a b.png", "./tex/a%20b.png", "file:///C:/x/a%20b.png", "..\\x\\A B.PNG"])
def test_dae_textures_are_found_by_paths_of_many_forms(tmp_path, place):
    (tmp_path / "tex").mkdir()
    Image.new("RGB", (2, 2), (10, 200, 30)).save(tmp_path / "tex/a b.png")
    image = f'<image id="i"><init_from>{place}</init_from></image>'
    model = mesh_folder.read(put(tmp_path / "chair.dae", dae("Y_UP", '<texture texture="p" texcoord="q"/>', image)))
    assert 255 * model.albedo(model.vertices[:1], np.zeros(1, int)) == pytest.approx(np.array([[10, 200, 30]]))


@pytest.mark.parametrize(
    ("wrap", "column"), [("repeat", [3, 0, 1, 3, 0]), ("clamp", [0, 0, 1, 3, 3]), ("mirror", [0, 0, 1, 3, 3])]
)
def test_the_nearest_texel_beyond_the_borders(wrap, column):
    """Centres of the columns -1, 0, 1, 3 and 4 of a texture of 4 columns."""
    texture = Texture(np.arange(4, dtype=np.uint8)[None, :, None].repeat(4, axis=2), (wrap, wrap), smooth=False)
    uv = (np.array([-1, 0, 1, 3, 4]) + 0.5)[:, None] / 4 * [1, 0] + [0, 0.5]
    assert sampled(texture, uv.astype(np.float32))[:, 0].tolist() == column


def test_between_texels_a_texture_is_bilinear_and_v_points_down():
    texture = Texture(np.array([[0, 40], [80, 200]], np.uint8)[..., None].repeat(4, axis=2), ("clamp", "clamp"))
    uv = np.array([[0.25, 0.25], [0.75, 0.25], [0.25, 0.75], [0.5, 0.5], [0.625, 0.25], [np.nan, 1e30]], np.float32)
    assert sampled(texture, uv)[:, 0] == pytest.approx([0, 40, 80, 80, 30, 80])
