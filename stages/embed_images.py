"""Embed every picture of a dataset (views, rendered or translated views, photos) with the image tower of CLIP."""

from pathlib import Path

from stages import datasets, schemas, scratch
from stages.errors import InputError
from stages.params import load
from stages.runtime import command

OBJECTS, PHOTOS = 64, 500  # whose embeddings are kept together
DOMAINS = {
    schemas.VIEWS: "gt",
    schemas.RENDERED_VIEWS: "rendered",
    schemas.TRANSLATED_VIEWS: "translated",
    schemas.PHOTOS: "photo",
}


def embed_images(images: Path, clip: Path, out: Path, params: Path = Path("params.yaml")) -> None:
    """Write `image_embeddings` of all pictures, composited on black; what `images` holds decides the domain."""
    from stages.clip import jobs

    how, schema = load(params), _schema(images)
    owner, print_ = schema.key[0], datasets.model_print(clip)
    columns = [name for name in (owner, "view", "image") if name in schema.columns]
    shared = scratch.digest(scratch.code_digest(), print_, how.clip.batch, how.runtime.precision)
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
        workers=None,
        cluster=how.runtime.cluster,
    )
    datasets.write(out, schemas.IMAGE_EMBEDDINGS, finished.tables(chunk), "embed_images")


def _schema(images: Path) -> schemas.Schema:
    name = datasets.schema_name(images)
    for schema in DOMAINS:
        if schema.name == name:
            return schema
    raise InputError(f"{images}: holds {name}, expected one of {', '.join(schema.name for schema in DOMAINS)}")


if __name__ == "__main__":
    command(embed_images)
