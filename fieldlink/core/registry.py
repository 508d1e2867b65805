"""Lookup in a registry: the members of a family (sources, translators, tokenizers) by their names in params.yaml."""

from collections.abc import Mapping
from typing import TypeVar

from fieldlink.core.errors import InputError

Member = TypeVar("Member")


def member(registry: Mapping[str, Member], name: str, key: str, file: str) -> Member:
    """The entry of a name. An `InputError` names the parameter's `key` and the registry's `file`."""
    if name not in registry:
        raise InputError(f"{key}: {name!r} has no entry in {file}, expected one of {', '.join(registry)}")
    return registry[name]
