"""Embed every fitted NeRF with a trained nf2vec."""

from pathlib import Path

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets, digests, resume, schemas
from fieldlink.core.params import load

CHUNK = 256  # NeRFs embedded and saved in one task
NERF = ("object_id", "weights")


def embed_nerfs(
    nerfs: arguments.Nerfs,
    nf2vec: arguments.Nf2vecFolder,
    out: arguments.OutDataset,
    params_file: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Read dataset `nerfs` and model `nf2vec`, write `nerf_embeddings` of the same objects."""
    from fieldlink.nf2vec import embedding_work
    from fieldlink.nf2vec.model import Nf2vecModel, check_width

    runtime = load(params_file).runtime
    model, model_digest = Nf2vecModel.read(nf2vec), digests.folder_digest(nf2vec)
    first = next(datasets.shards(nerfs, schemas.NERFS, ["weights"]))
    check_width(nerfs, datasets.matrix(first["weights"]).shape[1], model.architecture, "nf2vec was trained on")
    shared = digests.digest_of(digests.code_digest(__file__), model_digest, runtime.precision, runtime.nerfs_at_once)
    nerf_digests = datasets.digests_by_key(datasets.shards(nerfs, schemas.NERFS, NERF), "object_id")
    finished = resume.finish(
        "embed_nerfs",
        schemas.NERF_EMBEDDINGS,
        {object_id: digests.digest_of(shared, digest) for object_id, digest in nerf_digests.items()},
        lambda ids: embedding_work.NerfEmbeddingTask(
            datasets.rows_with_ids(nerfs, schemas.NERFS, ids, NERF), nf2vec.resolve(), model_digest, runtime
        ),
        embedding_work.embed_nerfs,
        chunk=CHUNK,
        workers=None,
        cluster=runtime.cluster,
    )
    datasets.write(out, schemas.NERF_EMBEDDINGS, finished.tables(CHUNK), "embed_nerfs")


if __name__ == "__main__":
    run_stage(embed_nerfs)
