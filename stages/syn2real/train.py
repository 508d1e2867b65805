"""Train clip2nerf and nerf2clip per view on ground-truth and translated views (Table 4.8)."""

from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args

from typing_extensions import Doc

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core.params import load
from fieldlink.core.scratch import scratch_folder

if TYPE_CHECKING:
    from fieldlink.mapper.mapper_tasks import MapperResult
    from fieldlink.mapper.pairs import Pairs
    from fieldlink.mapper.training_inputs import ImageEmbeddings, TrainingData

SETS = ("syn2real", "gt only")  # the second has each ground-truth view twice, so that all train for as many steps


def train_syn2real_mappers(
    *,
    objects: arguments.Objects,
    nerf_embeddings: arguments.NerfEmbeddings,
    gt_embeddings: arguments.GtEmbeddings,
    translated_embeddings: Annotated[Path, Doc("Dataset of CLIP embeddings of translated views.")],
    photo_embeddings: arguments.PhotoEmbeddings,
    out: arguments.OutModels,
    mapped: arguments.OutMappedVectors,
    curves: arguments.OutCurves,
    params: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write, per direction, a model below `out` and mapped test vectors below `mapped`; and the training curves.

    clip2nerf maps the queries (all photos), nerf2clip the gallery (the test NeRFs). Nothing is learnt, and no row
    written, where no training or no validation object has translated views.
    """
    from fieldlink.mapper import training_inputs
    from fieldlink.mapper.mapper_tasks import MapperRun, MapperTask
    from fieldlink.mapper.pairs import Direction

    known, stage, trained = load(params), "train_syn2real_mappers", list["MapperResult"]()
    given = training_inputs.TrainingData.read(objects, nerf_embeddings, gt_embeddings, photo_embeddings)
    translated, draw = (
        training_inputs.ImageEmbeddings.of(translated_embeddings),
        (known.syn2real.gt_views, known.study.seed),
    )
    # copies have no translations; asked for as well, they keep a split without any from being an error
    splits = [given.ids(split, translated.owners, copies=True) for split in ("train", "validation")]
    if all(splits):
        learning, checking = (_pairs(given, ids, translated, *draw) for ids in splits)
        regime = known.mapper.model_copy(update={"views_per_epoch": known.syn2real.views_per_epoch})
        how = learning, checking, regime, known.study.seed, known.runtime.device
        kinds = list(product(enumerate(SETS), known.syn2real.losses, known.mapper.seeds))
        tasks = [
            MapperTask(
                way,
                [MapperRun(f"{way} {loss} {name}", loss, seed, number) for (number, name), loss, seed in kinds],
                *how,
            )
            for way in get_args(Direction)
        ]
        trained = training_inputs.trained(tasks, known.runtime.workers)
    asked = given.test(known.study.seed)
    inputs = {**asked, "clip2nerf": {"photo": asked["clip2nerf"]["photo"]}}
    training_inputs.write({part.direction: part for part in trained}, inputs, out, mapped, stage)
    training_inputs.write_curves(trained, curves, stage)


def _pairs(given: "TrainingData", ids: list[str], translated: "ImageEmbeddings", gt_views: str, seed: int) -> "Pairs":
    """As many ground-truth views of each object as it has translated ones, beside those (first set), or twice."""
    import numpy as np

    from fieldlink.core import arrays
    from fieldlink.embeddings.selection import places
    from fieldlink.mapper.pairs import Pairs, merged
    from fieldlink.mapper.training_inputs import parts

    def sets(some: Sequence[str]) -> np.ndarray:
        like_photos, gt = translated.views_of(some), given.views.views_of(some)
        gt = gt.same_as(like_photos) if gt_views == "same" else gt.drawn(like_photos.counts, seed, "syn2real")
        pairs = (gt.embeddings, like_photos.embeddings), (gt.embeddings, gt.embeddings)
        return np.stack([merged(sources, like_photos.counts) for sources in pairs])

    counts = 2 * places(translated.rows, ids)[1]
    shape = len(SETS), int(counts.sum()), translated.vectors.shape[2]
    clip = arrays.store_parts(shape, (sets(some) for some in parts(ids)), scratch_folder(arrays.FOLDER))
    return Pairs(given.vectors(ids), clip, np.cumsum(counts) - counts, counts)


if __name__ == "__main__":
    run_stage(train_syn2real_mappers, preload=["fieldlink.mapper.mapper_training"])
