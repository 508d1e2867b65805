"""Embed NeRFs by the principal components of their weights: a baseline for nf2vec."""

from pathlib import Path

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets
from fieldlink.core.params import load
from fieldlink.core.schemas import NERF_EMBEDDINGS, NERFS, OBJECTS
from fieldlink.core.seeds import seed_of


def embed_weights(
    objects: arguments.Objects,
    nerfs: arguments.Nerfs,
    out: arguments.OutDataset,
    params_file: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write `nerf_embeddings` of all NeRFs; components are those of the training objects and their copies."""
    from fieldlink.embeddings.pca import principal_components
    from fieldlink.embeddings.selection import rows_of

    params, rows = load(params_file), datasets.read(nerfs, NERFS, ["object_id", "weights"])
    catalogue = datasets.read(objects, OBJECTS, ["object_id", "split"])
    ids = [row["object_id"] for row in catalogue.to_pylist() if row["split"] == "train"]
    training, weights = (datasets.matrix(part["weights"]) for part in (rows_of(rows, "object_id", ids), rows))
    seed = seed_of(params.study.seed, "principal")
    columns = {
        "object_id": rows["object_id"].to_pylist(),
        "embedding": principal_components(training, weights, params.baselines.components, seed),
    }
    datasets.write(out, NERF_EMBEDDINGS, [datasets.table(NERF_EMBEDDINGS, columns)], "embed_weights")


if __name__ == "__main__":
    run_stage(embed_weights)
