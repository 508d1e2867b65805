"""The example meshes of people's faults: each is as it should be."""

import numpy as np
import pytest
from scenes.chair_pictures import check_chair

from fieldlink.scenes.importers import mesh_folder

COLOURED = [
    "00-reference/reference.ply",
    "02-meshopt-glb/meshopt-glb.glb",
    "03-quantized-glb/quantized-glb.glb",
    "05-color0-with-material/color0_with_material.glb",
    "06-color0-alone/color0_alone.glb",
    "10-obj-utm-coordinates/obj_utm.obj",
    "11-stray-vertex/obj_stray.obj",
    "11-stray-vertex/ply_stray.ply",
    "14-coff-colours/coff.off",
    "22-texture-extensions/webp_texture.glb",
    "24-obj-map-kd-forms/kd_option.obj",
    "24-obj-map-kd-forms/kd_plain.obj",
    "24-obj-map-kd-forms/kd_windows_abs.obj",
    "39-unlit-emissive/emissive.glb",
]
SHAPED = [
    "01-draco-glb/draco.glb",
    "08-obj-missing-mtl/obj_missing_mtl.obj",
    "09-obj-mtl-lacks-one/obj_mtl_lacks_one.obj",
    "11-stray-vertex/off_stray.off",
    "18-skinned-node-transform/skinned.glb",
    "18-skinned-node-transform/skinned_cm.glb",
    "20-dae-z-up/dae_y_up.dae",
    "20-dae-z-up/dae_z_up.dae",
    "22-texture-extensions/ktx2_texture.glb",
]


@pytest.mark.parametrize("name", COLOURED + SHAPED)
def test_a_case_shows_the_chair(cases, name):
    check_chair(cases / name, coloured=name in COLOURED, like=cases / "00-reference/reference.ply")


@pytest.mark.parametrize(
    ("name", "lost", "note"),
    [
        ("08-obj-missing-mtl/obj_missing_mtl.obj", 3, "drawn without 3 of 3 materials: gone.mtl not found"),
        ("09-obj-mtl-lacks-one/obj_mtl_lacks_one.obj", 1, "drawn without 1 of 3 materials: leg not in two.mtl"),
    ],
)
def test_what_a_missing_material_would_colour_is_grey_and_the_rest_as_the_reference(cases, name, lost, note):
    """The last `lost` of the chair's colours (red, green, blue) are missing."""
    model = mesh_folder.read(cases / name)
    assert model.notes == (note,)
    middles = model.vertices[model.faces].mean(axis=1)
    seen = 255 * model.albedo(middles, np.arange(len(model.faces)))
    colours = [[200, 40, 40], [40, 180, 40], [40, 40, 200]][: 3 - lost]
    shades = {tuple(np.round(shade).astype(int).tolist()) for shade in seen}
    assert shades == {(153, 153, 153), *map(tuple, colours)}


def test_a_mask_is_a_disc(cases):
    """Green where it is, and a hole where its alpha says: a disc fills π/4 of its square."""
    model = mesh_folder.read(cases / "21-alpha-mask/alpha_mask.glb")
    random = np.random.default_rng(0)
    face = random.integers(len(model.faces), size=20_000)
    points = np.einsum("pc,pcx->px", random.dirichlet(np.ones(3), 20_000), model.vertices[model.faces[face]])
    shown = model.opacity(points.astype(np.float32), face) > 0
    red, green, blue = model.albedo(points.astype(np.float32), face)[shown].mean(axis=0)
    assert 0.2 < shown.mean() < 0.9
    assert green > 2 * max(red, blue)
