"""Embed every picture of datasets (views, rendered or translated views, photos) with the image tower of CLIP."""

from pathlib import Path

from stages import datasets, schemas, scratch
from stages.errors import InputError
from stages.params import Params, load
from stages.runtime import command

OBJECTS, PHOTOS = 64, 500  # whose embeddings are kept together
DOMAINS = {
    schemas.VIEWS: "gt",
    schemas.RENDERED_VIEWS: "rendered",
    schemas.TRANSLATED_VIEWS: "translated",
    schemas.PHOTOS: "photo",
}


def embed_images(images: tuple[Path, ...], clip: Path, out: Path, params: Path = Path("params.yaml")) -> None:
    """Write `image_embeddings` of each dataset's pictures, composited on black, below `out` under its folder's name.

    What a dataset holds decides the domain.
    """
    how, print_ = load(params), datasets.model_print(clip)
    for folder, schema in [(folder, _schema(folder)) for folder in _told_apart(images)]:
        _embed(folder, schema, clip, print_, out / folder.name, how)


def _embed(images: Path, schema: schemas.Schema, clip: Path, print_: str, out: Path, how: Params) -> None:
    from stages.clip import jobs

    owner = schema.key[0]
    columns = [name for name in (owner, "view", "image") if name in schema.columns]
    shared = scratch.digest(scratch.code_digest(__file__), print_, how.clip.batch, how.runtime.precision)
    looks = datasets.prints(datasets.shards(images, schema, columns), owner)
    rest = owner, DOMAINS[schema], clip.resolve(), print_, how.clip.batch, how.runtime
    chunk = OBJECTS if "view" in schema.columns else PHOTOS
    finished = scratch.finish(
        f"embed_images/{schema.name}",
        schemas.IMAGE_EMBEDDINGS,
        {name: scratch.digest(shared, look) for name, look in looks.items()},
        lambda some: jobs.ToEmbed(datasets.rows_of(images, schema, some, columns), *rest),
        jobs.embed_pictures,
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
    command(embed_images, preload=["stages.clip.encoders", "stages.clip.jobs"])
