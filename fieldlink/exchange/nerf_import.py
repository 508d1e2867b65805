"""Official NeRF folders as rows of our datasets: weights, grids, PSNR in dB, and views."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import torch
from jaxtyping import Float

from fieldlink.core import datasets, nested_tables, tensor_files
from fieldlink.core.errors import InputError, valid_text
from fieldlink.core.params import NerfParams
from fieldlink.core.resume import Rows
from fieldlink.core.schemas import NERFS, VIEWS
from fieldlink.exchange import official_nerfs
from fieldlink.exchange.official_nerfs import NerfFolder
from fieldlink.nerf import weight_layout
from fieldlink.nerf.occupancy import unpack
from fieldlink.nerf.psnr import measure
from fieldlink.nerf.rendering import Camera, render, straight_alpha_pictures
from fieldlink.scenes.importers.item_ids import ID_WORDS, is_id, safe_id
from fieldlink.scenes.importers.listing import files_digest
from fieldlink.scenes.importers.resizing import evenly
from fieldlink.scenes.importers.shapenet import OUTSIDE
from fieldlink.scenes.views import Views, columns, view_subset

# A row holds a NeRF and its views, as a serialised table of dataset `views`: one task reads both.
IMPORTED = replace(NERFS, name="imported_nerfs", columns={**NERFS.columns, "views": pa.binary()})


@dataclass(frozen=True)
class ImportSettings:
    """Settings of the conversion."""

    nerf: NerfParams
    measured: int  # pictures compared with a NeRF's render
    resolution: int  # side in pixels of views that are rendered because there are no pictures
    device: str


def of_classes(nerfs: Sequence[NerfFolder], synsets: Sequence[str]) -> tuple[list[NerfFolder], dict[str, str]]:
    """NeRFs of the study's classes, one per object, and the reasons against objects in several synsets or without id.

    Copies of such objects are left out too. Of synsets outside the study only those in `OUTSIDE` count, which share
    models with its classes. Raises `InputError` if no NeRF is of a class, or if two folders hold the same object.
    """
    if not any(nerf.synset in synsets for nerf in nerfs):
        raise InputError(f"{nerfs[0].folder}: synset {nerfs[0].synset} is no class of params.yaml, nor is any other")
    candidates, synsets_of = [nerf for nerf in nerfs if nerf.synset in (*synsets, *OUTSIDE)], defaultdict(set)
    for nerf in candidates:
        synsets_of[nerf.base].add(nerf.synset)
    reasons = {
        nerf.object_id: f"in {len(synsets_of[nerf.base])} classes: {', '.join(sorted(synsets_of[nerf.base]))}"
        for nerf in candidates
        if len(synsets_of[nerf.base]) > 1
    }
    unnamed = [nerf for nerf in candidates if not is_id(nerf.base)]
    reasons |= {
        safe_id(nerf.object_id): valid_text(f"{nerf.folder}: '{nerf.base}' can't be an id, expected {ID_WORDS}")
        for nerf in unnamed
    }
    accepted = [nerf for nerf in candidates if len(synsets_of[nerf.base]) == 1 and nerf.synset in synsets]
    accepted = [nerf for nerf in accepted if nerf not in unnamed]
    for nerf, following in pairwise(accepted):
        if nerf.object_id == following.object_id:
            raise InputError(f"{nerf.folder} and {following.folder}: both are {nerf.object_id}")
    return accepted, reasons


@dataclass(frozen=True)
class ImportTask:
    """The NeRFs of one call of a worker."""

    nerfs: Sequence[NerfFolder]
    settings: ImportSettings


def import_folders(task: ImportTask) -> Rows:
    """Rows of `IMPORTED`. A NeRF that can't be used is rejected with its reason."""
    files = [nerf.folder / name for nerf in task.nerfs for name in (official_nerfs.WEIGHTS, official_nerfs.GRID)]
    contents = tensor_files.read(files)
    rows, rejected = [], {}
    for nerf, weights, grid in zip(task.nerfs, contents[::2], contents[1::2], strict=True):
        try:
            rows.append(_row(nerf, weights, grid, task.settings))
        except InputError as error:
            rejected[nerf.object_id] = str(error)
    by_column: dict[str, Any] = {name: [row[name] for row in rows] for name in IMPORTED.columns}
    shape = len(rows), weight_layout.size(task.settings.nerf.field)
    return Rows(by_column | {"weights": np.reshape(by_column["weights"], shape)}, rejected)


def views_in(rows: pa.Table) -> pa.Table:
    """The rows of dataset `views` inside of rows of `IMPORTED`."""
    return nested_tables.from_column(rows["views"])


def digests_of(nerfs: Mapping[str, NerfFolder]) -> tuple[dict[str, str], dict[str, str]]:
    """By object id: digests of all files that an import reads, and the reasons of NeRFs with an unreadable file."""
    digests, unreadable = {}, {}
    for object_id, nerf in nerfs.items():
        try:
            digests[object_id] = files_digest(path for path in sorted(nerf.folder.rglob("*")) if path.is_file())
        except InputError as error:
            unreadable[object_id] = str(error)
    return digests, unreadable


def _row(
    nerf: NerfFolder,
    weights: tensor_files.Tensors | InputError,
    grid: tensor_files.Tensors | InputError,
    settings: ImportSettings,
) -> dict[str, Any]:
    """A row of `IMPORTED`. PSNR is NaN where there are no pictures to compare with."""
    vector, packed_bits = _weights_and_grid(nerf, weights, grid, settings)
    rendering, field = settings.nerf.rendering, settings.nerf.field
    weights_on_device = torch.from_numpy(vector).to(settings.device)
    occupancy = unpack(packed_bits).to(settings.device)
    views, poses, angle = official_nerfs.views_of(nerf.folder)
    frame = foreground = np.nan
    if views is None:
        camera = Camera(angle, settings.resolution, settings.resolution)
        colour, opacity = render(weights_on_device, occupancy, poses, camera, rendering, field)
        views = Views(straight_alpha_pictures(colour, opacity), poses, angle)
    elif settings.measured:
        sample = view_subset(views, np.asarray(evenly(len(views), settings.measured)).tolist())
        quality = measure(weights_on_device, occupancy, sample, rendering, field)
        frame, foreground = float(quality.frame.mean()), float(quality.foreground.mean())
    return {
        "object_id": nerf.object_id,
        "weights": vector,
        "occupancy": packed_bits,
        "psnr_train": frame,
        "psnr_train_foreground": foreground,
        "psnr_heldout": np.nan,
        "psnr_heldout_foreground": np.nan,
        "views": nested_tables.to_bytes(datasets.table(VIEWS, columns(nerf.object_id, views))),
    }


def _weights_and_grid(
    nerf: NerfFolder,
    weights: tensor_files.Tensors | InputError,
    grid: tensor_files.Tensors | InputError,
    settings: ImportSettings,
) -> tuple[Float[np.ndarray, " weight"], bytes]:
    """Weights and packed bits of the grid."""
    if isinstance(weights, InputError):
        raise weights
    if isinstance(grid, InputError):
        raise grid
    file = nerf.folder / official_nerfs.WEIGHTS
    try:
        vector = official_nerfs.weights_of(weights, weight_layout.size(settings.nerf.field))
        file = nerf.folder / official_nerfs.GRID
        return vector, official_nerfs.occupancy_of(grid, settings.nerf.fitting.occupancy)
    except InputError as error:
        raise InputError(f"{file}: {error}") from error
