"""The baseline of cuda_train_mappers: one mapper after another, all data on the GPU."""

import copy

import numpy as np
import torch

from stages.mapper.losses import START, loss_of
from stages.mapper.networks import single
from stages.mapper.training import Model, Task


def one_after_another(whole: Task, most: int | None = None) -> float:
    """Mean over models of the lowest validation loss."""
    return float(np.mean([_trained(model, whole) for model in whole.models[:most]]))


def _trained(model: Model, whole: Task) -> float:
    how, device = whole.how, whole.device
    (inputs, targets), (x, y) = (
        (torch.from_numpy(part.nerf).to(device), torch.from_numpy(part.clip[model.clip_set]).to(device))
        for part in (whole.train, whole.validation)
    )
    torch.manual_seed(model.seed)
    network = single([inputs.shape[1], *reversed(how.hidden), targets.shape[1]], model.seed).to(device)
    scale, bias = (
        torch.nn.Parameter(torch.tensor(value, device=device)) for value in START.get(model.loss, (0.0, 0.0))
    )
    groups = [{"params": network.parameters()}, {"params": [scale, bias], "weight_decay": 0.0}]
    adam = torch.optim.AdamW(groups, how.learning_rate, weight_decay=how.weight_decay, fused=True)
    steps = -(-len(inputs) // how.batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(adam, how.learning_rate, total_steps=steps * how.epochs)
    best, kept = float("inf"), network.state_dict()
    for epoch in range(1, how.epochs + 1):
        for rows in torch.randperm(len(inputs), device=device).split(how.batch):
            loss = loss_of(model.loss, network(inputs[rows]), targets[rows], scale, bias)
            adam.zero_grad()
            loss.backward()
            adam.step()
            schedule.step()
        if epoch % how.validate_every == 0 or epoch == how.epochs:
            with torch.no_grad():
                parts = zip(x.split(how.batch), y.split(how.batch), strict=True)
                losses = [loss_of(model.loss, network(a), b, scale, bias) * len(a) for a, b in parts]
            measured = torch.stack(losses).sum().item() / len(x)
            if measured < best:
                best, kept = measured, copy.deepcopy(network.state_dict())
    network.load_state_dict(kept)
    return best
