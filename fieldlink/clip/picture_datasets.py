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


def picture_schema(folder: Path) -> schemas.Schema:
    """The schema of a dataset of pictures. Raises `InputError` for a dataset of another kind."""
    name = datasets.schema_name(folder)
    for schema in DOMAINS:
        if schema.name == name:
            return schema
    raise InputError(f"{folder}: holds {name}, expected one of {', '.join(schema.name for schema in DOMAINS)}")


def by_name(folders: Sequence[Path]) -> dict[str, Path]:
    """The folders by name. Raises `InputError` for two of one name, as their embeddings would have one place."""
    result: dict[str, Path] = {}
    for folder in folders:
        if folder.name in result:
            raise InputError(f"{result[folder.name]} and {folder}: same name, expected folders named differently")
        result[folder.name] = folder
    return result
