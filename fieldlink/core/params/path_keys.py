"""Which parameters may name files or folders."""

from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel


def path_keys(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """Dotted keys of the parameters that are paths, or free texts that may be."""
    for name, field in model.model_fields.items():
        kind = field.annotation
        if kind in (Path, str):
            yield f"{prefix}{name}"
        elif isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from path_keys(kind, f"{prefix}{name}.")
