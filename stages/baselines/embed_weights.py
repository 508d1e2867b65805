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
    params: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write `nerf_embeddings` of all NeRFs; components are those of the training objects and their copies."""
    from fieldlink.embeddings.pca import principal
    from fieldlink.embeddings.selection import only

    known, rows = load(params), datasets.read(nerfs, NERFS, ["object_id", "weights"])
    catalogue = datasets.read(objects, OBJECTS, ["object_id", "split"])
    training = [row["object_id"] for row in catalogue.to_pylist() if row["split"] == "train"]
    learnt, weights = (datasets.matrix(each["weights"]) for each in (only(rows, "object_id", training), rows))
    seed = seed_of(known.study.seed, "principal")
    columns = {
        "object_id": rows["object_id"].to_pylist(),
        "embedding": principal(learnt, weights, known.baselines.components, seed),
    }
    datasets.write(out, NERF_EMBEDDINGS, [datasets.table(NERF_EMBEDDINGS, columns)], "embed_weights")


if __name__ == "__main__":
    run_stage(embed_weights)
