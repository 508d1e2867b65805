"""Datasets of pictures that are embedded by CLIP, and the domain of each kind."""

from collections.abc import Sequence
from pathlib import Path

from fieldlink.core import datasets, schemas
from fieldlink.core.errors import InputError

DOMAINS = {
    schemas.VIEWS: "gt",
    schemas.RENDERED_VIEWS: "rendered",
    schemas.TRANSLATED_VIEWS: "translated",
    schemas.PHOTOS: "photo",
}


def picture_datasets(folders: Sequence[Path]) -> dict[str, tuple[Path, schemas.Schema]]:
    """The datasets and their schemas by folder name.

    Raises `InputError` for two of one name, whose embeddings would have one place, and for another kind of dataset.
    """
    by_name: dict[str, Path] = {}
    for folder in folders:
        if folder.name in by_name:
            raise InputError(f"{by_name[folder.name]} and {folder}: same name, expected folders named differently")
        by_name[folder.name] = folder
    return {name: (folder, _schema(folder)) for name, folder in by_name.items()}


def _schema(folder: Path) -> schemas.Schema:
    name = datasets.schema_name(folder)
    for schema in DOMAINS:
        if schema.name == name:
            return schema
    raise InputError(f"{folder}: holds {name}, expected one of {', '.join(schema.name for schema in DOMAINS)}")
