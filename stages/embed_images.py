"""Embed every picture of a dataset (views, rendered or translated views, photos) with the image tower of CLIP."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from stages import datasets, schemas
from stages.errors import InputError
from stages.params import load
from stages.runtime import command, progress

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

DOMAINS = {
    schemas.VIEWS: "gt",
    schemas.RENDERED_VIEWS: "rendered",
    schemas.TRANSLATED_VIEWS: "translated",
    schemas.PHOTOS: "photo",
}


def embed_images(images: Path, clip: Path, out: Path, params: Path = Path("params.yaml")) -> None:
    """Write `image_embeddings` of all pictures, composited on black; what `images` holds decides the domain."""
    from stages.clip import encoders

    how, schema = load(params), _schema(images)
    encoder, owner = encoders.load(clip, how.runtime.device), schema.key[0]

    def embedded(rows: "pa.Table") -> "pa.Table":
        columns = {
            "owner_id": rows[owner].to_pylist(),
            "view": rows["view"].to_pylist() if "view" in schema.columns else [0] * len(rows),
            "domain": [DOMAINS[schema]] * len(rows),
            "embedding": encoder.images(_pictures(rows, owner), how.clip.batch),
        }
        return datasets.table(schemas.IMAGE_EMBEDDINGS, columns)

    shards = datasets.shards(images, schema, [name for name in (owner, "view", "image") if name in schema.columns])
    tables = (embedded(shard) for shard in progress(shards, "embed_images", "shard"))
    datasets.write(out, schemas.IMAGE_EMBEDDINGS, tables, "embed_images")


def _schema(images: Path) -> schemas.Schema:
    name = datasets.schema_name(images)
    for schema in DOMAINS:
        if schema.name == name:
            return schema
    raise InputError(f"{images}: holds {name}, expected one of {', '.join(schema.name for schema in DOMAINS)}")


def _pictures(rows: "pa.Table", owner: str) -> "list[np.ndarray]":
    from stages.scenes import pictures

    def decoded(identity: str, data: bytes) -> "np.ndarray":
        try:
            return pictures.on_black(pictures.decode(data))
        except InputError as error:
            raise InputError(f"{owner} {identity}: {error}") from error

    with ThreadPoolExecutor() as threads:
        return list(threads.map(decoded, rows[owner].to_pylist(), rows["image"].to_pylist()))


if __name__ == "__main__":
    command(embed_images)
