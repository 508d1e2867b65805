"""Fine-tuned models as model folders, what they give as datasets, and numbers to watch."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from jaxtyping import Float, Int

from fieldlink.core import datasets, saved_models
from fieldlink.core.params import Objective
from fieldlink.core.schemas import MAPPED_EMBEDDINGS
from fieldlink.evaluation.measures.class_hits import rank_1
from fieldlink.finetuning.finetuning_tasks import FinetunedVectors, FinetuningResult, SavedNf2vec, Tensors, variant_text
from fieldlink.mapper import mapper_folders

Run = tuple[Objective, int]  # objective and training seed


def write_models(folder: Path, run: Run, result: FinetuningResult) -> None:
    """Write model folders nf2vec and nerf2clip of a run, in a folder of its own below `folder`."""
    saved_models.write_model(_run_folder(folder, run) / "nf2vec", *result.nf2vec)
    mapper_folders.write(_run_folder(folder, run) / "nerf2clip", result.mapper)


def read_models(folder: Path, run: Run) -> tuple[SavedNf2vec, Tensors]:
    """nf2vec, and the tensors of the mapper, of a run."""
    mapper, _ = saved_models.read_model(_run_folder(folder, run) / "nerf2clip")
    return saved_models.read_model(_run_folder(folder, run) / "nf2vec"), mapper


def _run_folder(folder: Path, run: Run) -> Path:
    objective, seed = run
    return folder / f"{variant_text(objective)} seed={seed}".replace(" ", "_")


def write_vectors(
    folder: Path, vectors: Mapping[Run, Float[np.ndarray, "nerf dim"]], ids: Sequence[str], producer: str
) -> None:
    """Write dataset `mapped_embeddings`: vectors of objects `ids` by run. `producer`: the stage that writes it."""
    columns = {
        "variant": [variant_text(objective) for objective, _ in vectors for _ in ids],
        "seed": [seed for _, seed in vectors for _ in ids],
        "domain": ["nerf"] * len(vectors) * len(ids),
        "owner_id": [name for _ in vectors for name in ids],
        "embedding": np.concatenate(list(vectors.values())),
    }
    datasets.write(folder, MAPPED_EMBEDDINGS, [datasets.table(MAPPED_EMBEDDINGS, columns)], producer)


def health(
    runs: Mapping[Run, FinetunedVectors], test: Int[np.ndarray, " test"], labels: Int[np.ndarray, " test"]
) -> dict[str, dict[str, float]]:
    """By variant, means over seeds: class hits of the nearest neighbour, in percent, and PSNR of the decoder, in dB.

    `test`: places of the test objects; `labels`: their classes.
    """
    values: dict[str, list[tuple[float, float]]] = {}
    for (objective, _), vectors in runs.items():
        numbers = 100 * rank_1(vectors.embeddings[test], labels), vectors.psnr
        values.setdefault(variant_text(objective), []).append(numbers)
    means = {variant: np.mean(numbers, axis=0).round(2).tolist() for variant, numbers in values.items()}
    return {variant: {"rank_1": hits, "decoder_psnr": psnr} for variant, (hits, psnr) in means.items()}
