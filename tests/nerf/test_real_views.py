"""Real objects, from their files to fitted NeRFs."""

import pytest

from fieldlink.core.params import NerfParams
from fieldlink.nerf import field
from fieldlink.nerf.fitting import optimisation
from fieldlink.scenes import cameras
from fieldlink.scenes.importers import blender, disn, mesh_folder
from fieldlink.scenes.ray_casting import render
from fieldlink.scenes.views import Views


@pytest.fixture(scope="module")
def longer(params) -> NerfParams:
    return params.nerf.model_copy(update={"fitting": params.nerf.fitting.model_copy(update={"steps": 400})})


def fit(views: Views, nerf_params: NerfParams) -> optimisation.Fit:
    return optimisation.fit(views, field.xavier(nerf_params.field, 0).numpy(), nerf_params, seed=0)


def test_a_shapenet_car_rendered_by_others_is_fitted_to_25_db(real, longer):
    easy = real / "disn_sample" / "image" / "02958343" / "1176dff7f0ec879719d740e0f6a9a113" / "easy"
    assert fit(disn.read(easy, most_views=36, resolution=112), longer).psnr_heldout > 25


def test_a_blender_scene_passes_the_gate(real, longer):
    fitted = fit(blender.read(real / "nerf_synthetic_lego", most_views=36, resolution=64), longer)
    assert fitted.foreground > longer.fitting.gate


def test_a_real_mesh_is_fitted_to_25_db(real, longer):
    model = mesh_folder.read(real / "meshes" / "chair" / "kenney_chairCushion" / "kenney_chairCushion.glb", "y")
    views = render(model, cameras.disn_poses(0), cameras.DISN_ANGLE, 64)
    assert fit(views, longer).psnr_heldout > 25
