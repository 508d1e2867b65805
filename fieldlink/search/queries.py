"""Queries: a text, picture, mesh or NeRF as vectors of CLIP's space or nf2vec's."""

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
from jaxtyping import UInt8

from fieldlink.core import tensor_files
from fieldlink.core.errors import InputError
from fieldlink.core.files import read_foreign
from fieldlink.scenes import pictures
from fieldlink.search.answers import Query, StoredNerf
from fieldlink.search.models import Models

Picture = str | Path | bytes | UInt8[np.ndarray, "height width channel"]
FOUR_VIEWS = ((45.0, 135.0, 225.0, 315.0), (25.0,) * 4)  # azimuths and elevations in degrees


def text_query(models: Models, text: str) -> Query:
    if not text.strip():
        raise InputError("text: empty, expected some words")
    return Query("text", text, _digest(text.encode()), foreign=True, clip=models.texts([text])[0])


def picture_query(models: Models, image: Picture) -> Query:
    """A picture is read as a study's photos are: upright, on middle grey where it is clear."""
    if isinstance(image, np.ndarray):
        name, data, pixels = "picture", np.ascontiguousarray(image).tobytes(), _checked_pixels(image)
    else:
        name, data = ("picture", image) if isinstance(image, bytes) else (str(image), read_foreign(Path(image)))
        try:
            pixels = pictures.decode(data)
        except InputError as error:
            raise InputError(f"{name}: {error}") from error
    shown = pixels if pixels.shape[2] == 3 else pictures.on_grey(pixels)
    return Query("image", name, _digest(data), foreign=True, clip=models.pictures([shown])[0])


def mesh_query(models: Models, path: Path) -> Query:
    """A mesh's NeRF, which is fitted here."""
    from fieldlink.scenes.importers.listing import UNLABELLED, ListedItem
    from fieldlink.search.new_nerfs import fit_of, mesh_id, mesh_task

    digest = _digest(read_foreign(path))
    task = mesh_task(ListedItem(mesh_id(path), UNLABELLED, path, digest), path.parent, models.params)
    fit = fit_of(task, models)
    cells = models.params.nerf.fitting.occupancy
    return nerf_query(models, StoredNerf(fit.weights, fit.occupancy, cells), "mesh", str(path), digest)


def folder_query(models: Models, folder: Path) -> Query:
    """A NeRF in a folder of the official nf2vec code. Its files are opened by a separate process."""
    from fieldlink.exchange.official_nerfs import GRID, WEIGHTS, occupancy_of, weights_of
    from fieldlink.nerf import weight_layout

    nerf = models.params.nerf
    files = folder / WEIGHTS, folder / GRID
    for file in files:
        if not file.is_file():
            raise InputError(f"{file}: missing, expected {WEIGHTS} and {GRID} of the official nf2vec code")
    contents = tensor_files.read(files)
    for result in contents:
        if isinstance(result, InputError):
            raise result
    weights, grid = (result for result in contents if not isinstance(result, InputError))
    try:
        vector = weights_of(weights, weight_layout.size(nerf.field))
        cells = nerf.fitting.occupancy
        stored = StoredNerf(vector, occupancy_of(grid, cells), cells)
    except InputError as error:
        raise InputError(f"{folder}: {error}") from error
    return nerf_query(models, stored, "nerf", str(folder))


def nerf_query(models: Models, nerf: StoredNerf, kind: str = "nerf", name: str = "weights", digest: str = "") -> Query:
    """A NeRF of the study's architecture."""
    weights = np.asarray(nerf.weights, np.float32)
    digest = digest or _digest(weights.tobytes())
    vector = models.nerf_vectors(weights[None])[0]
    assert kind in ("nerf", "mesh")
    return Query(kind, name, digest, foreign=True, nerf=vector, stored=nerf)


def with_clip_vector(models: Models, query: Query) -> Query:
    """The query with a vector of CLIP's: of a NeRF the mean of those of four rendered views."""
    if query.clip is not None:
        return query
    assert query.stored is not None, f"{query.name} has neither a NeRF nor a vector of CLIP's"
    return replace(query, clip=models.pictures(list(four_views(models, query.stored))).mean(axis=0))


def four_views(models: Models, nerf: StoredNerf) -> UInt8[np.ndarray, "view size size 3"]:
    """A NeRF from four sides, on black, of the size of the study's views."""
    return pictures.on_black(models.render(nerf, *FOUR_VIEWS, models.params.scenes.resolution))


def _checked_pixels(image: UInt8[np.ndarray, "height width channel"]) -> UInt8[np.ndarray, "height width channel"]:
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] not in (3, 4):
        raise InputError(f"image: an array {image.shape} of {image.dtype}, expected (height, width, 3 or 4) of uint8")
    return image


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
