"""Train all heads of one space in one loop; the weights best on validation are the ones returned.

Nothing of a head depends on which heads are trained beside it.
"""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.functional import cross_entropy

from fieldlink.core.optimizers import AdamW
from fieldlink.core.progress import progress
from fieldlink.core.seeds import seed_of
from fieldlink.heads.draws import Draws
from fieldlink.heads.head_networks import Heads
from fieldlink.heads.head_tasks import HeadResult, HeadTask, LabelledVectors
from fieldlink.heads.mixing import doubled


def train_many(task: HeadTask) -> HeadResult:
    """AdamW on cross-entropy, one OneCycle over all steps, checked every `how.validate_every` epochs and at the end.

    The highest validation accuracy is kept; among equal ones the lowest validation loss, then the earliest. Raises
    `FloatingPointError` for a head whose validation loss was never finite.
    """
    how, device, count = task.how, task.device, len(task.train.labels)
    seeds = [seed_of(task.study_seed, "head", task.space, seed) for seed in task.seeds]
    widths = [task.train.vectors.shape[2], *how.hidden, task.classes]
    heads = Heads(widths, [seed_of(seed, "weights") for seed in seeds]).to(device)
    draws, best = Draws([seed_of(seed, "draws") for seed in seeds], device), _Best(heads, len(seeds))
    learning, checking = (_on_device(examples, device) for examples in (task.train, task.validation))
    steps = -(-count // how.batch)  # batches an epoch, of sizes as even as can be
    optimizer = AdamW(heads.parameters(), lr=how.learning_rate, weight_decay=how.weight_decay, fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, how.learning_rate, total_steps=steps * how.epochs)
    checks, since = [], []
    for epoch in progress(range(1, how.epochs + 1), f"heads on {task.space}", "epochs"):
        for rows in draws.shuffles(count).tensor_split(steps, dim=1):
            batch = doubled(learning[0].take_along_dim(rows[:, :, None], 1), learning[1].take_along_dim(rows, 1), draws)
            losses = _losses(heads.learn(batch.inputs, batch.counted, how.dropout, draws), batch.labels)
            loss = (losses * batch.counted).sum(1) / batch.counted.sum(1)
            optimizer.zero_grad()
            loss.sum().backward()  # heads share no parameter, so each gets the gradient of its own loss
            optimizer.step()
            schedule.step()
            since.append(loss.detach())
        if epoch % how.validate_every == 0 or epoch == how.epochs:
            measured = _measured(heads, *checking)
            best.keep(*measured, epoch * steps)
            checks.append((epoch * steps, *(each.cpu().numpy() for each in (torch.stack(since).mean(0), *measured))))
            since = []
    best.restore([f"head {task.space} seed={seed}" for seed in task.seeds])
    curves = [np.stack(column) for column in zip(*checks, strict=True)]
    return HeadResult(task.space, task.seeds, heads.tensors(), best.step, *curves, logits=_logits(heads, task.test))


def _on_device(
    examples: LabelledVectors, device: str
) -> tuple[Float[Tensor, "model row dim"], Int[Tensor, "model row"]]:
    labels = np.broadcast_to(examples.labels, examples.vectors.shape[:2])
    return torch.tensor(examples.vectors, device=device), torch.tensor(labels, device=device)


def _losses(logits: Float[Tensor, "model row class"], labels: Int[Tensor, "model row"]) -> Float[Tensor, "model row"]:
    return cross_entropy(logits.mT, labels, reduction="none")


@torch.no_grad()
def _measured(
    heads: Heads, vectors: Float[Tensor, "model row dim"], labels: Int[Tensor, "model row"]
) -> tuple[Float[Tensor, " model"], Float[Tensor, " model"]]:
    """Mean loss and accuracy of every head."""
    logits = heads(vectors)
    return _losses(logits, labels).mean(1), (logits.argmax(2) == labels).float().mean(1)


@torch.no_grad()
def _logits(heads: Heads, vectors: Float[np.ndarray, "model row dim"]) -> Float[np.ndarray, "model row class"]:
    return heads(torch.tensor(vectors, device=heads.bias.device)).cpu().numpy()


class _Best:
    """The state of every head at its best check so far."""

    def __init__(self, heads: Heads, models: int) -> None:
        self.heads = heads
        self.values = {name: value.clone() for name, value in heads.state_dict().items()}
        self.step = np.zeros(models, np.int64)
        self.loss = torch.full((models,), torch.inf)
        self.accuracy = torch.full((models,), -1.0)

    def keep(self, loss: Float[Tensor, " model"], accuracy: Float[Tensor, " model"], step: int) -> None:
        loss, accuracy = loss.cpu(), accuracy.cpu()
        better = loss.isfinite() & ((accuracy > self.accuracy) | ((accuracy == self.accuracy) & (loss < self.loss)))
        self.loss, self.accuracy = loss.where(better, self.loss), accuracy.where(better, self.accuracy)
        self.step[better.numpy()] = step
        for name, value in self.heads.state_dict().items():
            self.values[name][better] = value[better]

    def restore(self, names: Sequence[str]) -> None:
        diverged = [name for name, step in zip(names, self.step, strict=True) if step == 0]
        if diverged:
            raise FloatingPointError(
                f"no finite validation loss: {diverged}; lower embedding_spaces.heads.learning_rate"
            )
        self.heads.load_state_dict(self.values)
