"""What the benchmarks work on: the posed views of objects of the catalogue and of real meshes, and fitted NeRFs."""

import os
from functools import partial
from pathlib import Path

import numpy as np

from fieldlink.core import datasets, schemas
from fieldlink.core.params import Params
from fieldlink.core.seeds import seed_of
from fieldlink.core.workers import map_in_workers
from fieldlink.nerf import field
from fieldlink.nerf.fitting import meta_learning
from fieldlink.nerf.fitting.optimisation import Fit, fit
from fieldlink.scenes import cameras, catalogue, views
from fieldlink.scenes.importers import disn, mesh_folder
from fieldlink.scenes.meta_learning_objects import MetaLearningObject, meta_learning_objects
from fieldlink.scenes.ray_casting import render
from fieldlink.scenes.views import Views

ROOT = Path(__file__).resolve().parent.parent.parent
GIVEN = os.environ.get("FIELDLINK_CUDA_VIEWS", "")
REAL = Path(os.environ.get("FIELDLINK_REAL", ROOT.parent / "shared" / "real"))


def of_catalogue(count: int, params: Params) -> dict[str, Views]:
    """Objects that are in no study, one class after another."""
    names = [list(params.classes)[number % len(params.classes)] for number in range(count)]
    models = {
        f"{name}_{number}": catalogue.make(name, params.classes[name].noun, seed_of(0, "benchmark", number)).model
        for number, name in enumerate(names)
    }
    return {name: _seen(name, model, params) for name, model in models.items()}


def of_meshes(count: int, params: Params) -> dict[str, Views]:
    """The first usable mesh of each class in `REAL`, up to `count`; none where the folder isn't there."""
    folder = REAL / "meshes"
    if not folder.is_dir():
        return {}
    first = {mesh.class_name: mesh for mesh in reversed(mesh_folder.listing(folder, list(params.classes)).items)}
    chosen = [first[name] for name in params.classes if name in first][:count]
    return {mesh.object_id: _seen(mesh.object_id, mesh_folder.read(mesh.path, mesh.up), params) for mesh in chosen}


def of_real(params: Params) -> dict[str, Views]:
    """The car in the DISN layout and a mesh of each class in `REAL`; or what `GIVEN` has, made by prepare_scenes."""
    if GIVEN:
        rows = datasets.read(Path(GIVEN), schemas.VIEWS)
        posed = {name: views.of_rows(object_rows) for name, object_rows in views.by_object(rows).items()}
        return {name: posed[name] for name in sorted(posed, key=partial(_turn, list(posed)))}
    listed = disn.listing(REAL / "disn_sample", params.classes).items if REAL.is_dir() else []
    scenes_params = params.scenes
    cars = {item.object_id: disn.read(item.path, scenes_params.views, scenes_params.resolution) for item in listed}
    return cars | of_meshes(len(params.classes), params)


def _turn(names: list[str], name: str) -> tuple[int, str]:
    """Of names that begin with a class the first of each comes first, then the second of each."""
    of_class = [other for other in names if other.partition(".")[0] == name.partition(".")[0]]
    return of_class.index(name), name


def learned_start(params: Params) -> np.ndarray:
    """As start_nerfs makes it."""
    about, seed = params.nerf.start, params.study.seed
    others = meta_learning_objects(about.objects_per_class, about.resolution, seed_of(seed, "start"))
    return meta_learning.reptile(list(map_in_workers(MetaLearningObject.views, others, 2)), params.nerf, seed)


def random_start(params: Params) -> np.ndarray:
    return field.xavier(params.nerf.field, 0).numpy()


def fitted(objects: dict[str, Views], start: np.ndarray, params: Params) -> dict[str, Fit]:
    return {name: fit(views, start, params.nerf, seed_of(0, name)) for name, views in objects.items()}


def _seen(name: str, model: catalogue.Mesh, params: Params) -> Views:
    poses = cameras.disn_poses(seed_of(0, name), params.scenes.views)
    return render(model, poses, cameras.DISN_ANGLE, params.scenes.resolution)
