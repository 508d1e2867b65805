"""The embeddings of NeRFs: nf2vec's, and those of the baselines, each a section of `baselines.embeddings`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
import pyarrow as pa
from jaxtyping import Float

from fieldlink.core.errors import InputError
from fieldlink.core.params import FieldParams, NerfEmbeddingParams, NerfEmbeddingsParams, Params
from fieldlink.core.variants import NF2VEC

Section = TypeVar("Section", bound=NerfEmbeddingParams)
BASELINES = tuple(NerfEmbeddingsParams.model_fields)  # by their names in table rows
SPACES = (*BASELINES, NF2VEC)  # all embeddings of NeRFs, in the order in which they are evaluated


@dataclass(frozen=True)
class EmbeddingInputs:
    """What an embedding of NeRFs is made from."""

    objects: Sequence[Mapping[str, Any]]  # rows of dataset `objects`: id, split, augmentation
    nerfs: pa.Table  # of dataset `nerfs`: ids, weights, occupancy
    field: FieldParams  # their architecture
    study_seed: int
    device: str


@dataclass(frozen=True, kw_only=True)
class NerfEmbeddingEntry(Generic[Section]):
    """An embedding of NeRFs as a member of the registry. No field has a default: a new one has to say each."""

    title: str  # on the page, beside its rows
    params: type[Section]  # its section of baselines.embeddings
    embed: Callable[[EmbeddingInputs, Section], tuple[list[str], Float[np.ndarray, "nerf number"]]]  # ids, vectors


def section_of(params: Params, name: str) -> NerfEmbeddingParams:
    """The parameters of a baseline's embedding. Raises `InputError` if params.yaml has none of that name."""
    if name not in BASELINES:
        raise InputError(f"baselines.embeddings: no {name!r}, expected one of {', '.join(BASELINES)}")
    return getattr(params.baselines.embeddings, name)


def widths(params: Params) -> list[int]:
    """Most numbers in a vector of nf2vec and of each baseline."""
    return [params.nf2vec.embedding, *(section_of(params, name).vector_width for name in BASELINES)]


def space_folders(nf2vec: Path, baselines: Path) -> dict[str, Path]:
    """Folders of embeddings of NeRFs by their space: `nf2vec`, and those of the baselines below `baselines`."""
    return {NF2VEC: nf2vec, **baseline_folders(baselines)}


def baseline_folders(root: Path) -> dict[str, Path]:
    """Folders of the baselines' embeddings below `root`, in the order of `BASELINES`.

    Raises `InputError` if one is missing, or `root` holds another.
    """
    folders = {name: root / name for name in BASELINES}
    for name, folder in folders.items():
        if not folder.is_dir():
            raise InputError(f"{folder}: missing; run dvc repro pipelines/baselines/dvc.yaml:embed@{name}")
    if unknown := sorted(folder.name for folder in root.iterdir() if folder.is_dir() and folder.name not in folders):
        raise InputError(f"{root / unknown[0]}: params.yaml has no section baselines.embeddings.{unknown[0]}")
    return folders
