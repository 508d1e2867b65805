"""Embed every fitted NeRF with a trained nf2vec."""

from pathlib import Path
from typing import TYPE_CHECKING

from stages import datasets, schemas
from stages.runtime import command, progress

if TYPE_CHECKING:
    import pyarrow as pa


def embed_nerfs(nerfs: Path, nf2vec: Path, out: Path) -> None:
    """Read dataset `nerfs` and model `nf2vec`, write `nerf_embeddings` of the same objects."""
    from stages.nf2vec.model import Model, check_width, embed

    model = Model.of(*datasets.read_model(nf2vec))

    def embedded(rows: "pa.Table") -> "pa.Table":
        weights = datasets.matrix(rows["weights"])
        check_width(nerfs, weights.shape[1], model.architecture, "nf2vec was trained on")
        columns = {"object_id": rows["object_id"].to_pylist(), "embedding": embed(model, weights)}
        return datasets.table(schemas.NERF_EMBEDDINGS, columns)

    shards = progress(datasets.shards(nerfs, schemas.NERFS, ["object_id", "weights"]), "embed_nerfs", "shard")
    datasets.write(out, schemas.NERF_EMBEDDINGS, map(embedded, shards), "embed_nerfs")


if __name__ == "__main__":
    command(embed_nerfs)
