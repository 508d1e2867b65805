"""Embed every fitted NeRF with a trained nf2vec."""

from pathlib import Path

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets, digests, resume, saved_models, schemas
from fieldlink.core.params import load

CHUNK = 256  # NeRFs whose embeddings are kept together
NERF = ("object_id", "weights")


def embed_nerfs(
    nerfs: arguments.Nerfs,
    nf2vec: arguments.Nf2vecModel,
    out: arguments.OutDataset,
    params: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Read dataset `nerfs` and model `nf2vec`, write `nerf_embeddings` of the same objects."""
    from fieldlink.nf2vec import embedding_work
    from fieldlink.nf2vec.model import Nf2vecModel, check_width

    settings = load(params)
    how = settings.runtime
    model, print_ = Nf2vecModel.of(*saved_models.read_model(nf2vec)), digests.folder_digest(nf2vec)
    first = next(datasets.shards(nerfs, schemas.NERFS, ["weights"]))
    check_width(nerfs, datasets.matrix(first["weights"]).shape[1], model.architecture, "nf2vec was trained on")
    shared = digests.digest_of(digests.code_digest(__file__), print_, how.precision, how.nerfs_at_once)
    looks = datasets.digests_by_key(datasets.shards(nerfs, schemas.NERFS, NERF), "object_id")
    finished = resume.finish(
        "embed_nerfs",
        schemas.NERF_EMBEDDINGS,
        {object_id: digests.digest_of(shared, look) for object_id, look in looks.items()},
        lambda some: embedding_work.NerfEmbeddingTask(
            datasets.rows_with_ids(nerfs, schemas.NERFS, some, NERF), nf2vec.resolve(), print_, how
        ),
        embedding_work.embed_nerfs,
        chunk=CHUNK,
        workers=None,
        cluster=how.cluster,
    )
    datasets.write(out, schemas.NERF_EMBEDDINGS, finished.tables(CHUNK), "embed_nerfs")


if __name__ == "__main__":
    run_stage(embed_nerfs)
