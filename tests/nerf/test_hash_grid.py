"""The multiresolution hash grid, alone and as a field's encoding."""

import numpy as np
import pytest
import torch

from fieldlink.core.params import FieldParams, NerfParams
from fieldlink.core.params.nerf import HashGridParams
from fieldlink.nerf import field, weight_layout
from fieldlink.nerf.encodings.hash_grid import corners, entries, hashed, levels
from fieldlink.nerf.fitting import optimisation

pytestmark = pytest.mark.thesis

# 9³ and 5³ vertices fit a table of 2^10 entries, those of the two finer levels (17³, 33³) share entries.
GRID = HashGridParams(levels=4, log2_table=10, features=3, coarsest=4, growth=2.0)
SMALL = HashGridParams(levels=3, log2_table=10, features=2, coarsest=4, growth=2.0)


@pytest.fixture
def random() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def by_loops(x: np.ndarray, table: np.ndarray, grid: HashGridParams) -> np.ndarray:
    """One position, vertex by vertex in float64, from the paper: eq. 2 for the levels, eq. 4 for the hash."""
    encoded, first = [], 0
    for level in range(grid.levels):
        cells = int(np.floor(grid.coarsest * grid.growth**level))
        size = min((cells + 1) ** 3, 2**grid.log2_table)
        feature = np.zeros(grid.features)
        low = [min(int(np.floor(axis * cells)), cells - 1) for axis in x]
        for step in np.ndindex(2, 2, 2):
            vertex = [a + b for a, b in zip(low, step, strict=True)]
            weight = np.prod([1 - abs(axis * cells - v) for axis, v in zip(x, vertex, strict=True)])
            if (cells + 1) ** 3 <= 2**grid.log2_table:
                entry = vertex[0] + (cells + 1) * (vertex[1] + (cells + 1) * vertex[2])
            else:
                bits = [(v * prime) % 2**32 for v, prime in zip(vertex, (1, 2654435761, 805459861), strict=True)]
                entry = (bits[0] ^ bits[1] ^ bits[2]) % size
            feature += weight * table[first + entry]
        encoded.append(feature)
        first += size
    return np.concatenate(encoded)


def test_the_grid_equals_a_loop_over_levels_and_vertices_in_float64(random):
    x = torch.rand(2, 30, 3, generator=random)
    x[0, :2] = torch.tensor([[0.0, 0.0, 0.0], [1.0, 1.0, 1.0]])
    table = torch.randn(2, entries(GRID), GRID.features, generator=random)
    encoded = hashed(x, table, GRID)
    expected = [
        [by_loops(p.double().numpy(), t.double().numpy(), GRID) for p in row] for row, t in zip(x, table, strict=True)
    ]
    np.testing.assert_allclose(encoded.numpy(), np.array(expected), atol=2e-5)


def test_levels_grow_by_their_factor_and_coarse_ones_have_an_entry_for_each_vertex():
    assert levels(GRID) == [(4, 5**3), (8, 9**3), (16, 2**10), (32, 2**10)]
    assert levels(GRID.model_copy(update={"growth": 1.5})) == [(4, 125), (6, 343), (9, 1000), (13, 1024)]
    assert entries(GRID) == 125 + 729 + 2 * 1024


def test_in_a_level_with_an_entry_for_each_vertex_no_two_share_one():
    axis = torch.arange(9) / 8
    vertices = torch.stack(torch.meshgrid(axis, axis, axis, indexing="ij"), dim=-1).view(-1, 3)
    index, weight = corners(vertices, GRID)
    nearest = index.gather(-1, weight.argmax(-1, keepdim=True))[:, 1, 0]  # of the level with 8 cells
    assert sorted(nearest.tolist()) == list(range(125, 125 + 9**3))


def test_at_a_vertex_the_feature_is_its_entry_and_between_two_their_mean(random):
    table = torch.randn(1, entries(GRID), GRID.features, generator=random)
    vertex, index = torch.tensor([[0.25, 0.5, 0.75]]), 125 + (2 + 9 * (4 + 9 * 6))
    features = GRID.features
    assert torch.equal(hashed(vertex[None], table, GRID)[0, 0, features : 2 * features], table[0, index])
    between = hashed(vertex[None] + torch.tensor([1 / 16, 0, 0]), table, GRID)[0, 0, features : 2 * features]
    torch.testing.assert_close(between, (table[0, index] + table[0, index + 1]) / 2)


def test_weights_are_not_negative_and_sum_to_one_also_on_and_beyond_the_walls(random):
    x = torch.cat([3 * torch.rand(100, 3, generator=random) - 1, torch.tensor([[0.0, 1.0, 1.0], [1.0, 0.0, 0.5]])])
    index, weight = corners(x, GRID)
    assert (weight >= 0).all()
    torch.testing.assert_close(weight.sum(-1), torch.ones(len(x), GRID.levels))
    assert 0 <= index.min() <= index.max() < entries(GRID)


def test_the_gradient_of_an_entry_is_the_weight_of_its_vertices(random):
    x = torch.rand(1, 50, 3, generator=random)
    table = torch.randn(1, entries(GRID), GRID.features, generator=random).requires_grad_()
    hashed(x, table, GRID).sum().backward()
    index, weight = corners(x[0], GRID)
    expected = torch.zeros(entries(GRID)).index_add(0, index.flatten(), weight.flatten())
    torch.testing.assert_close(table.grad[0], expected[:, None].expand(-1, GRID.features))
    assert torch.isfinite(table.grad).all()


def test_an_encoding_by_hash_without_its_grid_is_refused():
    with pytest.raises(ValueError, match="encoding hash needs the keys of 'hash'"):
        FieldParams(encoding="hash", octaves=4, units=8, hidden_layers=1, outputs=4)


@pytest.fixture(scope="module")
def with_grid(small: NerfParams) -> NerfParams:
    architecture = small.field.model_copy(update={"encoding": "hash", "hash": SMALL, "units": 16, "hidden_layers": 2})
    return small.model_copy(update={"field": architecture})


def test_each_nerf_of_a_batch_reads_its_own_table(with_grid, random):
    weights = torch.stack([field.xavier(with_grid.field, seed) for seed in range(3)])
    weights[:, -weight_layout.table_size(with_grid.field) :] *= 1e4
    points = 1.4 * torch.rand(3, 40, 3, generator=random) - 0.7
    batched = field.evaluate(weights, points, with_grid.field)
    for one in range(3):
        alone = field.evaluate(weights[one : one + 1], points[one : one + 1], with_grid.field)
        torch.testing.assert_close([part[one] for part in batched], [part[0] for part in alone])


def test_a_start_has_xaviers_layers_and_features_near_zero(with_grid):
    start, table = field.xavier(with_grid.field, 3), weight_layout.table_size(with_grid.field)
    assert len(start) == weight_layout.size(with_grid.field)
    assert table == 2 * entries(SMALL)
    assert 0 < start[-table:].abs().max() <= 1e-4
    assert start[:-table].abs().max() > 0.1


def test_a_sphere_is_fitted_through_a_hash_grid(sphere, with_grid):
    start = field.xavier(with_grid.field, 0).numpy()
    fitted = optimisation.fit(sphere, start, with_grid, seed=1)
    assert fitted.psnr_heldout > 25
    assert fitted.psnr_heldout_foreground > 20
    assert np.array_equal(optimisation.fit(sphere, start, with_grid, seed=1).weights, fitted.weights)
