"""What training gives, as columns of datasets and as a model's config."""

from collections.abc import Sequence
from typing import Any

from fieldlink.heads.head_tasks import HeadResult


def name(space: str) -> str:
    """What tables call the heads of a space."""
    return f"head {space}"


def config(trained: HeadResult) -> dict[str, Any]:
    """What made the stacked tensors, in their order."""
    layers = [stack.shape for key, stack in trained.tensors.items() if key.startswith("weights.")]
    best = trained.accuracy.max(0)
    return {
        "space": trained.space,
        "widths": [layers[0][2], *(shape[1] for shape in layers)],
        "activation": "relu",
        "steps": int(trained.check_steps[-1]),
        "models": [
            {"seed": seed, "best_step": int(step), "validation_accuracy": round(100 * float(accuracy), 4)}
            for seed, step, accuracy in zip(trained.seeds, trained.best_step, best, strict=True)
        ],
    }


def curves(parts: Sequence[HeadResult]) -> dict[str, Any]:
    """Columns of `training_curves`: every head's cross-entropy of both splits at every check."""
    rows = [
        (name(trained.space), seed, int(step), split, float(loss))
        for trained in parts
        for split, losses in (("train", trained.train_loss), ("validation", trained.validation_loss))
        for seed, own in zip(trained.seeds, losses.T, strict=True)
        for step, loss in zip(trained.check_steps, own, strict=True)
    ]
    return dict(zip(("variant", "seed", "step", "split", "loss"), map(list, zip(*rows, strict=True)), strict=True))


def logits(trained: HeadResult, ids: Sequence[str]) -> dict[str, Any]:
    """Columns of `logits`: every head's for the test objects `ids`."""
    models = len(trained.seeds)
    return {
        "variant": [name(trained.space)] * (models * len(ids)),
        "seed": [seed for seed in trained.seeds for _ in ids],
        "object_id": list(ids) * models,
        "logits": trained.logits.reshape(models * len(ids), -1),
    }
