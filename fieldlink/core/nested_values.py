"""Nested mappings, such as params.yaml or a file of metrics, as flat values."""

from collections.abc import Iterator, Mapping
from typing import Any


def nested_values(values: Any, key: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The values of nested mappings, each with the keys that lead to it."""
    if isinstance(values, Mapping):
        for name, value in values.items():
            yield from nested_values(value, (*key, str(name)))
    else:
        yield key, values


def dotted_values(values: Any) -> dict[str, Any]:
    """The values of nested mappings by their dotted keys."""
    return {".".join(key): value for key, value in nested_values(values)}
