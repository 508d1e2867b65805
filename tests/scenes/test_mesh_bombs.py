"""Small mesh files that ask for much memory: refused before it is taken."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from scenes.gltf_files import Gltf, box
from scenes.mesh_texts import THREE_MF

MEGABYTES = 200  # that a small file may take beside what the reader itself does
MEASURED = """
import resource, sys
from pathlib import Path
from fieldlink.core.errors import InputError
from fieldlink.scenes.importers import mesh_folder
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    mesh_folder.read(Path(sys.argv[1]))
except InputError as error:
    print(error)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def three_mf(path: Path, resources: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        text = THREE_MF.format(resources=resources, build='<item objectid="1"/>', needs="")
        archive.writestr("3D/3dmodel.model", text)
    return path


def elements(path: Path) -> Path:
    return three_mf(path, "<a/>" * 4_000_000)


def attributes(path: Path) -> Path:
    return three_mf(path, '<a b="" c="" d="" e="" f="" g="" h="" i=""/>' * 400_000)


def unpacked(path: Path) -> Path:
    return three_mf(path, " " * (1 << 27))


def glb(path: Path, rows: int, **attributes: str) -> Path:
    """A box whose attributes have so many rows and no buffer."""
    gltf = Gltf()
    primitive = gltf.primitive(*box((1, 1, 1)))
    for name, kind in attributes.items():
        primitive["attributes"][name] = gltf.add("accessors", componentType=5126, type=kind, count=rows)
    primitive.pop("indices")
    gltf.node(primitive)
    return gltf.write(path)


def positions(path: Path) -> Path:
    return glb(path, 15_000_000, POSITION="VEC3")


def colours(path: Path) -> Path:
    return glb(path, 6_000_000, POSITION="VEC3", COLOR_0="VEC4")


def instances(path: Path) -> Path:
    """A triangle with 80,000 vertices, 8,000 times."""
    gltf = Gltf()
    vertices, faces = box((1, 1, 1))
    primitive = gltf.primitive(vertices.repeat(10_000, axis=0), faces[:1])
    places = gltf.accessor(vertices.repeat(1_000, axis=0))
    placed = {"EXT_mesh_gpu_instancing": {"attributes": {"TRANSLATION": places}}}
    gltf.node(primitive, extensions=placed)
    return gltf.write(path)


@pytest.mark.parametrize("bomb", [elements, attributes, unpacked])
def test_a_small_3mf_takes_little_memory(tmp_path, bomb):
    words, megabytes = read(bomb(tmp_path / "a.3mf"))
    assert (tmp_path / "a.3mf").stat().st_size < 1 << 18
    assert "elements" in words or "models of" in words
    assert megabytes < MEGABYTES


@pytest.mark.parametrize("bomb", [positions, colours, instances])
def test_a_small_gltf_takes_little_memory(tmp_path, bomb):
    words, megabytes = read(bomb(tmp_path / "a.glb"))
    assert "more than 150,000,000 numbers in its accessors" in words
    assert megabytes < MEGABYTES


def read(path: Path) -> tuple[str, int]:
    """What reading a file says, and the megabytes that it took."""
    done = subprocess.run([sys.executable, "-c", MEASURED, path], capture_output=True, text=True, check=True)
    *words, megabytes = done.stdout.splitlines()
    return "\n".join(words), int(megabytes)
