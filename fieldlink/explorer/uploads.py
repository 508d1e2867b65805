"""Files in requests' bodies: a picture, a mesh or a NeRF."""

import json
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import numpy as np
from starlette.exceptions import HTTPException

from fieldlink.core.errors import InputError
from fieldlink.explorer.bodies import MOST_PIXELS
from fieldlink.explorer.explorer import with_file
from fieldlink.scenes import pictures

if TYPE_CHECKING:
    from fieldlink.search.answers import Query, QueryKind, StoredNerf
    from fieldlink.search.finished_study import Study

MESHES = ("glb", "gltf", "obj", "off", "ply", "stl", "dae", "3mf")  # suffixes, without companions
MOST_NAME_BYTES = 255  # of a file on a usual disk
NERF = "safetensors"  # suffix of a file that `/api/objects/<id>/field` sends


def kind_of(data: bytes, suffix: str) -> "QueryKind":
    """The kind of a file: a picture, unless its suffix is that of a mesh or a NeRF. An empty file is an error."""
    if not data:
        raise HTTPException(400, "an empty body, expected a picture, a mesh or a NeRF")
    return "mesh" if suffix in MESHES else "nerf" if suffix == NERF else "image"


def file_name(name: str, suffix: str) -> str:
    """The name under which a mesh is read: that of the user's file, from which the cameras of its views are drawn.

    A name that can't be a file's here, or has another suffix, gives `mesh.<suffix>`.
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    is_usable = len(last.encode()) <= MOST_NAME_BYTES and PurePosixPath(last).suffix.lower() == f".{suffix}"
    return last if is_usable else f"mesh.{suffix}"


def query_of(study: "Study", data: bytes, suffix: str, name: str) -> "Query":
    """The query of a file's bytes; `name`: of a mesh's file. Raises `InputError`, without the path of any file."""
    makers: dict[QueryKind, Callable[[], Query]] = {
        "image": lambda: study.query(image=_checked_picture(data)),
        "nerf": lambda: study.query(nerf=nerf_of(data, study.params.nerf.fitting.occupancy)),
        "mesh": lambda: with_file(data, name, lambda path: study.query(mesh=path, mesh_root=path.parent)),
    }
    return makers[kind_of(data, suffix)]()


def nerf_of(data: bytes, cells: int) -> "StoredNerf":
    """The NeRF of a file that `field_file` wrote, with `cells` per axis."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    from fieldlink.search.answers import StoredNerf

    try:
        tensors = load(data)
    except (SafetensorError, KeyError, ValueError, TypeError, OverflowError, json.JSONDecodeError) as error:
        raise InputError("no safetensors file, expected one of /api/objects/<id>/field") from error
    weights, bits = tensors.get("weights"), tensors.get("occupancy")
    if weights is None or bits is None or weights.ndim != 1 or weights.dtype != np.float32 or bits.dtype != np.uint8:
        raise InputError("a file without `weights` (F32) and `occupancy` (U8) in one row each")
    if not np.isfinite(weights).all() or np.abs(weights).max(initial=0) > MOST_WEIGHT:
        raise InputError(f"weights that are no finite numbers from {-MOST_WEIGHT:g} to {MOST_WEIGHT:g}")
    if bits.size != -(-(cells**3) // 8):
        raise InputError(f"a grid of {bits.size} bytes, expected {cells} cells per axis")
    return StoredNerf(weights, bits.tobytes(), cells)


MOST_WEIGHT = 1e4


def _checked_picture(data: bytes) -> bytes:
    """The same bytes, unless they would take too much memory when decoded."""
    width, height = pictures.size(data)
    if width * height > MOST_PIXELS:
        raise HTTPException(413, f"a picture of {width}x{height} pixels, at most {MOST_PIXELS:,} expected")
    return data
