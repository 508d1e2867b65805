"""Train mappers on training objects and their copies, and on the originals alone (Tables 4.9 and 4.10)."""

from pathlib import Path

from stages import datasets
from stages.params import load
from stages.runtime import command, in_workers, scratch_folder
from stages.schemas import IMAGE_EMBEDDINGS, MAPPED_EMBEDDINGS, NERF_EMBEDDINGS, OBJECTS, TRAINING_CURVES


def train_augmented_mappers(
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
    """Write, per row of the tables, a model below `out`; per direction, mapped vectors below `mapped`; and the curves.

    Validation and test objects are originals.
    """
    import pyarrow as pa

    from stages.evaluation.subjects import only, originals, places, views_in, with_copies
    from stages.mapper import records, sweeps
    from stages.mapper.pairs import Pairs
    from stages.mapper.training import train_many

    known, stage = load(params), "train_augmented_mappers"
    nerfs = datasets.read(nerf_embeddings, NERF_EMBEDDINGS)
    views = datasets.read(gt_embeddings, IMAGE_EMBEDDINGS, ["owner_id", "view"])
    clip = datasets.mapped(gt_embeddings, IMAGE_EMBEDDINGS, "embedding", scratch_folder("arrays"))
    catalogue, photos = datasets.read(objects, OBJECTS), datasets.read(photo_embeddings, IMAGE_EMBEDDINGS)
    having = nerfs["object_id"].to_pylist(), views["owner_id"].to_pylist()

    def pairs_of(rows: pa.Table) -> Pairs:
        ids = rows["object_id"].to_pylist()
        vectors = datasets.matrix(only(nerfs, "object_id", ids)["embedding"])
        return Pairs(vectors, clip, *places(views, ids))

    test = originals(catalogue, "test", *having)
    ids = test["object_id"].to_pylist()
    queries = views_in(views, clip.open()[0], ids).queries(known.study.seed)
    shots = photos["owner_id"].to_pylist(), datasets.matrix(photos["embedding"])
    inputs = {"clip2nerf": {"gt": (ids, queries), "photo": shots}, "nerf2clip": {"nerf": (ids, pairs_of(test).nerf)}}
    augmented, original = (pairs_of(choose(catalogue, "train", *having)) for choose in (with_copies, originals))
    validation = pairs_of(originals(catalogue, "validation", *having))
    how = known.augmented, known.mapper, known.study.seed, known.runtime.device
    tasks = sweeps.tasks(augmented, original, validation, *how)
    trained = list(in_workers(train_many, tasks, known.runtime.workers, ["stages.mapper.training"]))
    for part in trained:
        datasets.write_model(out / part.models[0].variant.replace(" ", "_"), part.tensors, records.config(part))
    for direction, domains in inputs.items():
        parts = [records.mapped(part, domains) for part in trained if part.direction == direction]
        rows = pa.concat_tables(datasets.table(MAPPED_EMBEDDINGS, part) for part in parts)
        rows = rows.sort_by([(name, "ascending") for name in MAPPED_EMBEDDINGS.key])
        datasets.write(mapped / direction, MAPPED_EMBEDDINGS, [rows], stage)
    datasets.write(curves, TRAINING_CURVES, [datasets.table(TRAINING_CURVES, records.curves(trained))], stage)


if __name__ == "__main__":
    command(train_augmented_mappers)
