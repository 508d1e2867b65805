"""Train nerf2clip on mean CLIP vectors of 1 to all views, rendered and ground truth (Tables 4.1 and 4.2)."""

from pathlib import Path

from stages import datasets
from stages.params import load
from stages.runtime import command, in_workers
from stages.schemas import IMAGE_EMBEDDINGS, MAPPED_EMBEDDINGS, NERF_EMBEDDINGS, OBJECTS, TRAINING_CURVES


def train_zero_shot_mappers(
    *,
    objects: Path,
    nerf_embeddings: Path,
    gt_embeddings: Path,
    rendered_embeddings: Path,
    out: Path,
    mapped: Path,
    curves: Path,
    params: Path = Path("params.yaml"),
) -> None:
    """Write model `out`, the test NeRFs mapped to CLIP space by every variant and seed, and the training curves."""
    import numpy as np

    from stages.evaluation.subjects import only, originals, views_of
    from stages.evaluation.views import mean_sets
    from stages.mapper import records
    from stages.mapper.pairs import Pairs
    from stages.mapper.training import Model, Task, joined, train_many

    known = load(params)
    catalogue, nerfs = datasets.read(objects, OBJECTS), datasets.read(nerf_embeddings, NERF_EMBEDDINGS)
    folders = {"rendered": rendered_embeddings, "gt": gt_embeddings}
    images = {source: datasets.read(folder, IMAGE_EMBEDDINGS) for source, folder in folders.items()}
    having = [nerfs["object_id"].to_pylist(), *(rows["owner_id"].to_pylist() for rows in images.values())]
    pairs, ids, sets = {}, {}, {}
    for split in ("train", "validation", "test"):
        ids[split] = originals(catalogue, split, *having)["object_id"].to_pylist()
        views = {source: views_of(rows, ids[split]) for source, rows in images.items()}
        sets[split] = mean_sets(views, known.zero_shot.views, known.study.seed)
        vectors = datasets.matrix(only(nerfs, "object_id", ids[split])["embedding"])
        pairs[split] = Pairs.of_means(vectors, np.stack(list(sets[split].values())))
    models = [
        Model(f"nerf2clip {name} {loss}", loss, seed, clip_set)
        for clip_set, name in enumerate(sets["train"])
        for loss in known.zero_shot.losses
        for seed in known.mapper.seeds
    ]
    how = known.mapper, known.study.seed, known.runtime.device
    task = Task("nerf2clip", models, pairs["train"], pairs["validation"], *how)
    trained = joined(list(in_workers(train_many, task.split(), known.runtime.workers, ["stages.mapper.training"])))
    datasets.write_model(out, trained.tensors, records.config(trained))
    test = records.mapped(trained, {"nerf": (ids["test"], pairs["test"].nerf)})
    stage = "train_zero_shot_mappers"
    datasets.write(mapped, MAPPED_EMBEDDINGS, [datasets.table(MAPPED_EMBEDDINGS, test)], stage)
    datasets.write(curves, TRAINING_CURVES, [datasets.table(TRAINING_CURVES, records.curves([trained]))], stage)


if __name__ == "__main__":
    command(train_zero_shot_mappers)
