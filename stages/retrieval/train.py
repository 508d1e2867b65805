"""Train clip2nerf and nerf2clip per view on ground-truth views (Tables 4.4 and 4.5)."""

from pathlib import Path
from typing import get_args

from stages.params import load
from stages.runtime import command


def train_retrieval_mappers(
    *,
    objects: Path,
    nerf_embeddings: Path,
    gt_embeddings: Path,
    photo_embeddings: Path,
    out: Path,
    mapped: Path,
    curves: Path,
    params: Path = Path("params.yaml"),
) -> None:
    """Write, per direction, a model below `out` and mapped test vectors below `mapped`; and the training curves."""
    from stages import trainings
    from stages.mapper.jobs import Model, Task
    from stages.mapper.pairs import Direction

    known = load(params)
    losses, seeds, seed = known.retrieval.losses, known.mapper.seeds, known.study.seed
    given = trainings.Embedded.read(objects, nerf_embeddings, gt_embeddings, photo_embeddings)
    learning, checking = (given.pairs(given.ids(split)) for split in ("train", "validation"))
    how = learning, checking, known.mapper, seed, known.runtime.device
    tasks = [
        Task(way, [Model(f"{way} {loss}", loss, own) for loss in losses for own in seeds], *how)
        for way in get_args(Direction)
    ]
    trained, stage = trainings.trained(tasks, known.runtime.workers), "train_retrieval_mappers"
    trainings.write({part.direction: part for part in trained}, given.test(seed), out, mapped, stage)
    trainings.write_curves(trained, curves, stage)


if __name__ == "__main__":
    command(train_retrieval_mappers, preload=["stages.mapper.training"])
