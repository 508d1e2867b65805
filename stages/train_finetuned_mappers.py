"""Train clip2nerf afresh towards the space of every fine-tuned encoder (Table 4.12)."""

from pathlib import Path

from stages import datasets
from stages.params import load
from stages.runtime import command, in_workers, scratch_folder
from stages.schemas import IMAGE_EMBEDDINGS, MAPPED_EMBEDDINGS, OBJECTS, TRAINING_CURVES


def train_finetuned_mappers(
    *,
    objects: Path,
    vectors: Path,
    gt_embeddings: Path,
    photo_embeddings: Path,
    out: Path,
    mapped: Path,
    curves: Path,
    params: Path = Path("params.yaml"),
) -> None:
    """Write model `out`, the queries `mapped` to each space, and the curves; `vectors`: E(w) by variant and seed.

    Trained per view with the cosine loss, as the original clip2nerf.
    """
    import numpy as np

    from stages.evaluation.mapped import Mapped
    from stages.evaluation.subjects import originals, places, views_in
    from stages.mapper import records
    from stages.mapper.pairs import Pairs
    from stages.mapper.training import Model, Task, joined, train_many

    known, stage = load(params), "train_finetuned_mappers"
    spaces = Mapped(datasets.read(vectors, MAPPED_EMBEDDINGS))
    views = datasets.read(gt_embeddings, IMAGE_EMBEDDINGS, ["owner_id", "view"])
    clip = datasets.mapped(gt_embeddings, IMAGE_EMBEDDINGS, "embedding", scratch_folder("arrays"))
    catalogue, photos = datasets.read(objects, OBJECTS), datasets.read(photo_embeddings, IMAGE_EMBEDDINGS)
    runs = [(variant, seed) for variant, seeds in spaces.variants.items() for seed in seeds]
    pairs, ids = {}, {}
    for split in ("train", "validation", "test"):
        rows = originals(catalogue, split, spaces.ids("nerf"), views["owner_id"].to_pylist())
        ids[split] = rows["object_id"].to_pylist()
        nerf = [spaces.vectors(*run, "nerf", ids[split]) for run in runs]
        pairs[split] = Pairs(np.stack(nerf), clip, *places(views, ids[split]))
    models = [Model(variant, "cosine", seed, nerf_set=place) for place, (variant, seed) in enumerate(runs)]
    how = known.mapper, known.study.seed, known.runtime.device
    tasks = Task("clip2nerf", models, pairs["train"], pairs["validation"], *how).split(most=6)
    trained = joined(list(in_workers(train_many, tasks, known.runtime.workers, ["stages.mapper.training"])))
    datasets.write_model(out, trained.tensors, records.config(trained))
    queries = views_in(views, clip.open()[0], ids["test"]).queries(known.study.seed)
    shots = photos["owner_id"].to_pylist(), datasets.matrix(photos["embedding"])
    columns = records.mapped(trained, {"gt": (ids["test"], queries), "photo": shots})
    datasets.write(mapped, MAPPED_EMBEDDINGS, [datasets.table(MAPPED_EMBEDDINGS, columns)], stage)
    datasets.write(curves, TRAINING_CURVES, [datasets.table(TRAINING_CURVES, records.curves([trained]))], stage)


if __name__ == "__main__":
    command(train_finetuned_mappers)
