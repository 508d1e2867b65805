"""Optimizers compute what torch's own compute."""

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
