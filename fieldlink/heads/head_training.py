"""Train all heads of one space side by side.

Nothing of a head depends on which heads are trained beside it.
"""

from collections.abc import Iterator

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.functional import cross_entropy

from fieldlink.core.seeds import seed_of
from fieldlink.core.variants import trained_name
from fieldlink.heads.draws import Draws
from fieldlink.heads.head_networks import Heads
from fieldlink.heads.head_tasks import HeadResult, HeadTask, LabelledVectors, head_variant_text
from fieldlink.heads.mixing import Batch, doubled
from fieldlink.training.loop import Training, Validation, one_cycle, train


def train_many(task: HeadTask) -> HeadResult:
    """The weights returned are those of the highest validation accuracy; of equal ones those of the lowest loss.

    They are the last ones if `heads.tested` says so.

    Raises `FloatingPointError` for a head whose validation loss was never finite, or isn't at the end where the last
    weights are returned.
    """
    training = _HeadTraining(task)
    history = train(
        training,
        epochs=task.heads.epochs,
        validate_every=task.heads.validate_every,
        title=f"heads on {task.space}",
        models=[trained_name(head_variant_text(task.space), seed) for seed in task.seeds],
        parameter="embedding_spaces.heads.learning_rate",
        keep=task.heads.tested,
    )
    return HeadResult(task.space, task.seeds, training.network.tensors(), history)


class _HeadTraining(Training[Heads, Batch]):
    """Cross-entropy on batches doubled with mixtures (protocol 8)."""

    def __init__(self, task: HeadTask) -> None:
        heads, device = task.heads, task.device
        seeds = [seed_of(task.study_seed, "head", seed) for seed in task.seeds]
        widths = [task.train.vectors.shape[2], *heads.hidden, task.classes]
        weight_seeds = [seed_of(seed, "weights") for seed in seeds]
        self.network = Heads(widths, weight_seeds, all_biases=heads.biases == "all").to(device)
        self.dropout, self.draws = heads.dropout, Draws([seed_of(seed, "draws") for seed in seeds], device)
        self.train_vectors, self.train_labels = _on_device(task.train, device)
        self.validation_vectors, self.validation_labels = _on_device(task.validation, device)
        self.rows = len(task.train.labels)
        self.epoch_batches = -(-self.rows // heads.batch)  # of sizes as even as can be
        steps = self.epoch_batches * heads.epochs
        groups = [{"params": list(self.network.parameters())}]
        self.optimizer, self.schedule = one_cycle(groups, heads.learning_rate, heads.weight_decay, steps)

    def batches(self, epoch: int) -> Iterator[Batch]:
        for rows in self.draws.shuffles(self.rows).tensor_split(self.epoch_batches, dim=1):
            vectors = self.train_vectors.take_along_dim(rows[:, :, None], 1)
            yield doubled(vectors, self.train_labels.take_along_dim(rows, 1), self.draws)

    def losses(self, batch: Batch) -> tuple[Float[Tensor, " model"], Float[Tensor, ""]]:
        logits = self.network.learn(batch.inputs, batch.row_weights, self.dropout, self.draws)
        loss = (_cross_entropy(logits, batch.labels) * batch.row_weights).sum(1) / batch.row_weights.sum(1)
        return loss, loss.sum()  # heads share no parameter: each gets the gradient of its own loss

    @torch.no_grad()
    def validation(self) -> Validation:
        logits, labels = self.network(self.validation_vectors), self.validation_labels
        return _cross_entropy(logits, labels).mean(1), (logits.argmax(2) == labels).float().mean(1)


def _on_device(
    examples: LabelledVectors, device: str
) -> tuple[Float[Tensor, "model row dim"], Int[Tensor, "model row"]]:
    labels = np.broadcast_to(examples.labels, examples.vectors.shape[:2])
    return torch.tensor(examples.vectors, device=device), torch.tensor(labels, device=device)


def _cross_entropy(
    logits: Float[Tensor, "model row class"], labels: Int[Tensor, "model row"]
) -> Float[Tensor, "model row"]:
    return cross_entropy(logits.mT, labels, reduction="none")
