"""Catalogue objects that no dataset holds: what the NeRFs' start is learned on, whatever the study's own objects."""

from collections.abc import Iterator

from stages.runtime import seed_of
from stages.scenes import cameras
from stages.scenes.catalogue import GENERATORS, make
from stages.scenes.rendering import render
from stages.scenes.views import Views


def outsiders(per_class: int, resolution: int, seed: int) -> Iterator[Views]:
    """The views of `per_class` objects of every class the catalogue has."""
    for class_name in GENERATORS:
        for number in range(per_class):
            own = seed_of(seed, "outsider", class_name, number)
            model = make(class_name, class_name, own).model
            yield render(model, cameras.disn_poses(own), cameras.DISN_ANGLE, resolution)
