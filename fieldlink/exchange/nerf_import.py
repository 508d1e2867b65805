"""Official NeRF folders as rows of our datasets: weights, grids and qualities in dB, and views."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import torch
from jaxtyping import Float

from fieldlink.core import datasets
from fieldlink.core.errors import InputError
from fieldlink.core.params import NerfParams
from fieldlink.core.resume import Rows
from fieldlink.core.schemas import NERFS, VIEWS
from fieldlink.exchange import official_nerfs, tensor_files
from fieldlink.exchange.official_nerfs import Place
from fieldlink.nerf import weight_layout
from fieldlink.nerf.occupancy import unpack
from fieldlink.nerf.psnr import measure
from fieldlink.nerf.rendering import Camera, render
from fieldlink.scenes.importers.listing import files_digest
from fieldlink.scenes.importers.resizing import evenly
from fieldlink.scenes.importers.shapenet import OUTSIDE
from fieldlink.scenes.views import Views, columns, view_subset

# A NeRF and, as a table of dataset `views`, its views: they are read together, and kept so until all are there.
IMPORTED = replace(NERFS, name="imported_nerfs", columns={**NERFS.columns, "views": pa.binary()})


@dataclass(frozen=True)
class How:
    """What the conversion needs to know."""

    nerf: NerfParams
    measured: int  # pictures compared with a NeRF's render
    resolution: int  # of views that have to be rendered because there are no pictures
    device: str


def sorted_out(places: Sequence[Place], synsets: Sequence[str]) -> tuple[list[Place], dict[str, str]]:
    """The places of known classes, one for each object; ids under several synsets are dropped, with the reason.

    So are copies of such ids. Of other synsets only those count that are known to share models with a class.
    """
    if not any(place.synset in synsets for place in places):
        raise InputError(f"{places[0].folder}: synset {places[0].synset} is no class of params.yaml, nor is any other")
    known, where = [place for place in places if place.synset in (*synsets, *OUTSIDE)], defaultdict(set)
    for place in known:
        where[place.base].add(place.synset)
    reasons = {
        place.object_id: f"in {len(where[place.base])} classes: {', '.join(sorted(where[place.base]))}"
        for place in known
        if len(where[place.base]) > 1
    }
    kept = [place for place in known if len(where[place.base]) == 1 and place.synset in synsets]
    for place, twin in pairwise(kept):
        if place.object_id == twin.object_id:
            raise InputError(f"{place.folder} and {twin.folder}: both are {place.object_id}")
    return kept, reasons


@dataclass(frozen=True)
class Batch:
    """Some NeRFs to be read, and how."""

    places: Sequence[Place]
    how: How


def read(batch: Batch) -> Rows:
    """Rows of `IMPORTED`; a NeRF that can't be used is set aside with its reason."""
    files = [place.folder / name for place in batch.places for name in (official_nerfs.WEIGHTS, official_nerfs.GRID)]
    opened = tensor_files.read(files)
    found, rejected = [], {}
    for place, weights, grid in zip(batch.places, opened[::2], opened[1::2], strict=True):
        try:
            found.append(_one(place, weights, grid, batch.how))
        except InputError as error:
            rejected[place.object_id] = str(error)
    given: dict[str, Any] = {name: [row[name] for row in found] for name in IMPORTED.columns}
    shape = len(found), weight_layout.size(batch.how.nerf.field)
    return Rows(given | {"weights": np.reshape(given["weights"], shape)}, rejected)


def views_in(rows: pa.Table) -> pa.Table:
    """Dataset `views` of rows of `IMPORTED`."""
    return pa.concat_tables(pa.ipc.open_stream(data.as_buffer()).read_all() for data in rows["views"])


def content(place: Place) -> str:
    """Digest of all files that an import reads."""
    return files_digest(path for path in sorted(place.folder.rglob("*")) if path.is_file())


def _one(
    place: Place, weights: tensor_files.Tensors | InputError, grid: tensor_files.Tensors | InputError, how: How
) -> dict[str, Any]:
    """A row of `IMPORTED`; the qualities are NaN where there are no pictures to compare with."""
    vector, occupancy = _nerf(place, weights, grid, how)
    fitted = torch.from_numpy(vector).to(how.device), unpack(occupancy).to(how.device)
    views, poses, angle = official_nerfs.views_of(place.folder)
    frame = foreground = np.nan
    if views is None:
        camera = Camera(angle, how.resolution, how.resolution)
        views = Views(_straight(*render(*fitted, poses, camera, how.nerf.rendering, how.nerf.field)), poses, angle)
    elif how.measured:
        chosen = view_subset(views, np.asarray(evenly(len(views), how.measured)).tolist())
        quality = measure(*fitted, chosen, how.nerf.rendering, how.nerf.field)
        frame, foreground = float(quality.frame.mean()), float(quality.foreground.mean())
    return {
        "object_id": place.object_id,
        "weights": vector,
        "occupancy": occupancy,
        "psnr_train": frame,
        "psnr_train_foreground": foreground,
        "psnr_heldout": np.nan,
        "psnr_heldout_foreground": np.nan,
        "views": _packed(datasets.table(VIEWS, columns(place.object_id, views))),
    }


def _nerf(
    place: Place, weights: tensor_files.Tensors | InputError, grid: tensor_files.Tensors | InputError, how: How
) -> tuple[Float[np.ndarray, " weight"], bytes]:
    """Weights and packed bits of the grid."""
    for opened in (weights, grid):
        if isinstance(opened, InputError):
            raise opened
    try:
        vector = official_nerfs.weights_of(weights, weight_layout.size(how.nerf.field))  # pyright: ignore[reportArgumentType]
        return vector, official_nerfs.occupancy_of(grid, how.nerf.fitting.occupancy)  # pyright: ignore[reportArgumentType]
    except InputError as error:
        raise InputError(f"{place.folder}/{error}") from error


def _packed(rows: pa.Table) -> bytes:
    stream = pa.BufferOutputStream()
    with pa.ipc.new_stream(stream, rows.schema) as writer:
        writer.write_table(rows)
    return stream.getvalue().to_pybytes()


def _straight(colour: torch.Tensor, opacity: torch.Tensor) -> np.ndarray:
    """8-bit straight-alpha pictures from colours on black."""
    rgb = colour / opacity.clamp(min=1e-6)[..., None]
    rgba = torch.cat([rgb, opacity[..., None]], dim=-1).clamp(0, 1)
    return (255 * rgba + 0.5).byte().cpu().numpy()
