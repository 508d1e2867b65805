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


def changes(folder, picture) -> bool:
    """Whether another picture changes what the mesh `chair/a/a.*` depends on."""
    seen = []
    for text in ("one", "two"):
        put(picture, text)
        items = mesh_folder.listing(folder, ["chair"]).items
        seen.append(next(item.companions for item in items if item.path.stem == "a"))
    return seen[0] != seen[1]


def test_a_texture_behind_a_link_to_a_folder_counts_though_links_lead_round(tmp_path):
    put(tmp_path / "set/chair/a/a.obj", f"mtllib a.mtl\n{TRIANGLE}")
    put(tmp_path / "set/chair/a/a.mtl", "newmtl a\nmap_Kd tex/wood.png\n")
    picture = put(tmp_path / "elsewhere/wood.png", "")
    (tmp_path / "set/chair/a/tex").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "set/chair/a/up").symlink_to(tmp_path / "set")
    (tmp_path / "elsewhere/round").symlink_to(tmp_path / "elsewhere")
    assert changes(tmp_path / "set", picture)


@pytest.mark.parametrize(
    ("texts", "picture"),
    [
        (
            {"a/a.obj": "mtllib a.mtl\n", "a/a.mtl": "newmtl a\nmap_Kd -s 1 1 1 ../b/my wood.png # dark\n"},
            "b/my wood.png",
        ),
        ({"a/a.obj": "mtllib lib/a.mtl\n", "a/lib/a.mtl": "newmtl a\nmap_Kd\t..\\..\\b\\wood.png\n"}, "b/wood.png"),
        ({"a/a.obj": "mtllib no.mtl ../b/b.mtl\n", "b/b.mtl": "newmtl a\nmap_Kd wood.png\n"}, "b/wood.png"),
        ({"a/a.gltf": '{"images": [{"uri" : "..\\/b\\/f\\u00fcr%20dich.png"}]}'}, "b/für dich.png"),
        (
            {"a/a.gltf": r'{"images": [{"uri": "\ud800/\ud800.png"}, {"uri": "a\"b.png"}, {"uri": "../b/wood.png"}]}'},
            "b/wood.png",
        ),
        ({"a/a.dae": "<image><init_from>../b/wood.png</init_from></image>"}, "b/wood.png"),
        ({"a/a.ply": "ply\ncomment TextureFile ../b/wood.png\nend_header\n"}, "b/wood.png"),
    ],
)
def test_a_texture_beside_another_mesh_counts_for_the_mesh_that_names_it(tmp_path, texts, picture):
    put(tmp_path / "chair/b/b.obj", TRIANGLE.replace("1 0 0", "2 0 0"))
    for name, text in texts.items():
        put(tmp_path / "chair" / name, text + (TRIANGLE if name.endswith("obj") else ""))
    assert changes(tmp_path, tmp_path / "chair" / picture)
    assert not changes(tmp_path, tmp_path / "chair/b/another.png")
