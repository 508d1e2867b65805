"""Compressed glTF: Draco by DracoPy, meshopt by meshopt. Both are an extra; without it such files are set aside."""

from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import numpy as np
from jaxtyping import Integer

from fieldlink.core.errors import InputError

PACKAGES = {"DracoPy": b"KHR_draco_mesh_compression", "meshopt": b"_meshopt_compression"}


def draco(data: bytes, attributes: Mapping[str, int]) -> tuple[Integer[np.ndarray, " corner"], dict[str, np.ndarray]]:
    """Indices of all corners, and attributes by name, as stored. `attributes`: name → the id in the stream."""
    decoded = _decoder("DracoPy", "Draco (KHR_draco_mesh_compression)").decode(data)
    by_id = {attribute["unique_id"]: np.asarray(attribute["data"]) for attribute in decoded.attributes}
    if lacking := sorted(attributes.keys() - {name for name, number in attributes.items() if number in by_id}):
        raise InputError(f"the Draco stream lacks {', '.join(lacking)}")
    return np.asarray(decoded.faces).reshape(-1), {name: by_id[number] for name, number in attributes.items()}


def meshopt(data: bytes, settings: Mapping[str, Any]) -> bytes:
    """The bytes of a buffer view. `settings`: those of the extension."""
    decoder = _decoder("meshopt", "meshopt (EXT_meshopt_compression)")
    count, stride = settings["count"], settings["byteStride"]
    decoded = decoder.decode_gltf_buffer(data, count, stride, settings["mode"], settings.get("filter", "NONE"))
    return np.ascontiguousarray(decoded).tobytes()


def is_there(package: str) -> bool:
    """Whether a decoder is installed."""
    return find_spec(package) is not None


def missing_decoders(data: bytes) -> str:
    """The packages to be installed for a file of these bytes, with commas; '' if none is missing."""
    return ", ".join(package for package, words in PACKAGES.items() if words in data and not is_there(package))


def _decoder(package: str, name: str) -> ModuleType:
    try:
        return import_module(package)
    except ImportError as error:
        raise InputError(f"compressed by {name}: pip install {package}") from error
