"""Views of the study's objects, as rows of dataset `views`: the work of one worker process."""

from fieldlink.core.errors import InputError
from fieldlink.core.resume import Rows
from fieldlink.core.seeds import seed_of
from fieldlink.scenes import augmentation, cameras, views
from fieldlink.scenes.ray_casting import render
from fieldlink.scenes.scene_sources import scene_source
from fieldlink.scenes.source_types import MeshSource, ObjectTask, ViewSource
from fieldlink.scenes.views import Views


def object_views(tasks: list[ObjectTask]) -> Rows:
    """Rows of dataset `views`; an object that can't be read is set aside with its reason."""
    parts, rejected, notes = [], {}, {}
    for task in tasks:
        try:
            posed_views = views_of(task)
        except InputError as error:
            rejected[task.row.object_id] = str(error)
            continue
        parts.append(views.columns(task.row.object_id, posed_views))
        if posed_views.notes and not task.row.augmentation:
            notes[task.row.object_id] = "; ".join(posed_views.notes)
    return Rows(views.joined(parts), rejected, notes)


def views_of(task: ObjectTask) -> Views:
    """The views of one object, rendered from its mesh or read; of an augmented copy, those of the changed object."""
    source = scene_source(task.row.source)
    if isinstance(source, MeshSource):
        return _rendered(task, source)
    assert isinstance(source, ViewSource)
    original = source.views(task)
    if not task.row.augmentation or source.lists_copies:
        return original
    return augmentation.copy_of_views(original, _copy_seed(task))


def _rendered(task: ObjectTask, source: MeshSource) -> Views:
    mesh = source.mesh(task)
    mesh = augmentation.copy_of_model(mesh, _copy_seed(task)) if task.row.augmentation else mesh
    poses = cameras.disn_poses(seed_of(task.seed, "views", task.row.object_id), task.scenes.views)
    return render(mesh, poses, cameras.DISN_ANGLE, task.scenes.resolution)


def _copy_seed(task: ObjectTask) -> int:
    return seed_of(task.seed, "copy", task.row.object_id)
