"""The manifest of a mesh folder: which axis is up, in any way to write it; what it says of no mesh is said."""

from unicodedata import normalize

import pytest
from scenes.mesh_texts import put

from fieldlink.core.errors import InputError
from fieldlink.scenes.importers import mesh_folder, mesh_manifest
from fieldlink.scenes.importers.mesh_files.companions import composed, folded

TRIANGLE = "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n"


def listed(folder, text: str):
    put(folder / "car/a.obj", TRIANGLE)
    put(folder / "manifest.csv", text)
    return mesh_folder.listing(folder, ["car"])


@pytest.mark.parametrize(
    "text",
    [
        "path,up\ncar/a.obj,z\n",
        "note,up,path\n,z,car/a.obj\n",
        "path,up\n./car/a.obj,z\n",
        "path,up\ncar\\a.obj,Z\n",
        "path,up\ncar//x/../a.obj,z\n",
        "Path,Up\ncar/a.obj,z\n",
        "path, up\ncar/a.obj , z\n",
        "path;up\ncar/a.obj;z\n",
        "path\tup\ncar/a.obj\tz\n",
        '\ufeffpath,up\r\n"car/a.obj",z\r\n',
        "path,up\ncar/a.obj,z\ncar/a.obj,z",
    ],
)
def test_every_way_to_write_a_row_turns_its_mesh(tmp_path, text):
    listing = listed(tmp_path, text)
    assert [item.up for item in listing.items] == ["z"]
    assert listing.other_files == {}


@pytest.mark.parametrize("path", ["car/b.obj", "a.obj", "CAR/A.OBJ"])
def test_a_row_that_names_no_mesh_is_counted(tmp_path, path):
    listing = listed(tmp_path, f"path,up\ncar/a.obj,y\n{path},z\n")
    assert [item.up for item in listing.items] == ["y"]
    assert listing.other_files == {"rows of manifest.csv that name no mesh": 1}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("path,axis\ncar/a.obj,z\n", "no column up, expected path and up"),
        ("file,axis\n", "no column path and no up, expected path and up"),
        ("path,up\ncar/a.obj\n", "line 2: up is '', expected y or z"),
        ("path,up\n\ncar/a.obj,x\n", "line 3: up is 'x', expected y or z"),
        ("path,up\ncar/a.obj,z\n./car/a.obj,y\n", r"line 3: \./car/a\.obj has another axis above"),
        (f"path,up,note\ncar/a.obj,z,{'x' * 200_000}\n", "expected a CSV file with the columns path and up"),
    ],
)
def test_a_manifest_that_cannot_be_used_names_its_line_or_column(tmp_path, text, words):
    with pytest.raises(InputError, match=rf"manifest\.csv: {words}"):
        listed(tmp_path, text)


def test_an_empty_manifest_and_none_say_nothing(tmp_path):
    assert [item.up for item in listed(tmp_path, "\n").items] == [""]
    (tmp_path / "manifest.csv").unlink()
    assert mesh_manifest.ups(tmp_path) == {}


@pytest.mark.parametrize(("on_disk", "in_text"), [("NFD", "NFC"), ("NFC", "NFD")])
def test_a_row_in_another_unicode_normal_form_turns_its_mesh(tmp_path, on_disk, in_text):
    put(tmp_path / "car" / normalize(on_disk, "citroën.obj"), TRIANGLE)
    put(tmp_path / "manifest.csv", normalize(in_text, "path,up\ncar/citroën.obj,z\n"))
    listing = mesh_folder.listing(tmp_path, ["car"])
    assert [item.up for item in listing.items] == ["z"]
    assert listing.other_files == {}


@pytest.mark.parametrize("form", ["NFD", "NFC"])
def test_keys_of_rows_and_names_of_companions_are_composed_alike(form):
    name = normalize(form, "citroën é\u0323.obj")  # two accents on one letter, in the order that people type them
    assert composed(name) == normalize("NFC", name)
    assert mesh_manifest.key(f".\\car\\{name}") == composed(f"car/{name}")
    assert folded(name.upper()) == folded(name) == composed(name)
