"""Train clip2nerf and nerf2clip on the captions of training objects instead of their views (protocol 11)."""

from pathlib import Path
from typing import TYPE_CHECKING, get_args

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets
from fieldlink.core.params import load
from fieldlink.core.schemas import CAPTION_EMBEDDINGS, NERF_EMBEDDINGS, OBJECTS

if TYPE_CHECKING:
    from fieldlink.mapper.mapper_tasks import MapperResult


def train_caption_mappers(
    *,
    objects: arguments.Objects,
    nerf_embeddings: arguments.NerfEmbeddings,
    captions: arguments.CaptionEmbeddings,
    out: arguments.OutModels,
    curves: arguments.OutCurves,
    params: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write, per direction, a model below `out`; and the training curves. Neither where a source has no captions."""
    from fieldlink.embeddings.selection import only, originals
    from fieldlink.mapper import training_inputs
    from fieldlink.mapper.mapper_tasks import MapperRun, MapperTask
    from fieldlink.mapper.pairs import Direction, Pairs

    known, trained = load(params), list["MapperResult"]()
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
            MapperTask(
                way, [MapperRun(f"{way} {loss} captions", loss, seed) for loss in losses for seed in seeds], *how
            )
            for way in get_args(Direction)
        ]
        trained = training_inputs.trained(tasks, known.runtime.workers)
    training_inputs.write_models({part.direction: part for part in trained}, out)
    training_inputs.write_curves(trained, curves, "train_caption_mappers")


if __name__ == "__main__":
    run_stage(train_caption_mappers, preload=["fieldlink.mapper.mapper_training"])
