"""What an object depends on: every file that its mesh names, whatever it is called, and no other."""

import pytest
from scenes.mesh_texts import put

from fieldlink.scenes.importers import mesh_folder

TRIANGLE = "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n"


def companions(folder) -> str:
    (item,) = mesh_folder.listing(folder, ["chair"]).items
    return item.companions


@pytest.mark.parametrize(
    ("library", "texture"),
    [
        ("chair.mtl", "tex.img"),
        ("chair.mat", "tex.png"),
        ("chair.mat", "tex.IMG"),
        ("lib/chair.Mat", "../tex/wood.img"),
    ],
)
def test_a_library_or_texture_of_any_suffix_counts_for_the_mesh_that_names_it(tmp_path, library, texture):
    put(tmp_path / "chair/a.obj", f"mtllib {library}\n{TRIANGLE}")
    put(tmp_path / "chair" / library, f"newmtl a\nmap_Kd {texture}\n")
    picture = put(tmp_path / "chair" / texture.removeprefix("../"), "one")
    before = companions(tmp_path)
    put(picture, "two")
    assert companions(tmp_path) != before
    put(picture, "one")
    assert companions(tmp_path) == before
    put(tmp_path / "chair" / library, "newmtl a\nKd 1 0 0\n")
    assert companions(tmp_path) != before


def test_a_texture_of_an_unusual_suffix_in_a_folder_above_counts_too(tmp_path):
    put(tmp_path / "chair/a.ply", "ply\ncomment TextureFile wood.img\nend_header\n")
    picture = put(tmp_path / "textures/wood.img", "one")
    before = companions(tmp_path)
    put(picture, "two")
    assert companions(tmp_path) != before


def test_files_that_no_mesh_mentions_dont_count(tmp_path):
    put(tmp_path / "chair/a.obj", f"mtllib a.mtl\n{TRIANGLE}")
    put(tmp_path / "chair/a.mtl", "newmtl a\nmap_Kd a.png\n")
    film = put(tmp_path / "chair/turntable.mp4", "one")
    before = companions(tmp_path)
    put(film, "two")
    assert companions(tmp_path) == before
