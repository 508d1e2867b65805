"""COLLADA files that pycollada reads in part: polygons with holes, and textures beyond their borders."""

import numpy as np
import pytest
from PIL import Image
from scenes.mesh_texts import dae, put

from fieldlink.core.errors import InputError
from fieldlink.scenes.importers import mesh_folder

RING = "<ph><p>0 0 1 0 2 0 3 0</p><h>4 0 5 0 6 0 7 0</h></ph>"
PLACES = {"": 1, "WRAP": 1, "MIRROR": 2, "CLAMP": 3, "BORDER": 3, "NONE": 3}  # of the texel seen, 0 to 3


@pytest.mark.parametrize("others", ["", "<p>0 0 1 0 2 0</p>"])
def test_polygons_with_holes_are_set_aside_by_name(tmp_path, others):
    before, _, rest = dae("Y_UP", "<color>0.25 0.5 0.75 1</color>").partition("<p>")
    text = f"{before}{others}{RING}{rest.partition('</p>')[2]}".replace("triangles", "polygons")
    words = r"a\.dae: polygons with holes \(ph\) aren't read, expected triangles or polygons without holes"
    with pytest.raises(InputError, match=words):
        mesh_folder.read(put(tmp_path / "a.dae", text))


@pytest.mark.parametrize(
    ("along_s", "along_t"),
    [("", ""), ("WRAP", "MIRROR"), ("MIRROR", "CLAMP"), ("CLAMP", ""), ("BORDER", "WRAP"), ("NONE", "BORDER")],
)
def test_textures_go_on_beyond_their_borders_as_their_sampler_says(tmp_path, along_s, along_t):
    texels = np.zeros((4, 4, 3), np.uint8)
    texels[..., 0], texels[..., 1] = 80 * np.arange(4), 80 * np.arange(4)[:, None]  # its column and row
    Image.fromarray(texels).save(tmp_path / "x.png")
    modes = "".join(f"<wrap_{axis}> {mode} </wrap_{axis}>" for axis, mode in (("s", along_s), ("t", along_t)) if mode)
    text = dae("Y_UP", '<texture texture="p" texcoord="q"/>', uv="1.375 -0.375")
    text = text.replace("</source></sampler2D>", f"</source>{modes}</sampler2D>")
    mesh = mesh_folder.read(put(tmp_path / "a.dae", text))
    seen = mesh.albedo(mesh.vertices[mesh.faces].mean(axis=1), np.arange(len(mesh.faces)))
    assert seen == pytest.approx(np.tile(np.array([PLACES[along_s], PLACES[along_t], 0]) * 80 / 255, (72, 1)), abs=1e-3)
