"""Embed every picture of datasets (views, rendered or translated views, photos) with the image tower of CLIP."""

from pathlib import Path
from typing import Annotated

from typing_extensions import Doc

from fieldlink.clip.picture_datasets import DOMAINS, picture_datasets
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
    """Write `image_embeddings` of each dataset's pictures, composited on black, below `out` under its folder's name."""
    params = load(params_file)
    for name, (folder, schema) in picture_datasets(images).items():
        _embed(folder, schema, clip, out / name, params)


def _embed(images: Path, schema: schemas.Schema, clip: Path, out: Path, params: Params) -> None:
    from fieldlink.clip import picture_work

    owner, runtime, clip_digest = schema.key[0], params.runtime, digests.folder_digest(clip)
    chunk = OBJECTS_PER_CHUNK if "view" in schema.columns else PHOTOS_PER_CHUNK
    columns = [name for name in (owner, "view", "image") if name in schema.columns]
    shared = digests.digest_of(digests.code_digest(__file__), clip_digest, params.clip.batch, runtime.precision)
    digests_by_id = datasets.digests_by_key(datasets.shards(images, schema, columns), owner)
    finished = resume.finish(
        f"embed_images/{schema.name}",
        schemas.IMAGE_EMBEDDINGS,
        {name: digests.digest_of(shared, digest) for name, digest in digests_by_id.items()},
        lambda ids: picture_work.PictureEmbeddingTask(
            datasets.rows_with_ids(images, schema, ids, columns),
            owner=owner,
            domain=DOMAINS[schema],
            clip=clip.resolve(),
            clip_digest=clip_digest,
            batch=params.clip.batch,
            runtime=runtime,
        ),
        picture_work.embed_pictures,
        chunk=chunk,
        workers=runtime.workers if runtime.device == "cpu" else None,  # a GPU's process decodes in threads
        cluster=runtime.cluster,
    )
    tables = finished.tables(chunk)
    datasets.write(out, schemas.IMAGE_EMBEDDINGS, tables, "embed_images", may_be_empty=not digests_by_id)


if __name__ == "__main__":
    run_stage(embed_images, preload=["fieldlink.clip.encoders", "fieldlink.clip.picture_work"])
