"""Train clip2nerf and nerf2clip per view on ground-truth views (Tables 4.4 and 4.5)."""

from pathlib import Path
from typing import get_args

from stages import datasets
from stages.params import load
from stages.runtime import command, in_workers, scratch_folder
from stages.schemas import IMAGE_EMBEDDINGS, MAPPED_EMBEDDINGS, NERF_EMBEDDINGS, OBJECTS, TRAINING_CURVES


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
    """Write, per direction, a model below `out` and mapped test vectors below `mapped`; and the training curves.

    clip2nerf maps the queries (one view of each test object, all photos), nerf2clip the gallery (the test NeRFs).
    """
    from stages.evaluation.subjects import only, originals, places, views_in
    from stages.mapper import records
    from stages.mapper.pairs import Direction, Pairs
    from stages.mapper.training import Model, Task, train_many

    known, stage = load(params), "train_retrieval_mappers"
    nerfs = datasets.read(nerf_embeddings, NERF_EMBEDDINGS)
    views = datasets.read(gt_embeddings, IMAGE_EMBEDDINGS, ["owner_id", "view"])
    clip = datasets.mapped(gt_embeddings, IMAGE_EMBEDDINGS, "embedding", scratch_folder("arrays"))
    catalogue, photos = datasets.read(objects, OBJECTS), datasets.read(photo_embeddings, IMAGE_EMBEDDINGS)
    having = nerfs["object_id"].to_pylist(), views["owner_id"].to_pylist()
    pairs, ids = {}, {}
    for split in ("train", "validation", "test"):
        ids[split] = originals(catalogue, split, *having)["object_id"].to_pylist()
        vectors = datasets.matrix(only(nerfs, "object_id", ids[split])["embedding"])
        pairs[split] = Pairs(vectors, clip, *places(views, ids[split]))
    queries = views_in(views, clip.open()[0], ids["test"]).queries(known.study.seed)
    inputs = {
        "clip2nerf": {
            "gt": (ids["test"], queries),
            "photo": (photos["owner_id"].to_pylist(), datasets.matrix(photos["embedding"])),
        },
        "nerf2clip": {"nerf": (ids["test"], pairs["test"].nerf)},
    }
    how = pairs["train"], pairs["validation"], known.mapper, known.study.seed, known.runtime.device
    losses, seeds = known.retrieval.losses, known.mapper.seeds
    tasks = [
        Task(direction, [Model(f"{direction} {loss}", loss, seed) for loss in losses for seed in seeds], *how)
        for direction in get_args(Direction)
    ]
    trained = list(in_workers(train_many, tasks, known.runtime.workers, ["stages.mapper.training"]))
    for part in trained:
        datasets.write_model(out / part.direction, part.tensors, records.config(part))
        rows = datasets.table(MAPPED_EMBEDDINGS, records.mapped(part, inputs[part.direction]))
        datasets.write(mapped / part.direction, MAPPED_EMBEDDINGS, [rows], stage)
    datasets.write(curves, TRAINING_CURVES, [datasets.table(TRAINING_CURVES, records.curves(trained))], stage)


if __name__ == "__main__":
    command(train_retrieval_mappers)
