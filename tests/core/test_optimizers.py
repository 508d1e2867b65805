"""Optimizers compute what torch's own compute, and orthogonalised matrices have singular values near 1."""

import pytest
import torch

from fieldlink.core import optimizers


@pytest.mark.parametrize(
    ("ours", "theirs"), [(optimizers.Adam, torch.optim.Adam), (optimizers.AdamW, torch.optim.AdamW)]
)
def test_optimizers_move_weights_as_torchs_own_do_bit_for_bit(ours, theirs):
    ends = []
    for kind in (ours, theirs, ours):
        weights = torch.linspace(-1, 1, 12).reshape(3, 4).requires_grad_()
        optimizer = kind([weights], lr=0.1, weight_decay=0.01, fused=True)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps=8)
        for _ in range(8):
            optimizer.zero_grad()
            (weights @ weights.T).sin().sum().backward()
            optimizer.step()
            schedule.step()
            assert not optimizer.state[weights]["exp_avg"].requires_grad
        ends.append(weights.detach().clone())
    assert torch.equal(ends[0], ends[1])
    assert torch.equal(ends[2], ends[1])  # also once torch has taken up its compiler


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
@pytest.mark.parametrize("shape", [(5, 9), (9, 5)])
def test_orthogonalised_matrices_have_the_same_singular_vectors_and_values_near_1_at_any_scale(shape, scale):
    matrix = torch.randn(3, *shape, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    left, _, right = torch.linalg.svd(matrix, full_matrices=False)
    inner = left.mT @ optimizers.orthogonalised(scale * matrix) @ right.mT
    values = inner.diagonal(dim1=1, dim2=2)
    assert values.min() > 0.6
    assert values.max() < 1.3
    torch.testing.assert_close(inner, torch.diag_embed(values))


def test_each_of_a_batch_is_orthogonalised_by_itself_and_zeros_stay_zeros():
    matrices = torch.stack([torch.randn(4, 6, generator=torch.Generator().manual_seed(1)), torch.zeros(4, 6)])
    batched = optimizers.orthogonalised(matrices)
    torch.testing.assert_close(batched[0], optimizers.orthogonalised(matrices[0]))
    assert torch.equal(batched[1], matrices[1])


def test_muon_moves_a_batch_of_networks_as_torchs_muon_moves_each_matrix():
    shapes, networks = [(16, 24), (24, 24), (32, 24)], 3
    width = sum(rows * columns for rows, columns in shapes)
    random = torch.Generator().manual_seed(0)
    start = torch.randn(networks, width, generator=random)
    ours = start.clone().requires_grad_()
    matrices = [
        part.reshape(shape).clone().requires_grad_()
        for network in start
        for part, shape in zip(network.split([a * b for a, b in shapes]), shapes, strict=True)
    ]
    optimizer = optimizers.Muon([ours], shapes, lr=0.1)
    # torch computes in bfloat16; its last iterations amplify that, so that the two agree to a part of a step only
    reference = torch.optim.Muon(matrices, lr=0.1, weight_decay=0, momentum=0.9, ns_steps=4)
    for _ in range(3):
        gradients = torch.randn(networks, width, generator=random)
        ours.grad = gradients.clone()
        parts = [
            part.reshape(shape)
            for row in gradients
            for part, shape in zip(row.split([a * b for a, b in shapes]), shapes, strict=True)
        ]
        for matrix, part in zip(matrices, parts, strict=True):
            matrix.grad = part.clone()
        optimizer.step()
        reference.step()
    theirs = torch.cat([matrix.flatten() for matrix in matrices]).view(networks, width)
    moved, expected = ours.detach() - start, theirs.detach() - start
    assert (moved - expected).norm() < 0.02 * expected.norm()


def test_muon_of_matrices_moves_convolutions_too_as_torchs_muon_moves_them_flattened():
    random = torch.Generator().manual_seed(0)
    shapes = [(16, 24), (8, 3, 3, 3), (16, 24), (8, 27)]  # the second and the last are alike
    starts = [torch.randn(shape, generator=random) for shape in shapes]
    ours = [start.clone().requires_grad_() for start in starts]
    theirs = [start.flatten(1).clone().requires_grad_() for start in starts]
    unused = torch.ones(2, 2, requires_grad=True)
    optimizer = optimizers.MatrixMuon([*ours, unused], lr=0.1, weight_decay=0.3)
    reference = torch.optim.Muon(theirs, lr=0.1, weight_decay=0.3, momentum=0.9, ns_steps=4)
    for _ in range(3):
        for weights, matrix in zip(ours, theirs, strict=True):
            weights.grad = torch.randn(weights.shape, generator=random)
            matrix.grad = weights.grad.flatten(1).clone()
        optimizer.step()
        reference.step()
    for start, weights, matrix in zip(starts, ours, theirs, strict=True):
        moved, expected = (weights - start).detach().flatten(1), matrix.detach() - start.flatten(1)
        assert (moved - expected).norm() < 0.02 * expected.norm()
    assert torch.equal(unused, torch.ones(2, 2))
