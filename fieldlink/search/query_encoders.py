"""Queries: a text, picture, mesh or NeRF as vectors of CLIP's space or nf2vec's."""

from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from jaxtyping import UInt8

from fieldlink.core import tensor_files
from fieldlink.core.digests import bytes_digest, digest_of
from fieldlink.core.errors import InputError, valid_text
from fieldlink.core.files import read_foreign
from fieldlink.scenes import pictures
from fieldlink.scenes.importers.mesh_files.companions import absolute, below, disk
from fieldlink.scenes.importers.mesh_files.named_files import named_elsewhere
from fieldlink.search.answers import Query, QueryKind, StoredNerf
from fieldlink.search.collection import Collection
from fieldlink.search.models import Models

Picture = str | Path | bytes | UInt8[np.ndarray, "height width channel"]
MOST_FITS = 32  # meshes whose NeRFs stay in memory
FOUR_AZIMUTHS, FOUR_ELEVATIONS = (45.0, 135.0, 225.0, 315.0), (25.0,) * 4  # degrees


class QueryEncoders:
    """Queries in the spaces of one study's models."""

    def __init__(self, models: Models) -> None:
        self.models = models
        self._mesh_query = lru_cache(MOST_FITS)(self._fit_mesh)

    def query(
        self,
        collection: Collection,
        *,
        text: str | None = None,
        image: Picture | None = None,
        mesh: str | Path | None = None,
        nerf: str | Path | StoredNerf | None = None,
        query: Query | None = None,
        mesh_root: Path | None = None,
    ) -> Query:
        """The query of exactly one of the four, or an earlier one.

        `collection`: the objects that `nerf` may name by an id. `mesh_root`: the folder in which the files that a mesh
        names may lie; None: anywhere.
        """
        if sum(value is not None for value in (text, image, mesh, nerf, query)) != 1:
            raise InputError("query: expected exactly one of text, image, mesh and nerf, or an earlier query alone")
        if query is not None:
            return query
        if text is not None:
            return text_query(self.models, text)
        if image is not None:
            return picture_query(self.models, image)
        if mesh is not None:
            root = absolute(mesh_root) if mesh_root else disk(Path(mesh))
            return self._mesh_query(Path(mesh), root, _files_state(Path(mesh), root))
        assert nerf is not None
        return self._nerf_query(collection, nerf)

    def _nerf_query(self, collection: Collection, nerf: str | Path | StoredNerf) -> Query:
        if isinstance(nerf, StoredNerf):
            return nerf_query(self.models, nerf)
        if str(nerf) in collection.index:
            return object_query(collection, str(nerf))
        if not Path(nerf).is_dir():
            raise InputError(f"nerf {str(nerf)!r}: neither an object of {collection.folder} nor a folder")
        return folder_query(self.models, Path(nerf))

    def forget_meshes(self) -> None:
        """Fit the NeRFs of meshes anew in later queries."""
        self._mesh_query.cache_clear()

    def _fit_mesh(self, path: Path, root: Path, _state: str) -> Query:
        """`_state`: digest of the mesh and of the files that it may name, so that a changed one is fitted anew."""
        return mesh_query(self.models, path, root)


def text_query(models: Models, text: str) -> Query:
    if not text.strip():
        raise InputError("text: empty, expected some words")
    return Query("text", text, bytes_digest(text.encode()), foreign=True, clip=models.texts([text])[0])


def picture_query(models: Models, image: Picture) -> Query:
    """The query of a picture, which is read as a study's photos are: upright, on middle grey where it is clear."""
    if isinstance(image, np.ndarray):
        name, data, pixels = "picture", np.ascontiguousarray(image).tobytes(), _checked_pixels(image)
    else:
        name, data = (
            ("picture", image) if isinstance(image, bytes) else (valid_text(str(image)), read_foreign(Path(image)))
        )
        try:
            pixels = pictures.decode(data)
        except InputError as error:
            raise InputError(f"{name}: {error}") from error
    rgb = pixels if pixels.shape[2] == 3 else pictures.on_grey(pixels)
    return Query("image", name, bytes_digest(data), foreign=True, clip=models.pictures([rgb])[0])


def mesh_query(models: Models, path: Path, root: Path) -> Query:
    """The query of a mesh, whose NeRF is fitted here. `root`: the folder in which the files that it names may lie."""
    from fieldlink.scenes.importers.listing import UNLABELLED, ListedItem
    from fieldlink.search.new_nerfs import fit_of, mesh_id, mesh_task

    digest = bytes_digest(read_foreign(path))
    task = mesh_task(ListedItem(mesh_id(path), UNLABELLED, path, digest), root, models.params)
    fit, note = fit_of(task, models)
    stored = StoredNerf(fit.weights, fit.occupancy, models.params.nerf.fitting.occupancy)
    return replace(nerf_query(models, stored, "mesh", valid_text(str(path)), digest), note=note)


def folder_query(models: Models, folder: Path) -> Query:
    """The query of a NeRF in a folder of the official nf2vec code. A separate process opens its files."""
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
    return nerf_query(models, stored, "nerf", valid_text(str(folder)))


def object_query(collection: Collection, object_id: str) -> Query:
    """The query of an object of a collection."""
    vector = collection.nerf_vectors[collection.index[object_id]]
    nerf = collection.nerf(object_id)
    return Query("nerf", object_id, f"object {object_id}", foreign=False, nerf=vector, stored=nerf)


def nerf_query(
    models: Models, nerf: StoredNerf, kind: QueryKind = "nerf", name: str = "weights", digest: str = ""
) -> Query:
    """The query of a NeRF of the study's architecture."""
    weights = np.asarray(nerf.weights, np.float32)
    digest = digest or bytes_digest(weights.tobytes())
    vector = models.nerf_vectors(weights[None])[0]
    return Query(kind, name, digest, foreign=True, nerf=vector, stored=nerf)


def four_views(models: Models, nerf: StoredNerf) -> UInt8[np.ndarray, "view size size 3"]:
    """A NeRF from four sides, on black, of the size of the study's views."""
    return pictures.on_black(models.render(nerf, FOUR_AZIMUTHS, FOUR_ELEVATIONS, models.params.scenes.resolution))


def _checked_pixels(image: UInt8[np.ndarray, "height width channel"]) -> UInt8[np.ndarray, "height width channel"]:
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] not in (3, 4):
        raise InputError(f"image: an array {image.shape} of {image.dtype}, expected (height, width, 3 or 4) of uint8")
    return image


def _files_state(mesh: Path, root: Path) -> str:
    """Digest of the times and sizes of a mesh's file and of the others that it may name."""
    states, files = [], below(mesh.parent)
    libraries = [path for path in files if path.suffix.lower() == ".mtl"]
    # a root that is the mesh's own folder has no other files
    named = [] if root == absolute(mesh.parent) else named_elsewhere([mesh, *libraries], files, mesh.parent, root)
    for path in (mesh, *files, *named):
        with suppress(OSError):  # it has just gone
            status = path.stat()
            states.append((str(path), status.st_mtime_ns, status.st_size))
    return digest_of(states)
