"""Embed NeRFs by one of the baselines for nf2vec."""

from pathlib import Path
from typing import Annotated

from typing_extensions import Doc

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets
from fieldlink.core.params import load
from fieldlink.core.schemas import NERF_EMBEDDINGS, NERFS, OBJECTS


def embed_nerfs(
    *,
    embedding: Annotated[str, Doc("Section of baselines.embeddings.")],
    objects: arguments.Objects,
    nerfs: arguments.Nerfs,
    out: arguments.OutDataset,
    params_file: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write `nerf_embeddings` of the NeRFs that the embedding has vectors for."""
    from fieldlink.embeddings import baselines
    from fieldlink.embeddings.nerf_embeddings import EmbeddingInputs, section_of

    params = load(params_file)
    inputs = EmbeddingInputs(
        datasets.read(objects, OBJECTS, ["object_id", "split", "augmentation"]).to_pylist(),
        datasets.read(nerfs, NERFS, ["object_id", "weights", "occupancy"]),
        params.nerf.field,
        params.study.seed,
        params.runtime.device,
    )
    ids, vectors = baselines.embed(embedding, inputs, section_of(params, embedding))
    rows = datasets.table(NERF_EMBEDDINGS, {"object_id": ids, "embedding": vectors})
    datasets.write(out, NERF_EMBEDDINGS, [rows], f"baselines.embed {embedding}")


if __name__ == "__main__":
    run_stage(embed_nerfs)
