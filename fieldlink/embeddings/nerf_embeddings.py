"""The embeddings of NeRFs: a registry whose entries name the stage that makes each, without importing its code."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from fieldlink.core.errors import InputError
from fieldlink.core.params import Params


@dataclass(frozen=True)
class NerfEmbedding:
    """An embedding of NeRFs."""

    title: str  # as the page calls it
    parameters: str  # its section of params.yaml
    stage: str  # <study>.<stage>
    width: Callable[[Params], int]  # most numbers in a vector


NERF_EMBEDDINGS: Mapping[str, NerfEmbedding] = {  # by their name in table rows
    "nf2vec": NerfEmbedding("nf2vec", "nf2vec", "backbone.embed_nerfs", lambda params: params.nf2vec.embedding),
    "functa": NerfEmbedding(
        "modulations of one shared field",
        "baselines.modulation",
        "baselines.embed_modulations",
        lambda params: params.baselines.modulation.latent,
    ),
    "pca": NerfEmbedding(
        "principal components of the raw weights",
        "baselines.components",
        "baselines.embed_weights",
        lambda params: params.baselines.components,
    ),
}


def baseline_folders(root: Path) -> dict[str, Path]:
    """Folders of all embeddings but nf2vec's, below `root`, in the order of the registry.

    Raises `InputError` if one is missing, or `root` holds one that the registry lacks.
    """
    folders = {name: root / name for name in NERF_EMBEDDINGS if name != "nf2vec"}
    for name, folder in folders.items():
        if not folder.is_dir():
            raise InputError(f"{folder}: missing; run {NERF_EMBEDDINGS[name].stage}")
    if unknown := sorted(folder.name for folder in root.iterdir() if folder.is_dir() and folder.name not in folders):
        raise InputError(f"{root / unknown[0]}: not in NERF_EMBEDDINGS of fieldlink/embeddings/nerf_embeddings.py")
    return folders
