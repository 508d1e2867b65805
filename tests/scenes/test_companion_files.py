"""The files that a mesh names: where references count from, and names of any script and Unicode form."""

from pathlib import Path
from unicodedata import normalize

import numpy as np
import pytest
from PIL import Image
from scenes.mesh_texts import put

from fieldlink.scenes.importers import mesh_folder
from fieldlink.scenes.importers.frame_files import FrameFiles

RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)
CORNERS = "v 0 0 0\nv 1 0 0\nv 0 1 0\nvt 0 0\n"


def picture(path: Path, colour: tuple[int, int, int]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (4, 4), colour).save(path)


def triangle(path: Path, library: str, materials: str = "x") -> Path:
    """An OBJ file of one triangle in each of these materials."""
    faces = "".join(f"usemtl {name}\nf 1/1 2/1 3/1\n" for name in materials.split())
    return put(path, f"mtllib {library}\n{CORNERS}{faces}")


def colours(path: Path, root: Path | None = None) -> list[tuple[int, ...]]:
    """The colour of each face; nothing may be missing or found elsewhere."""
    model = mesh_folder.read(path, within=root)
    assert model.notes == ()
    seen = model.albedo(model.vertices[model.faces].mean(axis=1), np.arange(len(model.faces)))
    return [tuple(row) for row in np.round(255 * np.asarray(seen)[:, :3]).astype(int).tolist()]


def test_a_texture_lies_beside_the_library_that_names_it_before_it_lies_beside_the_mesh(tmp_path):
    for folder, colour in (("a", RED), ("b", BLUE)):
        picture(tmp_path / folder / "tex.png", colour)
        put(tmp_path / folder / "m.mtl", f"newmtl {folder}\nmap_Kd tex.png # its own\n")
    picture(tmp_path / "tex.png", GREEN)
    put(tmp_path / "c/m.mtl", "newmtl c\nmap_Kd tex.png\n")  # a texture as seen from the mesh
    path = triangle(tmp_path / "chair.obj", "a/m.mtl b/m.mtl c/m.mtl", "a b c")
    assert colours(path) == [RED, BLUE, GREEN]


@pytest.mark.parametrize("encoding", ["shift_jis", "cp1252", "utf-8"])
def test_names_of_materials_go_on_to_the_end_of_their_line_whatever_their_bytes(tmp_path, encoding):
    name = {"shift_jis": "シュー", "cp1252": "wood…dark", "utf-8": "wood\u2028\x0b\x0c\x85dark"}[encoding]
    path = put(tmp_path / "chair.obj", "")
    path.write_bytes(f"mtllib m.mtl\n{CORNERS}usemtl {name}\nf 1 2 3\n".encode(encoding))
    (tmp_path / "m.mtl").write_bytes(f"newmtl {name}\r\nKd 1 0 0\rnewmtl other\nKd 0 0 1\n".encode(encoding))
    assert colours(path) == [RED]


@pytest.mark.parametrize(("on_disk", "in_text"), [("NFD", "NFC"), ("NFC", "NFD")])
def test_names_in_another_unicode_normal_form_are_the_same(tmp_path, on_disk, in_text):
    picture(tmp_path / normalize(on_disk, "forêt/bois_foncé.png"), RED)
    put(tmp_path / "m.mtl", normalize(in_text, "newmtl x\nmap_Kd forêt/bois_foncé.png\n"))
    assert colours(triangle(tmp_path / "chair.obj", "m.mtl")) == [RED]


def test_a_name_in_another_unicode_normal_form_is_found_by_its_name(tmp_path):
    picture(tmp_path / "tex" / normalize("NFD", "foncé.png"), RED)
    put(tmp_path / "m.mtl", normalize("NFC", "newmtl x\nmap_Kd C:\\FONCÉ.png\n"))
    (note,) = mesh_folder.read(triangle(tmp_path / "chair.obj", "m.mtl")).notes
    assert normalize("NFC", note) == "found by name: C:/FONCÉ.png as tex/foncé.png"


def test_two_files_of_one_name_in_two_normal_forms_are_told_apart(tmp_path):
    picture(tmp_path / normalize("NFD", "é.png"), RED)
    picture(tmp_path / normalize("NFC", "é.png"), BLUE)
    put(tmp_path / "m.mtl", "".join(f"newmtl {form}\nmap_Kd {normalize(form, 'é.png')}\n" for form in ("NFC", "NFD")))
    assert colours(triangle(tmp_path / "chair.obj", "m.mtl", "NFC NFD")) == [BLUE, RED]


def test_a_texture_in_a_linked_folder_is_found_by_its_name_though_links_lead_round(tmp_path):
    picture(tmp_path / "elsewhere/wood.png", RED)
    put(tmp_path / "set/m.mtl", "newmtl x\nmap_Kd C:\\wood.png\n")
    (tmp_path / "set/tex").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "set/up").symlink_to(tmp_path)
    (tmp_path / "elsewhere/round").symlink_to(tmp_path / "elsewhere")
    path = triangle(tmp_path / "set/chair.obj", "m.mtl")
    assert mesh_folder.read(path).notes == ("found by name: C:/wood.png as tex/wood.png",)


@pytest.mark.parametrize(("on_disk", "in_text"), [("NFD", "NFC"), ("NFC", "NFD")])
def test_a_frame_names_its_picture_in_any_unicode_normal_form(tmp_path, on_disk, in_text):
    there = tmp_path / normalize(on_disk, "été/r_0.png")
    picture(there, RED)
    assert FrameFiles(tmp_path).path(normalize(in_text, "/home/x/ÉTÉ/r_0"), "frame 0") == there
