"""The source `catalogue`: objects of the procedural catalogue, a function of the study's seed and the object's id."""

from collections import Counter

from fieldlink.core.params import Params
from fieldlink.core.seeds import seed_of
from fieldlink.scenes import catalogue
from fieldlink.scenes.catalogue import CatalogueObject
from fieldlink.scenes.source_types import MeshSource, ObjectTask


def catalogue_object(task: ObjectTask) -> CatalogueObject:
    """The object of a task; for an augmented copy its original."""
    return catalogue.make(task.row.class_name, task.noun, seed_of(task.seed, "object", task.row.base_object_id))


def count(params: Params) -> Counter[str]:
    """Objects of each class."""
    return Counter(dict.fromkeys(params.classes, params.scenes.objects_per_class))


SOURCE = MeshSource(
    title="procedural catalogue",
    page_text="textured meshes of a procedural catalogue",
    parameters=("scenes.objects_per_class", "scenes.split"),
    count=count,
    listing=None,
    single_scenes=False,
    every_class=True,
    captions=True,
    trial=None,
    trial_extent="",
    mesh=lambda task: catalogue_object(task).model,
)
