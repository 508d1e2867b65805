"""Catalogue objects on which the NeRFs' start is meta-learned. They are in no dataset, whatever the study's objects."""

from dataclasses import dataclass

from fieldlink.core.seeds import seed_of
from fieldlink.scenes import cameras
from fieldlink.scenes.catalogue import GENERATORS, make
from fieldlink.scenes.ray_casting import render
from fieldlink.scenes.views import Views


@dataclass(frozen=True)
class MetaLearningObject:
    """One object, a function of class and seed."""

    class_name: str
    seed: int
    resolution: int  # pixels of its views

    def views(self) -> Views:
        """Views from as many cameras as ShapeNetRenders has, with depth."""
        model = make(self.class_name, self.class_name, self.seed).model
        return render(model, cameras.disn_poses(self.seed), cameras.DISN_ANGLE, self.resolution)


def meta_learning_objects(per_class: int, resolution: int, seed: int) -> list[MetaLearningObject]:
    """`per_class` objects of every class the catalogue has."""
    return [
        MetaLearningObject(class_name, seed_of(seed, "outsider", class_name, number), resolution)
        for class_name in GENERATORS
        for number in range(per_class)
    ]
