"""Registries: the members of a family (sources, translators, encodings) by their names in params.yaml."""

from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import TypeVar

from fieldlink.core.errors import InputError

Member = TypeVar("Member")


def member(registry: Mapping[str, Member], name: str, key: str, file: str) -> Member:
    """The entry of a name. An `InputError` names the parameter's `key` and the registry's `file`."""
    if name not in registry:
        raise InputError(f"{key}: {name!r} has no entry in {file}, expected one of {', '.join(registry)}")
    return registry[name]


def modules(package: str, path: Iterable[str]) -> Iterator[ModuleType]:
    """The modules of a package, by their names' order; `path`: its `__path__`."""
    return (import_module(f"{package}.{info.name}") for info in iter_modules(path))
