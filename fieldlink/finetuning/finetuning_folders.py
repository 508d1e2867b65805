"""Fine-tuned models as model folders, and the vectors that they give as datasets."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from jaxtyping import Float

from fieldlink.core import datasets, saved_models
from fieldlink.core.params import Objective
from fieldlink.core.schemas import MAPPED_EMBEDDINGS
from fieldlink.core.variants import folder_name, trained_name
from fieldlink.finetuning.finetuning_tasks import FinetuningResult, SavedNf2vec, Tensors, finetuned_variant_text
from fieldlink.mapper import mapper_folders

Run = tuple[Objective, int]  # objective and training seed


def read_nf2vec(folder: Path) -> SavedNf2vec:
    """The nf2vec in a model folder."""
    tensors, config = saved_models.read_model(folder)
    return SavedNf2vec(tensors, config)


def write_models(folder: Path, run: Run, result: FinetuningResult) -> None:
    """Write model folders nf2vec and nerf2clip of a run, in a folder of its own below `folder`."""
    saved_models.write_model(_run_folder(folder, run) / "nf2vec", result.nf2vec.tensors, result.nf2vec.config)
    mapper_folders.write(_run_folder(folder, run) / "nerf2clip", result.mapper)


def read_models(folder: Path, run: Run) -> tuple[SavedNf2vec, Tensors]:
    """nf2vec, and the tensors of the mapper, of a run."""
    mapper, _ = saved_models.read_model(_run_folder(folder, run) / "nerf2clip")
    return read_nf2vec(_run_folder(folder, run) / "nf2vec"), mapper


def _run_folder(folder: Path, run: Run) -> Path:
    objective, seed = run
    return folder / folder_name(trained_name(finetuned_variant_text(objective), seed))


def write_vectors(
    folder: Path, vectors: Mapping[Run, Float[np.ndarray, "nerf dim"]], ids: Sequence[str], producer: str
) -> None:
    """Write dataset `mapped_embeddings`: vectors of objects `ids` by run. `producer`: the stage that writes it."""
    columns = {
        "variant": [finetuned_variant_text(objective) for objective, _ in vectors for _ in ids],
        "seed": [seed for _, seed in vectors for _ in ids],
        "domain": ["nerf"] * len(vectors) * len(ids),
        "owner_id": [name for _ in vectors for name in ids],
        "embedding": np.concatenate(list(vectors.values())),
    }
    datasets.write(folder, MAPPED_EMBEDDINGS, [datasets.table(MAPPED_EMBEDDINGS, columns)], producer)
