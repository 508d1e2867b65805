"""Train nerf2clip on mean CLIP vectors of 1 to all views, rendered and ground truth (Tables 4.1 and 4.2)."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets, saved_models
from fieldlink.core.params import Params, load
from fieldlink.core.schemas import MAPPED_EMBEDDINGS, NERF_EMBEDDINGS, OBJECTS, TRAINING_CURVES

if TYPE_CHECKING:
    import numpy as np

    from fieldlink.mapper.training_inputs import ImageEmbeddings


def train_zero_shot_mappers(
    *,
    objects: arguments.Objects,
    nerf_embeddings: arguments.NerfEmbeddings,
    gt_embeddings: arguments.GtEmbeddings,
    rendered_embeddings: arguments.RenderedEmbeddings,
    out: arguments.OutModels,
    mapped: arguments.OutMappedVectors,
    curves: arguments.OutCurves,
    params: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write model `out`, the test NeRFs mapped to CLIP space by every variant and seed, and the training curves."""
    import numpy as np

    from fieldlink.embeddings.selection import only, originals
    from fieldlink.mapper import mapper_columns
    from fieldlink.mapper.mapper_tasks import MapperRun, MapperTask, joined
    from fieldlink.mapper.pairs import Pairs
    from fieldlink.mapper.training_inputs import ImageEmbeddings, trained

    known = load(params)
    catalogue, nerfs = datasets.read(objects, OBJECTS), datasets.read(nerf_embeddings, NERF_EMBEDDINGS)
    folders = {"rendered": rendered_embeddings, "gt": gt_embeddings}
    images = {source: ImageEmbeddings.of(folder) for source, folder in folders.items()}
    having = [nerfs["object_id"].to_pylist(), *(each.owners for each in images.values())]
    pairs, ids, sets = {}, {}, {}
    for split in ("train", "validation", "test"):
        ids[split] = originals(catalogue, split, *having, where=str(objects))["object_id"].to_pylist()
        sets[split] = _means(images, ids[split], known)
        vectors = datasets.matrix(only(nerfs, "object_id", ids[split])["embedding"])
        pairs[split] = Pairs.of_means(vectors, np.stack(list(sets[split].values())))
    models = [
        MapperRun(f"nerf2clip {name} {loss}", loss, seed, clip_set)
        for clip_set, name in enumerate(sets["train"])
        for loss in known.zero_shot.losses
        for seed in known.mapper.seeds
    ]
    how = known.mapper, known.study.seed, known.runtime.device
    task = MapperTask("nerf2clip", models, pairs["train"], pairs["validation"], *how)
    best = joined(trained(task.split(), known.runtime.workers))
    saved_models.write_model(out, best.tensors, mapper_columns.config(best))
    test = mapper_columns.mapped(best, {"nerf": (ids["test"], pairs["test"].nerf)})
    stage = "train_zero_shot_mappers"
    datasets.write(mapped, MAPPED_EMBEDDINGS, [datasets.table(MAPPED_EMBEDDINGS, test)], stage)
    datasets.write(curves, TRAINING_CURVES, [datasets.table(TRAINING_CURVES, mapper_columns.curves([best]))], stage)


def _means(images: "Mapping[str, ImageEmbeddings]", ids: Sequence[str], known: Params) -> "dict[str, np.ndarray]":
    """By source and number of views the mean CLIP vector of each object; all views are never in memory at once."""
    import numpy as np

    from fieldlink.embeddings.selection import places
    from fieldlink.embeddings.view_embeddings import mean_sets
    from fieldlink.mapper.training_inputs import parts

    most = {source: int(places(each.rows, ids)[1].max()) for source, each in images.items()}
    found = [
        mean_sets(
            {source: each.views_of(some) for source, each in images.items()},
            known.zero_shot.views,
            known.study.seed,
            most,
        )
        for some in parts(ids)
    ]
    return {name: np.concatenate([part[name] for part in found]) for name in found[0]}


if __name__ == "__main__":
    run_stage(train_zero_shot_mappers, preload=["fieldlink.mapper.mapper_training"])
