"""Train clip2nerf and nerf2clip on the captions of training objects instead of their views (protocol 11)."""

from pathlib import Path
from typing import TYPE_CHECKING, get_args

from stages import datasets
from stages.params import load
from stages.runtime import command
from stages.schemas import CAPTION_EMBEDDINGS, NERF_EMBEDDINGS, OBJECTS

if TYPE_CHECKING:
    from stages.mapper.jobs import Trained


def train_caption_mappers(
    *,
    objects: Path,
    nerf_embeddings: Path,
    captions: Path,
    out: Path,
    curves: Path,
    params: Path = Path("params.yaml"),
) -> None:
    """Write, per direction, a model below `out`; and the training curves. Neither where a source has no captions."""
    from stages import trainings
    from stages.evaluation.subjects import only, originals
    from stages.mapper.jobs import Model, Task
    from stages.mapper.pairs import Direction, Pairs

    known, trained = load(params), list["Trained"]()
    nerfs, said = datasets.read(nerf_embeddings, NERF_EMBEDDINGS), datasets.read(captions, CAPTION_EMBEDDINGS)
    catalogue = datasets.read(objects, OBJECTS)

    def pairs(split: str) -> Pairs:
        """One an object."""
        having = nerfs["object_id"].to_pylist(), said["object_id"].to_pylist()
        ids = originals(catalogue, split, *having, where=str(objects))["object_id"].to_pylist()
        nerf, text = (datasets.matrix(only(rows, "object_id", ids)["embedding"]) for rows in (nerfs, said))
        return Pairs.of_means(nerf, text[None])

    if len(said):
        regime = known.mapper.model_copy(update={"epochs": known.captions.epochs})
        how = pairs("train"), pairs("validation"), regime, known.study.seed, known.runtime.device
        losses, seeds = known.captions.losses, known.mapper.seeds
        tasks = [
            Task(way, [Model(f"{way} {loss} captions", loss, seed) for loss in losses for seed in seeds], *how)
            for way in get_args(Direction)
        ]
        trained = trainings.trained(tasks, known.runtime.workers)
    trainings.write_models({part.direction: part for part in trained}, out)
    trainings.write_curves(trained, curves, "train_caption_mappers")


if __name__ == "__main__":
    command(train_caption_mappers, preload=["stages.mapper.training"])
