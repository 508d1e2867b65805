"""Train classification heads on NeRF vectors and on their images in CLIP's space (Table 4.6)."""

from pathlib import Path

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets
from fieldlink.core.params import load
from fieldlink.core.schemas import NERF_EMBEDDINGS, OBJECTS
from fieldlink.core.variants import Variant
from fieldlink.core.workers import map_in_workers


def train_heads(
    *,
    objects: arguments.Objects,
    nerf_embeddings: arguments.NerfEmbeddings,
    mappers: arguments.MappersFolder,
    out: arguments.OutModels,
    curves: arguments.OutCurves,
    params_file: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write, per space, a model below `out`; and the training curves.

    `mappers`: those of the retrieval study. Heads of CLIP's space with seed s see the g(v) of the mapper with seed s.
    """
    from fieldlink.heads import head_folders, head_work
    from fieldlink.heads.head_inputs import labelled_nerfs
    from fieldlink.heads.head_tasks import SPACES, HeadTask
    from fieldlink.mapper import trained_mappers
    from fieldlink.training import curves as training_curves

    params, nerfs = load(params_file), datasets.read(nerf_embeddings, NERF_EMBEDDINGS)
    catalogue = datasets.read(objects, OBJECTS)
    nerf2clip = trained_mappers.read(mappers / "nerf2clip", "retrieval.losses")
    variant = Variant(direction="nerf2clip", loss=params.embedding_spaces.nerf2clip).text
    examples = {}
    for split in ("train", "validation"):
        labelled = labelled_nerfs(catalogue, nerfs, split, list(params.classes), str(objects))
        examples[split] = labelled.by_space(nerf2clip.outputs(variant, labelled.vectors))
    trainings = [
        HeadTask(
            space,
            nerf2clip.seeds(variant),
            examples["train"][space],
            examples["validation"][space],
            classes=len(params.classes),
            heads=params.embedding_spaces.heads,
            study_seed=params.study.seed,
            device=params.runtime.device,
        )
        for space in SPACES
    ]
    results = list(map_in_workers(head_work.train, trainings, params.runtime.workers))
    head_folders.write_all(out, results)
    training_curves.write(curves, [result.named_history for result in results], "embedding_spaces.train")


if __name__ == "__main__":
    run_stage(train_heads, preload=["fieldlink.heads.head_training"])
