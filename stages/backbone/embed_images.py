"""Embed every picture of datasets (views, rendered or translated views, photos) with the image tower of CLIP."""

from pathlib import Path
from typing import Annotated

from typing_extensions import Doc

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets, digests, resume, schemas
from fieldlink.core.params import Params, load

OBJECTS_PER_CHUNK, PHOTOS_PER_CHUNK = 64, 500


def embed_images(
    images: Annotated[tuple[Path, ...], Doc("Datasets of pictures: views, photos.")],
    clip: arguments.ClipModel,
    out: Annotated[Path, Doc("Folder of embeddings to write, one dataset per input.")],
    params_file: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write `image_embeddings` of each dataset's pictures, composited on black, below `out` under its folder's name.

    The kind of a dataset decides the embeddings' domain.
    """
    from fieldlink.clip.picture_datasets import by_name, picture_schema

    params, clip_digest = load(params_file), digests.folder_digest(clip)
    datasets_by_name = {name: (folder, picture_schema(folder)) for name, folder in by_name(images).items()}
    for name, (folder, schema) in datasets_by_name.items():
        _embed(folder, schema, clip, clip_digest, out / name, params)


def _embed(images: Path, schema: schemas.Schema, clip: Path, clip_digest: str, out: Path, params: Params) -> None:
    from fieldlink.clip.picture_datasets import DOMAINS
    from fieldlink.clip.picture_work import PictureEmbeddingTask, embed_pictures

    owner, runtime, batch = schema.key[0], params.runtime, params.clip.batch
    columns = [name for name in (owner, "view", "image") if name in schema.columns]
    shared = digests.digest_of(digests.code_digest(__file__), clip_digest, batch, runtime.precision)
    digest_of_pictures = datasets.digests_by_key(datasets.shards(images, schema, columns), owner)
    chunk = OBJECTS_PER_CHUNK if "view" in schema.columns else PHOTOS_PER_CHUNK
    finished = resume.finish(
        f"embed_images/{schema.name}",
        schemas.IMAGE_EMBEDDINGS,
        {name: digests.digest_of(shared, digest) for name, digest in digest_of_pictures.items()},
        lambda ids: PictureEmbeddingTask(
            datasets.rows_with_ids(images, schema, ids, columns),
            owner=owner,
            domain=DOMAINS[schema],
            clip=clip.resolve(),
            clip_digest=clip_digest,
            batch=batch,
            runtime=runtime,
        ),
        embed_pictures,
        chunk=chunk,
        workers=runtime.workers if runtime.device == "cpu" else None,  # a GPU's process decodes in threads
        cluster=runtime.cluster,
    )
    tables = finished.tables(chunk)
    datasets.write(out, schemas.IMAGE_EMBEDDINGS, tables, "embed_images", may_be_empty=not digest_of_pictures)


if __name__ == "__main__":
    run_stage(embed_images, preload=["fieldlink.clip.encoders", "fieldlink.clip.picture_work"])
