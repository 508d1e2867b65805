"""What the parameters that repeat nf2vec's published training change, each against a plain computation of it."""

import numpy as np
import pytest
import torch
from torch.nn.functional import smooth_l1_loss

from fieldlink.core.params import FieldParams, Nf2vecParams, Nf2vecTrainingParams
from fieldlink.nerf.compositing import RayColours, over
from fieldlink.nerf.field import HALF, FieldValues
from fieldlink.nerf.marched_points import composite_marched, march_points
from fieldlink.nerf.nerf_batches import NerfBatch, distinct_points_outside
from fieldlink.nerf.object_cameras import ObjectCameras
from fieldlink.nf2vec.model import Nf2vecModel
from fieldlink.nf2vec.nf2vec_training import disn_rays, loss_function, train
from fieldlink.nf2vec.supervision import (
    along_rays,
    empty_errors,
    field_of,
    foreground_rays,
    marched_colours,
    target_colours,
)
from fieldlink.scenes import cameras

PUBLISHED = {
    "cameras": "own",
    "pixels": 16,
    "sampling": "march",
    "step": 0.05,
    "most_points": 60,
    "background": "density",
    "composited": "twice",
    "keep_best": True,
    "weight_noise": 0.0,
}


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.fixture(scope="module")
def published(nf2vec_params: Nf2vecParams) -> Nf2vecParams:
    training = nf2vec_params.training.model_copy(update=PUBLISHED)
    return nf2vec_params.model_copy(update={"training": training, "supervision": "rays", "centred": False})


@pytest.fixture(scope="module")
def training(published: Nf2vecParams) -> Nf2vecTrainingParams:
    return published.training


@pytest.fixture(scope="module")
def with_cameras(nerfs: NerfBatch) -> NerfBatch:
    """Each NeRF has four cameras, all at its own distance."""
    count, poses = len(nerfs), cameras.disn_poses(0, 4 * len(nerfs))
    distances = np.repeat(1.2 + 0.1 * np.arange(count), 4)
    poses[..., 3] *= (distances / np.linalg.norm(poses[..., 3], axis=1))[:, None]
    first, counts = 4 * torch.arange(count), torch.full((count,), 4)
    object_cameras = ObjectCameras(torch.from_numpy(poses), first, counts, torch.full((count,), cameras.DISN_ANGLE))
    return NerfBatch(nerfs.weights, nerfs.occupancy, nerfs.cells, cameras=object_cameras)


def test_rays_come_from_each_nerfs_own_cameras(with_cameras, architecture: FieldParams, training):
    origins, directions = foreground_rays(with_cameras, architecture, training, seeded(), None)
    expected = (1.2 + 0.1 * torch.arange(len(with_cameras)))[:, None].expand(origins.shape[:2])
    torch.testing.assert_close(origins.norm(dim=-1), expected)
    assert with_cameras.cameras is not None
    _, centres = cameras.rays(with_cameras.cameras.poses.numpy(), cameras.DISN_ANGLE, training.pixels, training.pixels)
    cosines = directions.flatten(0, 1) @ torch.from_numpy(centres).reshape(-1, 3).T
    assert (cosines.amax(1) > 1 - 1e-6).all()  # through the centre of a pixel of so large a picture
    marched = march_points(origins, directions, with_cameras.grids(), training.step)
    values = field_of(with_cameras, architecture)(marched.points)
    assert (composite_marched(values.rgb, values.density, marched).opacity > 0).all()


def test_shared_cameras_have_as_many_pixels_as_the_parameters_say():
    origins, directions = disn_rays(0, 16, "cpu")
    assert directions.shape == (36 * 16**2, 3)
    assert len(np.unique(origins.numpy(), axis=0)) == 36


def test_a_target_put_on_its_background_twice_is_c_a_plus_b_times_1_minus_a_squared(training):
    colour, opacity, background = torch.rand(2, 5, 3), torch.rand(2, 5), torch.rand(3)
    colour *= opacity[..., None]  # on black
    alpha = opacity[..., None]
    twice = target_colours(RayColours(colour, opacity), background, training)
    torch.testing.assert_close(twice, colour * alpha + background * (1 - alpha**2))
    once = target_colours(RayColours(colour, opacity), background, training.model_copy(update={"composited": "once"}))
    torch.testing.assert_close(once, colour + background * (1 - alpha))


def test_the_density_of_a_background_point_is_taken_for_its_opacity(training):
    rgb, density, background = torch.rand(1, 4, 3), torch.tensor([[0.0, 0.5, 1.0, 3.0]]), torch.rand(3)
    for kind, opacity in (("density", density), ("exponential", 1 - torch.exp(-density))):
        errors = empty_errors(FieldValues(rgb, density), background, training.model_copy(update={"background": kind}))
        shown = rgb * opacity[..., None] + background * (1 - opacity[..., None])
        torch.testing.assert_close(errors.mean(), smooth_l1_loss(shown, background.expand(1, 4, 3)))


def test_background_points_lie_in_different_empty_cells(nerfs: NerfBatch):
    points, is_empty = distinct_points_outside(nerfs, 400, seeded())
    x, y, z = ((points + HALF) / (2 * HALF) * nerfs.cells).long().unbind(-1)
    cells = (x * nerfs.cells + y) * nerfs.cells + z
    for nerf, grid in enumerate(nerfs.grids()):
        assert not grid.flatten()[cells[nerf]].any()
        assert len(cells[nerf].unique()) == 400
    assert is_empty.all()
    full = NerfBatch(nerfs.weights, torch.full_like(nerfs.occupancy, 255), nerfs.cells)
    assert not distinct_points_outside(full, 5, seeded())[1].any()


@pytest.mark.parametrize("most", [40, 100_000])
def test_marched_rays_and_points_in_empty_space_are_those_of_a_plain_loop(
    with_cameras, architecture: FieldParams, training, most
):
    """Of each NeRF by itself: points of its rays, none, some or all of them left out, and those that make them up."""
    training = training.model_copy(update={"most_points": most, "points": 30})
    field, background, seen = field_of(with_cameras, architecture), torch.rand(3, generator=seeded(3)), []
    rays = foreground_rays(with_cameras, architecture, training, seeded(), None)
    shift = torch.rand(rays[0].shape[:2], generator=seeded(1))

    def recorded(points):
        seen.append(points)
        return field(points)

    colours, error = marched_colours(recorded, with_cameras, training, rays, shift, background, seeded(2))
    along, empty = seen
    whole = march_points(rays.origins, rays.directions, with_cameras.grids(), training.step, shift)
    values = field(whole.points)
    shown = composite_marched(values.rgb, values.density, whole)
    expected = over(shown.colour, shown.opacity, background)
    counts = (whole.lengths > 0).sum(1)
    assert along.shape[1] == min(most, int(counts.max()))
    if most > counts.max():
        torch.testing.assert_close(colours, expected)
    else:
        assert (colours != expected).any()
    wanted = training.most_points + 30 - counts.clamp(max=most)
    assert empty.shape[1] == min(int(wanted.max()), with_cameras.cells**3)
    errors = empty_errors(field(empty), background, training)
    empties = (~with_cameras.grids().flatten(1)).sum(1)
    plain = sum(
        errors[nerf, : min(int(number), int(there))].sum()
        for nerf, (number, there) in enumerate(zip(wanted, empties, strict=True))
    )
    torch.testing.assert_close(error, plain / errors.numel())


def test_the_loss_of_the_field_itself_is_that_of_empty_space_alone(with_cameras, architecture: FieldParams, training):
    """Along its own rays a field is right but for the shift of the points and the double background."""
    once = training.model_copy(update={"composited": "once", "most_points": 100_000, "points": 1, "step": 0.004})
    loss = along_rays(
        field_of(with_cameras, architecture), with_cameras, architecture, once, random=seeded(), cameras=None
    )
    shown = training.model_copy(update={"composited": "twice", "most_points": 100_000, "points": 1, "step": 0.004})
    twice = along_rays(
        field_of(with_cameras, architecture), with_cameras, architecture, shown, random=seeded(), cameras=None
    )
    assert loss < twice


class Store:
    def __init__(self):
        self.state = None

    def read(self):
        return self.state

    def write_if_due(self, state):
        self.state = state()


def test_the_best_state_is_that_of_the_lowest_validation_loss(
    published: Nf2vecParams, architecture: FieldParams, with_cameras
):
    changes = {"steps": 30, "validate_every": 3, "learning_rate": 0.02, "schedule": "constant"}
    training = published.training.model_copy(update=changes)
    params = published.model_copy(update={"training": training})
    model, best = (Nf2vecModel(params, architecture, seed=1) for _ in range(2))
    curve = train(model, with_cameras, with_cameras, seed=1, checkpoint=Store(), best=best)
    steps, lowest = curve[:, 0], int(curve[:, 2].argmin())
    assert lowest < len(curve) - 1  # at so high a rate it is not the last
    cut = training.model_copy(update={"steps": int(steps[lowest])})
    until = Nf2vecModel(params.model_copy(update={"training": cut}), architecture, seed=1)
    train(until, with_cameras, with_cameras, seed=1, checkpoint=Store())
    assert all((best.tensors[name] == value).all() for name, value in until.tensors.items())


def test_nf2vec_learns_as_published(published: Nf2vecParams, architecture: FieldParams, with_cameras):
    changes = {"steps": 40, "validate_every": 10, "learning_rate": 0.005, "most_points": 200}
    training = published.training.model_copy(update=changes)
    model = Nf2vecModel(published.model_copy(update={"training": training}), architecture, seed=1)
    of_training = train(model, with_cameras, with_cameras, seed=1, checkpoint=Store())[:, 1]
    assert of_training[-1] < 0.7 * of_training[0]


def test_the_best_state_survives_a_stop(published: Nf2vecParams, architecture: FieldParams, with_cameras):
    params = published.model_copy(update={"training": published.training.model_copy(update={"validate_every": 2})})
    whole, store = Nf2vecModel(params, architecture, seed=1), Store()
    train(Nf2vecModel(params, architecture, seed=1), with_cameras, with_cameras, seed=1, checkpoint=store, best=whole)
    again = Nf2vecModel(params, architecture, seed=7)  # everything of it comes from the checkpoint
    train(Nf2vecModel(params, architecture, seed=1), with_cameras, with_cameras, seed=1, checkpoint=store, best=again)
    assert all((again.tensors[name] == value).all() for name, value in whole.tensors.items())


def test_the_loss_in_eval_mode_needs_no_other_views_than_the_nerfs_own(
    published: Nf2vecParams, architecture: FieldParams, with_cameras
):
    model = Nf2vecModel(published, architecture, seed=0).eval()
    assert loss_function(model, 0, "cpu")(with_cameras.take(torch.tensor([3, 1])), seeded()).isfinite()
    with pytest.raises(AssertionError, match="own cameras"):
        loss_function(model, 0, "cpu")(
            NerfBatch(with_cameras.weights, with_cameras.occupancy, with_cameras.cells), seeded()
        )
