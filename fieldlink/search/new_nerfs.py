"""NeRFs of a user's meshes: rendered to the study's views, fitted and embedded as the study does with its own.

Cameras and rays are drawn by the study's seed and the object's id.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from jaxtyping import Float

from fieldlink.core import datasets
from fieldlink.core.errors import InputError
from fieldlink.core.params import Params
from fieldlink.core.schemas import VIEWS
from fieldlink.nerf.fitting.optimisation import Fit
from fieldlink.nerf.object_work import FittingTask, accepted_fits
from fieldlink.scenes import views
from fieldlink.scenes.importers.item_ids import is_id, with_digest
from fieldlink.scenes.importers.listing import NO_SYNSET, UNLABELLED, ListedItem
from fieldlink.scenes.object_views import views_of
from fieldlink.scenes.sources import ObjectRow, ObjectTask


@dataclass(frozen=True)
class FittedMesh:
    """A mesh's views, as rows of dataset `views`, and its NeRF."""

    views: pa.Table
    fit: Fit
    notes: tuple[str, ...]  # for the user: what the mesh is drawn without


def mesh_id(path: Path) -> str:
    """The id of a mesh that isn't listed with others: its file's name."""
    return path.stem if is_id(path.stem) else with_digest(path.stem, Path(path.name))


def mesh_task(item: ListedItem, folder: Path, params: Params) -> ObjectTask:
    """What decides the views of a mesh; `folder`: in which its materials and textures may lie."""
    row = ObjectRow(item.object_id, UNLABELLED, NO_SYNSET, "test", "meshes", item.object_id, 0)
    scenes = params.scenes.model_copy(update={"source": "meshes", "folder": folder})
    return ObjectTask(row, "", params.study.seed, scenes, item)


def fitted_mesh(task: ObjectTask, start: Float[np.ndarray, " weight"], params: Params, device: str) -> FittedMesh:
    """The mesh's views and NeRF. Raises `InputError` if the mesh can't be read, or its NeRF stays below the gate."""
    seen, name = views_of(task), task.row.object_id
    rows = datasets.table(VIEWS, views.columns(name, seen))
    fits, rejected = accepted_fits(FittingTask(rows, start, params.nerf, params.study.seed, device))
    if rejected:
        raise InputError(f"{task.item.path if task.item else name}: {rejected[name]}")
    return FittedMesh(rows, fits[name], seen.notes)
