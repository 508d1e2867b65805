"""NeRFs of a user's meshes: rendered to the study's views, fitted and embedded as the study does with its own.

Cameras and rays are drawn by the study's seed and the object's id.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from fieldlink.core import datasets, nested_tables
from fieldlink.core.errors import InputError
from fieldlink.core.params import Params, load
from fieldlink.core.resume import Rows
from fieldlink.core.schemas import BYTES, IMAGE_EMBEDDINGS, NERFS, VECTOR, VIEWS
from fieldlink.nerf import weight_layout
from fieldlink.nerf.fitting.optimisation import Fit
from fieldlink.nerf.object_work import MEASURES, FittingTask, accepted_fits
from fieldlink.scenes import object_views, pictures, views
from fieldlink.scenes.importers.item_ids import is_id, with_digest
from fieldlink.scenes.importers.listing import NO_SYNSET, UNLABELLED, ListedItem
from fieldlink.scenes.source_types import ObjectRow, ObjectTask
from fieldlink.search.models import Models
from fieldlink.search.paths import StudyPaths

# A row holds all that is computed of an object; `views` and `view_embeddings` are tables of these datasets.
NEW_NERFS = replace(
    NERFS,
    name="new_nerfs",
    columns={**NERFS.columns, "embedding": VECTOR, "views": BYTES, "view_embeddings": BYTES},
)


@dataclass(frozen=True)
class NewNerfsTask:
    """Meshes to which one call of a worker fits NeRFs."""

    meshes: Sequence[ObjectTask]
    study: Path
    digests: tuple[str, ...]  # of models and parameters, which a worker reads anew if one of them changes


class MeshFits(NamedTuple):
    """The NeRFs of meshes."""

    view_rows: pa.Table  # of dataset `views`
    fits: dict[str, Fit]  # by id
    rejected: dict[str, str]  # reasons why others have none
    notes: dict[str, str]  # what objects are drawn without


def mesh_id(path: Path) -> str:
    """The id of a mesh that isn't listed with others: its file's name."""
    return path.stem if is_id(path.stem) else with_digest(path.stem, Path(path.name))


def mesh_task(item: ListedItem, folder: Path, params: Params) -> ObjectTask:
    """The object of a mesh, to be rendered. `folder`: in which its materials and textures may lie."""
    row = ObjectRow(item.object_id, UNLABELLED, NO_SYNSET, "test", "meshes", item.object_id, 0)
    scenes = params.scenes.model_copy(update={"source": "meshes", "folder": folder})
    return ObjectTask(row, "", params.study.seed, scenes, item)


def fit_meshes(meshes: Sequence[ObjectTask], models: Models) -> MeshFits:
    """The views and NeRFs of meshes."""
    params, views_of_meshes = models.params, object_views.object_views(list(meshes))
    rejected, notes = views_of_meshes.rejected, views_of_meshes.notes
    if not views_of_meshes.columns["object_id"]:
        return MeshFits(datasets.empty_table(VIEWS), {}, rejected, notes)
    rows = datasets.table(VIEWS, views_of_meshes.columns)
    task = FittingTask(rows, models.nerf_start, params.nerf, params.study.seed, models.device)
    fits, below_gate = accepted_fits(task)
    return MeshFits(rows, fits, rejected | below_gate, notes)


def fit_of(mesh: ObjectTask, models: Models) -> tuple[Fit, str]:
    """The NeRF of one mesh, and what it is drawn without.

    Raises `InputError` if the mesh can't be read, or its NeRF stays below the quality gate.
    """
    result = fit_meshes([mesh], models)
    for reason in result.rejected.values():
        path = str(mesh.item.path) if mesh.item else mesh.row.object_id
        raise InputError(reason if path in reason else f"{path}: {reason}")
    return result.fits[mesh.row.object_id], result.notes.get(mesh.row.object_id, "")


def new_nerfs(task: NewNerfsTask) -> Rows:
    """Rows of `NEW_NERFS`. A mesh that can't be used is rejected with its reason."""
    models = _models(task.study, task.digests)
    result = fit_meshes(task.meshes, models)
    fits, views_by_id, ids = result.fits, views.by_object(result.view_rows), list(result.fits)
    shape = len(ids), weight_layout.size(models.params.nerf.field)
    weights = np.reshape([fits[name].weights for name in ids], shape).astype(np.float32)
    columns: dict[str, Any] = {
        "object_id": ids,
        "weights": weights,
        **{measure: [getattr(fits[name], measure) for name in ids] for measure in MEASURES},
        "embedding": models.nerf_vectors(weights) if ids else np.zeros((0, models.params.nf2vec.embedding)),
        "views": [nested_tables.to_bytes(views_by_id[name]) for name in ids],
        "view_embeddings": [nested_tables.to_bytes(_view_embeddings(views_by_id[name], models)) for name in ids],
    }
    return Rows(columns, result.rejected, result.notes)


def _view_embeddings(rows: pa.Table, models: Models) -> pa.Table:
    """Rows of dataset `image_embeddings` of an object's views."""
    images = [pictures.on_black(pictures.decode(data)) for data in rows["image"].to_pylist()]
    columns = {
        "owner_id": rows["object_id"].to_pylist(),
        "view": rows["view"].to_pylist(),
        "domain": ["gt"] * len(rows),
        "embedding": models.pictures(images),
    }
    return datasets.table(IMAGE_EMBEDDINGS, columns)


@lru_cache(maxsize=1)
def _models(study: Path, _digests: tuple[str, ...]) -> Models:
    """The models, which a process loads once."""
    paths = StudyPaths(study)
    return Models(paths, load(paths.params))
