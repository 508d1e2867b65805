"""The training and application of heads as a worker process does them. The worker alone imports torch."""

import numpy as np
from jaxtyping import Float

from fieldlink.heads.head_tasks import HeadResult, HeadTask, LogitsTask


def train(task: HeadTask) -> HeadResult:
    """Train all heads of the task."""
    from fieldlink.heads.head_training import train_many

    return train_many(task)


def logits(task: LogitsTask) -> Float[np.ndarray, "model row class"]:
    """Logits of the task's vectors by all of its heads."""
    from fieldlink.heads import head_networks

    return head_networks.logits(task.tensors, task.vectors, task.device)
