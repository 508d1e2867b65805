"""Embed NeRFs with every fine-tuned encoder, and map them to CLIP's space (Tables 4.11 and 4.12)."""

import json
from itertools import product
from pathlib import Path
from typing import Annotated

from typing_extensions import Doc

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import files
from fieldlink.core.params import load
from fieldlink.core.seeds import seed_of
from fieldlink.core.workers import map_in_workers


def apply_encoders(
    *,
    objects: arguments.Objects,
    nerfs: arguments.Nerfs,
    gt_embeddings: arguments.GtEmbeddings,
    models: Annotated[Path, Doc("Folder of fine-tuned models.")],
    out: arguments.OutDataset,
    mapped: Annotated[Path, Doc("Dataset of mapped vectors to write.")],
    metrics: arguments.OutMetrics,
    params_file: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write E(w) as dataset `out` and g(E(w)) as dataset `mapped`, of all originals by every run of `models`.
    JSON `metrics`: class hits of nearest neighbours among test objects, and the decoder's PSNR on validation objects.
    """
    from fieldlink.finetuning import finetuning_data, finetuning_folders, finetuning_work
    from fieldlink.finetuning.encoder_quality import encoder_quality
    from fieldlink.finetuning.finetuning_tasks import EmbeddingTask

    params, data = load(params_file), finetuning_data.read(objects, nerfs, gt_embeddings)
    ids = data.ids(["train", "validation", "test"])
    weights, (decoded_weights, decoded_occupancy) = data.weights(ids), data.decoded()
    runs, stage = list(product(params.finetuning.objectives, params.mapper.seeds)), "finetuning.apply_encoders"
    embeddings = [
        EmbeddingTask(
            nf2vec,
            mapper,
            weights,
            decoded_weights,
            decoded_occupancy,
            seed=seed_of(params.study.seed, "nf2vec"),
            device=params.runtime.device,
        )
        for nf2vec, mapper in (finetuning_folders.read_models(models, run) for run in runs)
    ]
    results = dict(zip(runs, map_in_workers(finetuning_work.embed, embeddings, params.runtime.workers), strict=True))
    finetuning_folders.write_vectors(out, {run: result.embeddings for run, result in results.items()}, ids, stage)
    finetuning_folders.write_vectors(mapped, {run: result.mapped for run, result in results.items()}, ids, stage)
    test_indices, classes = data.test_labels(ids, list(params.classes))
    files.write_text(metrics, json.dumps(encoder_quality(results, test_indices, classes), indent=2) + "\n")


if __name__ == "__main__":
    run_stage(apply_encoders, preload=["fieldlink.finetuning.finetuned_embedding"])
