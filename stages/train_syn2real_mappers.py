"""Train clip2nerf and nerf2clip per view on ground-truth and translated views (Table 4.8)."""

from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from stages import datasets
from stages.params import load
from stages.runtime import command, in_workers
from stages.schemas import IMAGE_EMBEDDINGS, MAPPED_EMBEDDINGS, NERF_EMBEDDINGS, OBJECTS, TRAINING_CURVES

if TYPE_CHECKING:
    import pyarrow as pa

    from stages.mapper.pairs import Pairs

SETS = ("syn2real", "gt only")  # the second has each ground-truth view twice, so that all train for as many steps


def train_syn2real_mappers(
    *,
    objects: Path,
    nerf_embeddings: Path,
    gt_embeddings: Path,
    translated_embeddings: Path,
    photo_embeddings: Path,
    out: Path,
    mapped: Path,
    curves: Path,
    params: Path = Path("params.yaml"),
) -> None:
    """Write, per direction, a model below `out` and mapped test vectors below `mapped`; and the training curves.

    clip2nerf maps the queries (all photos), nerf2clip the gallery (the test NeRFs).
    """
    from stages.evaluation.subjects import only, originals
    from stages.mapper import records
    from stages.mapper.pairs import Direction
    from stages.mapper.training import Model, Task, train_many

    known, stage = load(params), "train_syn2real_mappers"
    nerfs, catalogue = datasets.read(nerf_embeddings, NERF_EMBEDDINGS), datasets.read(objects, OBJECTS)
    views, translated, photos = (
        datasets.read(folder, IMAGE_EMBEDDINGS) for folder in (gt_embeddings, translated_embeddings, photo_embeddings)
    )
    having, pairs = (nerfs["object_id"].to_pylist(), views["owner_id"].to_pylist()), {}
    for split in ("train", "validation"):
        ids = originals(catalogue, split, *having, translated["owner_id"].to_pylist())["object_id"].to_pylist()
        pairs[split] = _pairs(ids, nerfs, views, translated, known.syn2real.gt_views, known.study.seed)
    test = originals(catalogue, "test", *having)["object_id"].to_pylist()
    inputs = {
        "clip2nerf": {"photo": (photos["owner_id"].to_pylist(), datasets.matrix(photos["embedding"]))},
        "nerf2clip": {"nerf": (test, datasets.matrix(only(nerfs, "object_id", test)["embedding"]))},
    }
    regime = known.mapper.model_copy(update={"views_per_epoch": known.syn2real.views_per_epoch})
    how = pairs["train"], pairs["validation"], regime, known.study.seed, known.runtime.device
    kinds = list(product(enumerate(SETS), known.syn2real.losses, known.mapper.seeds))
    tasks = [
        Task(way, [Model(f"{way} {loss} {name}", loss, seed, number) for (number, name), loss, seed in kinds], *how)
        for way in get_args(Direction)
    ]
    trained = list(in_workers(train_many, tasks, known.runtime.workers, ["stages.mapper.training"]))
    for part in trained:
        datasets.write_model(out / part.direction, part.tensors, records.config(part))
        rows = datasets.table(MAPPED_EMBEDDINGS, records.mapped(part, inputs[part.direction]))
        datasets.write(mapped / part.direction, MAPPED_EMBEDDINGS, [rows], stage)
    datasets.write(curves, TRAINING_CURVES, [datasets.table(TRAINING_CURVES, records.curves(trained))], stage)


def _pairs(
    ids: list[str], nerfs: "pa.Table", views: "pa.Table", translated: "pa.Table", gt_views: str, seed: int
) -> "Pairs":
    """As many ground-truth views of each object as it has translated ones, beside those (first set), or twice."""
    from stages.evaluation.subjects import only, views_of
    from stages.mapper.pairs import Pairs

    like_photos, gt = views_of(translated, ids), views_of(views, ids)
    gt = gt.same_as(like_photos) if gt_views == "same" else gt.drawn(like_photos.counts, seed, "syn2real")
    sets = [[gt.embeddings, like_photos.embeddings], [gt.embeddings, gt.embeddings]]
    return Pairs.of_sources(datasets.matrix(only(nerfs, "object_id", ids)["embedding"]), sets, like_photos.counts)


if __name__ == "__main__":
    command(train_syn2real_mappers)
