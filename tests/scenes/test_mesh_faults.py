"""Mesh files with more, or with less, than their readers expect: what is drawn, and what is said."""

import re
import struct
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest
import trimesh
from children import without_roots_rights
from PIL import Image
from scenes.chair_pictures import check_chair
from scenes.mesh_texts import COLOURS, FACES, MTL, THREE_MF, VERTICES, dae, obj, put, textured

from fieldlink.core.errors import InputError
from fieldlink.scenes.importers import mesh_folder
from fieldlink.scenes.importers.mesh_files.mesh_parts import GREY

FIVE_BITS = np.round(31 * COLOURS[FACES[:, 0]]).astype(np.uint16)  # of each face of the chair


def stl(path: Path, words: np.ndarray, header: bytes = b"") -> Path:
    """The chair as binary STL; `words`: the attribute of each face."""
    form = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("word", "<u2")])
    faces = np.zeros(len(FACES), form)
    faces["corners"], faces["word"] = VERTICES[FACES], words
    path.write_bytes(header.ljust(80, b"\0") + struct.pack("<I", len(FACES)) + faces.tobytes())
    return path


def face_colours(path: Path) -> np.ndarray:
    mesh = mesh_folder.read(path)
    return mesh.albedo(mesh.vertices[mesh.faces].mean(axis=1), np.arange(len(mesh.faces)))


def test_stl_of_viscam_has_blue_in_its_lowest_bits_and_its_last_bit_set(tmp_path):
    words = FIVE_BITS @ [1 << 10, 1 << 5, 1] + (1 << 15)
    words[0] = 0
    seen = face_colours(stl(tmp_path / "a.stl", words))
    assert seen[1:] == pytest.approx(FIVE_BITS[1:] / 31, abs=1e-5)
    assert seen[0] == pytest.approx(GREY)


def test_stl_of_magics_has_red_in_its_lowest_bits_its_last_bit_clear_and_a_colour_of_the_part(tmp_path):
    words = FIVE_BITS @ [1, 1 << 5, 1 << 10]
    words[0] = 1 << 15
    header = b"a part COLOR=" + bytes([255, 0, 51, 255]) + b",MATERIAL="
    seen = face_colours(stl(tmp_path / "a.stl", words, header))
    assert seen[1:] == pytest.approx(FIVE_BITS[1:] / 31, abs=1e-5)
    assert seen[0] == pytest.approx(np.array([1, 0, 0.2]), abs=1e-5)
    plain = face_colours(stl(tmp_path / "b.stl", np.zeros(len(FACES)), header))
    assert plain == pytest.approx(np.tile([1, 0, 0.2], (len(FACES), 1)), abs=1e-5)


def test_stl_without_colours_is_grey(tmp_path):
    words = np.full(len(FACES), 7)  # a number that no program takes for a colour
    assert face_colours(stl(tmp_path / "a.stl", words)) == pytest.approx(np.full((len(FACES), 3), GREY))


def test_dae_of_a_morph_is_drawn_as_its_base_and_says_so(tmp_path):
    source = (
        '<source id="{0}"><{1}_array id="{0}-a" count="1">{2}</{1}_array><technique_common><accessor source="#{0}-a"'
    )
    source += ' count="1" stride="1"><param name="{3}" type="{1}"/></accessor></technique_common></source>'
    targets = source.format("t", "IDREF", "g", "MORPH_TARGET") + source.format("o", "float", "0.5", "MORPH_WEIGHT")
    inputs = '<input semantic="MORPH_TARGET" source="#t"/><input semantic="MORPH_WEIGHT" source="#o"/>'
    morph = f'<controller id="smile"><morph source="#g">{targets}<targets>{inputs}</targets></morph></controller>'
    text = dae("Y_UP", "<color>0.25 0.5 0.75 1</color>").replace("instance_geometry", "instance_controller")
    text = text.replace('_controller url="#g"', '_controller url="#smile"')
    text = text.replace("<library_visual", f"<library_controllers>{morph}</library_controllers><library_visual", 1)
    mesh = check_chair(put(tmp_path / "a.dae", text), coloured=False)
    assert mesh.notes == ("drawn without the morph targets of smile",)
    assert mesh.albedo(mesh.vertices[:1], np.zeros(1, int)) == pytest.approx(np.array([[0.25, 0.5, 0.75]]))


def test_dae_of_a_skin_over_a_morph_is_drawn_as_the_morphs_base_and_says_so(tmp_path):
    array = (
        '<source id="{0}"><{1}_array id="{0}-a" count="{2}">{3}</{1}_array><technique_common><accessor source="#{0}-a"'
    )
    array += ' count="1" stride="{2}"><param name="{4}" type="{1}"/></accessor></technique_common></source>'
    unit = " ".join(map(str, np.eye(4, dtype=int).reshape(-1)))
    sources = array.format("j", "Name", 1, "bone", "JOINT") + array.format("b", "float", 16, unit, "TRANSFORM")
    sources += array.format("o", "float", 1, "1", "WEIGHT")
    count, joint = len(VERTICES), '<input semantic="JOINT" source="#j"{}/>'
    joints = f'<joints>{joint.format("")}<input semantic="INV_BIND_MATRIX" source="#b"/></joints>'
    weights = f'{joint.format(" offset=" + chr(34) + "0" + chr(34))}<input semantic="WEIGHT" source="#o" offset="1"/>'
    weights += f"<vcount>{'1 ' * count}</vcount><v>{'0 0 ' * count}</v>"
    skin = f'<skin source="#smile">{sources}{joints}<vertex_weights count="{count}">{weights}</vertex_weights></skin>'
    skin = f'<controller id="skin">{skin}</controller>'
    morph = '<controller id="smile"><morph source="#g"/></controller>'
    text = dae("Y_UP", "<color>0.25 0.5 0.75 1</color>").replace("instance_geometry", "instance_controller")
    text = text.replace('_controller url="#g"', '_controller url="#skin"')
    text = text.replace(
        "<library_visual", f"<library_controllers>{skin}{morph}</library_controllers><library_visual", 1
    )
    mesh = check_chair(put(tmp_path / "a.dae", text), coloured=False)
    assert mesh.notes[-1] == "drawn without the morph targets of smile"


def test_dae_of_numbers_that_are_none_or_of_an_index_below_0_is_set_aside(tmp_path):
    text = dae("Y_UP", "<color>0.25 0.5 0.75 1</color>")
    first = re.compile(r'(<float_array id="v-a"[^>]*>)\S+')
    with pytest.raises(InputError, match=r"a\.dae: vertices with NaN"):
        mesh_folder.read(put(tmp_path / "a.dae", first.sub(r"\1NaN", text)))
    unused = first.sub(r"\g<1>nan 0 0 1", text.replace('id="v-a" count="144"', 'id="v-a" count="147"'))
    unused = re.sub(r"<p>.*</p>", lambda words: re.sub(r"(\d+) 0", lambda n: f"{int(n[1]) + 1} 0", words[0]), unused)
    unused = unused.replace('count="48" stride="3"', 'count="49" stride="3"').replace(
        "nan 0 0 1", f"nan 0 0 {VERTICES[0, 0]}"
    )
    check_chair(put(tmp_path / "a.dae", unused), coloured=False)
    with pytest.raises(InputError, match=r"a\.dae: a face has index -1, expected 0 or more"):
        mesh_folder.read(put(tmp_path / "a.dae", re.sub(r"<p>\d+ 0 ", "<p>-1 0 ", text)))


@pytest.mark.parametrize("comment", ["# made in C:\\parts\\", "v 9 9 9 # of C:\\parts\\", "#\\"])
def test_obj_comments_go_on_in_no_other_line(tmp_path, comment):
    put(tmp_path / "chair.mtl", MTL)
    text = obj("mtllib chair.mtl").replace("usemtl", f"{comment}\nusemtl")
    check_chair(put(tmp_path / "chair.obj", text))


def test_dae_with_spaces_around_its_up_axis_stands_upright(tmp_path):
    text = dae("Z_UP", "<color>0.25 0.5 0.75 1</color>").replace("Z_UP<", " Z_UP\n<")
    check_chair(put(tmp_path / "a.dae", text), coloured=False)


def test_a_texture_on_a_part_without_coordinates_is_noted(tmp_path):
    note = ("drawn without 1 of 1 textures: a.png: no texture coordinates for it",)
    Image.new("RGB", (2, 2)).save(tmp_path / "a.png")
    put(tmp_path / "a.mtl", MTL + "\nmap_Kd a.png")
    assert mesh_folder.read(put(tmp_path / "a.obj", obj("mtllib a.mtl"))).notes == note
    image = '<image id="i"><init_from>a.png</init_from></image>'
    text = dae("Y_UP", '<texture texture="p" texcoord="q"/>', image)
    text = re.sub('<input semantic="TEXCOORD"[^>]*>', "", text)
    text = re.sub(r"<p>.*?</p>", f"<p>{' '.join(map(str, FACES.reshape(-1)))}</p>", text)
    assert mesh_folder.read(put(tmp_path / "a.dae", text)).notes == note


@pytest.mark.parametrize("name", ["data:image/png;base64," + "iVBORw0K" * 99, "x" * 300 + ".png"])
def test_a_texture_whose_name_no_file_can_have_is_noted_in_short(tmp_path, name):
    path = textured(tmp_path, name, "other.png")
    (note,) = mesh_folder.read(path).notes
    assert note.startswith(f"drawn without 1 of 1 textures: {name[:200]}")
    assert note.endswith("… not found")
    assert len(note) < 400


def test_a_texture_in_a_folder_that_cannot_be_entered_is_noted(tmp_path):
    assert mesh_folder.read(textured(tmp_path, "tex/a.png", "tex/a.png")).notes == ()

    def work(folder: Path) -> None:
        path = textured(folder, "tex/a.png", "tex/a.png")
        (folder / "tex").chmod(0o600)
        try:
            assert mesh_folder.read(path).notes == ("drawn without 1 of 1 textures: tex/a.png not found",)
        finally:
            (folder / "tex").chmod(0o700)

    without_roots_rights(work)


def three_mf_bomb(path: Path, levels: int, *, leaf: str = "", copies: int = 10) -> Path:
    """Objects of which each holds the one before it ten times; the first is `leaf`."""
    resources = f'<object id="0">{leaf}</object>'
    for level in range(1, levels):
        components = f'<component objectid="{level - 1}"/>' * copies
        resources += f'<object id="{level}"><components>{components}</components></object>'
    build = f'<item objectid="{levels - 1}"/>'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("3D/3dmodel.model", THREE_MF.format(resources=resources, build=build, needs=""))
    return path


TRIANGLE = (
    '<mesh><vertices><vertex x="0" y="0" z="0"/><vertex x="1" y="0" z="0"/><vertex x="0" y="1" z="0"/></vertices>'
)
TRIANGLE += '<triangles><triangle v1="0" v2="1" v3="2"/></triangles></mesh>'


@pytest.mark.parametrize("leaf", ["", TRIANGLE])
def test_3mf_of_objects_in_objects_without_end_is_refused_at_once(tmp_path, leaf):
    path, start = three_mf_bomb(tmp_path / "a.3mf", 16, leaf=leaf), time.process_time()
    with pytest.raises(InputError, match=r"a\.3mf: .*50,000 objects or 5,000,000 faces"):
        mesh_folder.read(path)
    assert time.process_time() - start < 30
    assert len(mesh_folder.read(three_mf_bomb(tmp_path / "b.3mf", 3, leaf=TRIANGLE)).faces) == 100


def test_3mf_of_many_large_models_is_refused_by_their_sum(tmp_path, monkeypatch):
    monkeypatch.setattr("fieldlink.scenes.importers.mesh_files.threemf_package.MOST_BYTES", 2_000)
    monkeypatch.setattr("fieldlink.scenes.importers.mesh_files.threemf_package.MOST_TIMES", 0)
    path = three_mf_bomb(tmp_path / "a.3mf", 2, leaf=TRIANGLE, copies=1)
    assert len(mesh_folder.read(path).faces) == 1
    path = three_mf_bomb(tmp_path / "a.3mf", 60, leaf=TRIANGLE, copies=1)
    with pytest.raises(InputError, match=r"a\.3mf: .*models of .* bytes, at most 2,000 expected"):
        mesh_folder.read(path)


def test_3mf_may_have_many_times_its_own_size_in_models(tmp_path, monkeypatch):
    monkeypatch.setattr("fieldlink.scenes.importers.mesh_files.threemf_package.MOST_BYTES", 200)
    assert len(mesh_folder.read(three_mf_bomb(tmp_path / "a.3mf", 12, leaf=TRIANGLE, copies=1)).faces) == 1


def test_3mf_begins_with_the_model_that_its_relations_name_if_it_is_there(tmp_path):
    other = "3D/other.model"
    relation = '<Relationship Target="/{}" Id="r" Type="http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"/>'
    for model, named in ((other, other), ("3D/3dmodel.model", "3D/lost.model")):
        path = three_mf_bomb(tmp_path / "a.3mf", 1, leaf=TRIANGLE)
        with zipfile.ZipFile(path) as archive:
            text = archive.read("3D/3dmodel.model")
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(model, text)
            archive.writestr("_rels/.rels", f'<Relationships xmlns="x">{relation.format(named)}</Relationships>')
        assert len(mesh_folder.read(path).faces) == 1


def test_3mf_of_a_colour_that_its_group_lacks_is_grey_there_and_says_so(tmp_path):
    group = '<basematerials id="5"><base name="r" displaycolor="#FF0000"/></basematerials>'
    path = three_mf_bomb(tmp_path / "a.3mf", 1, leaf=TRIANGLE.replace('v3="2"', 'v3="2" pid="5" p1="{}"'))
    with zipfile.ZipFile(path) as archive:
        text = archive.read("3D/3dmodel.model").decode().replace("<resources>", f"<resources>{group}")
    for index, colour, notes in ((0, [1, 0, 0], ()), (1, [GREY] * 3, ("group 5 has no colour 1",))):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("3D/3dmodel.model", text.replace("{}", str(index)))
        assert face_colours(path)[0] == pytest.approx(colour)
        assert mesh_folder.read(path).notes == tuple(f"drawn without 1 of 1 colour groups: {note}" for note in notes)


def test_3mf_has_z_up_unless_the_manifest_says_otherwise(tmp_path):
    trimesh.creation.box((1, 2, 5)).export(tmp_path / "a.3mf")
    for up, extents in (("", [1, 5, 2]), ("z", [1, 5, 2]), ("y", [1, 2, 5])):
        mesh = mesh_folder.read(tmp_path / "a.3mf", up)
        assert np.ptp(mesh.vertices, axis=0) == pytest.approx(np.array(extents) / 30**0.5)
