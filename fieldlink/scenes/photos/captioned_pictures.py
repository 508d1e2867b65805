"""Captioned pictures, the small CLIP's training data. Their objects are in neither dataset `objects` nor `photos`."""

from dataclasses import dataclass
from itertools import groupby

import numpy as np
from jaxtyping import UInt8

from fieldlink.core.digests import digest_of
from fieldlink.core.params import Params
from fieldlink.core.resume import Rows
from fieldlink.core.seeds import seed_of
from fieldlink.scenes import cameras, catalogue, pictures
from fieldlink.scenes.catalogue import CatalogueObject
from fieldlink.scenes.catalogue.training_captions import CaptionDomain, caption
from fieldlink.scenes.photos import photo_like
from fieldlink.scenes.ray_casting import render


@dataclass(frozen=True)
class PictureTask:
    """All that decides one picture."""

    object_id: str
    number: int
    class_name: str
    split: str  # train or validation
    noun: str
    domain: CaptionDomain  # plain: a view on black; photo: photo-like
    seed: int  # the study's
    resolution: int
    prompts: tuple[tuple[str, str], ...]

    @property
    def picture_id(self) -> str:
        return f"{self.object_id}.{self.number}"

    def key(self, code: str) -> str:
        parts = [self.noun, self.domain, self.seed, self.resolution, self.prompts]
        return digest_of(code, self.picture_id, self.class_name, self.split, *parts)


def picture_tasks(params: Params) -> dict[str, PictureTask]:
    """Tasks of all pictures by id. Plain and photo-like pictures of a class and split take turns."""
    catalogue.check_classes(params.classes)
    counts, prompts = params.clip.pictures, tuple(sorted(params.prompts.items()))
    objects = {
        ("train", "captioned"): counts.objects_per_class,
        ("validation", "captioned_validation"): counts.validation_objects_per_class,
    }
    tasks = [
        PictureTask(
            f"{prefix}_{name}_{index:04d}",
            number,
            name,
            split,
            object_class.noun,
            "photo" if (index * counts.per_object + number) % 2 else "plain",
            params.study.seed,
            params.clip.network.resolution,
            prompts,
        )
        for name, object_class in params.classes.items()
        for (split, prefix), count in objects.items()
        for index in range(count)
        for number in range(counts.per_object)
    ]
    return {task.picture_id: task for task in tasks}


def picture_rows(tasks: list[PictureTask]) -> Rows:
    """Rows of dataset `captioned_pictures`. An object is made once for all of its pictures among the tasks."""
    images, captions = [], []
    for object_id, group in groupby(tasks, key=lambda task: task.object_id):
        object_tasks = list(group)
        first = object_tasks[0]
        pictured = catalogue.make(first.class_name, first.noun, seed_of(first.seed, "captioned", object_id))
        for task in object_tasks:
            images.append(pictures.encode(_picture(task, pictured)))
            seed = seed_of(task.seed, "caption", task.picture_id)
            captions.append(caption(task.noun, pictured.caption, task.domain, dict(task.prompts), seed))
    columns = {
        "picture_id": [task.picture_id for task in tasks],
        "split": [task.split for task in tasks],
        "image": images,
        "caption": [caption.text for caption in captions],
        "subject": [caption.subject for caption in captions],
        "domain": [task.domain for task in tasks],
    }
    return Rows(columns)


def _picture(task: PictureTask, pictured: CatalogueObject) -> UInt8[np.ndarray, "height width 3"]:
    seed = seed_of(task.seed, "camera", task.picture_id)
    if task.domain == "photo":
        return photo_like.photo(pictured.model, seed, task.resolution)
    ring = cameras.disn_poses(seed)
    pose = ring[[np.random.default_rng(seed).integers(len(ring))]]
    return pictures.on_black(render(pictured.model, pose, cameras.DISN_ANGLE, task.resolution).image[0])
