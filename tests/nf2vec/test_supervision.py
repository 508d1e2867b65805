import math
from functools import partial

import numpy as np
import pytest
import torch

from fieldlink.core.params import FieldParams, Nf2vecParams
from fieldlink.nerf.field import HALF, FieldValues, evaluate
from fieldlink.nerf.nerf_batches import NerfBatch, complement, points_anywhere, points_in
from fieldlink.nerf.object_cameras import Rays
from fieldlink.nerf.sampling import lookup, samples
from fieldlink.nf2vec.model import Nf2vecModel
from fieldlink.nf2vec.nf2vec_training import disn_rays, reconstruction_of
from fieldlink.nf2vec.supervision import along_rays, at_points, field_of, foreground_rays, render_rays


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def packed(cells: torch.Tensor) -> torch.Tensor:
    return torch.from_numpy(np.packbits(cells.numpy(), axis=1))


def masked(nerfs: NerfBatch, architecture: FieldParams):
    """The NeRFs' fields, one after the other, empty outside their grids."""

    def field(points):
        rgb, density = evaluate(nerfs.weights, points, architecture)
        held = [lookup(grid, at) for grid, at in zip(nerfs.grids(), points, strict=True)]
        return FieldValues(rgb, density * torch.stack(held))

    return field


def test_grids_unpack_to_what_was_packed(nerfs: NerfBatch):
    grid = torch.zeros(8, 8, 8, dtype=torch.bool)
    grid[2:6, 2:6, 3:6] = True
    assert nerfs.cells == 8
    assert (nerfs.grids()[1] == grid).all()


def test_points_lie_in_the_cells_they_are_drawn_from_and_fill_them_evenly():
    cells = torch.zeros(2, 27, dtype=torch.bool)
    cells[0, [0, 5, 26]] = True
    cells[1, 13] = True
    points, cell = points_in(packed(cells), 3, 6000, seeded())
    index = ((points + HALF) * 3 / (2 * HALF)).long()
    assert ((index * torch.tensor([9, 3, 1])).sum(-1) == cell).all()
    counts = torch.bincount(cell[0], minlength=27)
    assert counts.sum() == counts[[0, 5, 26]].sum()
    assert (counts[[0, 5, 26]] > 1800).all()
    assert (cell[1] == 13).all()
    torch.testing.assert_close(points[1].mean(0), torch.zeros(3), atol=0.02, rtol=0)


def test_points_anywhere_fill_the_box_evenly_and_know_their_cells():
    points, cell = points_anywhere(2, 3, 6000, seeded())
    index = ((points + HALF) * 3 / (2 * HALF)).long()
    assert ((index * torch.tensor([9, 3, 1])).sum(-1) == cell).all()
    assert (torch.bincount(cell[1], minlength=27) > 6000 / 27 / 1.5).all()


def test_a_grid_and_its_complement_hold_every_cell_once(nerfs: NerfBatch):
    every = torch.arange(nerfs.cells**3).expand(len(nerfs), -1)
    assert (nerfs.occupied(every) == nerfs.grids().flatten(1)).all()
    other = NerfBatch(nerfs.weights, complement(nerfs.occupancy, nerfs.cells), nerfs.cells)
    assert (other.occupied(every) == ~nerfs.occupied(every)).all()
    odd = packed(torch.tensor([[True] * 20 + [False] * 7]))
    assert (complement(odd, 3) == packed(torch.tensor([[False] * 20 + [True] * 7]))).all()


def test_where_no_cell_is_true_points_are_drawn_everywhere():
    points, cell = points_in(packed(torch.zeros(1, 27, dtype=torch.bool)), 3, 800, seeded())
    assert len(cell.unique()) == 27
    assert points.abs().max() <= HALF


def test_a_decoder_that_is_the_nerf_itself_has_no_error_at_points(
    nerfs: NerfBatch, architecture: FieldParams, nf2vec_params: Nf2vecParams
):
    field = masked(nerfs, architecture)
    assert at_points(field, nerfs, architecture, nf2vec_params.training, seeded()) < 1e-12
    nothing = at_points(
        lambda p: FieldValues(0 * p, 0 * p[..., 0]), nerfs, architecture, nf2vec_params.training, seeded()
    )
    assert nothing > 1e-4


def test_the_targets_along_rays_are_the_nerfs_own_render(
    nerfs: NerfBatch, architecture: FieldParams, nf2vec_params: Nf2vecParams
):
    rays = foreground_rays(nerfs, architecture, nf2vec_params.training, seeded(), disn_rays(0, 64, "cpu"))
    colour, opacity = render_rays(field_of(nerfs, architecture), nerfs.grids(), rays, 6)
    for nerf in range(len(nerfs)):
        midpoints = torch.full((nf2vec_params.training.rays, 1), 0.5)
        points, starts, ends = samples(rays.origins[nerf], rays.directions[nerf], nerfs.grids()[nerf], 6, midpoints)
        rgb, density = evaluate(nerfs.weights[nerf : nerf + 1], points.reshape(1, -1, 3), architecture)
        rgb, density = rgb.reshape(-1, 6, 3).tolist(), density.reshape(-1, 6).tolist()
        for ray in range(nf2vec_params.training.rays):
            seen, through = [0.0, 0.0, 0.0], 1.0
            for sample in range(6):
                alpha = 1 - math.exp(-density[ray][sample] * (ends - starts)[ray, sample].item())
                seen = [s + through * alpha * c for s, c in zip(seen, rgb[ray][sample], strict=True)]
                through *= 1 - alpha
            assert colour[nerf, ray].tolist() == pytest.approx(seen, abs=1e-5)
            assert opacity[nerf, ray].item() == pytest.approx(1 - through, abs=1e-5)


def test_foreground_rays_meet_the_object_and_are_the_first_that_do(
    nerfs: NerfBatch, architecture: FieldParams, nf2vec_params: Nf2vecParams
):
    cameras = disn_rays(0, 64, "cpu")
    rays = foreground_rays(nerfs, architecture, nf2vec_params.training, seeded(), cameras)
    _, opacity = render_rays(field_of(nerfs, architecture), nerfs.grids(), rays, nf2vec_params.training.samples)
    assert (opacity > 0).all()
    which = torch.randint(len(cameras.origins), (len(nerfs), 64), generator=seeded())
    candidates = Rays(cameras.origins[which], cameras.directions[which])
    _, opacity_along_rays = render_rays(
        field_of(nerfs, architecture), nerfs.grids(), candidates, nf2vec_params.training.samples
    )
    first = int((opacity_along_rays[0] > 0).nonzero()[0])
    assert (rays.directions[0, 0] == candidates.directions[0, first]).all()


def test_rays_are_drawn_until_enough_meet_the_object_but_no_more_than_the_candidates(
    nerfs: NerfBatch, architecture: FieldParams, nf2vec_params: Nf2vecParams
):
    """Of every hundred rays one goes through the solid middle: 8 of them take about 800 draws, in 64 is hardly one."""
    places = 0.3 * torch.rand(40_000, 2, generator=seeded()) - 0.15
    origins = torch.cat([places, torch.full((40_000, 1), -2.0)], dim=1)
    forward = (torch.arange(40_000) % 100 == 0).float()
    cameras = Rays(origins, torch.stack([0 * forward, 0 * forward, 2 * forward - 1], dim=1))

    def different(candidates: int) -> int:
        training = nf2vec_params.training.model_copy(update={"candidates": candidates})
        rays = foreground_rays(nerfs, architecture, training, seeded(), cameras)
        return min(len(of[towards[:, 2] > 0].unique(dim=0)) for of, towards in zip(*rays, strict=True))

    assert different(64) < 4
    assert different(100_000) > 6


def test_a_nerf_that_shows_nowhere_still_gives_a_finite_loss(
    nerfs: NerfBatch, architecture: FieldParams, nf2vec_params: Nf2vecParams
):
    empty = NerfBatch(nerfs.weights, torch.zeros_like(nerfs.occupancy), nerfs.cells)
    field, random = masked(empty, architecture), seeded()
    loss = along_rays(
        field, empty, architecture, nf2vec_params.training, random=random, cameras=disn_rays(0, 64, "cpu")
    )
    assert loss == 0
    assert at_points(field, empty, architecture, nf2vec_params.training, random) == 0


@pytest.mark.parametrize("supervision", ["points", "rays"])
@pytest.mark.parametrize("scale", [1.0, 100.0])
def test_gradients_are_finite_for_dense_fields_too(
    nerfs: NerfBatch, architecture: FieldParams, nf2vec_params: Nf2vecParams, supervision: str, scale: float
):
    model = Nf2vecModel(nf2vec_params, architecture, seed=0)
    with torch.no_grad():
        model.decoder.last.weight *= scale
    solid = NerfBatch(scale * nerfs.weights, nerfs.occupancy, nerfs.cells)
    decoded = partial(model.decoder, model.embed(solid.weights))
    if supervision == "points":
        loss = at_points(decoded, solid, architecture, nf2vec_params.training, seeded())
    else:
        cameras = disn_rays(0, 64, "cpu")
        loss = along_rays(decoded, solid, architecture, nf2vec_params.training, random=seeded(), cameras=cameras)
    loss.backward()
    gradients = [parameter.grad for parameter in model.parameters()]
    assert all(gradient is not None and gradient.isfinite().all() for gradient in gradients)
    assert any(gradient.abs().max() > 0 for gradient in gradients)


@pytest.mark.parametrize("supervision", ["points", "rays"])
def test_the_parameter_decides_between_points_and_renders(
    supervision: str, nerfs: NerfBatch, architecture: FieldParams, nf2vec_params: Nf2vecParams
):
    params = nf2vec_params.model_copy(update={"supervision": supervision})
    model, embedding = Nf2vecModel(params, architecture, seed=0).eval(), torch.zeros(len(nerfs), params.embedding)
    decoded, training = partial(model.decoder, embedding), params.training
    expected = {
        "points": at_points(decoded, nerfs, architecture, training, seeded()),
        "rays": along_rays(
            decoded, nerfs, architecture, training, random=seeded(), cameras=disn_rays(0, training.pixels, "cpu")
        ),
    }
    assert expected["points"] != expected["rays"]
    loss = reconstruction_of(model, 0, "cpu")(embedding, nerfs, seeded())
    torch.testing.assert_close(loss, expected[supervision])
