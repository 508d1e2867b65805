"""Train classification heads on NeRF vectors and on their images in CLIP's space (Table 4.6)."""

from pathlib import Path
from typing import Annotated

from typing_extensions import Doc

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets, saved_models
from fieldlink.core.params import load
from fieldlink.core.schemas import LOGITS, NERF_EMBEDDINGS, OBJECTS, TRAINING_CURVES
from fieldlink.core.workers import map_in_workers


def train_heads(
    *,
    objects: arguments.Objects,
    nerf_embeddings: arguments.NerfEmbeddings,
    mappers: arguments.Mappers,
    out: arguments.OutModels,
    logits: Annotated[Path, Doc("Dataset of the heads' logits to write.")],
    curves: arguments.OutCurves,
    params: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write, per space, a model below `out`; the test objects' logits and the training curves.

    `mappers`: as the retrieval study kept them. The heads of its space with seed s see the vectors g(v) of the
    mapper with seed s; those of the NeRFs' own space all see v.
    """
    import numpy as np
    import pyarrow as pa

    from fieldlink.embeddings.selection import labels, only, originals
    from fieldlink.heads import head_columns
    from fieldlink.heads.head_tasks import HeadTask, LabelledVectors, train
    from fieldlink.mapper.trained_mappers import TrainedMappers

    known = load(params)
    stage, classes, variant = "train_heads", list(known.classes), f"nerf2clip {known.embedding_spaces.nerf2clip}"
    nerfs, catalogue = datasets.read(nerf_embeddings, NERF_EMBEDDINGS), datasets.read(objects, OBJECTS)
    kept = TrainedMappers.of(saved_models.read_model(mappers / "nerf2clip"), str(mappers), "retrieval.losses")
    seeds, ids, spaces = kept.seeds(variant), {}, {"nerf_embedding": {}, "clip_embedding": {}}
    for split in ("train", "validation", "test"):
        rows = originals(catalogue, split, nerfs["object_id"].to_pylist(), where=str(objects))
        ids[split], named = rows["object_id"].to_pylist(), rows["class_name"].to_pylist()
        right = labels(named, classes, str(objects))
        vectors = datasets.matrix(only(nerfs, "object_id", ids[split])["embedding"])
        spaces["nerf_embedding"][split] = LabelledVectors(np.stack([vectors] * len(seeds)), right)
        spaces["clip_embedding"][split] = LabelledVectors(kept.outputs(variant, vectors), right)
    rest = len(classes), known.embedding_spaces.heads, known.study.seed, known.runtime.device
    tasks = [
        HeadTask(name, seeds, seen["train"], seen["validation"], seen["test"].vectors, *rest)
        for name, seen in spaces.items()
    ]
    trained = list(map_in_workers(train, tasks, known.runtime.workers))
    for part in trained:
        saved_models.write_model(out / part.space, part.tensors, head_columns.config(part))
    rows = [head_columns.logits(part, ids["test"]) for part in trained]
    joined = pa.concat_tables(datasets.table(LOGITS, part) for part in rows)
    datasets.write(logits, LOGITS, [joined.sort_by([(key, "ascending") for key in LOGITS.key])], stage)
    datasets.write(curves, TRAINING_CURVES, [datasets.table(TRAINING_CURVES, head_columns.curves(trained))], stage)


if __name__ == "__main__":
    run_stage(train_heads, preload=["fieldlink.heads.head_training"])
