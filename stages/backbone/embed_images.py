"""Embed every picture of datasets (views, rendered or translated views, photos) with the image tower of CLIP."""

from pathlib import Path
from typing import Annotated

from typing_extensions import Doc

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets, digests, resume, schemas
from fieldlink.core.errors import InputError
from fieldlink.core.params import Params, load

OBJECTS, PHOTOS = 64, 500  # whose embeddings are kept together
DOMAINS = {
    schemas.VIEWS: "gt",
    schemas.RENDERED_VIEWS: "rendered",
    schemas.TRANSLATED_VIEWS: "translated",
    schemas.PHOTOS: "photo",
}


def embed_images(
    images: Annotated[tuple[Path, ...], Doc("Datasets of pictures: views, photos.")],
    clip: arguments.ClipModel,
    out: Annotated[Path, Doc("Folder of embeddings to write, one dataset per input.")],
    params: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write `image_embeddings` of each dataset's pictures, composited on black, below `out` under its folder's name.

    What a dataset holds decides the domain.
    """
    how, print_ = load(params), digests.folder_digest(clip)
    for folder, schema in [(folder, _schema(folder)) for folder in _told_apart(images)]:
        _embed(folder, schema, clip, print_, out / folder.name, how)


def _embed(images: Path, schema: schemas.Schema, clip: Path, print_: str, out: Path, how: Params) -> None:
    from fieldlink.clip import picture_work

    owner = schema.key[0]
    columns = [name for name in (owner, "view", "image") if name in schema.columns]
    shared = digests.digest_of(digests.code_digest(__file__), print_, how.clip.batch, how.runtime.precision)
    looks = datasets.digests_by_key(datasets.shards(images, schema, columns), owner)
    rest = owner, DOMAINS[schema], clip.resolve(), print_, how.clip.batch, how.runtime
    chunk = OBJECTS if "view" in schema.columns else PHOTOS
    finished = resume.finish(
        f"embed_images/{schema.name}",
        schemas.IMAGE_EMBEDDINGS,
        {name: digests.digest_of(shared, look) for name, look in looks.items()},
        lambda some: picture_work.PictureEmbeddingTask(datasets.rows_with_ids(images, schema, some, columns), *rest),
        picture_work.embed_pictures,
        chunk=chunk,
        workers=how.runtime.workers if how.runtime.device == "cpu" else None,  # threads wait for each other to decode
        cluster=how.runtime.cluster,
    )
    datasets.write(out, schemas.IMAGE_EMBEDDINGS, finished.tables(chunk), "embed_images", may_be_empty=not looks)


def _told_apart(images: tuple[Path, ...]) -> tuple[Path, ...]:
    """The datasets themselves, if no two would be written to one place."""
    by_name: dict[str, Path] = {}
    for folder in images:
        if folder.name in by_name:
            raise InputError(f"{by_name[folder.name]} and {folder}: same name, expected folders named differently")
        by_name[folder.name] = folder
    return images


def _schema(images: Path) -> schemas.Schema:
    name = datasets.schema_name(images)
    for schema in DOMAINS:
        if schema.name == name:
            return schema
    raise InputError(f"{images}: holds {name}, expected one of {', '.join(schema.name for schema in DOMAINS)}")


if __name__ == "__main__":
    run_stage(embed_images, preload=["fieldlink.clip.encoders", "fieldlink.clip.picture_work"])
